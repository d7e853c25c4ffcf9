// Paints an identifier buffer: a look-up table turns identifiers into colours, outlines go where neighbours differ.

import { MARGIN } from "./raster.js";
import { borderLevel } from "./borders.js";

export const NO_DATA = 255;
export const FILTERED_OUT = 254;

// Little-endian RGBA, the byte order of ImageData on every machine that browsers run on.
export const rgba = (hex) => {
  const value = parseInt(hex.slice(1), 16);
  return ((255 << 24) | ((value & 255) << 16) | (value & 0xff00) | (value >>> 16)) >>> 0;
};

// Marks in the table for what has no colour of its own: their alpha is 0, as that of no colour is.
const HATCHED = 1; // painted as lines, because a grey would read as a class
const OUTSIDE = 2;
const DISTRICT_ALPHA = 0.6;
// Pixels of CSS that the border of an authority, a board and a region is wide. Where all of England is in view, boards
// would leave little of it.
const BORDER_WIDTHS = [0, 2, 3, 4];
const BORDER_WIDTHS_FAR = [0, 1, 1, 2];

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
    else if (value === FILTERED_OUT) table[index + 1] = OUTSIDE;
    else table[index + 1] = palette[value] ?? HATCHED;
  }
  return table;
}

/**
 * @param {CanvasRenderingContext2D} context of a square canvas, `size` pixels
 * @param {{ids, width}} buffer
 * @param {Uint32Array} table
 * @param {{outlines: boolean, districts: Path2D | null, borders: object | null, lowestBorder: number, selected: number,
 *   scale: number, hatchStep: number, colours: object}} options
 *   `districts`: lines in pixels of the tile, see linesOf; `borders`: see borders.js; `selected`: an index or -1;
 *   `scale`: pixels of the canvas per pixel of CSS
 */
export function paint(context, buffer, table, size, options) {
  const image = context.createImageData(size, size);
  const pixels = new Uint32Array(image.data.buffer);
  fill(pixels, buffer, table, size, options);
  if (options.outlines) outlineAreas(pixels, buffer, table, size, options.colours.outsideLine.rgba);
  if (options.borders) drawBorders(pixels, buffer, size, options);
  if (options.selected >= 0) outlineSelected(pixels, buffer, size, options.selected + 1, options);
  context.putImageData(image, 0, 0);
  if (options.districts) {
    context.globalAlpha = DISTRICT_ALPHA;
    context.strokeStyle = options.colours.district.css;
    context.lineWidth = options.scale;
    context.lineJoin = "round";
    context.stroke(options.districts);
    context.globalAlpha = 1;
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

function fill(pixels, { ids, width }, table, size, { hatchStep: step, scale, colours }) {
  const known = table.length;
  const line = Math.max(1, Math.round(scale));
  const hatch = colours.hatch.rgba;
  const hatchGround = colours.hatchGround.rgba;
  const outside = colours.outside.rgba;
  let p = 0;
  for (let y = 0; y < size; y++) {
    let i = (y + MARGIN) * width + MARGIN;
    for (let x = 0; x < size; x++, i++, p++) {
      const id = ids[i];
      if (id === 0) continue;
      const colour = id < known ? table[id] : HATCHED;
      if (colour > OUTSIDE) pixels[p] = colour;
      else if (colour === OUTSIDE) pixels[p] = outside;
      else pixels[p] = (x + y) % step < line ? hatch : hatchGround;
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

function outlineAreas(pixels, { ids, width }, table, size, outsideLine) {
  let p = 0;
  for (let y = 0; y < size; y++) {
    let i = (y + MARGIN) * width + MARGIN;
    for (let x = 0; x < size; x++, i++, p++) {
      const id = ids[i];
      if (id === 0 || (id === ids[i + 1] && id === ids[i + width])) continue;
      // Areas outside the filters are ground, not figure.
      if (table[id] === OUTSIDE) pixels[p] = outsideLine;
      else pixels[p] = isDark(pixels[p]) ? lighter(pixels[p]) : darker(pixels[p]);
    }
  }
}

// Where neighbours belong to different authorities, boards or regions; the higher, the wider.
function drawBorders(pixels, { ids, width }, size, { borders, lowestBorder, outlines, scale, colours }) {
  const widths = outlines ? BORDER_WIDTHS : BORDER_WIDTHS_FAR;
  const colour = colours.border.rgba;
  for (let y = 0; y < size; y++) {
    let i = (y + MARGIN) * width + MARGIN;
    for (let x = 0; x < size; x++, i++) {
      const id = ids[i];
      const right = ids[i + 1];
      const below = ids[i + width];
      if (id === 0 || (id === right && id === below)) continue;
      const level = Math.max(borderLevel(borders, id, right), borderLevel(borders, id, below));
      if (level >= lowestBorder) dot(pixels, size, x, y, Math.round((widths[level] - 1) * scale), colour);
    }
  }
}

function dot(pixels, size, x, y, wide, colour) {
  const before = wide >> 1;
  const fromX = Math.max(0, x - before);
  const toX = Math.min(size - 1, x - before + wide);
  const toY = Math.min(size - 1, y - before + wide);
  for (let row = Math.max(0, y - before); row <= toY; row++) pixels.fill(colour, row * size + fromX, row * size + toX + 1);
}

// A ring inside the area's border, with a halo so that it shows on every class.
function outlineSelected(pixels, { ids, width }, size, wanted, { scale, colours }) {
  const thick = Math.max(2, Math.round(2 * scale));
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const i = (y + MARGIN) * width + x + MARGIN;
      if (ids[i] !== wanted) continue;
      const distance = distanceToBorder(ids, width, x + MARGIN, y + MARGIN, wanted, thick + 1);
      if (distance <= thick) pixels[y * size + x] = colours.selected.rgba;
      else if (distance === thick + 1) pixels[y * size + x] = colours.selectedHalo.rgba;
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
