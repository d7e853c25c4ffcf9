// Decodes a Mapbox vector tile (specification 2.1) straight into typed arrays: the layer `areas` (polygons, feature id =
// index of the area) and, at low zooms, the layer `districts` (lines). The tiles carry nothing else; a general decoder
// would build an object per point, and there are some hundred thousand points in a tile of England.

const VARINT = 0, FIXED64 = 1, BYTES = 2, FIXED32 = 5;
const TILE_LAYER = 3, LAYER_NAME = 1, LAYER_FEATURE = 2, LAYER_EXTENT = 5;
const FEATURE_ID = 1, FEATURE_GEOMETRY = 4;
const MOVE_TO = 1, CLOSE_PATH = 7;

class Reader {
  constructor(bytes) {
    this.bytes = bytes;
    this.position = 0;
  }

  varint() {
    const { bytes } = this;
    let byte = bytes[this.position++];
    let value = byte & 127;
    for (let shift = 7; byte > 127; shift += 7) {
      byte = bytes[this.position++];
      value |= (byte & 127) << shift;
    }
    return value >>> 0;
  }

  skip(wire) {
    if (wire === VARINT) this.varint();
    else if (wire === BYTES) this.position += this.varint();
    else if (wire === FIXED32) this.position += 4;
    else if (wire === FIXED64) this.position += 8;
    else throw new Error("not a vector tile");
  }
}

// Grows by doubling; `trim()` gives what was filled.
class Growing {
  constructor(Type, capacity) {
    this.Type = Type;
    this.array = new Type(capacity);
    this.length = 0;
  }

  reserve(extra) {
    const wanted = this.length + extra;
    if (wanted <= this.array.length) return;
    const larger = new this.Type(Math.max(wanted, this.array.length * 2));
    larger.set(this.array);
    this.array = larger;
  }

  push(value) {
    if (this.length === this.array.length) this.reserve(1);
    this.array[this.length++] = value;
  }

  trim() {
    return this.array.slice(0, this.length);
  }
}

/**
 * @param {ArrayBuffer} buffer one tile, already unpacked
 * @returns {{areas: Layer | null, districts: Layer | null}} Layer: {extent, count, ids: Uint32Array,
 *   firstRing: Uint32Array, ringStart: Uint32Array, points: Int16Array, top: Int16Array, bottom: Int16Array};
 *   rings (or lines) of feature i are firstRing[i] .. firstRing[i+1]-1, the x,y pairs of ring r are points
 *   ringStart[r] .. ringStart[r+1]-1, rings closed; top and bottom bound each feature
 */
export function decodeTile(buffer) {
  const reader = new Reader(new Uint8Array(buffer));
  const layers = { areas: null, districts: null };
  const end = reader.bytes.length;
  while (reader.position < end) {
    const key = reader.varint();
    if (key >>> 3 !== TILE_LAYER) reader.skip(key & 7);
    else {
      const { name, layer } = decodeLayer(reader, reader.varint());
      if (name in layers) layers[name] = layer;
    }
  }
  return layers;
}

function decodeLayer(reader, length) {
  const end = reader.position + length;
  const state = {
    ids: new Growing(Uint32Array, 1024),
    firstRing: new Growing(Uint32Array, 1024),
    ringStart: new Growing(Uint32Array, 4096),
    points: new Growing(Int16Array, 1 << 16),
    top: new Growing(Int16Array, 1024),
    bottom: new Growing(Int16Array, 1024),
  };
  let extent = 4096;
  let name = "";
  while (reader.position < end) {
    const key = reader.varint();
    const field = key >>> 3;
    if (field === LAYER_FEATURE) decodeFeature(reader, reader.varint(), state);
    else if (field === LAYER_EXTENT) extent = reader.varint();
    else if (field === LAYER_NAME) {
      const size = reader.varint();
      name = String.fromCharCode(...reader.bytes.subarray(reader.position, reader.position + size));
      reader.position += size;
    } else reader.skip(key & 7);
  }
  const count = state.ids.length;
  state.firstRing.push(state.ringStart.length);
  state.ringStart.push(state.points.length);
  const arrays = Object.fromEntries(Object.entries(state).map(([key, growing]) => [key, growing.trim()]));
  return { name, layer: { extent, count, ...arrays } };
}

function decodeFeature(reader, length, state) {
  const end = reader.position + length;
  let id = 0;
  let bounds = null;
  state.firstRing.push(state.ringStart.length);
  while (reader.position < end) {
    const key = reader.varint();
    const field = key >>> 3;
    if (field === FEATURE_ID) id = reader.varint();
    else if (field === FEATURE_GEOMETRY) bounds = decodeGeometry(reader, reader.varint(), state);
    else reader.skip(key & 7);
  }
  state.ids.push(id);
  state.top.push(bounds ? bounds.top : 1);
  state.bottom.push(bounds ? bounds.bottom : 0);
}

function decodeGeometry(reader, length, { points, ringStart }) {
  const end = reader.position + length;
  // A command needs at least a byte per number, so this bounds the numbers that follow (closing points included).
  points.reserve(2 * length);
  let x = 0, y = 0, startX = 0, startY = 0, top = 32767, bottom = -32768;
  while (reader.position < end) {
    const command = reader.varint();
    const operation = command & 7;
    if (operation === CLOSE_PATH) {
      points.push(startX);
      points.push(startY);
      continue;
    }
    if (operation === MOVE_TO) ringStart.push(points.length);
    for (let left = command >>> 3; left > 0; left--) {
      const dx = reader.varint();
      const dy = reader.varint();
      x += (dx >>> 1) ^ -(dx & 1);
      y += (dy >>> 1) ^ -(dy & 1);
      points.push(x);
      points.push(y);
      if (operation === MOVE_TO) {
        startX = x;
        startY = y;
      }
      if (y < top) top = y;
      if (y > bottom) bottom = y;
    }
  }
  return { top, bottom };
}
