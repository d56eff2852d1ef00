// Calls every method of the npm packages `cowin` and `cowin-api-client`, unmodified, and prints one
// JSON line for each with what it saw.
const modules = process.argv[2];
const [date, district, pincode] = process.argv.slice(3);
const path = require('path');
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
}

main().catch((error) => { console.error(error); process.exit(1); });
