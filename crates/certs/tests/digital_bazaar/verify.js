// Reads credentials as Digital Bazaar's verifier does. The first argument is the folder with
// packages; standard input is JSON: our context, the issuer's DID document, its key as a Multikey,
// and credentials by name. Writes whether each is verified, and whether its status list says that it
// was withdrawn, as JSON. The list itself is one of the credentials.
import {createRequire} from 'node:module';
import {pathToFileURL} from 'node:url';
import {readFileSync} from 'node:fs';

const from = createRequire(process.argv[2] + '/');
const load = async name => import(pathToFileURL(from.resolve(name)));
const {contexts} = await load('@digitalbazaar/credentials-context');
const {DataIntegrityProof} = await load('@digitalbazaar/data-integrity');
const {createVerifyCryptosuite: jcs} = await load('@digitalbazaar/eddsa-jcs-2022-cryptosuite');
const {cryptosuite: rdfc} = await load('@digitalbazaar/eddsa-rdfc-2022-cryptosuite');
const {verifyCredential} = await load('@digitalbazaar/vc');
const {checkStatus: look} = await load('@digitalbazaar/vc-bitstring-status-list');

const input = JSON.parse(readFileSync(0, 'utf8'));
const documents = new Map(contexts);
documents.set(input.contextUrl, input.context);
documents.set(input.did.id, input.did);
documents.set(input.key.id, input.key);
for(const [url, list] of Object.entries(input.lists)) {
  documents.set(url, list);
}

async function documentLoader(url) {
  if(!documents.has(url)) {
    throw new Error(`${url} is not at hand`);
  }
  return {documentUrl: url, document: documents.get(url)};
}

const suite = [new DataIntegrityProof({cryptosuite: jcs()}), new DataIntegrityProof({cryptosuite: rdfc})];
const answers = {};
for(const [name, credential] of Object.entries(input.credentials)) {
  // By the clock of this machine the list of a test is stale, so it is not verified here again.
  const checkStatus = options => look({...options, verifyBitstringStatusListCredential: false});
  const answer = await verifyCredential({
    credential, suite, documentLoader, checkStatus, now: new Date(input.now)
  });
  answers[name] = {
    verified: answer.verified,
    withdrawn: answer.statusResult?.results?.some(one => one.status) ?? false,
    why: String(answer.error?.errors?.[0] ?? answer.statusResult?.error ?? '')
  };
}
console.log(JSON.stringify(answers));
