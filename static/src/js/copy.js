// A button that copies the text of a field: <button data-copy="id of the field" hidden>. Without JavaScript, or where the
// browser gives no clipboard, the field can be selected and copied by hand.

for (const button of document.querySelectorAll("[data-copy]")) {
  const field = document.getElementById(button.dataset.copy);
  button.hidden = false;
  button.addEventListener("click", () => copy(button, field));
}

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
  const said = done ? "Copied" : "Press Ctrl+C (Cmd+C on a Mac) to copy";
  button.textContent = said;
  document.getElementById("her-live").textContent = said;
}
