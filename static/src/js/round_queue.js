// What was recorded and has not reached the server yet. Kept in localStorage under the person's own key, so that a
// closed page, a flat battery or another person signing in loses and mixes nothing.

export const PREFIX = "her-round-queue:";
const REFUSED_PREFIX = "her-round-refused:";
const SENT_PREFIX = "her-round-sent:";
const AT_ONCE = 100;
// Seconds until the next try after a failure: doubled each time.
const FIRST_WAIT = 5;
const LONGEST_WAIT = 300;

function read(key) {
  try {
    return JSON.parse(localStorage.getItem(key)) ?? [];
  } catch {
    return [];
  }
}

function write(key, entries) {
  if (entries.length) localStorage.setItem(key, JSON.stringify(entries));
  else localStorage.removeItem(key);
}

// How many entries of anybody wait on this device.
export function waitingOnDevice() {
  let number = 0;
  for (let place = 0; place < localStorage.length; place += 1) {
    const key = localStorage.key(place);
    if (key.startsWith(PREFIX)) number += read(key).length;
  }
  return number;
}

export function forgetDevice() {
  for (const key of Object.keys(localStorage)) {
    if ([PREFIX, REFUSED_PREFIX, SENT_PREFIX].some((prefix) => key.startsWith(prefix))) localStorage.removeItem(key);
  }
}

// A random UUID also where the page was not served over TLS.
export function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

export class Queue {
  // `onChange()` after every change; `onAnswer({version, is_open})` after every batch that arrived.
  constructor(owner, { onChange, onAnswer }) {
    this.key = PREFIX + owner;
    this.refusedKey = REFUSED_PREFIX + owner;
    this.sentKey = SENT_PREFIX + owner;
    this.onChange = onChange;
    this.onAnswer = onAnswer;
    this.sending = false;
    this.wait = FIRST_WAIT;
    this.timer = null;
    // "", "signed-out": what keeps the queue from being sent, beside the connection.
    this.hindrance = "";
    window.addEventListener("online", () => this.send());
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") this.send();
    });
  }

  get entries() {
    return read(this.key);
  }

  get refused() {
    return read(this.refusedKey);
  }

  // Sent, but perhaps not yet on the page that this device keeps.
  get sent() {
    return read(this.sentKey);
  }

  // The page shown was made at this moment (ISO 8601, the server's clock): it holds what was sent before.
  forgetSent(rendered) {
    write(
      this.sentKey,
      this.sent.filter((entry) => Date.parse(entry.sent_at) > Date.parse(rendered)),
    );
  }

  // Throws where the device keeps nothing (storage full or forbidden).
  keep(entry) {
    write(this.key, [...this.entries, entry]);
  }

  dismiss(id) {
    write(
      this.refusedKey,
      this.refused.filter((entry) => entry.id !== id),
    );
    this.onChange();
  }

  // Everything that waits, oldest first; what arrives meanwhile goes with the next round of the loop.
  async send() {
    if (this.sending || !navigator.onLine) return;
    this.sending = true;
    clearTimeout(this.timer);
    try {
      while (this.entries.length) await this._batch();
      this.wait = FIRST_WAIT;
      this.hindrance = "";
    } catch (error) {
      this.hindrance = error.message === "signed-out" ? "signed-out" : "";
      this.timer = setTimeout(() => this.send(), this.wait * 1000);
      this.wait = Math.min(this.wait * 2, LONGEST_WAIT);
    } finally {
      this.sending = false;
      this.onChange();
    }
  }

  async _batch() {
    const { url } = this.entries[0];
    const batch = this.entries.filter((entry) => entry.url === url).slice(0, AT_ONCE);
    const answer = await post(url, { events: batch.map(({ url: _, words: __, ...event }) => event) });
    const told = new Map(answer.answers.map((each) => [each.id, each]));
    const refused = batch.filter((entry) => (told.get(entry.id)?.answer ?? "refused") === "refused");
    write(this.refusedKey, [
      ...this.refused,
      ...refused.map((entry) => ({ ...entry, why: told.get(entry.id)?.reason ?? "It was not understood." })),
    ]);
    const taken = batch.filter((entry) => !refused.includes(entry));
    write(this.sentKey, [...this.sent, ...taken.map((entry) => ({ ...entry, sent_at: answer.now }))]);
    const gone = new Set(batch.map((entry) => entry.id));
    write(
      this.key,
      this.entries.filter((entry) => !gone.has(entry.id)),
    );
    this.onAnswer(answer, url);
  }
}

// Throws Error("signed-out") when the session has ended, and any other error when it did not work.
export async function post(url, content) {
  const response = await fetch(url, {
    method: "POST",
    credentials: "same-origin",
    headers: { "Content-Type": "application/json", "X-CSRFToken": token() },
    body: JSON.stringify(content),
  });
  if (response.status === 401 || response.redirected) throw new Error("signed-out");
  if (!response.ok) throw new Error(`status ${response.status}`);
  return response.json();
}

// The cookie holds the token that is valid now; the one of a page that was kept may be older.
function token() {
  const cookie = document.cookie.split("; ").find((each) => /^(__Host-)?csrftoken=/.test(each));
  return cookie?.slice(cookie.indexOf("=") + 1) ?? document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";
}
