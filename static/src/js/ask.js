// Ask: Enter sends a question, and what is under way is said. Without JavaScript the button sends it, and the next page
// has the answer.

// A keyboard on glass has one key for both: there it makes a new line.
const hasKeys = window.matchMedia("(pointer: fine)");

document.addEventListener("keydown", (event) => {
  const field = event.target.closest?.("textarea[data-enter-sends]");
  const isPlain = event.key === "Enter" && !event.shiftKey && !event.ctrlKey && !event.altKey && !event.metaKey;
  // While characters are put together (Chinese, Welsh accents on some machines), Enter takes them over.
  if (!field || !isPlain || event.isComposing || !hasKeys.matches) return;
  event.preventDefault();
  field.form.requestSubmit();
});

document.addEventListener("submit", ({ target }) => {
  if (!target.matches("[data-ask-form]")) return;
  const note = target.querySelector("[data-ask-working]");
  note.hidden = false;
  target.setAttribute("aria-busy", "true");
  document.getElementById("her-live").textContent = note.textContent;
});

const settle = (form) => {
  form.querySelector("[data-ask-working]").hidden = true;
  form.removeAttribute("aria-busy");
};

document.addEventListener("htmx:afterRequest", ({ detail }) => {
  if (detail.elt.matches?.("[data-ask-form]")) settle(detail.elt);
});

// Back from the next page.
window.addEventListener("pageshow", () => document.querySelectorAll("[data-ask-form]").forEach(settle));
