// A part of a page that could not be fetched or sent says so where it was asked for: what happened, what is kept, and
// what to do. What asks by itself goes on asking, except where it was told that there is nothing to ask for any more.
import { isPoll } from "./polls.js";
import { keepTyped } from "./typed.js";

const CLASS = "her-request-failed";

const SAID = {
  offline: ["There is no connection", "Nothing was lost: what you see and typed is still here. Try again when there is a connection."],
  403: ["You may not do this", "You no longer have the role that this needs, or this page is out of date. Load it again to see what you can do."],
  404: ["This is not there any more", "Somebody has removed it, or you do not have access to it. Load the page again to see what is there now."],
  409: ["Somebody else changed this first", "This has changed since you opened the page. Load it again, then decide again."],
  413: ["That is too large", "Send less at once."],
  429: ["Too many requests at once", "Nothing was changed. Wait a moment, then try again."],
  refused: ["This was not understood", "Nothing was changed. Load the page again, then try once more."],
  other: ["Sorry, there is a problem", "Something went wrong on our side. What was saved before is kept. Try again in a few minutes."],
};
// There is nothing left to ask for: no poll goes on after one of these.
const FINAL = new Set([403, 404, 410]);

// Signed out in the meantime: the sign-in page must not land inside a panel. It leads back here, with what was typed.
document.addEventListener("htmx:beforeOnLoad", (event) => {
  const { elt, xhr } = event.detail;
  if (xhr.status === 401 || /\/accounts\/login\//.test(xhr.responseURL)) {
    event.preventDefault();
    // A round is worked through without a session; only whoever presses something there is led away.
    if (isPoll(elt) && document.getElementById("my-round")) document.dispatchEvent(new Event("her:session-over"));
    else reload();
  }
});

document.addEventListener("htmx:sendError", (event) => tell(event.detail, "offline"));
document.addEventListener("htmx:timeout", (event) => tell(event.detail, "offline"));
document.addEventListener("htmx:responseError", (event) => {
  const { status } = event.detail.xhr;
  tell(event.detail, status in SAID ? status : status < 500 ? "refused" : "other");
});
// It works again.
document.addEventListener("htmx:afterOnLoad", (event) => {
  if (event.detail.xhr.status < 400) noteOf(event.detail.elt)?.remove();
});

function reload() {
  keepTyped();
  window.location.reload();
}

let number = 0;

function noteOf(elt) {
  return elt?.dataset?.failure ? document.getElementById(elt.dataset.failure) : null;
}

function tell({ elt, xhr, requestConfig }, kind) {
  const [title, text] = SAID[kind];
  // What asks every second says it once.
  const before = noteOf(elt);
  if (before?.dataset.kind === String(kind)) return;
  before?.remove();
  const note = made(title, text, xhr?.getResponseHeader?.("X-Request-ID"));
  note.dataset.kind = kind;
  const isOver = FINAL.has(kind);
  if (kind in { 403: 0, 404: 0, 409: 0, refused: 0 }) note.append(action("Load the page again", reload));
  else if (requestConfig?.verb === "get" && !isPoll(elt)) note.append(action("Try again", () => again(elt, requestConfig)));
  if (isOver && isPoll(elt)) {
    elt.replaceWith(note);
  } else {
    elt.dataset.failure = note.id;
    put(note, elt, requestConfig?.target);
    // Below a long form it would be heard and not seen.
    if (!isPoll(elt)) note.scrollIntoView({ block: "nearest" });
  }
}

// Said as soon as it stands on the page: an alert that is put there whole is read out.
function made(title, text, reference) {
  const note = document.createElement("div");
  note.className = `her-state her-state--failed ${CLASS}`;
  note.id = `request-failed-${(number += 1)}`;
  note.setAttribute("role", "alert");
  const paragraphs = [["her-state__title", title], ["her-text", text]];
  if (reference) paragraphs.push(["her-small", `Reference for your administrator: ${reference}`]);
  for (const [name, words] of paragraphs) {
    const paragraph = document.createElement("p");
    paragraph.className = name;
    paragraph.textContent = words;
    note.append(paragraph);
  }
  return note;
}

function action(words, act) {
  const line = document.createElement("p");
  line.className = "her-state__action";
  const button = document.createElement("button");
  button.type = "button";
  button.className = "her-link-button";
  button.textContent = words;
  button.addEventListener("click", act);
  line.append(button);
  return line;
}

// Behind the form or the button that asked; where a page asks by itself, at the head of the part that was to come.
function put(note, elt, target) {
  const place = elt.closest("[data-failures-here]");
  const form = elt.closest("form");
  // What is folded away (filters on a phone) shows nothing.
  const folded = elt.closest("details:not([open])");
  if (folded) folded.after(note);
  else if (place) place.prepend(note);
  else if (form) form.after(note);
  else if (elt.matches("button, a, input, select")) elt.after(note);
  else (holder(target) ?? holder(elt) ?? document.querySelector("main")).prepend(note);
}

// A table or a list takes no paragraph.
function holder(element) {
  return element?.isConnected ? element.closest("section, div, main") : null;
}

// Focus stays near: the button that was pressed is gone with its message.
function again(elt, { path, target }) {
  noteOf(elt)?.remove();
  const field = elt.matches("button, a, input, select") ? elt : elt.querySelector?.("button, a, input, select");
  field?.focus({ preventScroll: true });
  window.htmx.ajax("GET", path, { source: elt, target });
}
