// Walks the resident's whole way and the facility's whole way through the pages, without
// JavaScript: node walk.js MODULES CHROMIUM ADDRESS MESSAGES FOLDER.
const crypto = require('crypto');
const fs = require('fs');
const path = require('path');
const { Browser, password, sentTo } = require('./browser.js');
const { expose } = require('./auditor.js');
const { verifyOffline } = require('./verify.js');

const [executable, base, messages, folder] = process.argv.slice(3);
const RESIDENT = '6000009001';
const MANAGER = '6900000002';
const WALK_IN = '6000009002';
const FAMILY = [
  { name: 'Asha Venkatanarasimharajuvaripeta Subrahmanya', year: '1970', number: '900000099001' },
  { name: 'सीता देवी शर्मा', year: '1975', number: '900000099002' },
  { name: 'Ravi Demo', year: '1980', number: '900000099003' },
];

// The country's date, some days ahead.
const day = (ahead) =>
  new Date(Date.now() + (330 + ahead * 1_440) * 60_000).toISOString().slice(0, 10);

async function signIn(visitor, mobile, asked) {
  if (asked) await asked();
  const before = sentTo(messages, mobile).length;
  await visitor.fill({ 'Mobile number, ten digits': mobile });
  await visitor.press('Send the password');
  await visitor.see('sign in: password');
  await visitor.fill({ 'One-time password': '000000' });
  await visitor.press('Sign in');
  await visitor.see('sign in: wrong password');
  await visitor.fill({ 'One-time password': await password(messages, mobile, before) });
  await visitor.press('Sign in');
}

// A facility manager publishes sessions of today and tomorrow, and changes one.
async function publish(desk) {
  await desk.go('/desk');
  await desk.see('desk: sign in');
  await signIn(desk, MANAGER);
  await desk.see('desk: a day without appointments');
  const facility = await desk.page.locator('h1').innerText();
  await desk.follow('Sessions');
  await desk.see('desk: sessions');
  await desk.follow('Publish sessions');
  await desk.see('desk: publish');
  await desk.press('Publish');
  await desk.see('desk: publish without seats');
  await desk.fill({ Day: day(0), 'On how many days in a row': '2', 'Online, dose 1': '7777' });
  await desk.fill({ 'On site, dose 1': '5', 'Slot 1 from': '00:00', 'Slot 4 from': '15:00' });
  // One slot that is not over at any hour of this test.
  for (const number of [2, 3, 4]) await desk.fill({ [`Slot ${number} from`]: '' });
  for (const number of [0, 1, 2, 3]) await desk.page.fill(`#to${number}`, number ? '' : '23:59');
  await desk.press('Publish');
  await desk.see('desk: published');
  await desk.expect('2 sessions are published');
  const tomorrow = desk.page.locator('tr', { hasText: '0 of 7777' }).last();
  await desk.click(tomorrow.getByRole('link', { name: 'Change' }));
  await desk.see('desk: change a session');
  await desk.fill({ 'Online, dose 1 (0 booked)': 'many' });
  await desk.press('Save');
  await desk.see('desk: change that cannot be');
  await desk.fill({ 'Online, dose 1 (0 booked)': '2' });
  await desk.press('Save');
  await desk.expect('The session is changed');
  return facility;
}

// Where the facility is: a PIN code and a district.
async function place(facility) {
  for (let district = 1; district < 50; district += 1) {
    const answer = await fetch(`${base}/api/teeka/v1/sessions?district_id=${district}`);
    const center = (await answer.json()).centers.find((center) => center.name === facility);
    if (center)
      return {
        district: String(district),
        name: center.district_name,
        pincode: String(center.pincode),
      };
  }
  throw new Error('the facility is nowhere');
}

// A resident searches in every way before signing in.
async function search(resident, facility, where) {
  await resident.go('/');
  await resident.see('search');
  await resident.fill({ 'PIN code': '12' });
  await resident.press('Search');
  await resident.see('search: not a PIN code');
  await resident.expect('Enter a PIN code of six digits');
  await resident.fill({ 'PIN code': '', 'or the name of a place': where.name.slice(0, 4) });
  await resident.press('Search');
  await resident.see('search: places of a name');
  await resident.follow(`${where.name} (whole district)`);
  await resident.see('search: a district');
  await resident.expect(facility, 'Free seats as of');
  await resident.go('/');
  await resident.fill({ 'PIN code': where.pincode, 'How far from the PIN code': '25' });
  await resident.fill({ Vaccine: 'COVISHIELD', Fee: 'Free', 'Age in years': '50', Dose: '1' });
  await resident.press('Search');
  await resident.see('search: by distance, with filters');
  await resident.expect(facility, 'km away');
  if ((await resident.text()).includes('COVAXIN, age'))
    throw new Error('a filter lets all through');
  await resident.follow('Seven days later');
  await resident.see('search: nothing in this week');
  await resident.go('/nowhere');
  await resident.see('no such page');
}

