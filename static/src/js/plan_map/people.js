// Who is shown on the map: a legend of buttons, and a list that shows one person alone.

export class PeopleControls {
  constructor(planMap) {
    this.planMap = planMap;
    const { legend, choice } = planMap.element.dataset;
    this.legend = document.getElementById(legend);
    this.choice = document.getElementById(choice);
    this.buttons = [...(this.legend?.querySelectorAll("button[data-staff]") ?? [])];
    for (const button of this.buttons) this._connect(button);
    this.choice?.addEventListener("change", () => this.only(this.choice.value || null));
  }

  _connect(button) {
    const name = button.dataset.staff;
    button.disabled = false;
    button.addEventListener("click", () => {
      this._show(name, !this.planMap.people.get(name)?.shown);
      if (this.choice) this.choice.value = "";
      this.planMap.declutter();
    });
    for (const event of ["mouseenter", "focus"]) {
      button.addEventListener(event, () => this.planMap.emphasise(name));
    }
    for (const event of ["mouseleave", "blur"]) button.addEventListener(event, () => this.planMap.emphasise(null));
  }

  /** Shows one person alone; null: everybody. */
  only(name) {
    for (const button of this.buttons) this._show(button.dataset.staff, name === null || button.dataset.staff === name);
    if (this.choice) this.choice.value = name ?? "";
    this.planMap.fit(name);
    this.planMap.declutter();
  }

  /** Makes sure that a person can be seen. */
  reveal(name) {
    this._show(name, true);
  }

  _show(name, shown) {
    this.planMap.show(name, shown);
    const button = this.buttons.find((each) => each.dataset.staff === name);
    button?.setAttribute("aria-pressed", String(shown));
  }
}
