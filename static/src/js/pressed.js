// A panel that replaces itself every second waits while somebody is pressing something in it. A press lasts a tenth of a
// second, and one whose element is exchanged meanwhile is no click: "Stop" would do nothing, now and then.

import { isPoll } from "./polls.js";

let pressed = null;

export const isPressed = (panel) => Boolean(pressed?.isConnected && panel.contains(pressed));

document.addEventListener("pointerdown", ({ target }) => (pressed = target), { capture: true });
document.addEventListener("keydown", ({ key, target }) => key === " " && (pressed = target), { capture: true });
const release = () => setTimeout(() => (pressed = null)); // the click itself comes after the end of a press
for (const end of ["pointerup", "pointercancel", "keyup"]) document.addEventListener(end, release, { capture: true });
window.addEventListener("blur", release);

document.addEventListener("htmx:beforeSwap", (event) => {
  const { target, requestConfig } = event.detail;
  // It asks again in a moment.
  if (isPoll(requestConfig?.elt) && isPressed(target)) event.detail.shouldSwap = false;
});
