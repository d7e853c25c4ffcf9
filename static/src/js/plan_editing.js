// Moving visits of a plan: by arrow keys, by mouse, by finger. Each move is looked at before it is kept: the server
// answers with the rounds as they would be and the judge's verdict; nothing is worked out here.

const KEYS = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };
const SLOP = 6; // pixels before a press becomes a drag
const EDGE = 56; // pixels from the edge of the board where it scrolls by itself

// The visit that arrow keys move: {visit, from, staff, place}; null: none.
let held = null;
let drag = null;

const workspace = () => document.getElementById("edit-workspace");
const board = () => document.getElementById("edit-board");
const rounds = () => [...workspace().querySelectorAll("[data-staff]:not([data-closed])")];
const cardsOf = (round) => [...round.querySelectorAll("[data-visit]")];

function othersOf(round, visit) {
  return cardsOf(round).filter((card) => card.dataset.visit !== visit);
}

// Visits of a day under way that have begun: nothing goes before them.
function begunIn(round, visit) {
  return othersOf(round, visit).filter((card) => card.hasAttribute("data-fixed")).length;
}

function announce(text) {
  const region = document.getElementById("her-live");
  region.textContent = "";
  requestAnimationFrame(() => {
    region.textContent = text;
  });
}

function ask(address, query) {
  const asked = window.htmx.ajax("GET", `${address}?${new URLSearchParams(query)}`, {
    source: workspace(),
    target: "#edit-workspace",
    select: "#edit-workspace",
    swap: "outerHTML show:none",
  });
  // Given up for a newer question; what really fails is told by htmx:sendError and htmx:responseError.
  asked?.catch(() => null);
}

function look(change, by) {
  const space = workspace();
  const query = { ...change, version: space.dataset.version };
  if (by) query.by = by;
  ask(space.dataset.previewUrl, query);
}

function moveOf({ visit, from, staff, place }) {
  if (staff === null) return { kind: "take_out", visit };
  if (!from) return { kind: "put_in", visit, to: `${staff}|${place}` };
  return { kind: "move", visit, to: `${staff}|${place}`, from_staff: from };
}

function chooseAgain(visit, from) {
  const query = { visit, by: "keys" };
  if (from) query.from_staff = from;
  ask(workspace().dataset.url, query);
}

// Keyboard

function pickUp(card) {
  const round = card.closest("[data-staff]");
  const visit = card.dataset.visit;
  const place = round ? cardsOf(round).indexOf(card) : 0;
  const staff = round ? round.dataset.staff : null;
  held = { visit, from: staff, staff, place, origin: { staff, place }, asked: false };
  document.body.classList.add("is-moving-a-visit");
  chooseAgain(visit, staff);
  announce(`${visit} picked up. Arrow keys move it. Enter keeps it, Escape gives up.`);
}

function letGo() {
  held = null;
  document.body.classList.remove("is-moving-a-visit");
}

function giveUp() {
  const { visit, from } = held;
  letGo();
  chooseAgain(visit, from);
  announce("Given up. Nothing was changed.");
}

function step([across, down], seconds) {
  const all = rounds();
  let at = all.findIndex((round) => round.dataset.staff === held.staff);
  if (across || at < 0) {
    const next = at < 0 ? 0 : at + across;
    if (next < 0 || next >= all.length) return announce("There is no further round.");
    at = next;
    held.staff = all[at].dataset.staff;
    // Where it would come at about the same time.
    const earlier = othersOf(all[at], held.visit).filter((card) => Number(card.dataset.seconds) < seconds).length;
    held.place = Math.max(earlier, begunIn(all[at], held.visit));
  } else {
    const place = held.place + down;
    if (place < 0 || place > othersOf(all[at], held.visit).length) return announce("This is the end of the round.");
    if (place < begunIn(all[at], held.visit)) return announce("What comes before has begun.");
    held.place = place;
  }
  const back = held.staff === held.origin.staff && held.place === held.origin.place;
  held.asked = !back;
  if (back) {
    chooseAgain(held.visit, held.from);
    return announce("Where it was.");
  }
  return look(moveOf(held), "keys");
}

function keep() {
  const form = document.getElementById("edit-keep");
  if (form) {
    letGo();
    form.requestSubmit();
  } else if (!held.asked) {
    giveUp();
  } else {
    announce("This breaks a rule and cannot be kept. Escape gives up.");
  }
}

document.addEventListener("keydown", (event) => {
  const card = event.target.closest?.("#edit-workspace [data-visit]");
  if (event.key === "Escape" && drag) return stopDrag(false);
  if (held && event.key === "Escape") {
    event.preventDefault();
    return giveUp();
  }
  if (event.key === "Escape" && event.target.closest?.("#edit-workspace")) return document.getElementById("edit-give-up")?.click();
  if (!card || !event.target.matches(".her-edit__link") || event.ctrlKey || event.metaKey || event.altKey) return null;
  if (event.key === "Enter" || event.key === " ") {
    if (card.hasAttribute("data-fixed")) return null;
    event.preventDefault();
    // A key that is held down, or pressed again while a change is being stored, is no new choice.
    if (event.repeat || document.querySelector("#edit-keep.htmx-request")) return null;
    return held && held.visit === card.dataset.visit ? keep() : pickUp(card);
  }
  if (held && held.visit === card.dataset.visit && event.key in KEYS) {
    event.preventDefault();
    return step(KEYS[event.key], Number(card.dataset.seconds || 0));
  }
  return null;
});

// Mouse, pen, finger

