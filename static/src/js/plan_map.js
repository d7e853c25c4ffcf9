// Routes of a plan: one line per person (colour and dash pattern), numbered stops, depots, and a legend of buttons
// that shows or hides a person. The data are a GeoJSON FeatureCollection, in a JSON script element of the page
// (data-source: its id) or behind data-url:
//   LineString  staff, colour_index, dash (SVG dash array or ""), is_straight_line, is_estimated,
//               label_at (where the person's name stands, on one of the person's lines)
//   Point       kind "stop" | "depot" | "unserved", sequence, label, tier, staff, colour_index

import { AreaLayer } from "./area_map/layer.js";
import { boundsOf, createMap } from "./area_map/index.js";
import { FILTERED_OUT, rgba } from "./area_map/paint.js";

const L = window.L;
const STOP_SIZE = 24; // CSS pixels: also the smallest target that WCAG 2.2 allows
// Nearer than this on the screen numbers would lie on each other: stops become dots.
const CROWDED = 18;
const FADED = 0.15;
// A line that does not follow the roads is thin and always dashed.
const STRAIGHT_DASH = "18 6";
const CASING = { color: "#fff", weight: 7, opacity: 0.9, full: 0.9, interactive: false };

class PlanMap {
  constructor(element) {
    this.element = element;
    this.people = new Map(); // name -> {layers, shown}
    this.stops = [];
    this.names = [];
    this.map = createMap(element, { maxBounds: null });
    this.map.fitBounds(boundsOf(element), { padding: [24, 24] });
    this._areas();
    this._read().then((collection) => this._draw(collection));
  }

  // No base map is needed to see who goes where: the outlines of the areas are ground enough.
  _areas() {
    const { tilesUrl, areaCount } = this.element.dataset;
    if (!tilesUrl || !areaCount) return;
    const layer = new AreaLayer(tilesUrl, { areaOutlinesFrom: 10 });
    layer.addTo(this.map).setTheme(new Uint8Array(Number(areaCount)).fill(FILTERED_OUT), [rgba("#ffffff")]);
  }

  async _read() {
    const { source, url } = this.element.dataset;
    if (source) return JSON.parse(document.getElementById(source).textContent);
    const answer = await fetch(url, { credentials: "same-origin" });
    return answer.json();
  }

  _draw({ features }) {
    for (const feature of features) if (feature.geometry.type === "LineString") this._line(feature);
    for (const feature of features) if (feature.geometry.type === "Point") this._point(feature);
    // The rounds fill the picture; a visit that was left out far away must not make them small.
    const layers = [...this.people.values()].flatMap((person) => person.layers);
    const lines = layers.filter((layer) => layer instanceof L.Polyline);
    const shown = L.featureGroup(lines.length ? lines : layers);
    if (shown.getLayers().length) this.map.fitBounds(shown.getBounds(), { padding: [24, 24], maxZoom: 15 });
    this._connectLegend();
    this.map.on("zoomend", () => this._declutter());
    this._declutter();
    this.element.dataset.drawn = "true";
  }

  // Far out, numbers and names would hide each other: numbers give way to dots, and of two names that overlap the
  // first stays. The legend and the tables name everybody at every zoom.
  _declutter() {
    const points = this.stops.map((marker) => this.map.latLngToLayerPoint(marker.getLatLng()));
    const gaps = points.map((point, i) => Math.min(...points.map((other, k) => (i === k ? Infinity : point.distanceTo(other)))));
    gaps.sort((a, b) => a - b);
    this.element.classList.toggle("is-crowded", gaps.length > 1 && gaps[Math.floor(gaps.length / 2)] < CROWDED);
    const taken = [];
    for (const name of this.names) {
      const element = name.getElement();
      if (!element) continue;
      element.classList.remove("is-hidden");
      const box = element.getBoundingClientRect();
      const hidden = taken.some(
        (other) => box.left < other.right && other.left < box.right && box.top < other.bottom && other.top < box.bottom,
      );
      element.classList.toggle("is-hidden", hidden);
      if (!hidden) taken.push(box);
    }
  }

  // One person among many: the others step back while a legend entry is pointed at or has focus.
  _emphasise(name) {
    for (const [other, { layers }] of this.people) {
      const strength = name === null || other === name ? 1 : FADED;
      for (const layer of layers) {
        if (layer.setStyle) layer.setStyle({ opacity: strength * (layer.options.full ?? 1) });
        else if (layer.setOpacity) layer.setOpacity(strength);
        if (other === name && layer.bringToFront) layer.bringToFront();
      }
    }
  }

