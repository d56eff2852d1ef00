// A browser without JavaScript that walks pages, and a second one with it that judges each page it
// was shown: rules of accessibility, width at 320 px, requests to other origins, style or script
// that the page's own policy forbids. Each page seen is a line of JSON on standard output.
const fs = require('fs');
const path = require('path');

const modules = process.argv[2];
const load = (name) => require(path.join(modules, name));
const { chromium } = load('playwright-core');
const axe = fs.readFileSync(path.join(modules, 'axe-core', 'axe.min.js'), 'utf8');

const quiet = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
// The rules of WCAG 2.2, level AA, and what its makers call best practice.
const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

class Browser {
  static async launch(base, executablePath) {
    const browser = new Browser();
    browser.base = base;
    browser.chromium = await chromium.launch({ executablePath, args: quiet });
    const context = await browser.chromium.newContext();
    browser.judge = await context.newPage();
    await browser.judge.goto(base);
    await browser.judge.evaluate(axe);
    // Pages are judged one after another, while the visitors walk on.
    browser.judging = Promise.resolve();
    return browser;
  }

  // Someone with cookies of their own.
  async visitor() {
    const context = await this.chromium.newContext({ javaScriptEnabled: false });
    const page = await context.newPage();
    page.setDefaultTimeout(10_000);
    const visitor = new Visitor(this, page);
    context.on('request', (request) => {
      if (!request.url().startsWith(this.base)) visitor.foreign.push(request.url());
    });
    page.on('console', (message) => {
      if (message.text().includes('Content Security Policy')) visitor.refused.push(message.text());
    });
    page.on('response', (response) => {
      if (response.request().isNavigationRequest()) visitor.status = response.status();
    });
    return visitor;
  }

  // What the rules say of a page. `spoil` changes it before, to see that they say something.
  judged(html, spoil) {
    const verdict = this.judging.then(async () => {
      await this.judge.setContent(html);
      if (spoil) await this.judge.evaluate(spoil);
      const options = { runOnly: tags };
      const { violations } = await this.judge.evaluate((o) => globalThis.axe.run(o), options);
      return violations.map((v) => `${v.id}: ${v.nodes.map((node) => node.html).join(' ')}`);
    });
    this.judging = verdict.catch(() => {});
    return verdict;
  }
}

class Visitor {
  constructor(browser, page) {
    Object.assign(this, { browser, page, foreign: [], refused: [], seen: [], status: 0 });
  }

  async go(address) {
    await this.page.goto(new URL(address, this.browser.base).href);
  }

  // Judges the page that is shown, and says so under a name.
  async see(name) {
    const { page } = this;
    await page.setViewportSize({ width: 320, height: 640 });
    const width = await page.locator('html').evaluate((html) => html.scrollWidth);
    const html = await page.content();
    const title = await page.title();
    const heading = await page.locator('h1').innerText();
    const { status, foreign, refused } = this;
    Object.assign(this, { foreign: [], refused: [] });
    const judged = this.browser.judged(html).then((violations) => {
      const said = { name, status, title, heading, overflow: width - 320, violations };
      console.log(JSON.stringify({ ...said, foreign, refused }));
    });
    // Awaited at the end; a walk that fails before says why itself.
    judged.catch(() => {});
    this.seen.push(judged);
  }

  // Clicks, and waits for the page that it leads to.
  async click(locator) {
    await Promise.all([this.page.waitForEvent('load'), locator.click()]);
  }

  async press(name) {
    await this.click(this.page.getByRole('button', { name }).first());
  }

  async follow(name) {
    await this.click(this.page.getByRole('link', { name }).first());
  }

  // Fills fields by their labels, as people find them. A list is chosen from.
  async fill(fields) {
    for (const [label, value] of Object.entries(fields)) {
      const field = this.page.getByLabel(label, { exact: true });
      const list = await field.evaluate((element) => element.tagName === 'SELECT');
      await (list ? field.selectOption(value) : field.fill(value));
    }
  }

  async text() {
    return this.page.locator('main').innerText();
  }

  async expect(...parts) {
    const text = await this.text();
    for (const part of parts) {
      if (!text.includes(part))
        throw new Error(`"${part}" is missing on ${this.page.url()}: ${text}`);
    }
  }

  // Downloads what a link or a form's button leads to, with the cookies of this visitor.
  async download(address, file) {
    const answer = await this.page.context().request.get(new URL(address, this.browser.base).href);
    if (!answer.ok()) throw new Error(`${address} answered ${answer.status()}`);
    fs.writeFileSync(file, await answer.body());
  }
}

// The one-time password that was sent to a mobile after `before` messages.
async function password(messages, mobile, before, kind) {
  for (let i = 0; i < 200; i += 1) {
    const sent = sentTo(messages, mobile, kind).slice(before);
    if (sent.length > 0) return sent.at(-1).text.match(/\d{6}/)[0];
    await new Promise((done) => {
      setTimeout(done, 50);
    });
  }
  throw new Error('no one-time password came');
}

// The messages of a kind to a mobile.
function sentTo(messages, mobile, kind = 'otp') {
  const lines = fs.existsSync(messages) ? fs.readFileSync(messages, 'utf8').split('\n') : [];
  const whole = lines.slice(0, -1).map((line) => JSON.parse(line));
  return whole.filter((message) => message.to.endsWith(mobile) && message.kind === kind);
}

module.exports = { Browser, password, sentTo };
