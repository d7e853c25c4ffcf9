// Signing out leaves nothing of a round on the device; what was never sent is asked about first.
import { forgetBeside } from "./ask_beside.js";
import { forgetDevice, waitingOnDevice } from "./round_queue.js";
import { forgetTyped } from "./typed.js";

const CACHES = "her-round-";

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.getAttribute("action")?.endsWith("/logout/")) return;
  event.preventDefault();
  const waiting = waitingOnDevice();
  const what = waiting === 1 ? "1 entry of your round has" : `${waiting} entries of your round have`;
  // eslint-disable-next-line no-alert -- the browser's own question is the one that every screen reader knows
  if (waiting && !window.confirm(`${what} not been sent yet and will be lost. Sign out anyway?`)) return;
  forgetDevice();
  forgetTyped();
  forgetBeside();
  if (window.caches) {
    const names = await caches.keys();
    await Promise.all(names.filter((name) => name.startsWith(CACHES)).map((name) => caches.delete(name)));
  }
  const workers = (await navigator.serviceWorker?.getRegistrations()) ?? [];
  await Promise.all(workers.map((worker) => worker.unregister()));
  form.submit();
});
