// The area map of a page. Everything it needs stands in data attributes of its element:
//   data-tiles-url      /tiles/areas/2021/{z}/{x}/{y}.pbf
//   data-theme-url      bytes, class by area index (254 filtered out, 255 no data)
//   data-palette        JSON list of colours by class        data-labels   JSON list of words by class
//   data-bounds         JSON [west, south, east, north]      data-view     "zoom/lat/lon", wins over bounds
//   data-panel-url      answers ?index=N with the panel      data-panel    id of the element that shows it
//   data-label-url      answers ?index=N with {code, name}   data-status   id of the live region
//   data-selected       index of the selected area           data-beside    "The table below shows" (the same areas)
//   data-places-url     names and borders, see lsoa/orientation.py
//   data-place-url      answers ?place= or ?q= with {name, bounds, index}
//   data-in-view-url    answers ?box= with the list of areas in view
//   data-base-map-url   pictures below the areas, with data-base-map-attribution

import { FILTERED_OUT, NO_DATA, rgba } from "./paint.js";
import { AreaLayer, fetchTheme } from "./layer.js";
import { InView } from "./in_view.js";
import { startLayers } from "./layers.js";
import { startPaper } from "./paper.js";
import { startPlaceSearch } from "./place_search.js";
import { SteppedMap } from "./zoom.js";

const L = window.L;
const ENGLAND = [-6.42, 49.86, 1.77, 55.82];
const DWELL_MS = 140; // before a name is asked for: a sweeping pointer asks nothing

export function boundsOf(element) {
  const [west, south, east, north] = JSON.parse(element.dataset.bounds || "null") || ENGLAND;
  return L.latLngBounds([south, west], [north, east]);
}

export function createMap(element, options = {}) {
  const map = new SteppedMap(element, {
    minZoom: 5,
    maxZoom: 16,
    zoomControl: false,
    attributionControl: false,
    maxBounds: L.latLngBounds([48.5, -9], [57.5, 7]),
    fadeAnimation: false,
    zoomAnimation: !window.matchMedia("(prefers-reduced-motion: reduce)").matches,
    ...options,
  });
  L.control.zoom({ zoomInTitle: "Zoom in", zoomOutTitle: "Zoom out" }).addTo(map);
  L.control.scale({ imperial: true }).addTo(map);
  // A panel that opens beside the map takes width from it.
  new ResizeObserver(() => map.invalidateSize({ animate: false })).observe(element);
  return map;
}

export class AreaMap {
  constructor(element) {
    this.element = element;
    this.data = element.dataset;
    this.labels = JSON.parse(this.data.labels || "[]");
    this.palette = JSON.parse(this.data.palette || "[]").map(rgba);
    this.names = new Map();
    this.status = document.getElementById(this.data.status);
    this.map = createMap(element);
    this._setView();
    this._followsItsSize();
    this.layer = new AreaLayer(this.data.tilesUrl, {
      maxNativeZoom: Number(this.data.maxTileZoom || 14) + 1,
      prefetch: true,
    });
    this.layer.addTo(this.map);
    this._selected = Number(this.data.selected ?? -1);
    if (this._selected >= 0) this.layer.select(this._selected);
    this._load();
    this._tip();
    this._pointer();
    this._keyboard();
    this.map.on("moveend", () => this._rememberView());
    this.layer.on("tilefailed tilesmended", () => this._tellOfMissing());
    this.inView = new InView(this.map, this.data, (text) => this.say(text));
    startPlaceSearch(this);
    startPaper(this);
  }

  _setView() {
    const [zoom, lat, lon] = (this.data.view || "").split("/").map(Number);
    if (Number.isFinite(lon)) this.map.setView([lat, lon], zoom);
    else this.fit();
  }

  /** The whole place, as large as it can be. */
  fit() {
    this.map.fitBounds(boundsOf(this.element), { padding: [8, 8], animate: false });
  }

