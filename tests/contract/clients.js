// Calls every method of the npm packages `cowin`, `cowin-api-client` and `cowin-api-wrapper`,
// unmodified, and prints one JSON line for each with what it saw.
const modules = process.argv[2];
const [date, district, pincode] = process.argv.slice(3);
const http = require('http');
const https = require('https');
const path = require('path');
const tls = require('tls');
const load = (name) => require(path.join(modules, name));

const show = (client, call, value) => console.log(JSON.stringify({ client, call, value }));

async function main() {
  const cowin = load('cowin');
  for (const [call, args] of [
    ['getStates', []],
    ['getListofDistricts', [21]],
    ['findByPin', [pincode, date]],
    ['findByDistrict', [district, date]],
    ['calendarByPin', [pincode, date]],
    ['calendarByDistrict', [district, date]],
  ]) {
    show('cowin', call, await cowin[call](...args));
  }
  const client = load('cowin-api-client');
  for (const [call, args] of [
    ['getStates', []],
    ['getDistricts', ['21']],
    ['findByPin', [pincode, date]],
    ['findByDistrict', [district, date]],
    ['calendarByPin', [pincode, date]],
    ['calendarByDistrict', [district, date]],
  ]) {
    show('cowin-api-client', call, await client[call](...args));
  }
  // This package knows no proxy, so its connections are led through it.
  https.globalAgent = new Tunnel();
  const wrapper = load('cowin-api-wrapper');
  const [day, month, year] = date.split('-').map(Number);
  const options = { date: new Date(year, month - 1, day) };
  show('cowin-api-wrapper', 'getStates', await wrapper.getStates());
  show('cowin-api-wrapper', 'getDistricts', await wrapper.getDistricts(21));
  for (const [call, method, args] of [
    ['byPin', 'findAppointmentsByPin', [pincode, options]],
    ['byPin week', 'findAppointmentsByPin', [pincode, { ...options, week: true }]],
    ['byPin wrong', 'findAppointmentsByPin', ['12', options]],
    ['byDistrict', 'findAppointmentsByDistrict', [district, options]],
  ]) {
    show('cowin-api-wrapper', call, await wrapper[method](...args));
  }
}

class Tunnel extends https.Agent {
  createConnection(options, done) {
    const proxy = new URL(process.env.https_proxy);
    const tunnel = { method: 'CONNECT', path: `${options.host}:443`, agent: false };
    http.request({ host: proxy.hostname, port: proxy.port, ...tunnel })
      .on('connect', (_, socket) => done(null, tls.connect({ socket, servername: options.host })))
      .on('error', done)
      .end();
  }
}

main().catch((error) => { console.error(error); process.exit(1); });
