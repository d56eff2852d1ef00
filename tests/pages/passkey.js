// Makes and uses a passkey with a virtual authenticator of Chromium, at the server's own address and
// through relays at other ones: node passkey.js MODULES CHROMIUM ADDRESS MESSAGES MOBILE [PICTURES].
// A relay hands on whatever a person does there, keeps what the server sets, and counts sign-ins.
const http = require('http');
const path = require('path');
const { Browser, password, sentTo } = require('./browser.js');

const [executable, address, messages, mobile, pictures] = process.argv.slice(3);
// Browsers have passkeys for names, and this computer's is the one that needs no TLS.
const own = new URL(address.replace('127.0.0.1', 'localhost'));

// A reverse proxy on another port, and so at another origin.
function relay() {
  const seen = { requests: 0, obtained: 0 };
  const server = http.createServer((request, answer) => {
    seen.requests += 1;
    const headers = { ...request.headers, host: own.host };
    delete headers.origin;
    const { method, url } = request;
    const sent = http.request({ host: '127.0.0.1', port: own.port, method, path: url, headers });
    sent.on('response', (came) => {
      const set = came.headers['set-cookie'] || [];
      seen.obtained += set.filter((one) => /^teeka_sign_in=[^;]/.test(one)).length;
      answer.writeHead(came.statusCode, came.headers);
      came.pipe(answer);
    });
    request.pipe(sent);
  });
  return new Promise((done) => {
    server.listen(0, '127.0.0.1', () => done({ server, seen, port: server.address().port }));
  });
}

async function picture(page, name) {
  if (!pictures) return;
  for (const width of [360, 1280]) {
    await page.setViewportSize({ width, height: 800 });
    await page.screenshot({ path: path.join(pictures, `${name}-${width}.png`), fullPage: true });
  }
}

// A browser with an authenticator of its own.
async function visitor(browser) {
  const context = await browser.newContext();
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  const refused = [];
  page.on('console', (said) => {
    if (said.text().includes('Content Security Policy')) refused.push(said.text());
  });
  const tools = await context.newCDPSession(page);
  await tools.send('WebAuthn.enable');
  const options = {
    protocol: 'ctap2',
    transport: 'internal',
    hasResidentKey: true,
    hasUserVerification: true,
    isUserVerified: true,
    automaticPresenceSimulation: true,
  };
  const { authenticatorId } = await tools.send('WebAuthn.addVirtualAuthenticator', { options });
  return { page, tools, authenticatorId, refused };
}

async function byCode(page, origin) {
  await page.goto(`${origin}/desk/sign-in`);
  const before = sentTo(messages, mobile).length;
  await page.getByLabel('Mobile number, ten digits').fill(mobile);
  await page.getByRole('button', { name: 'Send the password' }).click();
  await page.getByLabel('One-time password').fill(await password(messages, mobile, before));
  await Promise.all([
    page.waitForEvent('load'),
    page.getByRole('button', { name: 'Sign in' }).click(),
  ]);
}

// Presses the button for a passkey, and waits for what comes of it.
async function byPasskey(page, origin) {
  await page.goto(`${origin}/desk/sign-in`);
  const loaded = page.waitForEvent('load').then(() => 'answered');
  const button = page.getByRole('button', { name: 'Sign in with a passkey' });
  await button.click();
  const status = page.locator('form[data-passkey] [role=status]');
  const said = status.filter({ hasText: 'No passkey was used' }).waitFor();
  return Promise.race([loaded, said.then(() => 'refused by the browser')]);
}

const cookies = async (page) =>
  (await page.context().cookies()).filter((one) => one.name === 'teeka_sign_in' && one.value);

async function main() {
  const browser = await Browser.launch(address, executable);
  const { page, tools, authenticatorId, refused } = await visitor(browser.chromium);
  const tell = (step, said) => console.log(JSON.stringify({ step, ...said }));
  const heading = () => page.locator('h1').innerText();
  const credentials = async () =>
    (await tools.send('WebAuthn.getCredentials', { authenticatorId })).credentials;

  await page.goto(`${own.origin}/desk/sign-in`);
  await picture(page, 'sign-in');
  await byCode(page, own.origin);
  await page.goto(`${own.origin}/desk/keys`);
  await picture(page, 'keys-none');
  await page.getByLabel('Name for the new passkey, like: my phone').fill('my phone');
  await Promise.all([
    page.waitForEvent('load'),
    page.getByRole('button', { name: 'Make a passkey' }).click(),
  ]);
  await page.locator('td strong', { hasText: 'my phone' }).waitFor();
  await picture(page, 'keys');
  const [made] = await credentials();
  const violations = await browser.judged(await page.content());
  tell('made', { party: made.rpId, resident: made.isResidentCredential, violations });
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.waitForLoadState();

  const outcome = await byPasskey(page, own.origin);
  tell('own', { outcome, heading: await heading(), cookies: (await cookies(page)).length });
  await page.goto(`${own.origin}/desk/keys/app`);
  await picture(page, 'app');
  await page.goto(`${own.origin}/desk/keys/restore`);
  await picture(page, 'restore');
  // Names of this computer share their cookies whatever the port: nothing is left for the relay to see.
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.waitForLoadState();

  const { server, seen, port } = await relay();
  const before = (await credentials())[0].signCount;
  const relayed = await byPasskey(page, `http://localhost:${port}`);
  const signed = (await credentials())[0].signCount > before;
  await picture(page, 'refused');
  tell('relay', { outcome: relayed, signed, heading: await heading(), ...seen });
  await byCode(page, `http://localhost:${port}`);
  await picture(page, 'refused-code');
  tell('relayed code', { text: await page.locator('main').innerText(), ...seen });
  const other = await byPasskey(page, `http://relay.localhost:${port}`);
  tell('other host', { outcome: other, ...seen, cookies: (await cookies(page)).length });
  tell('own again', {
    outcome: await byPasskey(page, own.origin),
    heading: await heading(),
    cookies: (await cookies(page)).length,
    refused,
  });
  server.close();
  server.closeAllConnections();
  await browser.chromium.close();
}

main().catch((error) => {
  require('fs').writeSync(2, `${error.stack}\n`);
  process.exit(1);
});
