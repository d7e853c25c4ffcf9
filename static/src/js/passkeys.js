// Passkeys: a form with `data-passkey="create"` or `"get"` asks the browser for a credential when it is sent, and sends
// it in its field `credential`. The options that the server made lie beside it (#passkey-options), or behind the
// address in `data-options-url`.

const TROUBLE = {
  NotAllowedError: "It was cancelled, or took too long. Try again.",
  InvalidStateError: "This device has a passkey for your account already.",
  SecurityError: "Passkeys do not work at this address.",
};

const toBytes = (text) => {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (character) => character.charCodeAt(0));
};
const toText = (bytes) =>
  btoa(String.fromCharCode(...new Uint8Array(bytes)))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
const withBytes = (list) => (list ?? []).map((each) => ({ ...each, id: toBytes(each.id) }));

function creation(options, form) {
  const { publicKey } = options;
  const made = {
    ...publicKey,
    challenge: toBytes(publicKey.challenge),
    user: { ...publicKey.user, id: toBytes(publicKey.user.id) },
    excludeCredentials: withBytes(publicKey.excludeCredentials),
  };
  // To sign in with it alone, the device must know whose it is, and who is there.
  if (form.elements.passwordless?.checked) {
    const alone = { residentKey: "required", requireResidentKey: true, userVerification: "required" };
    made.authenticatorSelection = { ...made.authenticatorSelection, ...alone };
  }
  return made;
}

function request(options) {
  const { publicKey } = options;
  const challenge = toBytes(publicKey.challenge);
  return { ...publicKey, challenge, allowCredentials: withBytes(publicKey.allowCredentials) };
}

function asJson(credential) {
  const { response } = credential;
  const parts = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];
  const told = parts.filter((name) => response[name]).map((name) => [name, toText(response[name])]);
  return JSON.stringify({
    id: credential.id,
    rawId: toText(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment ?? null,
    clientExtensionResults: credential.getClientExtensionResults(),
    response: { ...Object.fromEntries(told), ...(response.getTransports ? { transports: response.getTransports() } : {}) },
  });
}

async function optionsOf(form) {
  const { optionsUrl } = form.dataset;
  if (!optionsUrl) return JSON.parse(document.getElementById("passkey-options").textContent);
  const answer = await fetch(optionsUrl, { headers: { "X-Requested-With": "XMLHttpRequest" }, credentials: "same-origin" });
  return (await answer.json()).request_options;
}

async function credentialFor(form) {
  const options = await optionsOf(form);
  if (form.dataset.passkey === "create") return navigator.credentials.create({ publicKey: creation(options, form) });
  return navigator.credentials.get({ publicKey: request(options) });
}

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.dataset?.passkey || form.elements.credential.value) return;
  event.preventDefault();
  const problem = form.querySelector("[data-passkey-problem]");
  problem.textContent = "";
  if (!navigator.credentials || !window.PublicKeyCredential) {
    problem.textContent = "This browser does not support passkeys, or not at this address.";
    return;
  }
  try {
    form.elements.credential.value = asJson(await credentialFor(form));
  } catch (error) {
    problem.textContent = TROUBLE[error.name] ?? "That did not work. Try again.";
    return;
  }
  form.submit();
});
