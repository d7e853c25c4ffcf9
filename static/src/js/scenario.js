// The form of a scenario: tells the server which field was changed, so that only what follows from it is sent back,
// and keeps the hand that types in a field from losing what it wrote to an answer that is on its way.

document.addEventListener(
  "change",
  (event) => {
    const field = event.target;
    const touched = field.form?.querySelector("[data-touched]");
    if (touched) touched.value = field.name || field.dataset.sliderOf || "";
  },
  true,
);

function isBeingWritten(field) {
  return field.matches?.("input[type=text], input:not([type]), textarea") && field.value !== field.defaultValue;
}

// What somebody has unfolded stays unfolded when its part comes back.
const unfolded = new Map();

function detailsOf(part) {
  return [...part.querySelectorAll("details")];
}

document.addEventListener("htmx:oobAfterSwap", () => {
  for (const [id, places] of unfolded) {
    const details = detailsOf(document.getElementById(id));
    for (const place of places) if (details[place]) details[place].open = true;
  }
  unfolded.clear();
});

// Its own change event will ask again for the part that is left out now.
document.addEventListener("htmx:oobBeforeSwap", (event) => {
  const part = event.detail.target;
  const field = document.activeElement;
  if (part.id && part.closest("#scenario-form")) {
    unfolded.set(
      part.id,
      detailsOf(part).flatMap((one, place) => (one.open ? [place] : [])),
    );
  }
  if (part.closest("#scenario-form") && part.contains(field) && isBeingWritten(field) && !wasSent(event, field)) {
    event.detail.shouldSwap = false;
  }
});

function wasSent(event, field) {
  const sent = event.detail.requestConfig?.parameters?.[field.name];
  return sent === undefined ? field.name === touchedName(field) : sent === field.value;
}

function touchedName(field) {
  return field.form?.querySelector("[data-touched]")?.value;
}

// Whoever leaves with a change that is not saved is asked by the browser; saving and deleting are no leaving.
let isSending = false;

document.addEventListener("submit", () => {
  isSending = true;
});

window.addEventListener("beforeunload", (event) => {
  if (!isSending && document.querySelector("[data-unsaved]")) event.preventDefault();
});