async function add(resident, { name, year, number }) {
  await resident.fill({ 'Name, as on the document': name, 'Year of birth, like 1980': year });
  await resident.fill({
    Gender: 'Female',
    'Identity document': 'Aadhaar Card',
    'Its number': number,
  });
  await resident.press('Add this person');
}

// The address of the facility's session of a day: the one with so many seats.
async function session(resident, facility, where, free, ahead) {
  await resident.go(`/?district_id=${where.district}&date=${day(ahead)}&age=50&dose=1`);
  const card = resident.page.locator('section.card', { hasText: facility });
  const days = card.locator('.week > li').first();
  const line = days.locator('li', { hasText: `dose 1: ${free} free` });
  return line.getByRole('link').getAttribute('href');
}

// Family, a booking for two, sold out, cancelled for one, moved to today.
async function book(resident, facility, where) {
  const tomorrow = await session(resident, facility, where, 2, 1);
  await resident.go(tomorrow);
  await resident.see('sign in');
  await signIn(resident, RESIDENT, async () => {
    await resident.fill({ 'Mobile number, ten digits': '12345' });
    await resident.press('Send the password');
    await resident.see('sign in: not a mobile');
  });
  // Back where the resident was before signing in.
  await resident.see('book: nobody registered');
  await resident.follow('Add a person');
  await resident.see('add a person');
  await add(resident, { ...FAMILY[0], year: '19' });
  await resident.see('add a person: no such year');
  const kept = await resident.page.inputValue('#name');
  if (kept !== FAMILY[0].name) throw new Error('what was typed is lost');
  await add(resident, FAMILY[0]);
  for (const person of FAMILY.slice(1)) {
    await resident.follow('Add a person');
    await add(resident, person);
  }
  await resident.see('family');
  await resident.click(resident.page.getByRole('link', { name: 'Change details' }).nth(2));
  await resident.see('change details');
  await resident.fill({ 'Year of birth, like 1980': '1981', 'Its number': FAMILY[2].number });
  await resident.press('Save');
  await resident.expect('The details are changed', '1981');

  await resident.go(tomorrow);
  await resident.see('book');
  await resident.press('Book');
  await resident.see('book: nobody chosen');
  for (const { name } of FAMILY.slice(0, 2)) await resident.page.getByLabel(name).check();
  await resident.press('Book');
  await resident.see('booked');
  await resident.expect('The appointment is booked', FAMILY[0].name, FAMILY[1].name, 'Secret code');
  const appointment = resident.page.url().split('&')[0];
  await resident.download(
    await resident.page.getByRole('link', { name: 'slip' }).getAttribute('href'),
    path.join(folder, 'slip.pdf'),
  );
  await resident.go(tomorrow);
  // What is free is at most a second old.
  const soldOut = Date.now() + 2000;
  while (Date.now() < soldOut && !(await resident.page.content()).includes('No seat is free')) {
    await resident.go(tomorrow);
  }
  await resident.see('book: sold out');
  await resident.expect('No seat is free', 'These sessions still have a seat');

  await resident.go(appointment);
  await resident.follow('Cancel');
  await resident.see('cancel');
  await resident.press('Cancel for whom I chose');
  await resident.see('cancel: nobody chosen');
  await resident.page.getByLabel(FAMILY[1].name).check();
  await resident.press('Cancel for whom I chose');
  await resident.see('cancelled for one of two');
  if ((await resident.text()).includes(FAMILY[1].name))
    throw new Error('cancelled, and still there');
  await resident.follow('Move to another time');
  await resident.see('move: search');
  await resident.expect(`You are moving the appointment of ${FAMILY[0].name}`);
  const today = await session(resident, facility, where, 7777, 0);
  await resident.go(`${today}&move=${appointment.split('id=')[1]}`);
  await resident.see('move');
  await resident.press('Move the appointment here');
  await resident.see('moved');
  const text = await resident.text();
  await resident.go(tomorrow);
  await resident.page.getByLabel(FAMILY[2].name).check();
  await resident.press('Book');
  await resident.expect('The appointment is booked');
  await resident.follow('My family');
  await resident.see('family with appointments');
  return {
    reference: text.match(/reference number (\d{14})/)[1],
    code: text.match(/Secret code\s+(\d{4})/)[1],
  };
}

