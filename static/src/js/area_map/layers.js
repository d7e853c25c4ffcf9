// What lies over and under the areas: borders and names of our own, and a base map where the operator has one.

import { readBorders } from "./borders.js";
import { NamesLayer } from "./names.js";
import { remember, remembered } from "./remembered.js";

const L = window.L;
// With a base map below, the areas let it through; their order of lightness stays.
const OVER_BASE_MAP = 0.7;

/** Loads names and borders, adds the base map, and heeds the boxes that switch them. */
export async function startLayers(areaMap) {
  if (areaMap.data.baseMapUrl) startBaseMap(areaMap);
  if (!areaMap.data.placesUrl) return;
  const answer = await fetch(areaMap.data.placesUrl, { credentials: "same-origin" });
  // Without them the map is plainer, and says as much by its look.
  if (!answer.ok) return;
  const places = await answer.json();
  areaMap.layer.setBorders(readBorders(places.borders));
  const names = new NamesLayer(places, () => areaMap.layer.colours);
  areaMap.layer.on("colours", () => names._map && names.draw());
  switchedBy(areaMap, "names", (isOn) => (isOn ? names.addTo(areaMap.map) : names.remove()));
  areaMap.element.dispatchEvent(new CustomEvent("areamap:named", { bubbles: true }));
  areaMap.element.dataset.named = "true";
}

function startBaseMap(areaMap) {
  const { map, layer, data } = areaMap;
  map.createPane("base").style.zIndex = 150;
  const base = L.tileLayer(data.baseMapUrl, {
    pane: "base",
    maxZoom: 19,
    // Servers of maps ask who shows them; the page that somebody looks at is not their business.
    referrerPolicy: "strict-origin-when-cross-origin",
  });
  let isTold = false;
  base.on("tileerror", () => {
    if (!isTold) areaMap.say("The base map cannot be reached. The areas are complete without it.");
    isTold = true;
  });
  switchedBy(areaMap, "base", (isOn) => {
    if (isOn) base.addTo(map);
    else base.remove();
    layer.setOpacity(isOn ? OVER_BASE_MAP : 1);
  });
}

// A box that stays as it was left: in the address, as 0 where it is off.
function switchedBy(areaMap, name, change) {
  const box = document.querySelector(`[data-map-layer="${name}"][data-map-of="${areaMap.element.id}"]`);
  if (box) {
    box.checked = remembered(name) !== "0";
    box.addEventListener("change", () => {
      remember(name, box.checked ? null : "0");
      change(box.checked);
    });
  }
  change(box ? box.checked : true);
}
