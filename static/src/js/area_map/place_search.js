// The search box of a map: a suggestion, or what was typed, moves the map there instead of leaving the page.

const CLOSEST = 15;

/** @param {AreaMap} areaMap */
export function startPlaceSearch(areaMap) {
  const form = document.querySelector(`[data-map-search="${areaMap.element.id}"]`);
  if (!form || !areaMap.data.placeUrl) return;
  const field = form.querySelector("input");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const text = field.value.trim();
    if (text) go(areaMap, { q: text });
  });
  form.addEventListener("her:suggestion", (event) => {
    event.preventDefault();
    field.value = event.detail.name;
    go(areaMap, placeOf(event.detail));
  });
}

// A suggestion is a link: to the page of an area, to Explore with a place, or to the page of the search.
function placeOf({ href, name }) {
  const url = new URL(href, window.location);
  const area = url.pathname.match(/^\/areas\/([^/]+)\/$/);
  if (area) return { place: `area:${area[1]}` };
  return url.searchParams.has("place") ? { place: url.searchParams.get("place") } : { q: name };
}

async function go(areaMap, question) {
  const text = question.q || "this place";
  let answer;
  try {
    answer = await fetch(`${areaMap.data.placeUrl}?${new URLSearchParams(question)}`, { credentials: "same-origin" });
  } catch {
    return areaMap.say("The search could not be reached. Try again.");
  }
  if (answer.status === 429) return areaMap.say("Too many searches in a minute. Wait a moment, then try again.");
  if (!answer.ok) return areaMap.say(`No place found for “${text}”. The map has not moved.`);
  const { name, bounds, index } = await answer.json();
  const [west, south, east, north] = bounds;
  areaMap.map.fitBounds([[south, west], [north, east]], { padding: [16, 16], maxZoom: CLOSEST });
  areaMap.element.focus();
  if (index === null) areaMap.say(`The map shows ${name}.`);
  else areaMap.select(index); // which says so
}
