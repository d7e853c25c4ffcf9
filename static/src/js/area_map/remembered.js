// What a map keeps in the address of its page, so that a link shows what its sender saw. Whoever replaces the address
// (filters through htmx) does not know of these, so they are put back.

const kept = new Map();

/** null: the parameter stands in the address no longer. */
export function remember(name, value) {
  kept.set(name, value);
  write();
}

export function remembered(name) {
  return new URL(window.location).searchParams.get(name);
}

function write() {
  const url = new URL(window.location);
  for (const [name, value] of kept) {
    if (value === null) url.searchParams.delete(name);
    else url.searchParams.set(name, value);
  }
  if (url.href !== window.location.href) window.history.replaceState(window.history.state, "", url);
}

for (const name of ["names", "base"]) if (remembered(name) !== null) kept.set(name, remembered(name));
document.addEventListener("htmx:pushedIntoHistory", write);
document.addEventListener("htmx:replacedInHistory", write);
