// Every page: the NHS.UK components, and what htmx leaves to us (focus, announcements, session end).
import { initAll } from "nhsuk-frontend/dist/nhsuk/index.mjs";
import "./combobox.js";
import "./copy.js";
import "./editing.js";
import "./passkeys.js";
import "./password_strength.js";
import "./progress_stream.js";
import "./session_end.js";
import "./shown_for.js";
import "./sign_out.js";
import "./submit_once.js";
import { keepTyped } from "./typed.js";

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

// Signed out in the meantime: the sign-in page must not land inside a panel.
document.addEventListener("htmx:beforeOnLoad", (event) => {
  const { xhr } = event.detail;
  if (xhr.status === 401 || xhr.status === 403 || /\/accounts\/login\//.test(xhr.responseURL)) {
    event.preventDefault();
    keepTyped();
    window.location.reload();
  }
});

// What went wrong is read out and shown, until something works again.
document.addEventListener("htmx:sendError", () => warn("The connection was lost. Try again."));
document.addEventListener("htmx:responseError", (event) => warn(REFUSED[event.detail.xhr.status] ?? REFUSED.other));
document.addEventListener("htmx:afterOnLoad", (event) => {
  if (event.detail.xhr.status < 400) setVisible(document.getElementById("her-live"), false);
});

const REFUSED = {
  404: "This is not there any more: somebody has removed it. Load the page again.",
  429: "Too many requests at once. Wait a moment, then try again.",
  other: "That did not work. Try again.",
};

function warn(text) {
  const region = document.getElementById("her-live");
  if (!region) return;
  // What asks every second says it once.
  if (!region.classList.contains("her-notice") || region.textContent !== text) announce(text);
  setVisible(region, true);
}

function setVisible(region, isVisible) {
  region?.classList.toggle("her-notice", isVisible);
  region?.classList.toggle("nhsuk-u-visually-hidden", !isVisible);
}

function announce(text) {
  const region = document.getElementById("her-live");
  if (!region || !text) return;
  setVisible(region, false);
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

// Filters are open beside the result on a desktop and folded away on a phone.
for (const details of document.querySelectorAll("details[data-open-on-desktop]")) {
  const wide = window.matchMedia("(min-width: 1024px)");
  const follow = () => {
    details.open = wide.matches;
  };
  wide.addEventListener("change", follow);
  follow();
}
