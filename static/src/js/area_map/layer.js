// A Leaflet grid layer that paints areas from identifier buffers. Geometry tiles never change, so they are fetched
// once (and cached by the browser); another theme only repaints what is in memory.
// Events: "tilefailed" when a tile is given up, "tilesmended" when none is missing any more.

import { decodeTile } from "./tile.js";
import { MARGIN, rasterise } from "./raster.js";
import { linesOf, lookUpTable, paint } from "./paint.js";
import { onColoursChange, readColours } from "./colours.js";

const TILE_SIZE = 512;
// Below this zoom of the tile pyramid area outlines would turn cities dark.
const AREA_OUTLINES_FROM = 9;
const HATCH_STEP = 6; // CSS pixels between two hatch lines
// Milliseconds before a tile is asked for again: a worker that restarts is back by then.
const RETRIES = [500, 2000];
const MOST_PREFETCHED = 16;
const AUTHORITIES = 1, BOARDS = 2, REGIONS = 3;
const BOARDS_FROM = 7;

const L = window.L;

const pause = (milliseconds, signal) =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(signal.reason);
    });
  });

const whenIdle = window.requestIdleCallback || ((work) => setTimeout(work, 200));

class TileRefused extends Error {}

// Where tiles bring the lines of authorities themselves, only those above them are drawn.
function lowestBorder({ districts, zoom }) {
  if (zoom < BOARDS_FROM) return REGIONS;
  return districts ? BOARDS : AUTHORITIES;
}

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
    prefetch: false,
  },

  initialize(urlTemplate, options) {
    L.setOptions(this, options);
    this._url = urlTemplate;
    this._table = null;
    this._borders = null;
    this._selected = -1;
    // A buffer per painted tile, by tile key.
    this._painted = new Map();
    this._fetched = new Set();
    this._ratio = Math.min(2, Math.max(1, Math.round(window.devicePixelRatio || 1)));
    this.on("tileunload", (event) => this._forget(event.coords));
  },

  onAdd(map) {
    this.readColours(map.getContainer());
    this._endColours = onColoursChange(() => this.readColours(map.getContainer()));
    if (this.options.prefetch) {
      this.on("load", this._prefetchSoon, this);
      map.on("movestart", this._endPrefetch, this);
    }
    map.on("zoomend", this._refine, this);
    return L.GridLayer.prototype.onAdd.call(this, map);
  },

  onRemove(map) {
    this._endColours();
    this._endPrefetch();
    map.off("movestart", this._endPrefetch, this);
    map.off("zoomend", this._refine, this);
    return L.GridLayer.prototype.onRemove.call(this, map);
  },

  /** Takes the colours that hold in the element now, and repaints where they have changed. */
  readColours(element) {
    const colours = readColours(element);
    if (JSON.stringify(colours) === JSON.stringify(this.colours)) return;
    this.colours = colours;
    this._repaint();
    this.fire("colours");
  },

  createTile(coords, done) {
    const size = this._sizeOf(coords);
    const canvas = L.DomUtil.create("canvas", "leaflet-tile");
    canvas.width = canvas.height = size;
    const entry = {
      coords, canvas, size, zoom: coords.z + this.options.zoomOffset, buffer: null, districts: null, failed: false,
      abort: new AbortController(),
    };
    this._painted.set(this._tileCoordsToKey(coords), entry);
    this._draw(entry).then(
      () => done(null, canvas),
      (error) => {
        done(error, canvas);
        if (!entry.abort.signal.aborted) this._giveUp(entry);
      },
    );
    return canvas;
  },

  async _draw(entry) {
    const { areas, districts } = decodeTile(await this._fetch(entry));
    entry.size = this._sizeOf(entry.coords);
    if (entry.canvas.width !== entry.size) entry.canvas.width = entry.canvas.height = entry.size;
    entry.buffer = rasterise(areas, entry.size);
    entry.districts = linesOf(districts, entry.size);
    this._paint(entry);
  },

  // Pixels of the screen along the side of a tile, at the zoom that is shown or moved to.
  _sizeOf(coords) {
    const map = this._map;
    const zoom = map._animatingZoom ? map._animateToZoom : map.getZoom();
    return Math.round(TILE_SIZE * this._ratio * map.getZoomScale(zoom, coords.z));
  },

  // Tiles that stay over a change of zoom are painted anew in its size. They come from the browser's cache.
  _refine() {
    for (const entry of this._painted.values()) {
      if (entry.coords.z !== this._tileZoom || entry.failed || !entry.buffer) continue;
      if (entry.size === this._sizeOf(entry.coords)) continue;
      this._draw(entry).catch((error) => {
        // What is painted already says the same, only coarser.
        if (!entry.abort.signal.aborted) console.warn(`A tile stays coarse: ${error.message}`);
      });
    }
  },

  // As Leaflet's own, but not rounded: with it tiles would lie between the pixels of the screen.
  _setZoomTransform(level, centre, zoom) {
    const scale = this._map.getZoomScale(zoom, level.zoom);
    const origin = this._map._getNewPixelOrigin(centre, zoom);
    L.DomUtil.setTransform(level.el, level.origin.multiplyBy(scale).subtract(origin), scale);
  },

  _urlOf(coords) {
    return L.Util.template(this._url, { z: coords.z + this.options.zoomOffset, x: coords.x, y: coords.y });
  },

  async _fetch(entry) {
    const url = this._urlOf(entry.coords);
    const { signal } = entry.abort;
    this._fetched.add(url);
    for (let attempt = 0; ; attempt++) {
      try {
        return await this._fetchOnce(url, signal);
      } catch (error) {
        if (signal.aborted || error instanceof TileRefused || attempt >= RETRIES.length) throw error;
        await pause(RETRIES[attempt], signal);
      }
    }
  },

  async _fetchOnce(url, signal) {
    const answer = await fetch(url, { signal, credentials: "same-origin" });
    if (answer.status === 204 || answer.status === 404) return new ArrayBuffer(0);
    // Who may not see tiles, or has been signed out, may not see them in two seconds either.
    if (answer.redirected || answer.status === 401 || answer.status === 403) throw new TileRefused(String(answer.status));
    if (!answer.ok) throw new Error(`tile ${answer.status}`);
    return answer.arrayBuffer();
  },

  _giveUp(entry) {
    entry.failed = true;
    this.fire("tilefailed");
  },

  missing() {
    return [...this._painted.values()].filter((entry) => entry.failed).length;
  },

  /** Asks again for the tiles that were given up; resolves when each has come or been given up once more. */
  async retry() {
    const failed = [...this._painted.values()].filter((entry) => entry.failed);
    await Promise.all(
      failed.map(async (entry) => {
        try {
          await this._draw(entry);
          entry.failed = false;
          entry.canvas.classList.add("leaflet-tile-loaded");
        } catch (error) {
          if (entry.abort.signal.aborted) entry.failed = false;
          else console.warn(`The map still lacks a tile: ${error.message}`);
        }
      }),
    );
    this.fire(this.missing() ? "tilefailed" : "tilesmended");
  },

  _forget(coords) {
    const key = this._tileCoordsToKey(coords);
    const entry = this._painted.get(key);
    if (!entry) return;
    entry.abort.abort();
    this._painted.delete(key);
    if (entry.failed && !this.missing()) this.fire("tilesmended");
  },

  // What lies just beyond the edge is fetched while nobody waits, into the browser's cache.
  _prefetchSoon() {
    if (navigator.connection?.saveData) return;
    this._endPrefetch();
    const abort = new AbortController();
    this._prefetching = abort;
    whenIdle(() => this._prefetch(abort.signal));
  },

  _endPrefetch() {
    this._prefetching?.abort();
  },

  async _prefetch(signal) {
    for (const url of this._neighbours()) {
      if (signal.aborted) return;
      try {
        const answer = await fetch(url, { signal, credentials: "same-origin", priority: "low" });
        await answer.arrayBuffer();
        if (answer.ok) this._fetched.add(url);
      } catch {
        // The map asks again when it needs the tile, and says so if it cannot be had.
        return;
      }
    }
  },

  _neighbours() {
    const zoom = this._tileZoom;
    if (!this._map || zoom === undefined) return [];
    const range = this._pxBoundsToTileRange(this._getTiledPixelBounds(this._map.getCenter()));
    const urls = [];
    for (let y = range.min.y - 1; y <= range.max.y + 1; y++) {
      for (let x = range.min.x - 1; x <= range.max.x + 1; x++) {
        const coords = { x, y, z: zoom };
        const isShown = x >= range.min.x && x <= range.max.x && y >= range.min.y && y <= range.max.y;
        if (isShown || !this._isValidTile(coords)) continue;
        const url = this._urlOf(coords);
        if (!this._fetched.has(url)) urls.push(url);
      }
    }
    return urls.slice(0, MOST_PREFETCHED);
  },

  _paint(entry) {
    if (!entry.buffer || !this._table) return;
    const outlines = entry.zoom >= this.options.areaOutlinesFrom;
    paint(entry.canvas.getContext("2d"), entry.buffer, this._table, entry.size, {
      outlines,
      districts: entry.districts,
      borders: this._borders,
      lowestBorder: lowestBorder(entry),
      selected: this._selected,
      scale: this._ratio,
      hatchStep: HATCH_STEP * this._ratio,
      colours: this.colours,
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

  /** @param {Uint16Array[]} borders see borders.js */
  setBorders(borders) {
    this._borders = borders;
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
    const scale = entry.size / TILE_SIZE;
    const x = Math.floor((point.x - coords.x * TILE_SIZE) * scale) + MARGIN;
    const y = Math.floor((point.y - coords.y * TILE_SIZE) * scale) + MARGIN;
    return ids[y * width + x] - 1;
  },
});

export async function fetchTheme(url) {
  const answer = await fetch(url, { credentials: "same-origin" });
  if (!answer.ok) throw new Error(`theme ${answer.status}`);
  return new Uint8Array(await answer.arrayBuffer());
}