  _person(name) {
    if (!this.people.has(name)) this.people.set(name, { layers: [], shown: true });
    return this.people.get(name);
  }

  _line({ geometry, properties }) {
    const points = geometry.coordinates.map(([lon, lat]) => [lat, lon]);
    const { layers } = this._person(properties.staff);
    const colour = colourOf(properties.colour_index);
    const straight = properties.is_straight_line;
    layers.push(L.polyline(points, { ...CASING, weight: straight ? 5 : CASING.weight }).addTo(this.map));
    layers.push(
      L.polyline(points, {
        color: colour,
        weight: straight ? 2 : 4,
        dashArray: properties.dash || (straight ? STRAIGHT_DASH : null),
        lineCap: "butt",
      })
        .bindTooltip(textNode(nameOfLine(properties)), { sticky: true })
        .addTo(this.map),
    );
    this._nameLine(properties, layers);
  }

  // The name stands at the first stop, so that colour and pattern are never the only way to tell people apart.
  _nameLine({ staff, colour_index: colourIndex, label_at: labelAt }, layers) {
    if (!labelAt) return;
    const name = L.tooltip({
      permanent: true,
      direction: "right",
      offset: [14, 0],
      className: `her-route-name her-person-${colourIndex}`,
    });
    layers.push(name.setLatLng([labelAt[1], labelAt[0]]).setContent(textNode(staff)).addTo(this.map));
    this.names.push(name);
  }

  _point({ geometry, properties }) {
    const { kind = "stop", sequence, label, tier, staff, colour_index: colourIndex } = properties;
    const text = { depot: "B", unserved: "!" }[kind] ?? String(sequence);
    const classes = ["her-stop", `her-stop--${kind}`];
    if (tier === 1) classes.push("her-stop--tier-1");
    if (colourIndex !== undefined && kind === "stop") classes.push(`her-person-${colourIndex}`);
    const marker = L.marker([geometry.coordinates[1], geometry.coordinates[0]], {
      icon: L.divIcon({
        className: classes.join(" "),
        html: textNode(text),
        iconSize: [STOP_SIZE, STOP_SIZE],
      }),
      // A hundred tab stops would trap the keyboard: the table beside the map holds the same stops.
      keyboard: false,
      alt: label,
      zIndexOffset: kind === "depot" ? 500 : 0,
    })
      .bindTooltip(textNode(label), { direction: "top", offset: [0, -12] })
      .addTo(this.map);
    this._person(staff || `(${kind})`).layers.push(marker);
    if (kind === "stop") this.stops.push(marker);
  }

  _connectLegend() {
    const legend = document.getElementById(this.element.dataset.legend);
    if (!legend) return;
    for (const button of legend.querySelectorAll("button[data-staff]")) {
      button.disabled = false;
      button.addEventListener("click", () => this._toggle(button));
      for (const event of ["mouseenter", "focus"]) {
        button.addEventListener(event, () => this._emphasise(button.dataset.staff));
      }
      for (const event of ["mouseleave", "blur"]) button.addEventListener(event, () => this._emphasise(null));
    }
    legend.querySelector("button[data-all]")?.addEventListener("click", () => {
      for (const button of legend.querySelectorAll('button[data-staff][aria-pressed="false"]')) this._toggle(button);
    });
  }

  _toggle(button) {
    const person = this.people.get(button.dataset.staff);
    if (!person) return;
    person.shown = !person.shown;
    button.setAttribute("aria-pressed", String(person.shown));
    for (const layer of person.layers) {
      if (person.shown) layer.addTo(this.map);
      else layer.remove();
    }
  }
}

function nameOfLine({ staff, is_straight_line: straight, is_estimated: estimated }) {
  if (estimated) return `${staff}: straight line, travel time estimated`;
  return straight ? `${staff}: straight line, the way is not known` : staff;
}

// Leaflet reads strings as HTML; names come from people.
function textNode(text) {
  const span = document.createElement("span");
  span.textContent = text;
  return span;
}

function colourOf(index) {
  // The palette lives in the style sheet, where the legend and the timeline read it too.
  const probe = document.createElement("span");
  probe.className = `her-person-${index}`;
  document.body.append(probe);
  const colour = getComputedStyle(probe).getPropertyValue("--her-person").trim();
  probe.remove();
  return colour || "#212b32";
}

function start(scope) {
  if (!L) return;
  for (const element of scope.querySelectorAll("[data-plan-map]:not([data-started])")) {
    element.dataset.started = "true";
    element.planMap = new PlanMap(element);
  }
}

start(document);
document.addEventListener("htmx:afterSettle", (event) => start(event.detail.target));
