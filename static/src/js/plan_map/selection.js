// One stop, chosen on the map, in the timeline or in a table, is marked in all three. Elements with the same data-stop
// belong together; a button[data-stop] asks for the map.

export class StopSelection {
  constructor(planMap) {
    this.planMap = planMap;
    this.note = document.getElementById(planMap.element.dataset.selectedNote);
    this.key = null;
    for (const button of document.querySelectorAll("button[data-stop]")) button.disabled = false;
    document.addEventListener("click", (event) => this._clicked(event));
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && this.key !== null) this.clear();
    });
  }

  _clicked(event) {
    const source = event.target.closest?.("[data-stop]");
    // A page may have several maps: each answers for its own stops.
    if (!source || !this.planMap.stops.has(source.dataset.stop)) return;
    const asked = event.target.closest("button[data-stop]");
    // Other buttons and links in a row have work of their own.
    if (!asked && event.target.closest("a, button, input, select, label, summary")) return;
    this.select(source.dataset.stop, asked ? "button" : "row");
    if (!asked) return;
    this.planMap.element.scrollIntoView({ block: "center" });
    this.planMap.element.focus({ preventScroll: true });
  }

  select(key, from) {
    const stop = this.planMap.stops.get(key);
    if (!stop) return;
    this.clear();
    this.key = key;
    this.planMap.controls.reveal(stop.name);
    for (const element of this._elements(key)) {
      element.classList.add("is-selected");
      // The table of somebody else's day may be folded away.
      const folded = from === "map" && element.closest("details");
      if (folded) folded.open = true;
    }
    stop.marker.getElement()?.classList.add("is-selected");
    stop.marker.setZIndexOffset(1000);
    const { map } = this.planMap;
    if (!map.getBounds().contains(stop.marker.getLatLng())) map.panTo(stop.marker.getLatLng());
    if (from !== "map") stop.marker.openTooltip();
    this._say(stop, key);
  }

  clear() {
    const stop = this.planMap.stops.get(this.key);
    stop?.marker.getElement()?.classList.remove("is-selected");
    stop?.marker.setZIndexOffset(0).closeTooltip();
    for (const element of this._elements(this.key)) element.classList.remove("is-selected");
    this.key = null;
    if (this.note) this.note.replaceChildren();
  }

  _elements(key) {
    return document.querySelectorAll(`[data-stop="${CSS.escape(key ?? "")}"]:not(button)`);
  }

  _say({ label }, key) {
    if (!this.note) return;
    this.note.textContent = `Selected: ${label}. `;
    const row = document.getElementById(`stop-${key}`);
    if (!row) return;
    const link = document.createElement("a");
    link.href = `#stop-${key}`;
    link.textContent = "Show it in the table";
    link.addEventListener("click", () => {
      const folded = row.closest("details");
      if (folded) folded.open = true;
    });
    this.note.append(link);
  }
}
