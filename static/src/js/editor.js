// The editor of a draft in the Django admin: sliders, and what htmx leaves to us there (focus, announcements).
import "./editing.js";

document.body.classList.add("js-enabled");

let focusedId = null;

document.addEventListener("htmx:beforeSwap", () => {
  focusedId = document.activeElement?.id || null;
});

document.addEventListener("htmx:afterSettle", () => {
  const before = focusedId && document.getElementById(focusedId);
  if (before && document.activeElement === document.body) before.focus({ preventScroll: true });
  showMoves();
  const text = [...document.querySelectorAll("[data-announce]")].map((part) => part.dataset.announce).join(". ");
  announce(text);
});

// The map keeps its place and its areas; only their colours follow the form.
let shownMoves = document.getElementById("edit-says")?.dataset.moves;

function showMoves() {
  const url = document.getElementById("edit-says")?.dataset.moves;
  const map = document.getElementById("edit-map")?.areaMap;
  if (!map || !url || url === shownMoves) return;
  shownMoves = url;
  map.setTheme(url);
}

document.addEventListener("htmx:sendError", () => announce("The connection was lost. Try again."));
document.addEventListener("htmx:responseError", () => announce("That did not work. Try again."));

// Signed out in the meantime: the sign-in page must not land inside the form.
document.addEventListener("htmx:beforeOnLoad", (event) => {
  if (/\/accounts\/login\//.test(event.detail.xhr.responseURL)) {
    event.preventDefault();
    announce("You have been signed out. Sign in on another tab, then go on here.");
  }
});

function announce(text) {
  const region = document.getElementById("edit-live");
  if (!region || !text || region.textContent === text) return;
  region.textContent = "";
  requestAnimationFrame(() => {
    region.textContent = text;
  });
}
