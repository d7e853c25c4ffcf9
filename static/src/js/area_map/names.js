// Names of places on a canvas of their own above the areas: as many as fit, the larger place first.

const L = window.L;

// By kind: zooms of Leaflet at which it is written, the size in pixels, and from which zoom on how many areas it needs.
const KINDS = [
  { kind: "region", from: 5, to: 7, size: 14, weight: 600, spacing: "0.06em" },
  { kind: "local_authority", from: 7, to: 11, size: 13, weight: 600, least: { 7: 150, 8: 90, 9: 30 } },
  { kind: "settlement", from: 10, to: 16, size: 14, weight: 600, least: { 10: 12, 11: 4 } },
  { kind: "ward", from: 12, to: 16, size: 12, weight: 400 },
];
const HALO = 3.5;
const GAP = 4; // pixels that two names keep between them

export const NamesLayer = L && L.Layer.extend({
  /** @param {{places: Object<string, Array<[string, number, number, number]>>}} document  @param colours `() => colours` */
  initialize(document, colours) {
    this._places = document.places;
    this._colours = colours;
  },

  onAdd(map) {
    const pane = map.getPane("names") || map.createPane("names");
    pane.style.zIndex = 450;
    pane.style.pointerEvents = "none";
    this._canvas = L.DomUtil.create("canvas", "her-map__names leaflet-zoom-hide", pane);
    // The list of areas in view and the table say where things are.
    this._canvas.setAttribute("aria-hidden", "true");
    map.on("moveend resize viewreset", this.draw, this);
    this.draw();
    return this;
  },

  onRemove(map) {
    map.off("moveend resize viewreset", this.draw, this);
    this._canvas.remove();
  },

  draw() {
    const map = this._map;
    const size = map.getSize();
    const ratio = Math.min(3, window.devicePixelRatio || 1);
    const canvas = this._canvas;
    L.DomUtil.setPosition(canvas, map.containerPointToLayerPoint([0, 0]));
    canvas.width = size.x * ratio;
    canvas.height = size.y * ratio;
    canvas.style.width = `${size.x}px`;
    canvas.style.height = `${size.y}px`;
    const context = canvas.getContext("2d");
    context.scale(ratio, ratio);
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.lineJoin = "round";
    const { name, nameHalo } = this._colours();
    context.fillStyle = name.css;
    context.strokeStyle = nameHalo.css;
    context.lineWidth = HALO;
    const written = this._write(context, size);
    canvas.dataset.names = String(written);
  },

  _write(context, size) {
    const map = this._map;
    const zoom = Math.round(map.getZoom());
    const bounds = map.getBounds();
    const larger = parseFloat(getComputedStyle(document.documentElement).fontSize) / 16 || 1;
    const boxes = [];
    const told = new Set();
    for (const { kind, from, to, size: pixels, weight, spacing, least } of KINDS) {
      if (zoom < from || zoom > to) continue;
      const height = pixels * larger;
      context.font = `${weight} ${height}px arial, sans-serif`;
      context.letterSpacing = spacing || "0px";
      for (const [whole, lon, lat, areas] of this._places[kind] || []) {
        // "Dudley (Dudley)": on a map its place tells which one is meant.
        const name = whole.replace(/ \(.*\)$/, "");
        // The largest stand first in the document.
        if (areas < (least?.[zoom] ?? 0)) break;
        if (told.has(name) || !bounds.contains([lat, lon])) continue;
        const box = boxOf(map.latLngToContainerPoint([lat, lon]), context.measureText(name).width, height);
        if (box.left < 0 || box.right > size.x || box.top < 0 || box.bottom > size.y) continue;
        if (boxes.some((other) => collide(box, other))) continue;
        boxes.push(box);
        told.add(name);
        const x = (box.left + box.right) / 2;
        const y = (box.top + box.bottom) / 2;
        context.strokeText(name, x, y);
        context.fillText(name, x, y);
      }
    }
    return boxes.length;
  },
});

function boxOf(point, width, height) {
  return { left: point.x - width / 2, right: point.x + width / 2, top: point.y - height / 2, bottom: point.y + height / 2 };
}

function collide(one, other) {
  return (
    one.left < other.right + GAP && other.left < one.right + GAP && one.top < other.bottom + GAP && other.top < one.bottom + GAP
  );
}
