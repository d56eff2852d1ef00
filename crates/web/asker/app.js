// Asks the rolls blind. What is asked about is blinded here by the program beside this script; what is
// sent is a group element, without cookies. Answers are put in as text, never as markup.
'use strict';

const byId = (id) => document.getElementById(id);
const KEPT = 'teeka-questions';
const PER_DAY = 4;
let asker;
let published;
// What was asked and not yet answered: kept in this page only, and asked again in the same words.
let unanswered;

// Bytes go in and out four at a time, least significant first.
function give(bytes) {
  asker.begin(bytes.length);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const whole = bytes.length & ~3;
  let place = 0;
  for (; place < whole; place += 4) asker.push(view.getUint32(place, true));
  if (place < bytes.length) {
    let word = 0;
    for (let at = bytes.length - 1; at >= place; at -= 1) word = word * 256 + bytes[at];
    asker.push(word);
  }
}

function act(name, input) {
  give(new TextEncoder().encode(JSON.stringify(input)));
  const length = asker[name]();
  const bytes = new Uint8Array((length + 3) & ~3);
  const view = new DataView(bytes.buffer);
  for (let place = 0; place < length; place += 4) view.setUint32(place, asker.pull(place), true);
  const answer = JSON.parse(new TextDecoder().decode(bytes.subarray(0, length)));
  if (answer.error) throw new Error(answer.error);
  return answer;
}

const toHex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
const ofHex = (text) => Uint8Array.from(text.match(/../g), (two) => parseInt(two, 16));
const random = (length) => toHex(crypto.getRandomValues(new Uint8Array(length)));
const today = () => Math.floor(Date.now() / 86400000);

// Questions that are left, and random bytes of those that were not confirmed yet. Nothing here says
// about whom something was asked.
function kept() {
  let found = {};
  try {
    found = JSON.parse(localStorage.getItem(KEPT)) || {};
  } catch {
    // What cannot be read is not there.
  }
  const questions = (found.questions || []).filter((one) => one.day >= today() - 1);
  return { questions, pending: found.pending };
}

function keep(state) {
  localStorage.setItem(KEPT, JSON.stringify(state));
}

function say(text) {
  byId('state').textContent = text;
}

function left() {
  const count = kept().questions.length;
  byId('ask').disabled = count === 0;
  byId('get').hidden = count > 0;
  return count === 1 ? 'One question is left.' : `${count} questions are left.`;
}

// Without cookies: who asks is not told.
const plain = { credentials: 'omit', referrerPolicy: 'no-referrer', cache: 'no-store' };

async function json(address, options) {
  const response = await fetch(address, options);
  const body = await response.json().catch(() => ({}));
  return { status: response.status, body };
}

const sent = (body, options) => ({
  ...options,
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

async function publish() {
  const { status, body } = await json('/api/teeka/v1/rolls', plain);
  if (status !== 200) throw new Error('the lists cannot be fetched');
  published = body;
}

// Has new questions confirmed. The same random bytes are used again if no answer came.
async function getQuestions() {
  const state = kept();
  state.pending ||= random(PER_DAY * 96);
  keep(state);
  const { blinded } = act('blind_questions', { random: state.pending });
  const { status, body } = await json('/api/teeka/v1/questions', sent({ blinded }, {}));
  if (status === 401) {
    location.assign('/sign-in?then=%2Frolls');
    return;
  }
  if (status === 429) {
    delete state.pending;
    keep(state);
    say('There are no more questions for this mobile today.');
    return;
  }
  if (status !== 200) throw new Error('the questions were not confirmed; try again');
  const same = () => published.question_keys.some((one) => one.day === body.day && one.key === body.key);
  // The list may be of yesterday. A key of its own for each would mark who asks.
  if (!same()) await publish();
  if (!same()) throw new Error('the questions are not confirmed by the published key: they were not kept');
  const { questions } = act('keep_questions', { ...body, random: state.pending });
  delete state.pending;
  state.questions.push(...questions.map((text) => ({ day: body.day, text })));
  keep(state);
  say(left());
}

function spend(text) {
  const state = kept();
  state.questions = state.questions.filter((one) => one.text !== text);
  keep(state);
}

async function answered(roll, number) {
  if (!unanswered || unanswered.roll !== roll.id || unanswered.number !== number) {
    const [question] = kept().questions;
    if (!question) throw new Error('no question is left');
    unanswered = { roll: roll.id, number, question: question.text, random: random(64) };
  }
  const input = { random: unanswered.random, number };
  const { blinded } = act('blind_number', input);
  const asked = sent({ question: unanswered.question, blinded }, plain);
  const { status, body } = await json(`/api/teeka/v1/rolls/${roll.id}/answers`, asked);
  if (status === 409) {
    spend(unanswered.question);
    unanswered = undefined;
    throw new Error('this question was used already; ask again with the next one');
  }
  if (status !== 200) throw new Error('there was no answer; try again');
  return act('place_number', { ...input, ...body, key: roll.key, bits: roll.bits, bucket_bytes: roll.bucket_bytes });
}

function show(roll, held) {
  const card = document.createElement('section');
  card.className = 'card';
  card.dataset.held = held ? 'yes' : 'no';
  const heading = document.createElement('h3');
  heading.textContent = held ? `This number is in “${roll.title}”` : `This number is not in “${roll.title}”`;
  const text = document.createElement('p');
  text.textContent = held
    ? 'Be careful with calls and messages that use what stands there. Nobody of this platform ever asks for a one-time password.'
    : 'Somebody may stand there under another number, or in another spelling.';
  card.append(heading, text);
  byId('answers').prepend(card);
}

async function ask() {
  const roll = published.rolls.find((one) => one.id === byId('which').value);
  const number = byId('asked').value;
  if (!roll) throw new Error('choose a list');
  const place = await answered(roll, number);
  const response = await fetch(`/api/teeka/v1/rolls/${roll.id}/buckets/${place.bucket}`, plain);
  const bucket = new Uint8Array(await response.arrayBuffer());
  if (!response.ok || bucket.length !== roll.bucket_bytes) throw new Error('the list could not be fetched; try again');
  const tag = ofHex(place.tag);
  const both = new Uint8Array(tag.length + bucket.length);
  both.set(tag);
  both.set(bucket, tag.length);
  give(both);
  const held = asker.holds() === 1;
  spend(unanswered.question);
  unanswered = undefined;
  show(roll, held);
  say(left());
}

// One thing at a time, and what goes wrong is said.
function on(id, what) {
  byId(id).addEventListener('click', async () => {
    byId(id).disabled = true;
    say('One moment…');
    try {
      await what();
    } catch (error) {
      const text = error instanceof TypeError ? 'There is no network. Try again' : error.message;
      say(`${text.charAt(0).toUpperCase()}${text.slice(1)}.`);
    }
    byId('get').disabled = false;
    left();
  });
}

async function begin() {
  say('Getting ready…');
  const wasm = await (await fetch('/rolls/asker.wasm')).arrayBuffer();
  asker = (await WebAssembly.instantiate(wasm)).instance.exports;
  await publish();
  on('get', getQuestions);
  on('ask', ask);
  byId('ways').hidden = false;
  say(left());
}

begin().catch(() => say('This way to ask could not be started. Load the page again, or ask openly.'));
