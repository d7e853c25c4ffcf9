// A form without an address of its own is sent to that of its page, with the part of the page that was gone to: the way past
// the head of the page, mostly. The answer would begin there, and take the focus from what says that something is wrong.
document.addEventListener("submit", ({ target }) => {
  const { hash, pathname, search } = window.location;
  if (hash && !target.getAttribute("action")) history.replaceState(history.state, "", pathname + search);
});
