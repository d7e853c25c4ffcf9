// A field worker's round: what is tapped is shown at once, kept on the device, and sent when there is a connection.
// Without this script the same forms are sent one by one.

import { Queue, newId, post } from "./round_queue.js";

const CHECK_EVERY = 60_000; // milliseconds between two looks at whether the plan has changed
const WORDS = { planned: "To do", arrived: "There since", done: "Done", no_access: "No access" };
const CSS = { planned: "", arrived: "her-tag--info", done: "her-tag--good", no_access: "her-tag--warning" };
const STATE_AFTER = { arrived: "arrived", done: "done", no_access: "no_access", reopened: "arrived" };

const round = () => document.getElementById("my-round");
const visits = () => [...round().querySelectorAll("[data-visit]")];
const isSettled = (visit) => ["done", "no_access"].includes(visit.dataset.state);
const clock = (iso) =>
  new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: "Europe/London" }).format(new Date(iso));
const counted = (number, one, many) => `${number} ${number === 1 ? one : many}`;

let queue = null;
// Set when the server says that its round is not the one shown.
let serverVersion = null;

function start() {
  const { owner } = round().dataset;
  queue = new Queue(owner, { onChange: showWaiting, onAnswer: answered });
  document.addEventListener("submit", submitted);
  document.addEventListener("click", clicked);
  window.addEventListener("offline", showWaiting);
  window.addEventListener("online", showWaiting);
  showAgain();
  queue.send();
  setInterval(look, CHECK_EVERY);
  keepForLater();
}

// --- What was tapped ------------------------------------------------------------------------------------------------

function submitted(event) {
  const form = event.target.closest("form[data-entry]");
  if (!form) return;
  event.preventDefault();
  const data = new FormData(form);
  const entry = {
    id: newId(),
    kind: data.get("kind"),
    happened_at: new Date().toISOString(),
    visit: data.get("visit") || null,
    note: (data.get("note") ?? "").trim(),
    reason: data.get("reason") ?? "",
    url: round().dataset.eventsUrl,
  };
  if (entry.kind === "note" && !entry.note) return;
  entry.words = wordsOf(entry, form);
  try {
    queue.keep(entry);
  } catch {
    // This device keeps nothing: then as without this script.
    form.submit();
    return;
  }
  form.reset();
  form.closest("details.nhsuk-details")?.removeAttribute("open");
  apply(entry);
  follow(entry);
  showWaiting();
  queue.send();
}

function clicked(event) {
  const button = event.target.closest("[data-dismiss]");
  if (button) queue.dismiss(button.dataset.dismiss);
}

function wordsOf(entry, form) {
  const button = form.querySelector("button").firstChild.textContent.trim();
  const visit = entry.visit && document.getElementById(`visit-${entry.visit}`);
  return visit ? `${visit.dataset.reference}: ${button}` : button;
}

// --- What is shown --------------------------------------------------------------------------------------------------

function apply(entry) {
  const page = round();
  const at = clock(entry.happened_at);
  if (entry.kind === "set_off") page.dataset.stage = "out";
  if (entry.kind === "finished") page.dataset.stage = "over";
  if (entry.kind === "safe") setText(page.querySelector("[data-last-sign]"), `Last check-in ${at}`);
  const visit = entry.visit && document.getElementById(`visit-${entry.visit}`);
  if (visit && STATE_AFTER[entry.kind]) {
    const state = STATE_AFTER[entry.kind];
    visit.dataset.state = state;
    const tag = visit.querySelector("[data-status]");
    tag.className = `her-tag her-tag--plain ${CSS[state]}`;
    setText(tag, `${WORDS[state]} ${at}`);
    for (const foreseen of visit.querySelectorAll("[data-now]")) foreseen.remove();
  }
  if (visit && entry.kind === "note") {
    const line = document.createElement("li");
    line.textContent = entry.note;
    visit.querySelector("[data-notes]").append(line);
  }
  markCurrent();
}

// The visit one is at, else the first that is open. What counts the settled ones follows.
function markCurrent() {
  const all = visits();
  const current = all.find((visit) => visit.dataset.state === "arrived") ?? all.find((visit) => !isSettled(visit));
  for (const visit of all) visit.toggleAttribute("data-current", visit === current);
  const settled = all.filter(isSettled).length;
  round().toggleAttribute("data-settled", all.length > 0 && settled === all.length);
  setText(round().querySelector("[data-progress]"), `${settled} of ${counted(all.length, "visit", "visits")} settled`);
  const bar = round().querySelector("progress");
  if (bar) bar.value = settled;
  return current;
}

// After an entry the next thing to do is open, in view, and has the focus.
function follow(entry) {
  const current = round().querySelector("[data-visit][data-current]");
  if (["done", "no_access", "arrived", "set_off", "reopened"].includes(entry.kind)) {
    for (const visit of visits()) visit.querySelector(".her-visit__details").open = visit === current;
    const next = current?.querySelector("summary") ?? round().querySelector("[data-all-settled] button");
    next?.focus({ preventScroll: true });
    next?.scrollIntoView({ block: "center", behavior: "instant" });
  } else if (entry.visit) {
    document.querySelector(`#visit-${entry.visit} summary`)?.focus();
  }
  announce(`${entry.words}, recorded at ${clock(entry.happened_at)}.`);
}