  // A place that fills the map goes on filling it when a phone is turned or a window made larger, until somebody moves
  // the map or chooses an area.
  _followsItsSize() {
    this.isPlaced = Boolean(this.data.view);
    let isFitting = false;
    this.map.on("movestart", () => {
      if (!isFitting && !this.onPaper) this.isPlaced = true;
    });
    this.map.on("resize", () => {
      if (this.isPlaced || this.onPaper) return;
      isFitting = true;
      this.fit();
      isFitting = false;
    });
  }

  /** Moves to another place (JSON bounds); where it is shown already, the view stays as the person left it. */
  showPlace(bounds) {
    if (bounds === this.data.bounds) return;
    this.data.bounds = bounds;
    this.fit();
  }

  _load() {
    const begun = performance.now();
    const ready = new Promise((resolve) => this.layer.once("load", resolve));
    this.setTheme(this.data.themeUrl)
      .then(() => ready)
      .then(() => {
        this.element.dataset.drawnIn = String(Math.round(performance.now() - begun));
        performance.mark("areamap:drawn");
        this.element.dispatchEvent(new CustomEvent("areamap:drawn", { bubbles: true }));
        // Names and borders come after the areas: they tell where, the areas tell what.
        return startLayers(this);
      });
  }

  /** Shows another theme; geometry stays. Resolves when painted. */
  async setTheme(url, { palette, labels } = {}) {
    this._asked = url;
    this.element.setAttribute("aria-busy", "true");
    try {
      const values = await fetchTheme(url);
      // Whoever chose another theme meanwhile does not want this one any more.
      if (this._asked !== url) return;
      if (palette) this.palette = palette.map(rgba);
      if (labels) this.labels = labels;
      const begun = performance.now();
      this.layer.setTheme(values, this.palette);
      this.element.dataset.painted = url;
      this.element.dataset.paintedIn = String(Math.round(performance.now() - begun));
      this._failure = null;
      this.inView?.refresh();
    } catch (error) {
      console.warn(`The values of the map could not be loaded: ${error.message}`);
      this._failure = url;
    } finally {
      this.element.removeAttribute("aria-busy");
      this._tellOfMissing();
    }
  }

  // A sentence with a button, until nothing is missing any more.
  _tellOfMissing() {
    const note = document.getElementById(`${this.element.id}-failed`);
    const isMissing = Boolean(this._failure || this.layer.missing());
    if (!note) {
      if (isMissing) this.say(this._missingWords());
      return;
    }
    if (isMissing === !note.hidden) return;
    note.hidden = !isMissing;
    note.replaceChildren();
    if (!isMissing) return;
    const button = L.DomUtil.create("button", "nhsuk-button nhsuk-button--secondary her-button");
    button.type = "button";
    button.textContent = "Load the map again";
    button.addEventListener("click", () => this._retry());
    note.append(`${this._missingWords()} `, button);
  }

  _missingWords() {
    const beside = this.data.beside || "The table below shows";
    return `${this._failure ? "The map" : "Part of the map"} could not be loaded. ${beside} the same areas.`;
  }

  async _retry() {
    this.element.focus();
    if (this._failure) await this.setTheme(this._failure);
    await this.layer.retry();
    if (!this._failure && !this.layer.missing()) this.say("The map is complete.");
  }

  _tip() {
    this.tip = L.DomUtil.create("div", "her-map__tip", this.element);
    this.tip.hidden = true;
    this.tip.setAttribute("aria-hidden", "true"); // the live region says the same
    this.cross = L.DomUtil.create("div", "her-map__cross", this.element);
  }

  _pointer() {
    this.map.on("mousemove", (event) => this._hover(this.layer.indexAt(event.latlng), event.containerPoint));
    this.map.on("mouseout movestart", () => this._hover(-1));
    this.map.on("click", (event) => this.select(this.layer.indexAt(event.latlng)));
  }

  _keyboard() {
    const { map, element } = this;
    let byPointer = false;
    element.addEventListener("pointerdown", () => {
      byPointer = true;
      element.classList.remove("is-keyboard");
    });
    element.addEventListener("focus", () => {
      if (!byPointer) {
        element.classList.add("is-keyboard");
        this._describeCentre();
      }
      byPointer = false;
    });
    element.addEventListener("keydown", (event) => {
      element.classList.add("is-keyboard");
      if (event.key === "Enter" && event.target === element) {
        event.preventDefault();
        this.select(this.layer.indexAt(map.getCenter()));
      }
    });
    map.on("moveend", () => {
      if (document.activeElement === element) this._describeCentre();
    });
  }