// With a code: verify, record. Wrong codes open nobody.
async function meet(desk, { reference, code }) {
  await desk.go('/desk');
  await desk.see('desk: the day');
  await desk.expect(`…${reference.slice(-4)}`);
  const present = async (number, secret) => {
    await desk.fill({ 'Reference number, 14 digits': number, 'Secret code, 4 digits': secret });
    await desk.press('Open');
  };
  await present(reference, code === '1111' ? '2222' : '1111');
  await desk.see('desk: wrong code');
  await present(reference, code);
  await desk.see('desk: a person');
  await desk.expect(FAMILY[0].name, 'not checked yet');
  await desk.press('The document shows this person');
  await desk.see('desk: verified');
  await desk.fill({ 'Lot, as on the vial': ' ', Vaccinator: 'Meera Pillai' });
  await desk.press('Record dose 1');
  await desk.see('desk: no lot');
  await desk.fill({ 'Lot, as on the vial': '4121Z001' });
  await desk.press('Record dose 1');
  await desk.see('desk: recorded');
  await desk.expect('Dose 1 of COVISHIELD is recorded');
}

// By one-time password: of the family, the one who stands there; a seat of today; undo; AEFI.
async function meetByMobile(desk) {
  await desk.follow('Next person');
  await desk.follow('No code');
  await desk.see('desk: by one-time password');
  const before = sentTo(messages, RESIDENT).length;
  await desk.fill({ 'Their mobile number, ten digits': RESIDENT });
  await desk.press('Send the password');
  await desk.see('desk: password sent');
  await desk.fill({
    'One-time password that they received': await password(messages, RESIDENT, before),
  });
  await desk.press('Open');
  await desk.see('desk: who of the family');
  await desk.press(`Open ${FAMILY[1].name}`);
  await desk.press('The document shows this person');
  const seat = desk.page.locator('#slot option', { hasText: 'COVISHIELD' }).first();
  await desk.page.selectOption('#slot', await seat.getAttribute('value'));
  await desk.press('Give the seat');
  await desk.see('desk: seat given');
  await desk.expect('The person has a seat', 'carried over');
  await desk.press('Record dose 1');
  await desk.page.getByText('Undo this dose').click();
  await desk.fill({ 'Why is it undone?': 'The vial was not opened' });
  await desk.press('Undo dose 1');
  await desk.see('desk: undone');
  await desk.expect('The dose is undone');
  await desk.press('Record dose 1');
  await desk.page.getByText('Note an adverse event').click();
  await desk.fill({ 'What happened?': 'Fever in the evening' });
  await desk.press('Note it');
  await desk.see('desk: adverse event noted');
  await desk.expect('The adverse event is noted', 'Too soon after the dose before');
}

async function walkIn(desk) {
  await desk.follow('Walk-in');
  await desk.see('desk: walk-in');
  const fields = {
    'Name, as on the document': 'Imran Example',
    'Year of birth, like 1980': '1988',
  };
  await desk.fill({ ...fields, Gender: 'Male', 'Identity document': 'PAN Card' });
  const number = 'Its number, as on the document before you';
  await desk.fill({ 'Mobile number, ten digits': WALK_IN, [number]: 'A' });
  await desk.press('Register');
  await desk.see('desk: walk-in, no such document');
  await desk.fill({ [number]: 'ABCDE9901F' });
  await desk.press('Register');
  await desk.see('desk: walk-in registered');
  await desk.expect('Imran Example');
}

// The walk-in's dose of today, and the code of their appointment as they see it themselves.
async function dose(desk, person) {
  await desk.press('The document shows this person');
  const seat = desk.page.locator('#slot option', { hasText: 'COVISHIELD' }).first();
  await desk.page.selectOption('#slot', await seat.getAttribute('value'));
  await desk.press('Give the seat');
  await person.go('/people');
  const code = (await person.text()).match(/Secret code\s+(\d{4})/)[1];
  await desk.press('Record dose 1');
  await desk.expect('Dose 1 of COVISHIELD is recorded');
  const reference = (await desk.text()).match(/Reference number\s+(\d{14})/)[1];
  return { reference, code };
}

