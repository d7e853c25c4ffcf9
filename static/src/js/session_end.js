// The end of the session. One that comes because nothing was done is told two minutes before, and put off by whoever is
// there; the one so many hours after signing in cannot be put off, and is told ten minutes before and once more at two.
// The server decides; this asks it before it says anything, since another tab may have gone on meanwhile.
import { isPoll } from "./polls.js";
import { keepTyped } from "./typed.js";

const dialog = document.getElementById("session-end");
const WARN = 120; // seconds
const WARN_LONGEST = [600, WARN];
const TELL_EVERY = 60_000; // milliseconds between two words to the server that somebody is there
const ASK_EVERY = 2_000; // milliseconds, when it is due
const HEADER = "X-Somebody-There";
const SAID_AT = [600, 300, 120, 60, 30, 10];

let endsAt = 0;
let longestAt = 0;
let usedAt = Date.now();
let toldAt = Date.now();
let askedAt = 0;
let isAsking = false;
let isOver = false;
let saidLast = Infinity;
// How many of the warnings of the last end somebody has read and put away.
let putAway = 0;

const isRound = () => Boolean(document.getElementById("my-round"));
const secondsUntil = (moment) => Math.max(0, Math.round((moment - Date.now()) / 1000));
const secondsLeft = () => secondsUntil(endsAt);
const isLongest = () => longestAt <= endsAt + 1000;
const warningsOfLongest = () => WARN_LONGEST.filter((seconds) => secondsUntil(longestAt) <= seconds).length;
const part = (name) => dialog.querySelector(`[data-${name}]`);

function know({ left, longest }) {
  endsAt = Date.now() + left * 1000;
  longestAt = Date.now() + longest * 1000;
}

// "idle", "longest" or null: what there is to say now.
function due() {
  if (warningsOfLongest() > putAway) return "longest";
  return secondsLeft() <= WARN && !isLongest() ? "idle" : null;
}

// Throws where there is no connection; false where the session is over.
async function ask(method) {
  const token = dialog.querySelector("[name=csrfmiddlewaretoken]").value;
  const headers = method === "POST" ? { "X-CSRFToken": token, [HEADER]: "1" } : {};
  const response = await fetch(dialog.dataset.stateUrl, { method, headers, credentials: "same-origin" });
  // The form token of a session that is over is worth nothing, either.
  if (response.status === 403) return false;
  if (!response.ok) throw new Error(`status ${response.status}`);
  const told = await response.json();
  know(told);
  return told.left > 0;
}

async function look(method = "GET") {
  if (isAsking || isOver) return;
  isAsking = true;
  try {
    if (!(await ask(method))) over();
    else if (!due()) close();
    else if (!isRound()) open(due());
  } catch {
    // No connection: what is known here counts. On a round nothing is lost by waiting.
    if (!isRound() && due()) open(due());
  } finally {
    isAsking = false;
  }
}

function open(kind) {
  const isLast = kind === "longest";
  const isOther = dialog.dataset.kind !== kind;
  dialog.dataset.kind = kind;
  part('why="idle"').hidden = isLast;
  part('why="longest"').hidden = !isLast;
  part("stay").hidden = isLast;
  part("again").hidden = !isLast;
  part("later").hidden = !isLast;
  if (!dialog.open || isOther) {
    saidLast = Infinity;
    if (!dialog.open) dialog.showModal();
    (isLast ? part("again") : part("stay")).focus();
  }
  count();
}

function close() {
  if (dialog.open) dialog.close();
}

function count() {
  const left = secondsUntil(dialog.dataset.kind === "longest" ? longestAt : endsAt);
  part("time").textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
  const due = SAID_AT.findLast((seconds) => left <= seconds);
  if (due === undefined || due >= saidLast) return;
  saidLast = due;
  part("said").textContent = left > 60 ? `${Math.ceil(left / 60)} minutes left.` : `${left} seconds left.`;
}

function over() {
  isOver = true;
  close();
  if (isRound()) {
    tellRound();
    return;
  }
  keepTyped();
  goToSignIn();
}

function signInAddress() {
  const { pathname, search } = window.location;
  return `${dialog.dataset.signInUrl}?next=${encodeURIComponent(pathname + search)}`;
}

function goToSignIn() {
  window.location.assign(`${signInAddress()}&ended=yes`);
}

// A round stays as it is: it is worked through without a connection, and what is recorded is kept on the phone.
function tellRound() {
  const note = document.createElement("div");
  note.className = "nhsuk-inset-text";
  note.setAttribute("role", "status");
  const text = document.createElement("p");
  const link = document.createElement("a");
  link.href = signInAddress();
  link.textContent = "Sign in again";
  text.append("You are signed out. What you record is kept on this phone and sent once you have signed in. ", link);
  note.append(text);
  document.getElementById("maincontent").prepend(note);
}

function tick() {
  if (isOver) return;
  if (dialog.open) count();
  const isDue = secondsLeft() <= 0 || (due() && !dialog.open && !isRound());
  if (!isDue || Date.now() - askedAt < ASK_EVERY) return;
  askedAt = Date.now();
  look();
}

function used() {
  usedAt = Date.now();
  // The dialog asks; only its answer counts.
  if (dialog.open || isOver || usedAt - toldAt < TELL_EVERY) return;
  toldAt = usedAt;
  look("POST");
}

function start() {
  know({ left: Number(dialog.dataset.left), longest: Number(dialog.dataset.longest) });
  for (const kind of ["pointerdown", "keydown", "wheel", "touchstart", "input"]) {
    document.addEventListener(kind, used, { passive: true, capture: true });
  }
  setInterval(tick, 1000);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible" && (secondsLeft() <= WARN || due())) look();
  });
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) look();
  });
  // Escape is the wish to go on.
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    if (part("stay").hidden) later();
    else stay();
  });
  part("stay").addEventListener("click", stay);
  part("later").addEventListener("click", later);
  part("again").addEventListener("click", signInAgain);
  // Sent after the end: what was typed would be lost on the way to the sign-in page.
  document.addEventListener("submit", keepIfOver, { capture: true });
  // A round leads nobody away: whoever goes to sign in may have begun a note.
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[href]");
    if (link?.pathname === dialog.dataset.signInUrl) keepTyped();
  });
  // What asks by itself waits until `tick` knows whether the session is over: its answer would lead people away.
  document.addEventListener("htmx:configRequest", (event) => {
    if (isPoll(event.detail.elt) && (isOver || secondsLeft() <= 0)) event.preventDefault();
  });
  document.addEventListener("her:session-over", () => look());
  document.addEventListener("htmx:configRequest", (event) => {
    if (Date.now() - usedAt < TELL_EVERY) event.detail.headers[HEADER] = "1";
  });
}

async function stay() {
  toldAt = Date.now();
  await look("POST");
}

// Read: not said again before the next time, and what was being done goes on.
function later() {
  putAway = warningsOfLongest();
  close();
}

// Signing out by the button forgets what was typed; this one does not.
async function signInAgain() {
  const form = dialog.querySelector("form");
  keepTyped();
  await fetch(form.action, { method: "POST", body: new FormData(form), credentials: "same-origin" });
  goToSignIn();
}

function keepIfOver(event) {
  if (secondsLeft() > 0 || event.target.getAttribute("action")?.endsWith("/logout/") || isRound()) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  look();
}

if (dialog?.showModal) start();
