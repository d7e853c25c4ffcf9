// The colours of a map that are not its palette: ground, lines, names. They stand in custom properties of the style
// sheet, so that the themes of the portal, forced colours and paper each have their own; a canvas cannot follow those by
// itself, so they are read once and read again when the theme changes.

const PROPERTIES = {
  hatch: "--her-map-hatch",
  hatchGround: "--her-map-hatch-ground",
  outside: "--her-map-outside",
  outsideLine: "--her-map-outside-line",
  district: "--her-map-district",
  border: "--her-map-border",
  selected: "--her-map-selected",
  selectedHalo: "--her-map-selected-halo",
  name: "--her-map-name",
  nameHalo: "--her-map-name-halo",
};

let pixel = null;

// Whatever a style sheet may say (a word, a mixture, a system colour) as four bytes, by painting it.
function bytesOf(colour) {
  if (!pixel) {
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = 1;
    pixel = canvas.getContext("2d", { willReadFrequently: true });
  }
  pixel.clearRect(0, 0, 1, 1);
  pixel.fillStyle = colour;
  pixel.fillRect(0, 0, 1, 1);
  return pixel.getImageData(0, 0, 1, 1).data;
}

// Little-endian RGBA, the byte order of ImageData on every machine that browsers run on.
const numberOf = ([red, green, blue]) => ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;

/** @returns {Object<string, {css: string, rgba: number}>} by the names above, as they hold inside this element */
export function readColours(element) {
  const probe = document.createElement("span");
  probe.hidden = true;
  // Forced colours would replace what is asked for.
  probe.style.forcedColorAdjust = "none";
  element.append(probe);
  const colours = {};
  for (const [name, property] of Object.entries(PROPERTIES)) {
    probe.style.color = `var(${property})`;
    const css = getComputedStyle(probe).color;
    colours[name] = { css, rgba: numberOf(bytesOf(css)) };
  }
  probe.remove();
  return colours;
}

/** Calls back whenever the colours may have become others; returns a function that ends it. */
export function onColoursChange(callback) {
  const observer = new MutationObserver(callback);
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
  const queries = ["(prefers-color-scheme: dark)", "(prefers-contrast: more)", "(forced-colors: active)", "print"].map(
    (query) => window.matchMedia(query),
  );
  for (const query of queries) query.addEventListener("change", callback);
  return () => {
    observer.disconnect();
    for (const query of queries) query.removeEventListener("change", callback);
  };
}
