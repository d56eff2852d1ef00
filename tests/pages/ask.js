// Asks a roll blind on its page, which needs JavaScript: node ask.js MODULES CHROMIUM ADDRESS MESSAGES
// HELD OTHER. What it showed, what was sent and what was refused is a line of JSON on standard output.
const fs = require('fs');
const { Browser, password, sentTo } = require('./browser.js');

const [executable, base, messages, held, other] = process.argv.slice(3);
const RESIDENT = '6000009007';

async function signIn(page) {
  const before = sentTo(messages, RESIDENT).length;
  await page.getByLabel('Mobile number, ten digits', { exact: true }).fill(RESIDENT);
  await page.getByRole('button', { name: 'Send the password' }).click();
  const code = await password(messages, RESIDENT, before);
  await page.getByLabel('One-time password', { exact: true }).fill(code);
  await page.getByRole('button', { name: 'Sign in' }).first().click();
  await page.waitForURL(`${base}/rolls`);
}

const ready = (page) => page.waitForSelector('#ways:not([hidden])', { timeout: 20_000 });

// Waits until something is said, and gives it.
async function said(page, part) {
  await page.waitForFunction(
    (text) => document.getElementById('state').textContent.includes(text),
    part,
  );
  return page.locator('#state').innerText();
}

// Asks about a number; gives whether the newest card says that it is in the roll.
async function ask(page, number, count) {
  await page.getByLabel('Mobile, or reference number').fill(number);
  await page.getByRole('button', { name: 'Ask', exact: true }).click();
  await page.waitForFunction(
    (n) => document.querySelectorAll('#answers section').length === n,
    count,
  );
  return page.locator('#answers section').first().getAttribute('data-held');
}

async function walk(browser) {
  const context = await browser.chromium.newContext({ viewport: { width: 360, height: 740 } });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  const [sent, refused, waiting] = [[], [], []];
  context.on('request', (request) => {
    const told = { address: request.url(), body: request.postData() || '' };
    sent.push(told);
    waiting.push(
      request.allHeaders().then((headers) => {
        told.cookie = Boolean(headers.cookie);
        told.headers = JSON.stringify(headers);
      }),
    );
  });
  page.on('console', (message) => {
    if (message.text().includes('Content Security Policy')) refused.push(message.text());
  });

  // Without a sign-in there are no questions, and the page leads to it.
  await page.goto(`${base}/rolls`);
  await ready(page);
  const before = await page.getByRole('button', { name: 'Ask', exact: true }).isDisabled();
  await page.getByRole('button', { name: 'Get today’s questions' }).click();
  await page.waitForURL(/sign-in/);
  await signIn(page);
  await ready(page);
  await page.getByRole('button', { name: 'Get today’s questions' }).click();
  const got = await said(page, 'questions are left');
  const asked = sent.length;
  const answers = [await ask(page, `+91 ${held}`, 1), await ask(page, other, 2)];
  const left = await said(page, '2 questions are left');
  const used = await page.evaluate(() => localStorage.getItem('teeka-questions'));

  // An answer that is lost is asked for again, with the same question.
  await page.route('**/answers', (route) => route.abort(), { times: 1 });
  await page.getByRole('button', { name: 'Ask', exact: true }).click();
  const lost = await said(page, 'There is no network');
  answers.push(await ask(page, other, 3));
  const once = await said(page, 'One question is left');
  // One that was used before is not answered.
  await page.evaluate((text) => localStorage.setItem('teeka-questions', text), used);
  await page.reload();
  await ready(page);
  await page.getByLabel('Mobile, or reference number').fill(held);
  await page.getByRole('button', { name: 'Ask', exact: true }).click();
  const twice = await said(page, 'used already');
  // Nonsense costs no question.
  await page.getByLabel('Mobile, or reference number').fill('12');
  await page.getByRole('button', { name: 'Ask', exact: true }).click();
  const nonsense = await said(page, 'Give a mobile');
  answers.push(await ask(page, held, 1));
  await page.getByRole('button', { name: 'Get today’s questions' }).click();
  const none = await said(page, 'no more questions');

  const imports = await page.evaluate(async () => {
    const bytes = await (await fetch('/rolls/asker.wasm')).arrayBuffer();
    return WebAssembly.Module.imports(new WebAssembly.Module(bytes)).length;
  });
  const width = await page.locator('html').evaluate((html) => html.scrollWidth);
  const violations = await browser.judged(await page.content());
  await Promise.all(waiting);
  await context.close();
  const state = { before, got, left, lost, once, twice, nonsense, none };
  console.log(
    JSON.stringify({ state, answers, sent: sent.slice(asked), refused, violations, width, imports }),
  );
}

async function main() {
  const browser = await Browser.launch(base, executable);
  try {
    await walk(browser);
  } finally {
    await browser.chromium.close();
  }
}

main().catch((error) => {
  fs.writeSync(2, `${error.stack}\n`);
  process.exit(1);
});
