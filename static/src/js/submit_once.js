// A form that stores something is sent once, however often its button is pressed before the answer is there: the second
// click of a double click would be told that somebody has changed the plan meanwhile.

const AGAIN_AFTER = 8000; // milliseconds, should no answer ever come

document.addEventListener(
  "submit",
  (event) => {
    const form = event.target;
    // A field called "method" would stand before the form's own.
    if (form.getAttribute("method")?.toLowerCase() !== "post" || form.hasAttribute("target")) return;
    if (form.hasAttribute("data-sent")) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    form.setAttribute("data-sent", "");
    setTimeout(() => form.removeAttribute("data-sent"), AGAIN_AFTER);
    // Another script keeps what was asked to itself; what htmx sends is told by its own events.
    setTimeout(() => {
      if (event.defaultPrevented && !form.classList.contains("htmx-request")) form.removeAttribute("data-sent");
    });
  },
  { capture: true },
);

document.addEventListener("htmx:afterRequest", (event) => event.detail.elt.removeAttribute?.("data-sent"));

// Back from the next page: the form can be sent again.
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) form.removeAttribute("data-sent");
});
