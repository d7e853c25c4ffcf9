// What a person would notice on a page, asked of the page itself. Each function returns lines of text; none is good.
(() => {
  const seen = (element) => {
    if (!element.checkVisibility({ visibilityProperty: true, opacityProperty: true })) return false;
    const box = element.getBoundingClientRect();
    return box.width > 1 && box.height > 1;
  };
  const where = (element) => {
    const id = element.id ? `#${element.id}` : "";
    const name = typeof element.className === "string" ? element.className.trim().split(/\s+/).slice(0, 2).join(".") : "";
    const words = element.textContent.trim().replace(/\s+/g, " ").slice(0, 40);
    return `${element.tagName.toLowerCase()}${id}${name ? `.${name}` : ""} “${words}”`;
  };
  // What scrolls by itself may be wider than its frame; maps and drawings arrange their own insides.
  const OWN_INSIDE = ".leaflet-container, svg, canvas, .nhsuk-u-visually-hidden, select, textarea, input";
  const frameOf = (element) => {
    for (let up = element.parentElement; up && up !== document.body; up = up.parentElement) {
      if (getComputedStyle(up).overflowX !== "visible") return up;
    }
    return null;
  };
  const hasWords = (element) =>
    [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent.trim());
  const REACHABLE =
    "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex], [contenteditable=true], audio[controls]";
  // The radio buttons of a group are one stop.
  const isStop = (element) =>
    seen(element) &&
    !element.matches(":disabled, [tabindex='-1'], [inert] *") &&
    !(element.matches("input[type=radio]") && !element.checked);
  const looks = (element) => {
    const around = element.matches("input[type=radio], input[type=checkbox]") ? element.nextElementSibling : null;
    return [element, around, element.closest("label")]
      .filter(Boolean)
      .map((one) => {
        const own = [null, "::before"].map((pseudo) => {
          const style = getComputedStyle(one, pseudo);
          return [style.outline, style.boxShadow, style.borderColor, style.borderWidth, style.backgroundColor, style.textDecoration].join();
        });
        return own.join();
      })
      .join();
  };
  const CLEAR = "rgba(0, 0, 0, 0)";
  const SAMPLED = "input:not([type=hidden], [type=radio], [type=checkbox], [type=file]), select, textarea";
  // Everything that the contrast of an element's words hangs on, as text; null where it cannot be told from the element
  // and what it stands in, because it is laid over something else.
  const coloursOf = (element) => {
    if (element.closest("svg, canvas")) return null;
    const { color, fontSize, fontWeight, textShadow } = getComputedStyle(element);
    const found = [color, fontSize, fontWeight, textShadow, element.matches(":disabled, [aria-disabled=true]")];
    const link = element.closest("a");
    if (link) {
      const around = getComputedStyle(link.parentElement);
      found.push(getComputedStyle(link).textDecorationLine, around.color, around.fontWeight, around.display);
    }
    for (let up = element; up; up = up.parentElement) {
      const { backgroundColor, backgroundImage, opacity, filter, position } = getComputedStyle(up);
      if (backgroundColor !== CLEAR || backgroundImage !== "none") found.push(backgroundColor, backgroundImage);
      if (opacity !== "1" || filter !== "none") found.push(opacity, filter);
      if (backgroundColor.startsWith("rgb(")) break;
      if (["absolute", "fixed", "sticky"].includes(position)) return null;
    }
    return found.join(" ");
  };

  return {
    // Marks the words whose colours are not among those that were judged already; returns what is new.
    unjudged(judged) {
      const known = new Set(judged);
      const fresh = new Set();
      let marked = 0;
      for (const element of document.querySelectorAll("body *")) {
        element.removeAttribute("data-unjudged");
        if (!(hasWords(element) || element.matches(SAMPLED)) || !seen(element)) continue;
        const colours = coloursOf(element);
        if (known.has(colours)) continue;
        element.setAttribute("data-unjudged", "");
        marked += 1;
        if (colours) fresh.add(colours);
      }
      return { fresh: [...fresh], marked };
    },

    structure() {
      const headings = [...document.querySelectorAll("h1")].filter((one) => one.checkVisibility());
      const found = [];
      if (headings.length !== 1) found.push(`${headings.length} headings of level 1`);
      const title = document.title.trim();
      if (title.replace(/^[\s-]*HealthEquiRoute$/, "").replace(/-\s*HealthEquiRoute$/, "").trim() === "") found.push(`title “${title}”`);
      return found;
    },

    // Elements that stick out to the side where the page has to be scrolled sideways.
    overflow() {
      const width = document.documentElement.clientWidth;
      const over = document.documentElement.scrollWidth - width;
      if (over <= 0) return [];
      const out = [...document.querySelectorAll("body *")].filter((element) => {
        if (!seen(element) || element.closest(".leaflet-pane")) return false;
        const frame = frameOf(element);
        return element.getBoundingClientRect().right > width + 1 && !frame;
      });
      const inner = out.filter((element) => !out.some((other) => other !== element && element.contains(other)));
      return [`${over} px too wide: ${inner.slice(0, 3).map(where).join("; ") || "nothing visible"}`];
    },

    // Words that are cut off by a frame which cannot be scrolled.
    clipped() {
      const found = [];
      for (const element of document.querySelectorAll("body *")) {
        if (element.closest(OWN_INSIDE) || !hasWords(element) || !seen(element)) continue;
        for (let up = element; up && up !== document.body; up = up.parentElement) {
          const style = getComputedStyle(up);
          if (/auto|scroll/.test(style.overflowX + style.overflowY)) break;
          if (!/hidden|clip/.test(style.overflowX + style.overflowY) || style.textOverflow === "ellipsis") continue;
          const inside = up.getBoundingClientRect();
          // Meant for screen readers only.
          if (inside.width <= 2 || inside.height <= 2) break;
          const box = element.getBoundingClientRect();
          const cut = up === element ? up.scrollWidth > up.clientWidth + 1 || up.scrollHeight > up.clientHeight + 3
            : box.right > inside.right + 2 || box.left < inside.left - 2 || box.bottom > inside.bottom + 3;
          if (cut) found.push(where(element));
          break;
        }
        if (found.length === 3) break;
      }
      return found;
    },

    // What is to be pressed can be reached by Tab, in the order of the page, and shows that it has the focus.
    keyboard() {
      const found = [];
      for (const element of document.querySelectorAll("[tabindex]")) {
        if (element.tabIndex > 0) found.push(`tabindex ${element.tabIndex}: ${where(element)}`);
      }
      const ROLES = "[role=button], [role=link], [role=checkbox], [role=switch], [role=slider], [role=combobox], [onclick]";
      for (const element of document.querySelectorAll(ROLES)) {
        if (seen(element) && element.tabIndex < 0 && !element.closest(".leaflet-pane")) found.push(`not reached by Tab: ${where(element)}`);
      }
      const kinds = new Set();
      const before = document.activeElement;
      for (const element of document.querySelectorAll(REACHABLE)) {
        const kind = `${element.tagName} ${element.type || ""} ${element.className} ${element.parentElement?.className}`;
        if (kinds.has(kind) || !isStop(element)) continue;
        kinds.add(kind);
        const plain = looks(element);
        element.focus({ focusVisible: true, preventScroll: true });
        if (document.activeElement !== element) found.push(`takes no focus: ${where(element)}`);
        else if (looks(element) === plain) found.push(`focus is not seen: ${where(element)}`);
        element.blur();
      }
      before?.focus?.({ preventScroll: true });
      return found.slice(0, 6);
    },
  };
})()
