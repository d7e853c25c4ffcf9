// Routes of a plan: one line per person (colour, dash pattern and a short mark), numbered stops, bases, and a legend of
// buttons that shows or hides a person. The data are a GeoJSON FeatureCollection, in a JSON script element of the page
// (data-source: its id) or behind data-url:
//   LineString  staff, mark, colour_index, dash (SVG dash array or ""), is_straight_line, is_estimated,
//               label_at (where the person's mark stands, on one of the person's lines)
//   Point       kind "stop" | "depot" | "home" | "unserved", sequence, label, tier, is_core20, staff, colour_index,
//               key (ties a stop to [data-stop] elsewhere on the page)

import { AreaLayer } from "./area_map/layer.js";
import { boundsOf, createMap } from "./area_map/index.js";
import { FILTERED_OUT, rgba } from "./area_map/paint.js";
import { PeopleControls } from "./plan_map/people.js";
import { StopSelection } from "./plan_map/selection.js";
import { baseOf, isCrowded, lineOf, markerOf, markOf, withoutOverlap } from "./plan_map/layers.js";

const L = window.L;
const FADED = 0.15;

class PlanMap {
  constructor(element) {
    this.element = element;
    this.people = new Map(); // name -> {layers, shown}
    this.stops = new Map(); // key -> {marker, name, label}
    this.marks = [];
    this.map = createMap(element, { maxBounds: null });
    this.map.fitBounds(boundsOf(element), { padding: [24, 24] });
    this._areas();
    window.addEventListener("beforeprint", () => this._layOutForPaper());
    window.addEventListener("afterprint", () => this._layOutForScreen());
    this._read()
      .then((collection) => this._draw(collection))
      .catch(() => this._failed());
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
    if (!answer.ok) throw new Error(String(answer.status));
    return answer.json();
  }

  // Paper has a width of its own, and shows all rounds whatever part of them the screen does.
  _layOutForPaper() {
    if (this.screen || !this.element.dataset.drawn) return;
    this.screen = { centre: this.map.getCenter(), zoom: this.map.getZoom() };
    this.element.classList.add("is-on-paper");
    this.map.invalidateSize({ animate: false });
    this.fit(null);
    this.declutter();
  }

  _layOutForScreen() {
    if (!this.screen) return;
    const { centre, zoom } = this.screen;
    this.screen = null;
    this.element.classList.remove("is-on-paper");
    this.map.invalidateSize({ animate: false });
    this.map.setView(centre, zoom, { animate: false });
    this.declutter();
  }

  _failed() {
    const note = L.DomUtil.create("p", "her-map__fallback", this.element);
    note.textContent = "The rounds could not be loaded. The tables below show the same stops.";
  }

  _draw({ features }) {
    for (const feature of features) if (feature.geometry.type === "LineString") this._line(feature);
    for (const feature of features) if (feature.geometry.type === "Point") this._point(feature);
    this.fit(null);
    this.controls = new PeopleControls(this);
    this.selection = new StopSelection(this);
    this.map.on("zoomend", () => this.declutter());
    this.declutter();
    this.element.dataset.drawn = "true";
  }

  _line({ geometry, properties }) {
    const { layers } = this._person(properties.staff);
    layers.push(...lineOf(geometry, properties).map((layer) => layer.addTo(this.map)));
    if (!properties.label_at) return;
    const mark = markOf(properties).addTo(this.map);
    layers.push(mark);
    this.marks.push(mark);
  }

  _point({ geometry, properties }) {
    const { kind = "stop", staff, key, label } = properties;
    const marker = (kind === "stop" ? markerOf : baseOf)(geometry, properties).addTo(this.map);
    this._person(staff || `(${kind})`).layers.push(marker);
    if (kind !== "stop") return;
    this.stops.set(key ?? label, { marker, name: staff, label });
    if (key) marker.on("click", () => this.selection.select(key, "map"));
  }

  _person(name) {
    if (!this.people.has(name)) this.people.set(name, { layers: [], shown: true });
    return this.people.get(name);
  }

  // The rounds fill the picture; a visit that was left out far away must not make them small.
  fit(name) {
    const people = name === null ? [...this.people.values()] : [this.people.get(name)];
    const layers = people.flatMap((person) => person?.layers ?? []).filter((layer) => !(layer instanceof L.Tooltip));
    const lines = layers.filter((layer) => layer instanceof L.Polyline);
    const shown = L.featureGroup(lines.length ? lines : layers);
    if (shown.getLayers().length) this.map.fitBounds(shown.getBounds(), { padding: [24, 24], maxZoom: 15, animate: !this.screen });
  }

  show(name, shown) {
    const person = this.people.get(name);
    if (!person || person.shown === shown) return;
    person.shown = shown;
    for (const layer of person.layers) {
      if (shown) layer.addTo(this.map);
      else layer.remove();
    }
  }

  // Far out, numbers and marks would hide each other: numbers give way to dots, and of two marks that overlap the first
  // stays. The legend and the tables name everybody at every zoom.
  declutter() {
    const shown = [...this.stops.values()].filter(({ name }) => this.people.get(name).shown);
    const points = shown.map(({ marker }) => this.map.latLngToLayerPoint(marker.getLatLng()));
    this.element.classList.toggle("is-crowded", isCrowded(points));
    withoutOverlap(this.marks);
  }

  // One person among many: the others step back while a legend entry is pointed at or has focus.
  emphasise(name) {
    for (const [other, { layers }] of this.people) {
      const strength = name === null || other === name ? 1 : FADED;
      for (const layer of layers) {
        if (layer.setStyle) layer.setStyle({ opacity: strength * (layer.options.full ?? 1) });
        else if (layer.setOpacity) layer.setOpacity(strength);
        if (other === name && layer.bringToFront) layer.bringToFront();
      }
    }
  }
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
