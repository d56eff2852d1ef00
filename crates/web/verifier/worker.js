// Keeps the verifier's files, so that it works without a network. With one, each is fetched anew;
// nothing but these files is ever asked for.
'use strict';

const CACHE = 'verifier';
const FILES = [
  '/verify',
  '/verify/app.js',
  '/verify/verifier.wasm',
  '/.well-known/trust-anchor.json',
  '/.well-known/trust-bundle',
  '/style.css',
  '/icon.svg',
];

self.addEventListener('install', (event) => {
  const keep = async () => {
    await (await caches.open(CACHE)).addAll(FILES);
    await self.skipWaiting();
  };
  event.waitUntil(keep());
});

self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));

async function fresh(path) {
  const cache = await caches.open(CACHE);
  try {
    const answer = await fetch(path);
    if (answer.ok) await cache.put(path, answer.clone());
    return answer.ok ? answer : (await cache.match(path)) || answer;
  } catch {
    return (await cache.match(path)) || Response.error();
  }
}

self.addEventListener('fetch', (event) => {
  const { pathname, origin } = new URL(event.request.url);
  const known = origin === self.location.origin && FILES.includes(pathname);
  if (known && event.request.method === 'GET') event.respondWith(fresh(pathname));
});
