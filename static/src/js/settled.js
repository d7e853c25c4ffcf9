// A page that watches a search loads itself anew when the search has come to its end. Nobody asked for that at this
// moment: who was at work on the page keeps their place, everybody else is brought to the outcome, and it is said aloud.

const KEY = "her-settled";

// "" stands for the panel of the search, which is gone then, and for no place at all.
function place() {
  const element = document.activeElement;
  return element && element !== document.body && !element.closest("[data-settles]") ? element.id || "elsewhere" : "";
}

function remember() {
  sessionStorage.setItem(KEY, JSON.stringify({ path: window.location.pathname, place: place() }));
}

export function loadAnew() {
  remember();
  window.location.reload();
}

// htmx loads the page anew by itself after this answer.
document.addEventListener("htmx:beforeOnLoad", ({ detail }) => {
  if (detail.xhr.getResponseHeader("HX-Refresh") === "true") remember();
});

// "Stop" may be so quick that the page that follows shows the outcome already.
document.addEventListener("submit", ({ target }) => {
  if (target.closest("[data-settles]")) remember();
});

export function welcomeBack(announce) {
  const noted = sessionStorage.getItem(KEY);
  sessionStorage.removeItem(KEY);
  const before = noted && JSON.parse(noted);
  const outcome = document.querySelector("[data-outcome]");
  if (!before || before.path !== window.location.pathname || !outcome) return;
  const kept = before.place && document.getElementById(before.place);
  if (kept) kept.focus({ preventScroll: true });
  else if (!before.place) outcome.focus();
  announce(outcome.dataset.outcome);
}
