// A button that copies the text of a field: <button data-copy="id of the field" hidden>. Without JavaScript, or where the
// browser gives no clipboard, the field can be selected and copied by hand. Buttons may come with a swap of htmx. Whoever
// pressed the button stays on it, unless there is something left to do in the field.

function show() {
  for (const button of document.querySelectorAll("[data-copy][hidden]")) button.hidden = false;
}

show();
document.addEventListener("htmx:afterSettle", show);

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-copy]");
  if (button) copy(button, document.getElementById(button.dataset.copy));
});

async function copy(button, field) {
  field.focus();
  field.select();
  let done = true;
  try {
    await navigator.clipboard.writeText(field.value);
  } catch {
    // An insecure origin, or a permission that was refused.
    done = document.execCommand("copy");
  }
  if (done) button.focus({ preventScroll: true });
  const said = done ? "Copied" : "Press Ctrl+C (Cmd+C on a Mac) to copy";
  button.textContent = said;
  document.getElementById("her-live").textContent = said;
}
