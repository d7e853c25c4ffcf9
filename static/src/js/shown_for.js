// Fields that belong to one choice of a form are shown with it: `data-shown-for="source"` names the radio buttons,
// `data-shown-values="file"` the values. A field that is in error stays in sight whatever is chosen. Without
// JavaScript all of them are there, and their hints say when they count.
function arrange(form) {
  for (const part of form.querySelectorAll("[data-shown-for]")) {
    const chosen = form.querySelector(`input[name="${part.dataset.shownFor}"]:checked`);
    const wanted = chosen && part.dataset.shownValues.split(" ").includes(chosen.value);
    part.hidden = Boolean(chosen) && !wanted && !part.querySelector(".nhsuk-error-message");
  }
}

document.addEventListener("change", (event) => {
  const form = event.target.matches?.("input[type=radio]") && event.target.form;
  if (form) arrange(form);
});

function arrangeAll() {
  for (const form of new Set([...document.querySelectorAll("[data-shown-for]")].map((part) => part.closest("form")))) {
    if (form) arrange(form);
  }
}

arrangeAll();
// A page that the browser kept comes back with the choice that was made on it.
window.addEventListener("pageshow", arrangeAll);
