// Starts every area map of the page, and starts again those that htmx brings in.
import { AreaMap } from "./area_map/index.js";
import "./scenario.js";

function start(scope) {
  if (!window.L) return;
  // Pages of the administration have nothing else that says so, and a map without it is as low as its one sentence.
  document.body.classList.add("js-enabled");
  for (const element of scope.querySelectorAll("[data-area-map]:not([data-started])")) {
    element.dataset.started = "true";
    element.areaMap = new AreaMap(element);
  }
}

start(document);
document.addEventListener("htmx:afterSettle", (event) => {
  start(event.detail.target);
  // Filters changed: same geometry, other colours. The new theme stands in an element of the swapped content.
  for (const source of event.detail.target.querySelectorAll("[data-map-theme]")) {
    const map = document.getElementById(source.dataset.mapTheme)?.areaMap;
    if (map) {
      map.setTheme(source.dataset.themeUrl, {
        palette: source.dataset.palette && JSON.parse(source.dataset.palette),
        labels: source.dataset.labels && JSON.parse(source.dataset.labels),
      });
      if (source.dataset.panelUrl) map.data.panelUrl = source.dataset.panelUrl;
      if (source.dataset.inViewUrl) map.data.inViewUrl = source.dataset.inViewUrl;
      const summary = document.getElementById(`${map.element.id}-summary`);
      if (summary && source.dataset.summary !== undefined) summary.textContent = source.dataset.summary;
      if (source.dataset.bounds) map.showPlace(source.dataset.bounds);
    }
  }
});

// The panel of an area gives its width back to the map.
document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-close-panel]");
  if (!button) return;
  const map = document.getElementById(button.dataset.closePanel);
  map?.areaMap?.select(-1);
  document.getElementById(map?.dataset.panel)?.replaceChildren();
  map?.focus();
});

// Escape does the same, from the panel and from its map.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  event.target.closest?.(".her-map-frame")?.querySelector("[data-close-panel]")?.click();
});

// A table row can show its area on the map.
document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-show-on-map]");
  if (!button) return;
  const map = document.getElementById(button.dataset.showOnMap)?.areaMap;
  if (!map) return;
  map.map.setView([Number(button.dataset.lat), Number(button.dataset.lon)], Math.max(map.map.getZoom(), 13));
  map.select(Number(button.dataset.index));
  map.element.focus();
});
