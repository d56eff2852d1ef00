// Asks the browser for a passkey, and puts what it says into the form that is sent then. It is the only
// script of the desk; without it everything but passkeys works.
'use strict';

function bytesOf(text) {
  const plain = atob(text.replace(/-/g, '+').replace(/_/g, '/'));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}

function textOf(buffer) {
  const letters = Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte));
  return btoa(letters.join('')).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
}

// The account's own passkeys only, and the person is asked who they are.
function asked(data) {
  return { challenge: bytesOf(data.challenge), rpId: data.party, userVerification: 'required' };
}

function made(data) {
  const taken = data.taken.split(' ').filter(Boolean);
  return {
    challenge: bytesOf(data.challenge),
    rp: { id: data.party, name: 'Teeka' },
    user: { id: bytesOf(data.user), name: data.account, displayName: data.account },
    pubKeyCredParams: [{ type: 'public-key', alg: -8 }, { type: 'public-key', alg: -7 }],
    excludeCredentials: taken.map((id) => ({ type: 'public-key', id: bytesOf(id) })),
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    attestation: 'none',
  };
}

async function answer(form) {
  const data = form.dataset;
  if (data.passkey === 'make') {
    const { response } = await navigator.credentials.create({ publicKey: made(data) });
    form.elements.client_data.value = textOf(response.clientDataJSON);
    form.elements.attestation.value = textOf(response.attestationObject);
    return;
  }
  const { rawId, response } = await navigator.credentials.get({ publicKey: asked(data) });
  form.elements.credential.value = textOf(rawId);
  form.elements.user.value = textOf(response.userHandle || new ArrayBuffer(0));
  form.elements.client_data.value = textOf(response.clientDataJSON);
  form.elements.authenticator_data.value = textOf(response.authenticatorData);
  form.elements.signature.value = textOf(response.signature);
}

for (const form of document.querySelectorAll('form[data-passkey]')) {
  if (!window.PublicKeyCredential) break;
  form.hidden = false;
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const said = form.querySelector('[role=status]');
    said.textContent = 'Your device asks who you are…';
    try {
      await answer(form);
      form.submit();
    } catch {
      said.textContent = 'No passkey was used. Try again, or use another way.';
    }
  });
}
