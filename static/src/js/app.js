// Every page: the NHS.UK components, and what htmx leaves to us (focus, announcements, session end, failures).
import { initAll } from "nhsuk-frontend/dist/nhsuk/index.mjs";
import "./ask.js";
import "./ask_beside.js";
import "./combobox.js";
import "./copy.js";
import "./editing.js";
import "./passkeys.js";
import "./password_strength.js";
import "./fragments.js";
import { watchFrames } from "./frames.js";
import { isPoll } from "./polls.js";
import "./preferences.js";
import "./pressed.js";
import "./progress_stream.js";
import "./request_failures.js";
import "./session_end.js";
import { welcomeBack } from "./settled.js";
import "./shown_for.js";
import "./sign_out.js";
import "./submit_once.js";
import "./typed.js";

initAll();

// A swap must not throw away the place of somebody who works by keyboard: the element that had focus is found
// again by its id, or the new content takes focus when it asks for it.
let focusedId = null;
let wasInside = false;

document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const focused = document.activeElement;
  focusedId = focused?.id || null;
  wasInside = Boolean(focused && focused !== document.body && detail.target?.contains?.(focused));
});

document.addEventListener("htmx:afterSettle", (event) => {
  // An outerHTML swap leaves the target behind; the event itself comes from the new element.
  const target = event.detail.target.isConnected ? event.detail.target : event.target;
  const wanted = within(target, "[data-focus-after-swap]");
  const before = focusedId && document.getElementById(focusedId);
  if (wanted) wanted.focus({ preventScroll: true });
  else if (before && document.activeElement === document.body) before.focus({ preventScroll: true });
  else if (wasInside && document.activeElement === document.body) rescue(target);
  announce(target, within(target, "[data-announce]")?.dataset.announce);
  initAll({ scope: target });
  watchFrames(target.parentElement ?? document);
});

// What had focus is gone: whoever used it finds themselves at the head of what has taken its place.
function rescue(target) {
  const place = within(target, "h1, h2, h3, h4") ?? target;
  if (!place.hasAttribute?.("tabindex")) place.tabIndex = -1;
  place.focus();
}

// What is exchanged whole may be what asks for it, not only what stands inside it.
function within(element, selector) {
  return element.matches?.(selector) ? element : element.querySelector?.(selector);
}

const said = new Map();

function announce(target, text) {
  const region = document.getElementById("her-live");
  if (!region || !text) return;
  // What replaces itself every second tells only what is new.
  if (isPoll(target) && said.get(target.id) === text) return;
  said.set(target.id, text);
  say(region, text);
}

function say(region, text) {
  region.textContent = "";
  // An emptied region that is filled in the same breath is not read out.
  requestAnimationFrame(() => {
    region.textContent = text;
  });
}

welcomeBack((text) => say(document.getElementById("her-live"), text));

// Forms that ask to be sent as soon as something in them changes (without JavaScript they keep their button).
document.addEventListener("change", (event) => {
  const form = event.target.closest?.("form[data-submit-on-change]");
  if (form) form.requestSubmit();
});

document.addEventListener("click", (event) => {
  if (event.target.closest?.("[data-print]")) window.print();
});

// What is folded away on a screen and belongs on paper is opened for it.
window.addEventListener("beforeprint", () => {
  for (const details of document.querySelectorAll("details[data-print-open]:not([open])")) {
    details.open = true;
    details.dataset.closeAfterPrint = "true";
  }
});
window.addEventListener("afterprint", () => {
  for (const details of document.querySelectorAll("details[data-close-after-print]")) {
    details.open = false;
    delete details.dataset.closeAfterPrint;
  }
});

// What a desktop and paper have room for and a phone has not.
for (const details of document.querySelectorAll("details[data-open-on-desktop]")) {
  const wide = window.matchMedia("print, (min-width: 1024px)");
  const follow = () => {
    details.open = wide.matches;
  };
  wide.addEventListener("change", follow);
  follow();
}

// Filters are open where they stand beside the result, and folded away above it: on a phone, and with large text. The
// style sheet knows which it is; it shows no summary beside the result.
for (const details of document.querySelectorAll("details[data-open-beside]")) {
  const summary = details.querySelector("summary");
  let isBeside = null;
  const follow = () => {
    const now = getComputedStyle(summary).display === "none";
    if (now !== isBeside) details.open = now;
    isBeside = now;
  };
  new ResizeObserver(follow).observe(details.parentElement);
  follow();
}
