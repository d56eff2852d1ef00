// A wallet made of the npm packages `@openid4vc/openid4vci` and `@openid4vc/oauth2`, unmodified:
// takes up an offer with the six digits, after a wrong try, and prints one JSON line for each step.
// Our address is reached through whichever one the test gives, as it leads nowhere by itself.
//
//     node wallet.mjs MODULES ISSUER SERVER LINK DIGITS
import crypto from 'node:crypto';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const [modules, issuer, server, link, digits] = process.argv.slice(2);
const load = (name) =>
  import(pathToFileURL(path.join(modules, '@openid4vc', name, 'dist/index.mjs')).href);
const { Openid4vciClient } = await load('openid4vci');
const { clientAuthenticationAnonymous } = await load('oauth2');

const show = (call, value) => console.log(JSON.stringify({ call, value }));
const pair = crypto.generateKeyPairSync('ec', { namedCurve: 'P-256' });
const publicJwk = pair.publicKey.export({ format: 'jwk' });
const text = (bytes) => Buffer.from(bytes).toString('base64url');
const unused = () => {
  throw new Error('this flow needs it not');
};

const client = new Openid4vciClient({
  callbacks: {
    fetch: (url, init) => fetch(String(url).replace(issuer, server), init),
    hash: (data, algorithm) => crypto.createHash(algorithm.replace('-', '')).update(data).digest(),
    generateRandom: (length) => crypto.randomBytes(length),
    signJwt: (signer, { header, payload }) => {
      const signed = [header, payload].map((part) => text(JSON.stringify(part))).join('.');
      const key = { key: pair.privateKey, dsaEncoding: 'ieee-p1363' };
      const signature = text(crypto.sign('sha256', Buffer.from(signed), key));
      return { jwt: `${signed}.${signature}`, signerJwk: publicJwk };
    },
    clientAuthentication: clientAuthenticationAnonymous(),
    verifyJwt: unused,
    decryptJwe: unused,
    encryptJwe: unused,
  },
});

/** What a step was refused with: its status and error. */
async function refused(step) {
  try {
    await step();
    return 'not refused';
  } catch (error) {
    const body = error.errorResponse ?? (await error.response?.response?.clone().json());
    return body?.error ?? String(error);
  }
}

const credentialOffer = await client.resolveCredentialOffer(link);
const issuerMetadata = await client.resolveIssuerMetadata(credentialOffer.credential_issuer);
show('version', issuerMetadata.originalDraftVersion);
show('known', issuerMetadata.knownCredentialConfigurations);
const redeem = (txCode) =>
  client.retrievePreAuthorizedCodeAccessTokenFromOffer({ credentialOffer, issuerMetadata, txCode });
show('wrong digits', await refused(() => redeem(digits === '123456' ? '123457' : '123456')));
const { accessTokenResponse } = await redeem(digits);
show('token', { ...accessTokenResponse, access_token: accessTokenResponse.access_token.length });
show('code again', await refused(() => redeem(digits)));

const [credentialConfigurationId] = credentialOffer.credential_configuration_ids;
const signer = { method: 'jwk', alg: 'ES256', publicJwk };
const prove = async (nonce) =>
  (await client.createCredentialRequestJwtProof({
    issuerMetadata, signer, nonce, credentialConfigurationId, issuedAt: new Date(),
  })).jwt;
const retrieve = (jwt) =>
  client.retrieveCredentials({
    issuerMetadata,
    credentialConfigurationId,
    accessToken: accessTokenResponse.access_token,
    proofs: { jwt: [jwt] },
  });
show('nonce of nobody', await refused(async () => retrieve(await prove('1'))));
const { c_nonce } = await client.requestNonce({ issuerMetadata });
const proof = await prove(c_nonce);
const { credentialResponse } = await retrieve(proof);
show('credentials', credentialResponse.credentials);
show('token again', await refused(() => retrieve(proof)));
show('key', pair.privateKey.export({ format: 'jwk' }));