document.addEventListener("pointerdown", (event) => {
  const card = event.target.closest?.("#edit-workspace [data-visit]:not([data-fixed])");
  if (!card || event.button !== 0) return;
  // A finger scrolls unless it takes the handle.
  if (event.pointerType === "touch" && !event.target.closest("[data-handle]")) return;
  const round = card.closest("[data-staff]");
  drag = { card, visit: card.dataset.visit, from: round ? round.dataset.staff : null };
  Object.assign(drag, { x: event.clientX, y: event.clientY, pointer: event.pointerId, ghost: null, target: null });
});

document.addEventListener("pointermove", (event) => {
  if (!drag || event.pointerId !== drag.pointer) return;
  if (!drag.ghost) {
    if (Math.hypot(event.clientX - drag.x, event.clientY - drag.y) < SLOP) return;
    startDrag();
  }
  event.preventDefault();
  drag.ghost.style.translate = `${event.clientX - drag.dx}px ${event.clientY - drag.dy}px`;
  scrollNear(event.clientX, event.clientY);
  aim(event.clientX, event.clientY);
});

document.addEventListener("pointerup", (event) => {
  if (drag && event.pointerId === drag.pointer) stopDrag(true);
});

document.addEventListener("pointercancel", () => {
  if (drag) stopDrag(false);
});

// Whoever turns to something else has let go of the visit; what was looked at stays in sight and is not kept.
document.addEventListener("click", (event) => {
  if (held && event.detail) letGo();
});

// A link would be dragged as an address, and text be selected.
document.addEventListener("dragstart", (event) => {
  if (event.target.closest?.("#edit-workspace")) event.preventDefault();
});

function startDrag() {
  letGo();
  const box = drag.card.getBoundingClientRect();
  const ghost = drag.card.cloneNode(true);
  ghost.classList.add("is-dragged");
  for (const named of ghost.querySelectorAll("[id]")) named.removeAttribute("id");
  ghost.setAttribute("aria-hidden", "true");
  ghost.style.width = `${box.width}px`;
  drag.dx = drag.x - box.left;
  drag.dy = drag.y - box.top;
  drag.ghost = ghost;
  document.body.append(ghost);
  document.body.classList.add("is-dragging-a-visit");
  drag.card.classList.add("is-lifted");
  window.getSelection()?.removeAllRanges();
}

function scrollNear(x, y) {
  const frame = board().getBoundingClientRect();
  if (y > frame.top && y < frame.bottom) {
    if (x < frame.left + EDGE) board().scrollLeft -= 16;
    if (x > frame.right - EDGE) board().scrollLeft += 16;
    if (y < frame.top + EDGE) board().scrollTop -= 12;
    if (y > frame.bottom - EDGE) board().scrollTop += 12;
  }
  if (y < EDGE) window.scrollBy(0, -12);
  if (y > window.innerHeight - EDGE) window.scrollBy(0, 12);
}

function aim(x, y) {
  const under = document.elementFromPoint(x, y);
  clearMark();
  drag.target = null;
  if (under?.closest("[data-left-out]")) {
    if (drag.from) {
      drag.target = { staff: null };
      under.closest("[data-left-out]").classList.add("is-target");
    }
    return;
  }
  const round = under?.closest("[data-staff]:not([data-closed])");
  if (!round) return;
  const others = othersOf(round, drag.visit);
  const after = others.filter((card) => {
    const box = card.getBoundingClientRect();
    return card.hasAttribute("data-fixed") || box.top + box.height / 2 < y;
  });
  drag.target = { staff: round.dataset.staff, place: after.length };
  round.classList.add("is-target");
  if (after.length) after[after.length - 1].classList.add("is-before-target");
  else round.classList.add("is-first-target");
}

function clearMark() {
  for (const mark of ["is-target", "is-before-target", "is-first-target"]) {
    for (const element of document.querySelectorAll(`.${mark}`)) element.classList.remove(mark);
  }
}

function stopDrag(isDropped) {
  const { ghost, card, visit, from, target } = drag;
  drag = null;
  if (!ghost) return;
  ghost.remove();
  clearMark();
  card.classList.remove("is-lifted");
  document.body.classList.remove("is-dragging-a-visit");
  // The click that follows a drag is no choice.
  const swallow = (event) => event.preventDefault() || event.stopPropagation();
  document.addEventListener("click", swallow, { capture: true, once: true });
  setTimeout(() => document.removeEventListener("click", swallow, { capture: true }), 50);
  if (!isDropped || !target) return;
  const round = card.closest("[data-staff]");
  const place = round ? cardsOf(round).indexOf(card) : -1;
  if (target.staff !== null && target.staff === from && target.place === place) return;
  look(moveOf({ visit, from, ...target }));
}

// What a swap must not lose: how far the board is scrolled, and whether the timeline is open. A refusal brings the
// page that explains it.

let kept = null;

document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.target?.id !== "edit-workspace") return;
  if ([409, 422].includes(event.detail.xhr.status)) {
    event.detail.shouldSwap = true;
    event.detail.isError = false;
  }
  const frame = board();
  kept = { left: frame.scrollLeft, top: frame.scrollTop, open: document.getElementById("edit-timeline").open };
});

document.addEventListener("htmx:afterSwap", () => {
  const frame = board();
  if (!kept || !frame) return;
  frame.scrollLeft = kept.left;
  frame.scrollTop = kept.top;
  document.getElementById("edit-timeline").open = kept.open;
  kept = null;
});

document.addEventListener("htmx:afterSettle", () => {
  const chosen = board()?.querySelector(".her-edit__link[aria-current]");
  chosen?.closest("[data-visit]").scrollIntoView({ block: "nearest", inline: "nearest" });
});
