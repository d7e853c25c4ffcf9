// Paints an identifier buffer: a look-up table turns identifiers into colours, outlines go where neighbours differ.

import { MARGIN } from "./raster.js";

export const NO_DATA = 255;
export const FILTERED_OUT = 254;

// Little-endian RGBA, the byte order of ImageData on every machine that browsers run on.
export const rgba = (hex) => {
  const value = parseInt(hex.slice(1), 16);
  return ((255 << 24) | ((value & 255) << 16) | (value & 0xff00) | (value >>> 16)) >>> 0;
};

const TRANSPARENT = 0;
const HATCHED = 1; // marks "no data" in the table; painted as lines, because a grey would read as a class
const HATCH_LINE = rgba("#8a98a3");
const HATCH_GROUND = rgba("#ffffff");
const FILTERED_COLOUR = rgba("#f3f5f6");
const FILTERED_LINE = rgba("#d5dce0"); // filtered areas are ground, not figure
const DISTRICT_LINE = "rgba(33, 43, 50, 0.55)";
const SELECTED_LINE = rgba("#d5281b");
const SELECTED_HALO = rgba("#ffffff");

/**
 * @param {Uint8Array} classes class by area index
 * @param {number[]} palette colours by class as RGBA numbers
 * @returns {Uint32Array} colour by identifier (index + 1)
 */
export function lookUpTable(classes, palette) {
  const table = new Uint32Array(classes.length + 1);
  for (let index = 0; index < classes.length; index++) {
    const value = classes[index];
    if (value === NO_DATA) table[index + 1] = HATCHED;
    else if (value === FILTERED_OUT) table[index + 1] = FILTERED_COLOUR;
    else table[index + 1] = palette[value] ?? HATCHED;
  }
  return table;
}

/**
 * @param {CanvasRenderingContext2D} context of a square canvas, `size` pixels
 * @param {{ids, width}} buffer
 * @param {Uint32Array} table
 * @param {{outlines: boolean, districts: Path2D | null, selected: number, hatchStep: number}} options
 *   `districts`: lines in pixels of the tile, see linesOf; `selected`: an index or -1
 */
export function paint(context, buffer, table, size, options) {
  const image = context.createImageData(size, size);
  const pixels = new Uint32Array(image.data.buffer);
  fill(pixels, buffer, table, size, options.hatchStep);
  if (options.outlines) outlineAreas(pixels, buffer, size);
  if (options.selected >= 0) outlineSelected(pixels, buffer, size, options.selected + 1, options.hatchStep / 6);
  context.putImageData(image, 0, 0);
  if (options.districts) {
    context.strokeStyle = DISTRICT_LINE;
    context.lineWidth = options.hatchStep / 6;
    context.lineJoin = "round";
    context.stroke(options.districts);
  }
}

/** The lines of a decoded layer as one path in pixels, or null. */
export function linesOf(layer, size) {
  if (!layer) return null;
  const { ringStart, points } = layer;
  const scale = size / layer.extent;
  const path = new Path2D();
  for (let line = 0; line + 1 < ringStart.length; line++) {
    let k = ringStart[line];
    path.moveTo(points[k] * scale, points[k + 1] * scale);
    for (k += 2; k < ringStart[line + 1]; k += 2) path.lineTo(points[k] * scale, points[k + 1] * scale);
  }
  return path;
}

function fill(pixels, { ids, width }, table, size, step) {
  const known = table.length;
  const line = Math.max(1, Math.round(step / 6));
  let p = 0;
  for (let y = 0; y < size; y++) {
    let i = (y + MARGIN) * width + MARGIN;
    for (let x = 0; x < size; x++, i++, p++) {
      const id = ids[i];
      if (id === 0) continue;
      const colour = id < known ? table[id] : HATCHED;
      pixels[p] = colour === HATCHED ? ((x + y) % step < line ? HATCH_LINE : HATCH_GROUND) : colour;
    }
  }
}

// Two thirds of each channel and a little blue: a border that shows on the palest and on the darkest class.
const darker = (colour) =>
  (0xff000000 |
    (((((colour >>> 16) & 255) * 2) / 3) << 16) |
    (((((colour >>> 8) & 255) * 5) / 9) << 8) |
    (((colour & 255) * 5) / 9)) >>>
  0;
const lighter = (colour) =>
  (0xff000000 |
    ((128 + (((colour >>> 16) & 255) >> 1)) << 16) |
    ((128 + (((colour >>> 8) & 255) >> 1)) << 8) |
    (128 + ((colour & 255) >> 1))) >>>
  0;
const isDark = (colour) => (colour & 255) + ((colour >>> 8) & 255) < 150;

function border(colour) {
  if (colour === FILTERED_COLOUR) return FILTERED_LINE;
  return isDark(colour) ? lighter(colour) : darker(colour);
}

function outlineAreas(pixels, { ids, width }, size) {
  let p = 0;
  for (let y = 0; y < size; y++) {
    let i = (y + MARGIN) * width + MARGIN;
    for (let x = 0; x < size; x++, i++, p++) {
      const id = ids[i];
      if (id !== 0 && (id !== ids[i + 1] || id !== ids[i + width])) pixels[p] = border(pixels[p]);
    }
  }
}

// A ring inside the area's border, with a pale halo so that it shows on every class.
function outlineSelected(pixels, { ids, width }, size, wanted, scale) {
  const thick = Math.max(2, Math.round(2 * scale));
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const i = (y + MARGIN) * width + x + MARGIN;
      if (ids[i] !== wanted) continue;
      const distance = distanceToBorder(ids, width, x + MARGIN, y + MARGIN, wanted, thick + 1);
      if (distance <= thick) pixels[y * size + x] = SELECTED_LINE;
      else if (distance === thick + 1) pixels[y * size + x] = SELECTED_HALO;
    }
  }
}

function distanceToBorder(ids, width, x, y, wanted, limit) {
  for (let d = 1; d <= limit; d++) {
    for (const [dx, dy] of [[d, 0], [-d, 0], [0, d], [0, -d]]) {
      const nx = x + dx;
      const ny = y + dy;
      if (nx < 0 || ny < 0 || nx >= width || ny >= width) continue;
      if (ids[ny * width + nx] !== wanted) return d;
    }
  }
  return limit + 1;
}
