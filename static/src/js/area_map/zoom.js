// Zooms between the whole ones, so that a place fills its map: between two whole zooms lies a factor of two, and what just
// misses the larger one would stand in the middle of a sea. Only those are taken at which a tile measures whole pixels: no
// seams between tiles, and each can be painted pixel by pixel.

const L = window.L;
const STEPS = 8; // a tile of 512 pixels measures a multiple of 64

/** The zoom nearest to this one (or, with Math.floor, the one below) at which a tile measures whole pixels. */
export function stepped(zoom, round = Math.round) {
  const whole = Math.round(zoom);
  // What is a step already may have lost its last digit.
  return whole + Math.log2(round(2 ** (zoom - whole) * STEPS + 1e-9) / STEPS);
}

/** A map that only stands at such zooms; `fitBounds` takes the largest that shows the whole place. */
export const SteppedMap = L && L.Map.extend({
  options: { zoomSnap: 0 },

  _limitZoom(zoom) {
    return L.Map.prototype._limitZoom.call(this, stepped(zoom));
  },

  getBoundsZoom(bounds, inside, padding) {
    const zoom = L.Map.prototype.getBoundsZoom.call(this, bounds, inside, padding);
    return Math.max(this.getMinZoom(), stepped(zoom, inside ? Math.ceil : Math.floor));
  },
});
