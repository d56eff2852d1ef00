// Checks certificates on the verifier's page, which needs JavaScript, with the network off after the
// first visit. What it shows and what it asked for is a line of JSON on standard output.
const fs = require('fs');
const path = require('path');

async function answers(page) {
  await page.waitForSelector('#answers section');
  const cards = page.locator('#answers section');
  return cards.evaluateAll((all) => all.map((card) => [card.dataset.verdict, card.innerText]));
}

async function choose(page, file) {
  await page.setInputFiles('#file', file);
  return answers(page);
}

async function ready(page, address) {
  await page.goto(address);
  await page.waitForSelector('#ways:not([hidden])', { timeout: 20_000 });
}

async function verifyOffline(browser, folder) {
  const context = await browser.chromium.newContext({ viewport: { width: 360, height: 740 } });
  const page = await context.newPage();
  const asked = [];
  const refused = [];
  context.on('request', (request) => asked.push(new URL(request.url()).pathname));
  page.on('console', (message) => {
    if (message.text().includes('Content Security Policy')) refused.push(message.text());
  });
  const address = `${browser.base}/verify`;
  await ready(page, address);
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => true));
  const kept = async () => (await (await caches.open('verifier')).keys()).length;
  while ((await page.evaluate(kept)) < 7) await page.waitForTimeout(50);

  await context.setOffline(true);
  await ready(page, address);
  asked.length = 0;
  const pdf = path.join(folder, 'certificate-1.pdf');
  const found = await choose(page, pdf);
  await page.screenshot({ path: path.join(folder, 'verify-360.png'), fullPage: true });
  const bent = path.join(folder, 'bent.txt');
  // One character of the signed text is another; and what is no certificate at all.
  const text = fs.readFileSync(pdf, 'latin1').match(/HC1:[0-9A-Z $%*+\-./:]{300,}/)[0];
  const other = text[250] === 'A' ? 'B' : 'A';
  fs.writeFileSync(bent, text.slice(0, 250) + other + text.slice(251));
  const [wrong] = await choose(page, bent);
  const [none] = await choose(page, path.join(folder, 'slip.pdf'));
  await page.setViewportSize({ width: 1280, height: 800 });
  await choose(page, pdf);
  await page.screenshot({ path: path.join(folder, 'verify-1280.png'), fullPage: true });
  const html = await page.content();
  const violations = await browser.judged(html);
  await context.close();
  const line = { verifier: found, wrong: wrong[0], none: none[0], asked, refused, violations };
  console.log(JSON.stringify(line));
}

module.exports = { verifyOffline };
