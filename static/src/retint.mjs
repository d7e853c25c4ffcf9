// NHS.UK frontend compiles its colours into every rule. Here each of them becomes a token of scss/_themes.scss, so that dark and
// high contrast reach every component. Which token depends on what the colour does: the same blue is a ground under white
// words on a button and the ink of a link, and only one of the two may turn pale on a dark page.
// A colour that has no token stops the build: a newer library, or a literal in our own sheets, must not slip through.

const INK = {
  "#fff": "on-solid",
  "#212b32": "ink",
  "#000": "ink",
  "#005eb8": "blue",
  "#003087": "dark-blue",
  "#4c6272": "muted",
  "#d5281b": "red",
  "#951c13": "red",
  "#007f3b": "green",
  "#00662f": "green",
  "#00401e": "green",
  "#330072": "visited",
  "#7c2855": "plum",
  "#002f5c": "dark-blue",
  "#003d78": "dark-blue",
  "#004b93": "dark-blue",
  "#c7dcef": "on-solid-quiet",
  "#ccdff1": "on-solid-quiet",
  "#f9dfdd": "on-solid-quiet",
};

const GROUND = {
  "#fff": "paper",
  "#f0f4f5": "page",
  "#d8dde0": "track",
  "#aeb7bd": "line-mid",
  "#4c6272": "solid-ink",
  "#e0e4e6": "hover",
  "#edf4fa": "hover",
  "#d9d9d9": "hover",
  "#b3b3b3": "line-mid",
  "#d9e7f4": "pale-blue",
  "#c7dcef": "pale-blue-hover",
  "#005eb8": "solid-blue",
  "#004b93": "solid-blue-hover",
  "#0055a6": "solid-blue-hover",
  "#00478a": "solid-blue-hover",
  "#003d78": "solid-blue-hover",
  "#002f5c": "solid-blue-low",
  "#007f3b": "solid-green",
  "#00662f": "solid-green-hover",
  "#00401e": "solid-green-low",
  "#d5281b": "solid-red",
  "#aa2016": "solid-red-hover",
  "#6b140e": "solid-red-low",
  "#212b32": "solid-ink",
  "#ffeb3b": "focus",
  "#fff9c4": "mark",
};

const EDGE = {
  "#fff": "on-solid",
  "#212b32": "ink",
  "#000": "ink",
  "#ffeb3b": "focus",
  "#f0f4f5": "line",
  "#d8dde0": "line",
  "#aeb7bd": "line-mid",
  "#b3b3b3": "line-mid",
  "#768692": "line-strong",
  "#4c6272": "muted",
  "#005eb8": "blue",
  "#004b93": "blue",
  "#0055a6": "blue",
  "#d5281b": "red",
  "#007f3b": "green",
  "#002f5c": "solid-blue-low",
  "#00401e": "solid-green-low",
  "#6b140e": "solid-red-low",
  "#337ec6": "on-solid-quiet",
  "#669ed4": "on-solid-quiet",
  "#dd5349": "on-solid-quiet",
};

const COLOUR = /#[\da-f]{3,8}\b|\b(?:rgb|hsl)a?\([^)]*\)|(?<![\w-])(?:white|black)(?![\w-])/gi;
// What has its own pair of ground and ink in every theme: the library's tags. And the grey shapes that only print has.
const KEPT = /\.nhsuk-tag\b|\.nhsuk-card--care\b/;

const kinds = (property) => {
  if (/^background/.test(property)) return GROUND;
  if (/^(border|outline|box-shadow|column-rule)/.test(property)) return EDGE;
  return INK;
};

function token(colour, property, onFocus, selector) {
  const short = colour.toLowerCase().replace(/^#([\da-f])\1([\da-f])\2([\da-f])\3$/, "#$1$2$3").replace("white", "#fff").replace("black", "#000");
  // A hair of transparency works round a fault of browsers; the rest of the half-transparent ones are shades.
  if (/,\s*0?\.99\)$/.test(short)) return `var(--her-${/255|100%/.test(short) ? "on-solid" : "ink"})`;
  if (/^rgba\(216, ?221, ?224/.test(short)) return "var(--her-hover)";
  if (/^(rgb|hsl)/.test(short)) return colour;
  const name = kinds(property)[short];
  if (!name) throw new Error(`no token for ${colour} in ${property} of ${selector}: see static/src/retint.mjs`);
  return `var(--her-${name === "ink" && onFocus ? "focus-ink" : name})`;
}

/** Returns the style sheet with every literal colour as a custom property. Custom properties keep their values. */
export function retint(css) {
  return css.replace(/([^{}]+)\{([^{}]*)\}/g, (rule, selector, body) => {
    if (KEPT.test(selector)) return rule;
    const onFocus = /background(?:-color)?:\s*#ffeb3b/i.test(body);
    const declared = body.split(/;(?![^(]*\))/).map((declaration) => {
      const at = declaration.indexOf(":");
      const property = declaration.slice(0, at).trim();
      if (at < 0 || property.startsWith("--") || /url\(/.test(declaration)) return declaration;
      const value = declaration.slice(at + 1).replace(COLOUR, (colour) => token(colour, property, onFocus, selector));
      return `${declaration.slice(0, at + 1)}${value}`;
    });
    return `${selector}{${declared.join(";")}}`;
  });
}