// Asks whoever runs this walk to make the doses of a mobile's second record a hundred days older.
async function ageDoses(mobile) {
  console.log(JSON.stringify({ please: 'age doses', mobile }));
  const aged = path.join(folder, 'aged');
  const until = Date.now() + 20_000;
  while (!fs.existsSync(aged)) {
    if (Date.now() > until) throw new Error('the doses do not age');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

// The walk-in was registered twice. Staff look at both records, and the person makes them one.
async function twice(browser, desk) {
  const person = await browser.visitor();
  await person.go('/people');
  await signIn(person, WALK_IN);
  const first = await dose(desk, person);
  await desk.follow('Walk-in');
  await desk.fill({ 'Name, as on the document': 'Imran Example', Gender: 'Male' });
  await desk.fill({ 'Year of birth, like 1980': '1988', 'Identity document': 'PAN Card' });
  const number = 'Its number, as on the document before you';
  await desk.fill({ 'Mobile number, ten digits': WALK_IN, [number]: 'ABCDE9902F' });
  await desk.press('Register');
  const second = await dose(desk, person);

  await person.go('/people');
  await person.follow('Someone is registered twice');
  await person.see('merge: which records');
  await person.press('See what will happen');
  await person.see('merge: nothing chosen');
  await person.expect('Choose the record that stays');
  const choose = async (visitor) => {
    for (const [name, record] of [['stays', first], ['goes', second]]) {
      const one = visitor.page.locator(`label:has(input[name=${name}])`);
      await one.filter({ hasText: record.reference }).locator('input').check();
    }
    await visitor.press('See what will happen');
  };
  await choose(person);
  await person.see('merge: a dose of just now');
  await person.expect('can still be undone');
  const before = sentTo(messages, RESIDENT, 'merge-otp').length;
  await person.fill({ 'The other mobile number, ten digits': RESIDENT });
  await person.press('Send the password');
  await person.see('merge: password to the other mobile');
  await person.fill({ 'One-time password, as it came to the other mobile': '000000' });
  await person.press('Show the records of that mobile');
  await person.see('merge: wrong password');
  const told = await password(messages, RESIDENT, before, 'merge-otp');
  await person.fill({ 'One-time password, as it came to the other mobile': told });
  await person.press('Show the records of that mobile');
  await person.see('merge: records of the other mobile');
  await person.expect(FAMILY[1].name);

  await ageDoses(WALK_IN);
  await desk.go('/desk');
  await desk.fill({ 'Reference number, 14 digits': first.reference });
  await desk.fill({ 'Secret code, 4 digits': first.code });
  await desk.press('Open');
  await desk.page.getByText('This person has a second record').click();
  await desk.fill({ 'Reference number of the second record': second.reference });
  await desk.fill({ 'Its secret code, 4 digits': first.code === '1111' ? '2222' : '1111' });
  await desk.press('See what will happen');
  await desk.see('desk: wrong code of the second record');
  await desk.fill({ 'Reference number of the second record': second.reference });
  await desk.fill({ 'Its secret code, 4 digits': second.code });
  await desk.press('See what will happen');
  await desk.see('desk: two records of one person');
  await desk.expect(first.reference, second.reference, 'It cannot be undone');
  await desk.press('Leave both as they are');

  await person.go('/people/merge');
  await choose(person);
  await person.see('merge: what will happen');
  await person.expect(first.reference, second.reference, 'It cannot be undone');
  await person.press('Make one record of the two');
  await person.see('family: one record of two');
  await person.expect('The two records are one now', first.reference, 'Dose 2 of COVISHIELD');
  if ((await person.text()).includes(second.reference)) throw new Error('the record is still there');
  return person;
}

// To stop bookings and to cancel a session are two acts, and each says what it does first.
async function close(desk, resident) {
  await desk.go('/desk');
  await desk.follow('Sessions');
  const line = () => desk.page.locator('tr', { hasText: '1 of 2' }).last();
  await desk.click(line().getByRole('link', { name: 'Stop bookings' }));
  await desk.see('desk: stop bookings?');
  await desk.expect('It has 1 appointment, which will stand');
  await desk.press('Stop bookings');
  await desk.see('desk: bookings stopped');
  await desk.click(line().getByRole('link', { name: 'Cancel session' }));
  await desk.see('desk: cancel the session?');
  await desk.expect('It has 1 appointment, which will be cancelled');
  await desk.press('Cancel the session');
  await desk.see('desk: session cancelled');
  await desk.expect('1 appointment with it');
  await resident.follow('My family');
  if ((await resident.text()).includes('Secret code')) throw new Error('the appointment stands');
  await desk.go('/desk');
  await desk.see('desk: the day after work');
  await desk.expect('4\ndone');
  await desk.press('Sign out');
  await desk.see('desk: signed out');
}

// Details for travel: of another year they are refused; kept, they are on paper; then they are
// removed.
async function travel(resident) {
  const open = () => resident.page.getByText('Certificate in another language').first().click();
  const keep = async (day) => {
    await resident.fill({
      'Date of birth': day,
      'Passport number, 6 to 9 letters and digits': 'k 1234567',
      'Nationality, three letters as in the passport, like IND': 'IND',
    });
    await resident.press('Keep for travel');
  };
  await open();
  await resident.follow('give details for travel');
  await resident.see('travel');
  await keep('1971-02-28');
  await resident.see('travel: another year');
  await resident.expect('not in the year of birth on record');
  await keep('1970-02-28');
  await resident.see('family, with details for travel');
  await resident.expect('The details for travel are kept');
  await open();
  const link = (name) => resident.page.getByRole('link', { name }).first().getAttribute('href');
  await resident.download(await link('picture for'), path.join(folder, 'icvp.png'));
  await resident.download(await link('text for'), path.join(folder, 'icvp.txt'));
  await resident.follow('See, change or remove them');
  await resident.see('travel: kept');
  await resident.expect('XXXXX567');
  if ((await resident.page.content()).includes('1234567')) throw new Error('the passport is shown');
  await resident.press('Remove these details');
  await resident.expect('The details for travel are removed');
}

// A certificate for a wallet: the offer is a link and a picture, and the six digits are not there.
async function wallet(resident) {
  await resident.page.getByText('Certificate in another language').first().click();
  await resident.follow('one of which you show only what you choose');
  await resident.see('wallet');
  await resident.press('Make an offer for a wallet');
  await resident.see('wallet: the offer');
  await resident.expect('Type in the six digits');
  const link = await resident.page.getByRole('link', { name: 'Open in the wallet' });
  if (!(await link.getAttribute('href')).startsWith('openid-credential-offer://?')) {
    throw new Error('no offer');
  }
  await resident.follow('Back to my family');
}

// The code that an app shows, some spans of half a minute from now (RFC 6238).
function appCode(secret, ahead) {
  const letters = [...secret.replace(/\s/g, '')];
  const values = letters.map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter));
  const bits = values.map((value) => value.toString(2).padStart(5, '0')).join('');
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const span = Buffer.alloc(8);
  span.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + ahead));
  const digest = crypto.createHmac('sha1', key).update(span).digest();
  const number = digest.readUInt32BE(digest[19] & 15) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, '0');
}

