// The page of the verifier. It fetches the verifier, the anchor and the trust bundle; what is
// checked stays here. Answers are put in as text, never as markup.
'use strict';

const byId = (id) => document.getElementById(id);
let verifier;

// Bytes go in and out four at a time, least significant first.
function give(bytes) {
  verifier.begin(bytes.length);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const whole = bytes.length & ~3;
  let place = 0;
  for (; place < whole; place += 4) verifier.push(view.getUint32(place, true));
  if (place < bytes.length) {
    let word = 0;
    for (let at = bytes.length - 1; at >= place; at -= 1) word = word * 256 + bytes[at];
    verifier.push(word);
  }
}

function answer(length) {
  const bytes = new Uint8Array((length + 3) & ~3);
  const view = new DataView(bytes.buffer);
  for (let place = 0; place < length; place += 4) {
    view.setUint32(place, verifier.pull(place), true);
  }
  return JSON.parse(new TextDecoder().decode(bytes.subarray(0, length)));
}

const now = () => Math.floor(Date.now() / 1000);

function checkBytes(bytes) {
  give(bytes);
  return answer(verifier.check_file(now()));
}

function checkPicture(image, width, height) {
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext('2d', { willReadFrequently: true });
  context.fillStyle = '#fff';
  context.fillRect(0, 0, width, height);
  context.drawImage(image, 0, 0, width, height);
  const { data } = context.getImageData(0, 0, width, height);
  const grey = new Uint8Array(width * height);
  for (let at = 0; at < grey.length; at += 1) {
    grey[at] = (data[4 * at] * 77 + data[4 * at + 1] * 150 + data[4 * at + 2] * 29) >> 8;
  }
  give(grey);
  return answer(verifier.check_picture(width, now()));
}

function element(name, text, of) {
  const made = document.createElement(name);
  if (text) made.textContent = text;
  if (of) made.className = of;
  return made;
}

const KINDS = { vaccination: 'Vaccination', test: 'Test', recovery: 'Recovery' };

function rowsOf(told) {
  const rows = [['Name', told.name], ['Born', told.born]];
  for (const event of told.events || []) {
    const of = event.doses_total ? ` of ${event.doses_total}` : '';
    const dose = event.dose_number && `dose ${event.dose_number}${of}`;
    const parts = [event.product, dose, event.result, event.on, event.place, event.country];
    rows.push([KINDS[event.kind], parts.filter(Boolean).join(', ')]);
  }
  rows.push(['Issued by', told.issuer], ['Form', told.format], ['Identifier', told.id]);
  return rows.filter(([, value]) => value);
}

const HEADINGS = { valid: 'Valid', 'valid but': 'Valid, but', 'not valid': 'Not valid' };

function card(told, from) {
  const made = element('section', '', 'card');
  made.dataset.verdict = told.verdict;
  made.append(element('h2', HEADINGS[told.verdict]));
  if (from) made.append(element('p', from, 'muted'));
  if (told.why) made.append(element('p', `Because ${told.why}.`));
  if (told.caveats) {
    const list = element('ul');
    for (const caveat of told.caveats) list.append(element('li', caveat));
    made.append(list);
  }
  if (told.verdict !== 'not valid') {
    const list = element('dl');
    for (const [name, value] of rowsOf(told)) {
      list.append(element('dt', name), element('dd', value));
    }
    made.append(list);
  }
  return made;
}

function show(all, from) {
  if (all.length === 0) {
    const none = element('section', '', 'card');
    none.dataset.verdict = 'none';
    none.append(element('h2', 'No certificate found'));
    none.append(element('p', 'Try a sharper picture, closer to the code, or the file itself.'));
    byId('answers').prepend(none);
  }
  // Above what was there, in the order of the page.
  for (const told of [...all].reverse()) byId('answers').prepend(card(told, from));
}

// What browsers draw and the verifier does not read as a file: WebP, HEIC, GIF.
async function checkDrawn(file) {
  const image = await createImageBitmap(file);
  const scale = Math.min(1, 2000 / Math.max(image.width, image.height));
  const [width, height] = [image.width, image.height].map((side) => Math.round(side * scale));
  return checkPicture(image, width, height);
}

async function checkFile(file) {
  let all = checkBytes(new Uint8Array(await file.arrayBuffer()));
  if (all.length === 0 && file.type.startsWith('image/')) {
    all = await checkDrawn(file).catch(() => []);
  }
  show(all, file.name);
}

async function look() {
  const video = byId('video');
  if (!video.srcObject) return;
  const scale = Math.min(1, 1280 / Math.max(video.videoWidth, video.videoHeight, 1));
  const [width, height] = [video.videoWidth, video.videoHeight].map((s) => Math.round(s * scale));
  if (width > 0) {
    const all = checkPicture(video, width, height);
    if (all.length > 0) {
      stopCamera();
      show(all);
      return;
    }
  }
  setTimeout(look, 150);
}

function stopCamera() {
  const video = byId('video');
  for (const track of video.srcObject ? video.srcObject.getTracks() : []) track.stop();
  video.srcObject = null;
  video.hidden = true;
  byId('stop').hidden = true;
  byId('camera').hidden = false;
}

async function startCamera() {
  byId('answers').replaceChildren();
  const video = byId('video');
  try {
    const wanted = { facingMode: 'environment', width: { ideal: 1280 } };
    video.srcObject = await navigator.mediaDevices.getUserMedia({ video: wanted });
  } catch {
    byId('state').textContent = 'The camera cannot be used. Choose a picture instead.';
    return;
  }
  video.hidden = false;
  byId('stop').hidden = false;
  byId('camera').hidden = true;
  await video.play();
  look();
}

function listen() {
  byId('camera').addEventListener('click', startCamera);
  byId('stop').addEventListener('click', stopCamera);
  byId('check').addEventListener('click', () => {
    byId('answers').replaceChildren();
    show(checkBytes(new TextEncoder().encode(byId('text').value)));
  });
  byId('file').addEventListener('change', async (event) => {
    byId('answers').replaceChildren();
    for (const file of event.target.files) await checkFile(file);
    event.target.value = '';
  });
}

const text = async (address) => (await fetch(address)).text();

async function begin() {
  const state = byId('state');
  state.textContent = 'Getting ready…';
  const wasm = await (await fetch('/verify/verifier.wasm')).arrayBuffer();
  verifier = (await WebAssembly.instantiate(wasm)).instance.exports;
  const anchor = (await text('/.well-known/trust-anchor.json')).trim();
  const bundle = await text('/.well-known/trust-bundle');
  give(new TextEncoder().encode(`${anchor}\n${bundle}`));
  const trust = answer(verifier.set_trust());
  if (trust.error) throw new Error(trust.error);
  const made = new Date(trust.issued_at * 1000).toLocaleString();
  state.textContent = `Ready. Keys and withdrawn certificates as of ${made}.`;
  byId('ways').hidden = false;
  listen();
}

if ('serviceWorker' in navigator) navigator.serviceWorker.register('/verify/worker.js', { scope: '/verify' });
begin().catch(() => {
  byId('state').textContent = 'The verifier could not be started. Load the page again with a network.';
});
