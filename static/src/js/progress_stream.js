// A panel that asks for itself every second (htmx) and names a stream of the same panel (data-stream): while the stream
// is heard, nothing is asked; when it fails, or the browser knows no streams, the panel asks again as before.
// Every panel that arrives replaces the one on the page, so the stream is kept by its address, not on the element.

import { isPressed } from "./pressed.js";
import { loadAnew } from "./settled.js";

// The server says something at least every ten seconds. A proxy that keeps it all to itself is as good as no stream.
const LONGEST_SILENCE = 25_000;
const LONGEST_START = 4_000;
const streams = new Map(); // address -> {source, heard (time), silence (longest)}

function start(scope) {
  if (!window.EventSource || !window.htmx) return;
  const found = [...scope.querySelectorAll("[data-stream]")];
  if (scope.matches?.("[data-stream]")) found.push(scope);
  for (const { dataset } of found) if (!streams.has(dataset.stream)) open(dataset.stream);
}

function open(address) {
  const source = new EventSource(address);
  const state = { source, heard: Date.now(), silence: LONGEST_START };
  streams.set(address, state);
  const hear = () => {
    state.heard = Date.now();
    state.silence = LONGEST_SILENCE;
  };
  source.addEventListener("beat", hear);
  source.addEventListener("panel", (event) => {
    hear();
    if (!show(address, event.data)) source.close();
  });
  source.addEventListener("over", () => {
    source.close();
    loadAnew();
  });
  // The browser comes back by itself after a broken connection; until it is heard again the panel asks. After a
  // refusal it does not come back.
  source.addEventListener("error", () => {
    state.heard = 0;
  });
}

// Whether the panel is on the page still.
function show(address, html) {
  const panel = document.querySelector(`[data-stream="${CSS.escape(address)}"]`);
  // Not under somebody's finger: the next panel comes soon.
  if (panel && !isPressed(panel)) window.htmx.swap(panel, html, { swapStyle: "outerHTML" }, { eventInfo: { target: panel } });
  return Boolean(panel);
}

document.addEventListener("htmx:beforeRequest", (event) => {
  const state = streams.get(event.detail.elt.dataset?.stream);
  const isHeard = state && state.source.readyState !== EventSource.CLOSED && Date.now() - state.heard < state.silence;
  if (isHeard) event.preventDefault();
});

// A reload must not find the places of this page taken by a stream that nobody reads any more.
window.addEventListener("pagehide", () => {
  for (const { source } of streams.values()) source.close();
  streams.clear();
});
window.addEventListener("pageshow", (event) => {
  if (event.persisted) start(document);
});

// Once every deferred script (htmx is one) has run.
if (document.readyState === "complete") start(document);
else document.addEventListener("DOMContentLoaded", () => start(document));
document.addEventListener("htmx:afterSettle", (event) => start(event.target));
