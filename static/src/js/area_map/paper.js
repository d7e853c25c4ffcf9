// Paper has a width of its own: the map is laid out for it before the page is: around the same centre, or fitted
// anew as long as nobody has moved it.

export function startPaper(areaMap) {
  const { element, map } = areaMap;
  let screen = null;

  function forPaper() {
    if (screen) return;
    screen = { centre: map.getCenter(), zoom: map.getZoom() };
    element.classList.add("is-on-paper");
    again();
  }

  function forScreen() {
    if (!screen) return;
    element.classList.remove("is-on-paper");
    again();
    screen = null;
  }

  function again() {
    areaMap.onPaper = true; // the address keeps the view that the person chose
    map.invalidateSize({ animate: false, pan: false });
    if (areaMap.isPlaced) map.setView(screen.centre, screen.zoom, { animate: false });
    else areaMap.fit();
    areaMap.onPaper = false;
    areaMap.layer.readColours(element);
  }

  window.addEventListener("beforeprint", forPaper);
  window.addEventListener("afterprint", forScreen);
}