// A resident sets up an app, and signs in by its code, which counts once.
async function byApp(resident) {
  const field = 'Code of the app, six digits';
  await resident.go('/people');
  await resident.follow('Sign in with an app');
  await resident.see('app: set up');
  await resident.fill({ [field]: '000000' });
  await resident.press('Set it up');
  await resident.see('app: wrong code');
  const secret = (await resident.text()).match(/Secret: ((?:[A-Z2-7]{4} ?){8})/)[1];
  await resident.fill({ [field]: appCode(secret, 0) });
  await resident.press('Set it up');
  await resident.see('app: there');
  await resident.expect('From now on you can sign in with the app');
  await resident.press('Sign out');
  await resident.go('/sign-in');
  await resident.follow('Use the code of an app');
  await resident.see('sign in: by app');
  await resident.fill({ 'Mobile number, ten digits': RESIDENT, [field]: appCode(secret, -1) });
  await resident.press('Sign in');
  await resident.see('sign in: code of before');
  await resident.expect('Each code counts once');
  await resident.fill({ [field]: appCode(secret, 1) });
  await resident.press('Sign in');
  await resident.expect(FAMILY[0].name);
}

// By what staff sign in, for a browser without JavaScript: no passkey, an app.
async function keys(desk) {
  await desk.go('/desk');
  await desk.follow('My passkeys');
  await desk.see('desk: how you sign in');
  await desk.expect('Passkeys cannot be used at this address, only at http://localhost:');
  await desk.follow('Set up an app');
  await desk.see('desk: an app');
  await desk.go('/desk/keys/restore');
  await desk.see('desk: a colleague lost all');
  await desk.fill({ 'Mobile of the colleague, ten digits': '6999999999' });
  await desk.press('They lost all passkeys');
  await desk.see('desk: no such colleague');
  await desk.fill({ 'Mobile of the colleague, ten digits': '6900000001' });
  await desk.press('They lost all passkeys');
  await desk.see('desk: one of two');
  await desk.expect('One more person has to say so');
}