  _describeCentre() {
    clearTimeout(this._centreTimer);
    this._centreTimer = setTimeout(async () => {
      const index = this.layer.indexAt(this.map.getCenter());
      if (index < 0) return this.say("No area at the centre of the map.");
      const said = this._said;
      const area = await this._name(index);
      if (said === this._said) this.say(`Centre of the map: ${area.name}, ${this._word(index)}. Press Enter for details.`);
    }, 400);
  }

  _word(index) {
    const value = this.layer.classOf(index);
    if (value === undefined || value === NO_DATA) return "no data";
    return value === FILTERED_OUT ? "outside your filters" : this.labels[value] || "";
  }

  async _name(index) {
    if (!this.names.has(index) && this.data.labelUrl) {
      try {
        const answer = await fetch(`${this.data.labelUrl}?index=${index}`, { credentials: "same-origin" });
        if (answer.ok) this.names.set(index, await answer.json());
      } catch {
        // Offline: the class alone is still worth showing.
      }
    }
    return this.names.get(index) || { name: "This area", code: "" };
  }

  _hover(index, point) {
    this.element.style.cursor = index >= 0 ? "pointer" : "";
    if (index < 0) {
      this.tip.hidden = true;
      this._hovered = -1;
      clearTimeout(this._dwell);
      return;
    }
    this._placeTip(point);
    if (index === this._hovered) return;
    this._hovered = index;
    this._writeTip(this.names.get(index), index);
    clearTimeout(this._dwell);
    this._dwell = setTimeout(async () => {
      const area = await this._name(index);
      if (this._hovered === index) this._writeTip(area, index);
    }, DWELL_MS);
  }

  _writeTip(area, index) {
    this.tip.replaceChildren();
    if (area) this.tip.append(Object.assign(document.createElement("strong"), { textContent: area.name }));
    this.tip.append(this._word(index));
    this.tip.hidden = false;
  }

  _placeTip(point) {
    const size = this.map.getSize();
    const left = Math.max(4, Math.min(point.x + 14, size.x - this.tip.offsetWidth - 8));
    const below = point.y + 18 + this.tip.offsetHeight < size.y;
    this.tip.style.left = `${left}px`;
    this.tip.style.top = `${below ? point.y + 18 : Math.max(4, point.y - this.tip.offsetHeight - 12)}px`;
  }

  /** Marks the area and shows its panel; -1 clears. */
  async select(index) {
    this._selected = index;
    this.isPlaced = true; // its panel takes width from the map, which must not move below the pointer
    this.layer.select(index);
    if (index < 0) return;
    const panel = document.getElementById(this.data.panel);
    if (panel && this.data.panelUrl && window.htmx) {
      const join = this.data.panelUrl.includes("?") ? "&" : "?";
      window.htmx.ajax("GET", `${this.data.panelUrl}${join}index=${index}`, { target: panel, swap: "innerHTML" });
    }
    const said = this._said;
    const area = await this._name(index);
    if (said === this._said) this.say(`Selected: ${area.name}, ${this._word(index)}.`);
  }

  // The view belongs to the address, so that a link shows what its sender saw.
  _rememberView() {
    if (!this.data.rememberView || this.onPaper || !this.isPlaced) return;
    const centre = this.map.getCenter();
    const view = `${Number(this.map.getZoom().toFixed(3))}/${centre.lat.toFixed(4)}/${centre.lng.toFixed(4)}`;
    const url = new URL(window.location);
    url.searchParams.set("map", view);
    window.history.replaceState(window.history.state, "", url);
    for (const field of document.querySelectorAll('input[name="map"]')) field.value = view;
  }

  /** Tells people who do not see the map. What was about to be told of the map before comes too late then. */
  say(text) {
    clearTimeout(this._centreTimer);
    this._said = (this._said ?? 0) + 1;
    if (this.status) this.status.textContent = text;
  }
}