function showWaiting() {
  const waiting = queue.entries;
  const ids = new Set(waiting.map((entry) => entry.visit));
  for (const visit of visits()) visit.toggleAttribute("data-waiting", ids.has(visit.dataset.visit));
  const notice = document.getElementById("round-notice");
  const lines = [];
  const signIn = `/accounts/login/?next=${encodeURIComponent(window.location.pathname)}`;
  const wait = counted(waiting.length, "entry waits to be sent", "entries wait to be sent");
  if (queue.hindrance === "signed-out") {
    lines.push(paragraph(`You are signed out: ${wait}. `, link(signIn, "Sign in again")));
  } else if (!navigator.onLine) {
    lines.push(paragraph(`No connection. ${waiting.length ? `${wait}.` : "What you record is kept on this phone."}`));
  } else if (waiting.length) {
    lines.push(paragraph(`${wait}.`));
  }
  for (const entry of queue.refused) lines.push(refusal(entry));
  if (serverVersion !== null) lines.push(paragraph("Your round has changed. Look at the stops again."));
  notice.replaceChildren(...lines);
  notice.hidden = lines.length === 0;
}

function refusal(entry) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "her-link-button";
  button.dataset.dismiss = entry.id;
  button.textContent = "Dismiss";
  const note = entry.note ? ` “${entry.note}”` : "";
  return paragraph(`Not taken (${entry.words}, ${clock(entry.happened_at)}${note}): ${entry.why} `, button);
}

// --- What the server says -------------------------------------------------------------------------------------------

async function answered(answer, url) {
  if (url !== round().dataset.eventsUrl || queue.entries.length) return;
  await reload(answer.version);
}

// Has the plan changed meanwhile? Asked with an empty batch.
async function look() {
  if (!navigator.onLine || document.visibilityState !== "visible" || queue.sending) return;
  try {
    const answer = await post(round().dataset.eventsUrl, { events: [] });
    if (String(answer.version) !== round().dataset.version) await reload(answer.version);
  } catch {
    // The next look will tell; nothing waits for this one.
  }
}

async function reload(version) {
  const before = references();
  const changed = String(version) !== round().dataset.version;
  const response = await fetch(window.location.href, { credentials: "same-origin", headers: { Accept: "text/html" } });
  if (!response.ok || response.redirected) return;
  const fresh = new DOMParser().parseFromString(await response.text(), "text/html").getElementById("my-round");
  // Another round may be today's by now: then the whole page is another.
  if (!fresh || fresh.dataset.plan !== round().dataset.plan) {
    window.location.reload();
    return;
  }
  const restore = whatIsUnderWay();
  round().replaceWith(document.importNode(fresh, true));
  showAgain();
  restore();
  if (changed) tellChange(before);
}

// What somebody has opened, begun to write or chosen, and where the focus is: not to be lost when the round is replaced.
function whatIsUnderWay() {
  const within = (selector) => [...round().querySelectorAll(selector)];
  const open = within("details[id]").filter((details) => details.open);
  const written = within("textarea[id]").filter((area) => area.value !== area.defaultValue);
  const chosen = within("input[type=radio][id]").filter((input) => input.checked);
  const focused = focusPath();
  return () => {
    for (const { id } of open) document.getElementById(id)?.setAttribute("open", "");
    for (const { id, value } of written) {
      const area = document.getElementById(id);
      if (area) area.value = value;
    }
    for (const { id } of chosen) {
      const input = document.getElementById(id);
      if (input) input.checked = true;
    }
    if (focused) document.querySelector(focused)?.focus({ preventScroll: true });
  };
}

function references() {
  return new Map(visits().map((visit) => [visit.dataset.visit, visit.dataset.reference]));
}

function tellChange(before) {
  const after = references();
  const added = [...after].filter(([id]) => !before.has(id)).map(([, name]) => name);
  const gone = [...before].filter(([id]) => !after.has(id)).map(([, name]) => name);
  const parts = [
    added.length ? `new: ${added.join(", ")}` : "",
    gone.length ? `not yours any more: ${gone.join(", ")}` : "",
    !added.length && !gone.length ? "order or times" : "",
  ];
  serverVersion = round().dataset.version;
  showWaiting();
  const text = `Your round has changed (${parts.filter(Boolean).join("; ")}). Look at the stops again.`;
  document.getElementById("round-notice").lastElementChild.textContent = text;
  announce(text);
}

// The page as the server knows it, and on top of it what it does not know yet.
function showAgain() {
  const { eventsUrl, rendered } = round().dataset;
  queue.forgetSent(rendered);
  for (const entry of [...queue.sent, ...queue.entries]) if (entry.url === eventsUrl) apply(entry);
  markCurrent();
  showWaiting();
}

function focusPath() {
  const active = document.activeElement;
  if (!round().contains(active)) return null;
  if (active.id) return `#${window.CSS.escape(active.id)}`;
  const visit = active.closest("[data-visit]");
  return visit ? `#${window.CSS.escape(visit.id)} summary` : null;
}

// --- For places without a connection --------------------------------------------------------------------------------

async function keepForLater() {
  if (!("serviceWorker" in navigator)) return;
  try {
    await navigator.serviceWorker.register(round().dataset.workerUrl);
    const { active } = await navigator.serviceWorker.ready;
    const assets = [...document.querySelectorAll("script[src], link[rel=stylesheet], link[rel=icon]")];
    active.postMessage({
      keep: [window.location.href, ...assets.map((element) => element.src || element.href)],
      owner: round().dataset.owner,
    });
  } catch {
    // A browser that refuses workers (private windows of some) still has the queue.
  }
}

// --- Small parts ----------------------------------------------------------------------------------------------------

function setText(element, text) {
  if (element) element.textContent = text;
}

function paragraph(text, ...more) {
  const line = document.createElement("p");
  line.append(text, ...more);
  return line;
}

function link(href, text) {
  const anchor = document.createElement("a");
  anchor.href = href;
  anchor.textContent = text;
  return anchor;
}

function announce(text) {
  const region = document.getElementById("her-live");
  if (!region) return;
  region.textContent = "";
  requestAnimationFrame(() => setText(region, text));
}

if (round()) start();
