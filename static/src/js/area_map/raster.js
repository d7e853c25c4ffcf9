// Rasterises a decoded tile by scanlines into a buffer of area identifiers: 0 = none, otherwise index + 1.
// The buffer is one pixel wider on every side than the tile, so that outlines at the edge know their neighbour.

export const MARGIN = 1;

/**
 * @param tile the layer `areas` of decodeTile, or null
 * @param {number} size pixels along the tile's side
 * @returns {{ids: Uint16Array | Uint32Array, width: number}} row by row, `width` = size + 2 * MARGIN
 */
export function rasterise(tile, size) {
  const width = size + 2 * MARGIN;
  if (!tile) return { ids: new Uint16Array(width * width), width };
  let largest = 0;
  for (const id of tile.ids) if (id > largest) largest = id;
  const ids = new (largest < 65535 ? Uint16Array : Uint32Array)(width * width);
  const scale = size / tile.extent;
  const scratch = { crossings: new Float64Array(256) };
  for (let area = 0; area < tile.count; area++) fillArea(tile, area, scale, ids, width, scratch);
  return { ids, width };
}

function fillArea(tile, area, scale, ids, width, scratch) {
  const firstRow = Math.max(0, Math.ceil(tile.top[area] * scale + MARGIN - 0.5));
  const lastRow = Math.min(width - 1, Math.floor(tile.bottom[area] * scale + MARGIN - 0.5));
  const value = tile.ids[area] + 1;
  for (let row = firstRow; row <= lastRow; row++) {
    const count = crossingsOfRow(tile, area, (row + 0.5 - MARGIN) / scale, scale, scratch);
    const { crossings } = scratch;
    // Even-odd: holes and islands need no further thought.
    for (let i = 0; i + 1 < count; i += 2) {
      const from = Math.max(0, Math.ceil(crossings[i] - 0.5));
      const to = Math.min(width, Math.ceil(crossings[i + 1] - 0.5));
      if (from < to) ids.fill(value, row * width + from, row * width + to);
    }
  }
}

function crossingsOfRow(tile, area, y, scale, scratch) {
  const { firstRing, ringStart, points } = tile;
  let { crossings } = scratch;
  let count = 0;
  for (let ring = firstRing[area]; ring < firstRing[area + 1]; ring++) {
    const end = ringStart[ring + 1];
    let x0 = points[end - 2];
    let y0 = points[end - 1];
    for (let k = ringStart[ring]; k < end; k += 2) {
      const x1 = points[k];
      const y1 = points[k + 1];
      if (y1 > y !== y0 > y) {
        if (count === crossings.length) {
          const larger = new Float64Array(count * 2);
          larger.set(crossings);
          crossings = scratch.crossings = larger;
        }
        crossings[count++] = (x0 + ((y - y0) * (x1 - x0)) / (y1 - y0)) * scale + MARGIN;
      }
      x0 = x1;
      y0 = y1;
    }
  }
  if (count === 2) {
    if (crossings[0] > crossings[1]) {
      const swap = crossings[0];
      crossings[0] = crossings[1];
      crossings[1] = swap;
    }
  } else if (count > 2) crossings.subarray(0, count).sort();
  return count;
}
