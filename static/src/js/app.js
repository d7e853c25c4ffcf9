// Every page: the NHS.UK components, and what htmx leaves to us (focus, announcements, session end, failures).
import { initAll } from "nhsuk-frontend/dist/nhsuk/index.mjs";
import "./combobox.js";
import "./copy.js";
import "./editing.js";
import "./passkeys.js";
import "./password_strength.js";
import "./preferences.js";
import "./pressed.js";
import "./progress_stream.js";
import "./request_failures.js";
import "./session_end.js";
import "./shown_for.js";
import "./sign_out.js";
import "./submit_once.js";
import "./typed.js";

initAll();

// A swap must not throw away the place of somebody who works by keyboard: the element that had focus is found
// again by its id, or the new content takes focus when it asks for it.
let focusedId = null;

document.addEventListener("htmx:beforeSwap", () => {
  focusedId = document.activeElement?.id || null;
});

document.addEventListener("htmx:afterSettle", (event) => {
  // An outerHTML swap leaves the target behind; the event itself comes from the new element.
  const target = event.detail.target.isConnected ? event.detail.target : event.target;
  const wanted = target.querySelector?.("[data-focus-after-swap]");
  const before = focusedId && document.getElementById(focusedId);
  if (wanted) wanted.focus({ preventScroll: true });
  else if (before && document.activeElement === document.body) before.focus({ preventScroll: true });
  announce(target.querySelector?.("[data-announce]")?.dataset.announce);
  initAll({ scope: target });
});

function announce(text) {
  const region = document.getElementById("her-live");
  if (!region || !text) return;
  region.textContent = "";
  // An emptied region that is filled in the same breath is not read out.
  requestAnimationFrame(() => {
    region.textContent = text;
  });
}

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