// Somebody asks that a record be erased and takes it back; an officer sees that it was asked for.
async function duties(browser, resident) {
  const officer = await browser.visitor();
  await officer.go('/desk/sign-in');
  await signIn(officer, '6900000003');
  await officer.go('/desk/duties');
  await officer.see('desk: nothing to let go');
  await officer.expect('Nothing waits.');
  await resident.follow('Erase a record');
  await resident.see('erase a record');
  await resident.press('Erase this record');
  await resident.see('erase a record: asked');
  await resident.expect('It is erased after');
  await officer.go('/desk/duties');
  await officer.see('desk: an erasure to let go');
  await officer.press('Let it go');
  await officer.see('desk: let go once');
  await officer.expect('another officer has to agree');
  await resident.press('Take it back');
  await resident.see('erase a record: taken back');
  await resident.follow('Back to my family');
  return officer;
}

async function certificate(resident) {
  await resident.see('family, vaccinated');
  const link = resident.page.getByRole('link', { name: 'Certificate' });
  for (const place of [0, 1]) {
    const address = await link.nth(place).getAttribute('href');
    await resident.download(address, path.join(folder, `certificate-${place + 1}.pdf`));
  }
  await wallet(resident);
  await travel(resident);
  await byApp(resident);
  await resident.press('Sign out');
  await resident.go('/people');
  await resident.expect('Mobile number');
}

// Somebody reports a leak, in two languages, and follows what becomes of it.
async function report(visitor) {
  await visitor.go('/report');
  await visitor.see('report: form');
  await visitor.follow('यह पृष्ठ हिन्दी में');
  await visitor.see('report: form in Hindi');
  await visitor.follow('This page in English');
  await visitor.fill({ 'What did you see?': '   ' });
  await visitor.press('Send the report');
  await visitor.see('report: nothing said');
  await visitor.expect('Say what you saw');
  await visitor.fill({ 'What did you see?': 'A list of people is open to everybody.' });
  await visitor.press('Send the report');
  await visitor.see('report: receipt');
  await visitor.expect('Received');
  await visitor.follow('यह पृष्ठ हिन्दी में');
  await visitor.see('report: receipt in Hindi');
}

// A form of another site is refused, and a page whose field lost its label is found out.
async function twins(browser, resident) {
  const answer = await fetch(`${base}/sign-in`, {
    method: 'POST',
    body: 'mobile=6000009001',
    headers: {
      origin: 'https://evil.example',
      'content-type': 'application/x-www-form-urlencoded',
    },
  });
  await resident.go('/');
  const spoil = () => document.querySelector('label[for=pincode]').remove();
  const found = await browser.judged(await resident.page.content(), spoil);
  console.log(JSON.stringify({ twin: 'foreign form', status: answer.status }));
  console.log(JSON.stringify({ twin: 'label removed', violations: found }));
}

async function main() {
  const browser = await Browser.launch(base, executable);
  const [desk, resident] = [await browser.visitor(), await browser.visitor()];
  const auditor = await browser.visitor();
  try {
    const facility = await publish(desk);
    const where = await place(facility);
    await search(resident, facility, where);
    const shown = await book(resident, facility, where);
    await meet(desk, shown);
    await meetByMobile(desk);
    await walkIn(desk);
    const person = await twice(browser, desk);
    await keys(desk);
    await close(desk, resident);
    const officer = await duties(browser, resident);
    await certificate(resident);
    await report(resident);
    const release = fs.readFileSync(path.join(folder, 'release.txt'), 'utf8');
    await expose(auditor, signIn, release);
    await twins(browser, resident);
    await verifyOffline(browser, folder);
    await Promise.all([
      ...desk.seen, ...resident.seen, ...person.seen, ...officer.seen, ...auditor.seen,
    ]);
  } finally {
    await browser.chromium.close();
  }
}

main().catch((error) => {
  fs.writeSync(2, `${error.stack}\n`);
  process.exit(1);
});
