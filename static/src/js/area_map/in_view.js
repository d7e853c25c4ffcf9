// The areas in view as a list of the server's, brought up to date after the map has moved and while it is unfolded.

const REST_MS = 500; // somebody who pans on asks for one list, not for ten

export class InView {
  constructor(map, data, say) {
    this.map = map;
    this.data = data;
    this.id = map.getContainer().id;
    this.details = document.getElementById(`${this.id}-in-view-details`);
    this.list = document.getElementById(`${this.id}-in-view`);
    this.say = say;
    if (!this.details || !window.htmx) return;
    this.details.addEventListener("toggle", () => this.refresh());
    map.on("moveend", () => this.soon());
  }

  soon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.refresh(), REST_MS);
  }

  /** Asks for the list of the present view; nothing while it is folded. */
  async refresh() {
    clearTimeout(this.timer);
    if (!this.details?.open || !this.data.inViewUrl) return;
    const url = new URL(this.data.inViewUrl, window.location);
    url.searchParams.set("box", boxOf(this.map.getBounds()));
    url.searchParams.set("map_id", this.id);
    this.list.setAttribute("aria-busy", "true");
    await window.htmx.ajax("GET", url.pathname + url.search, { target: this.list, swap: "innerHTML" });
    this.list.removeAttribute("aria-busy");
    const told = this.list.querySelector("[data-announce-in-view]");
    if (told) this.say(told.dataset.announceInView);
  }
}

// A map may be dragged beyond the date line; the server knows one globe.
function boxOf(bounds) {
  const clamp = (value, most) => Math.max(-most, Math.min(most, value)).toFixed(5);
  return [
    clamp(bounds.getWest(), 180), clamp(bounds.getSouth(), 90), clamp(bounds.getEast(), 180), clamp(bounds.getNorth(), 90),
  ].join(",");
}
