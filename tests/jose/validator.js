// What the official validator of health cards says. On standard input {"numeric", "jws", "jwk",
// "issuer"}; the argument is the folder of a built health-cards-dev-tools. Prints each thing that it complains of.
const { readFileSync } = require('fs');
const { join } = require('path');
const tools = (file) => require(join(process.argv[2], 'js/src', file));
const { validate, LogLevels, ValidationProfiles } = tools('api.js');
// The interface for keys alone forgets whose they are.
const { verifyAndImportHealthCardIssuerKey } = tools('shcKeyValidator.js');

async function main() {
  const { numeric, jws, jwk, issuer } = JSON.parse(readFileSync(0, 'utf8'));
  const logLevel = LogLevels.WARNING;
  const profile = ValidationProfiles['usa-covid19-immunization'];
  const options = { logLevel, profile, skipJwksDownload: true };
  const keys = await verifyAndImportHealthCardIssuerKey({ keys: [jwk] }, '', undefined, issuer);
  console.log(JSON.stringify([
    ...keys.flatten().filter(({ level }) => level >= logLevel),
    ...await validate.jws(jws, options),
    ...await validate.qrnumeric([numeric], options),
    ...await validate.healthcard(JSON.stringify({ verifiableCredential: [jws] }), options),
  ]));
}

main();
