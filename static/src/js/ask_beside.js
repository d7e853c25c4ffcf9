// Ask beside the page: every way to Ask (`data-ask-beside`, the address of what the panel holds) opens it there. On a
// wide window the page moves aside, so that nothing of it is covered; else the panel fills the window and is closed
// before one goes on. What it shows lies on the server: the next page shows the same.
const panel = document.getElementById("ask-beside");
const KEY = "her-ask-beside";
// By the size of text that the person reads, which media queries do not know.
const LEAST_WIDTH = 75;
let opener = null;
let isBeside = false;
let isTurning = false;

const body = () => document.getElementById("ask-beside-body");

function isWide() {
  return window.innerWidth >= LEAST_WIDTH * parseFloat(getComputedStyle(document.documentElement).fontSize);
}

function moveAside(isOpen) {
  document.documentElement.classList.toggle("her-has-beside", isOpen);
  // Maps and the menu measure the window.
  window.dispatchEvent(new Event("resize"));
}

function show() {
  if (panel.open) return;
  isBeside = isWide();
  // show() would take focus, also when the panel only comes along from the page before.
  if (isBeside) panel.open = true;
  else panel.showModal();
  moveAside(isBeside);
}

function load(address) {
  body().setAttribute("aria-busy", "true");
  window.htmx.ajax("GET", address, { source: body(), target: "#ask-beside-body", swap: "outerHTML" });
}

function open(link) {
  // Within the panel a way there changes only what it shows.
  if (!panel.contains(link)) opener = link;
  show();
  sessionStorage.setItem(KEY, "open");
  load(link.dataset.askBeside);
}

export function forgetBeside() {
  sessionStorage.removeItem(KEY);
}

function close() {
  forgetBeside();
  panel.close();
}

if (panel) {
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[data-ask-beside]");
    const isPlain = event.button === 0 && !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
    if (!link || !isPlain || !window.htmx) return;
    event.preventDefault();
    open(link);
  });

  panel.addEventListener("click", ({ target }) => {
    if (target.closest("[data-ask-close]")) close();
  });

  // A panel that is not modal is not closed by the browser.
  panel.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented) return;
    event.preventDefault();
    close();
  });

  panel.addEventListener("close", () => {
    if (isTurning) {
      isTurning = false;
      return;
    }
    moveAside(false);
    const back = opener?.isConnected ? opener : document.getElementById("maincontent");
    opener = null;
    if (!back.matches("a, button")) back.tabIndex = -1;
    back.focus();
  });

  // The window was turned or made larger: the other way of standing there, with all that is in it.
  window.addEventListener("resize", () => {
    if (!panel.open || isBeside === isWide()) return;
    const focused = document.activeElement;
    isTurning = true;
    panel.close();
    show();
    focused?.focus();
  });

  // Its own scrolling, once the new content has taken focus: an answer from its question on, else the box.
  panel.addEventListener("htmx:afterSettle", () => {
    requestAnimationFrame(() => {
      const focused = panel.contains(document.activeElement) && document.activeElement;
      const exchange = focused && focused.closest(".her-ask__exchange");
      if (exchange) exchange.scrollIntoView({ block: "start" });
      else if (focused?.id === "question") focused.form.scrollIntoView({ block: "end" });
    });
  });

  // It was open on the page before.
  const resume = () => {
    if (sessionStorage.getItem(KEY) !== "open" || !isWide() || panel.open || !window.htmx) return;
    show();
    load(`${panel.dataset.address}?again=1`);
  };
  if (document.readyState === "complete") resume();
  else window.addEventListener("load", resume);
}
