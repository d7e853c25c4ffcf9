// Somebody's own settings: a choice of colours or text size is seen at once, and stays when the form is sent.
const form = document.querySelector("form[data-preferences]");

form?.addEventListener("change", ({ target }) => {
  if (target.name === "theme") document.documentElement.dataset.theme = target.value;
  if (target.name === "text_size") document.documentElement.dataset.textSize = target.value;
});
// The back button brings the form with what was chosen in it, and the page as it was sent.
window.addEventListener("pageshow", () => {
  for (const chosen of form?.querySelectorAll("input:checked") ?? []) chosen.dispatchEvent(new Event("change", { bubbles: true }));
});
