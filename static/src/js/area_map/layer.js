// A Leaflet grid layer that paints areas from identifier buffers. Geometry tiles never change, so they are fetched
// once (and cached by the browser); another theme only repaints what is in memory.

import { decodeTile } from "./tile.js";
import { MARGIN, rasterise } from "./raster.js";
import { linesOf, lookUpTable, paint } from "./paint.js";

const TILE_SIZE = 512;
// Below this zoom of the tile pyramid area outlines would turn cities dark.
const AREA_OUTLINES_FROM = 9;
const HATCH_STEP = 6; // CSS pixels between two hatch lines

const L = window.L;

export const AreaLayer = L && L.GridLayer.extend({
  options: {
    tileSize: TILE_SIZE,
    // Leaflet counts zoom by tiles of 256 pixels.
    zoomOffset: -1,
    maxNativeZoom: 15,
    keepBuffer: 3,
    updateWhenZooming: false,
    noWrap: true,
    areaOutlinesFrom: AREA_OUTLINES_FROM,
  },

  initialize(urlTemplate, options) {
    L.setOptions(this, options);
    this._url = urlTemplate;
    this._table = null;
    this._palette = [];
    this._selected = -1;
    // A buffer per painted tile, by tile key.
    this._painted = new Map();
    this._ratio = Math.min(2, Math.max(1, Math.round(window.devicePixelRatio || 1)));
    this.on("tileunload", (event) => this._forget(event.coords));
  },

  createTile(coords, done) {
    const size = TILE_SIZE * this._ratio;
    const canvas = L.DomUtil.create("canvas", "leaflet-tile");
    canvas.width = canvas.height = size;
    const abort = new AbortController();
    const entry = { canvas, size, zoom: coords.z + this.options.zoomOffset, buffer: null, districts: null, abort };
    this._painted.set(this._tileCoordsToKey(coords), entry);
    this._fetch(coords, entry, abort.signal).then(
      (buffer) => {
        const { areas, districts } = decodeTile(buffer);
        entry.buffer = rasterise(areas, size);
        entry.districts = linesOf(districts, size);
        this._paint(entry);
        done(null, canvas);
      },
      (error) => done(error, canvas),
    );
    return canvas;
  },

  async _fetch(coords, entry, signal) {
    const url = L.Util.template(this._url, { z: entry.zoom, x: coords.x, y: coords.y });
    const answer = await fetch(url, { signal, credentials: "same-origin" });
    if (answer.status === 204 || answer.status === 404) return new ArrayBuffer(0);
    if (!answer.ok) throw new Error(`tile ${answer.status}`);
    return answer.arrayBuffer();
  },

  _forget(coords) {
    const key = this._tileCoordsToKey(coords);
    this._painted.get(key)?.abort.abort();
    this._painted.delete(key);
  },

  _paint(entry) {
    if (!entry.buffer || !this._table) return;
    paint(entry.canvas.getContext("2d"), entry.buffer, this._table, entry.size, {
      outlines: entry.zoom >= this.options.areaOutlinesFrom,
      districts: entry.districts,
      selected: this._selected,
      hatchStep: HATCH_STEP * this._ratio,
    });
  },

  _repaint() {
    for (const entry of this._painted.values()) this._paint(entry);
  },

  /** @param {Uint8Array} classes class by area index  @param {number[]} palette RGBA by class */
  setTheme(classes, palette) {
    this._classes = classes;
    this._table = lookUpTable(classes, palette);
    this._repaint();
    return this;
  },

  /** Marks one area (its index; -1 for none). */
  select(index) {
    this._selected = index;
    this._repaint();
    return this;
  },

  classOf(index) {
    return this._classes?.[index];
  },

  /** Index of the area at a place, or -1: read from the buffer that was painted, so it is what the eye sees. */
  indexAt(latlng) {
    if (!this._map) return -1;
    const zoom = this._tileZoom;
    if (zoom === undefined) return -1;
    const point = this._map.project(latlng, zoom);
    const coords = point.divideBy(TILE_SIZE).floor();
    coords.z = zoom;
    const entry = this._painted.get(this._tileCoordsToKey(coords));
    if (!entry?.buffer) return -1;
    const { ids, width } = entry.buffer;
    const x = Math.floor((point.x - coords.x * TILE_SIZE) * this._ratio) + MARGIN;
    const y = Math.floor((point.y - coords.y * TILE_SIZE) * this._ratio) + MARGIN;
    return ids[y * width + x] - 1;
  },
});

export async function fetchTheme(url) {
  const answer = await fetch(url, { credentials: "same-origin" });
  if (!answer.ok) throw new Error(`theme ${answer.status}`);
  return new Uint8Array(await answer.arrayBuffer());
}
