// A table that is wider than its place is scrolled by keyboard, too: its frame is a stop. One that fits would be a stop
// at which nothing can be done; most pages have some of these, each with a link behind it that somebody wants to reach.

const FRAMES = '[tabindex="0"]:is([role="region"], [role="group"], section, pre)';
const SCROLLS = /auto|scroll/;

const follow = (frame) => {
  const isStop = frame.scrollWidth > frame.clientWidth || frame.scrollHeight > frame.clientHeight;
  if (isStop) frame.tabIndex = 0;
  // Nobody is put out of the place where they are.
  else if (frame !== document.activeElement) frame.removeAttribute("tabindex");
};
// Of the frame and of what is in it, either may grow.
const sizes = new ResizeObserver((changed) => {
  for (const frame of new Set(changed.map(({ target }) => target.closest("[data-frame]")))) if (frame) follow(frame);
});

export function watchFrames(part = document) {
  for (const frame of part.querySelectorAll(FRAMES)) {
    const { overflowX, overflowY } = getComputedStyle(frame);
    if (!SCROLLS.test(overflowX + overflowY)) continue;
    frame.dataset.frame = "";
    for (const element of [frame, ...frame.children]) sizes.observe(element);
  }
}

watchFrames();
