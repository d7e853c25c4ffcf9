// What stands on the map of a plan: lines, stops, bases and marks, and what to do where they would lie on each other.

const L = window.L;
const STOP_SIZE = 24; // CSS pixels: also the smallest target that WCAG 2.2 allows
// Nearer than this on the screen numbers would lie on each other: stops become dots.
const CROWDED = 18;
// A line that does not follow the roads is thin and always dashed.
const STRAIGHT_DASH = "18 6";
// The colours of lines are those of the theme, also when it changes: _plan.scss.
const CASING = { className: "her-route-casing", weight: 7, opacity: 0.9, full: 0.9, interactive: false };
// What was planned before a change lies thin and muted below what is planned now.
const BEFORE = { weight: 2.5, opacity: 0.85, full: 0.85, dashArray: "3 5", lineCap: "butt" };
// What is left out must not disappear below what is planned.
const Z_OFFSETS = { stop: 0, unserved: 250 };
const SIGNS = { depot: "B", home: "H", unserved: "!" };

/** A line and the pale casing below it (dark in the dark theme). */
export function lineOf(geometry, properties) {
  const points = geometry.coordinates.map(([lon, lat]) => [lat, lon]);
  if (properties.phase === "before") {
    const before = L.polyline(points, { ...BEFORE, className: classOf(properties) });
    return [notATabStop(before.bindTooltip(textNode(`${properties.staff}, before`), { sticky: true }))];
  }
  const straight = properties.is_straight_line;
  const line = L.polyline(points, {
    className: classOf(properties),
    weight: straight ? 3 : 4,
    dashArray: properties.dash || (straight ? STRAIGHT_DASH : null),
    lineCap: "butt",
  });
  line.bindTooltip(textNode(nameOfLine(properties)), { sticky: true });
  return [L.polyline(points, { ...CASING, weight: straight ? 6 : CASING.weight }), notATabStop(line)];
}

// A line with a tooltip listens for focus, which makes it a tab stop in some browsers: the legend names everybody.
function notATabStop(line) {
  return line.on("add", () => line.getElement()?.setAttribute("tabindex", "-1"));
}

/** The person's mark at the first stop, so that colour and pattern are never the only way to tell people apart. */
export function markOf({ staff, mark, colour_index: colourIndex, label_at: [lon, lat] }) {
  const tooltip = L.tooltip({
    permanent: true,
    direction: "right",
    offset: [14, 0],
    className: `her-route-name her-person-${colourIndex}`,
  });
  return tooltip.setLatLng([lat, lon]).setContent(textNode(mark || staff));
}

/** A numbered stop: round, or a diamond in tier 1; a flag for Core20. */
export function markerOf(geometry, properties) {
  return marker(geometry, properties, String(properties.sequence), `her-person-${properties.colour_index}`);
}

/** A base, a home, or a visit that is left out (hollow). */
export function baseOf(geometry, properties) {
  return marker(geometry, properties, SIGNS[properties.kind], "");
}

function marker(geometry, properties, text, person) {
  const { kind = "stop", label, tier, is_core20: isCore20, is_changed: isChanged } = properties;
  const classes = ["her-stop", `her-stop--${kind}`, person];
  if (isChanged) classes.push("her-stop--changed");
  if (tier === 1) classes.push("her-stop--tier-1");
  if (isCore20) classes.push("her-stop--core20");
  const made = L.marker([geometry.coordinates[1], geometry.coordinates[0]], {
    icon: L.divIcon({
      className: classes.filter(Boolean).join(" "),
      html: textNode(text),
      iconSize: [STOP_SIZE, STOP_SIZE],
    }),
    // A hundred tab stops would trap the keyboard: the tables beside the map hold the same stops, with a button each.
    keyboard: false,
    alt: label,
    zIndexOffset: Z_OFFSETS[kind] ?? 500,
  });
  return made.bindTooltip(textNode(label), { direction: "top", offset: [0, -12] });
}

/** Whether half of the stops stand nearer to another than their numbers need. */
export function isCrowded(points) {
  const gaps = points.map((point, i) =>
    Math.min(...points.map((other, k) => (i === k ? Infinity : point.distanceTo(other)))),
  );
  gaps.sort((a, b) => a - b);
  return gaps.length > 1 && gaps[Math.floor(gaps.length / 2)] < CROWDED;
}

/** Hides each mark that would lie on one before it. Where Leaflet has put them counts: on the screen they may still move. */
export function withoutOverlap(marks) {
  const taken = [];
  for (const mark of marks) {
    const element = mark.getElement();
    if (!element?.isConnected) continue;
    element.classList.remove("is-hidden");
    const { x: left, y: top } = L.DomUtil.getPosition(element);
    const box = { left, top, right: left + element.offsetWidth, bottom: top + element.offsetHeight };
    const hidden = taken.some(
      (other) => box.left < other.right && other.left < box.right && box.top < other.bottom && other.top < box.bottom,
    );
    element.classList.toggle("is-hidden", hidden);
    if (!hidden) taken.push(box);
  }
}

function nameOfLine({ staff: name, phase, is_straight_line: straight, is_estimated: estimated }) {
  const staff = phase ? `${name}, ${phase}` : name;
  if (estimated) return `${staff}: straight line, travel time estimated`;
  return straight ? `${staff}: straight line, the way is not known` : staff;
}

// Leaflet reads strings as HTML; names come from people.
function textNode(text) {
  const span = document.createElement("span");
  span.textContent = text;
  return span;
}

// The palette lives in the style sheet, where the legend and the timeline read it too.
function classOf({ colour_index: index }) {
  return `her-route her-person-${index}`;
}
