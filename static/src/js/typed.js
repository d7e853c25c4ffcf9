// What was typed and not sent when the session ended: kept in this tab, and put back when the same person opens the
// same page again. Never passwords, codes, hidden fields or files; never sent anywhere; gone with the tab, with signing
// out, and when somebody else signs in. docs/sessions.md says why this is safe.

const PREFIX = "her-typed:";
const NEVER = new Set(["password", "file", "hidden", "submit", "button", "reset", "image"]);

const owner = () => document.getElementById("session-end")?.dataset.owner;
const keyOf = () => `${PREFIX}${owner()}:${window.location.pathname}${window.location.search}`;
const isTick = (field) => field.type === "checkbox" || field.type === "radio";

// A password that somebody has chosen to see is in a field of another type.
const isSecret = (field) => field.autocomplete === "one-time-code" || /password/.test(field.autocomplete);

function fields() {
  const found = [];
  for (const [place, form] of [...document.querySelectorAll("main form")].entries()) {
    const seen = new Map();
    for (const field of form.elements) {
      const { name, type } = field;
      if (!name || NEVER.has(type) || isSecret(field) || field.closest("[data-not-kept]")) continue;
      const number = seen.get(name) ?? 0;
      seen.set(name, number + 1);
      found.push({ field, id: `${place}/${form.getAttribute("action") ?? ""}/${name}/${number}` });
    }
  }
  return found;
}

function isChanged(field) {
  if (isTick(field)) return field.checked !== field.defaultChecked;
  if (field.options) return [...field.options].some((option) => option.selected !== option.defaultSelected);
  return field.value !== field.defaultValue;
}

function valueOf(field) {
  if (isTick(field)) return field.checked;
  if (field.options) return [...field.options].filter((option) => option.selected).map((option) => option.value);
  return field.value;
}

export function keepTyped() {
  if (!owner()) return;
  const changed = fields().filter(({ field }) => isChanged(field));
  if (!changed.length) return;
  const kept = Object.fromEntries(changed.map(({ field, id }) => [id, valueOf(field)]));
  try {
    sessionStorage.setItem(keyOf(), JSON.stringify(kept));
  } catch {
    // Storage is full or forbidden: then as without this script.
  }
}

export function forgetTyped(isWanted = () => true) {
  for (const key of Object.keys(sessionStorage)) {
    if (key.startsWith(PREFIX) && isWanted(key)) sessionStorage.removeItem(key);
  }
}

function restore() {
  if (!owner()) return;
  // Somebody else's, should two people share a tab.
  forgetTyped((key) => !key.startsWith(`${PREFIX}${owner()}:`));
  const kept = JSON.parse(sessionStorage.getItem(keyOf()) ?? "null");
  if (!kept) return;
  sessionStorage.removeItem(keyOf());
  const found = fields().filter(({ id }) => id in kept);
  for (const { field, id } of found) {
    if (isTick(field)) field.checked = kept[id];
    else if (field.options) for (const option of field.options) option.selected = kept[id].includes(option.value);
    else field.value = kept[id];
    // Not back where nobody sees it.
    field.closest("details")?.setAttribute("open", "");
    for (const kind of ["input", "change"]) {
      // What sends itself on a change must not: nothing was pressed.
      if (!field.form.hasAttribute("data-submit-on-change")) field.dispatchEvent(new Event(kind, { bubbles: true }));
    }
  }
  if (found.length) tell();
}

function tell() {
  const note = document.createElement("div");
  note.className = "nhsuk-inset-text";
  note.id = "typed-is-back";
  const text = document.createElement("p");
  text.textContent = "What you had typed is back. It has not been saved yet.";
  note.append(text);
  document.querySelector("main").prepend(note);
  const region = document.getElementById("her-live");
  requestAnimationFrame(() => {
    if (region) region.textContent = text.textContent;
  });
}

// Once every deferred script has run: parts of a page may be made by them.
if (document.readyState === "complete") restore();
else window.addEventListener("load", restore);
