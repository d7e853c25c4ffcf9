// Sliders of weights. The numbers are the fields that are sent; a slider and its number follow each other, and where
// the person asks for it the other weights of the table make room, in whole percent.

function numberOf(field) {
  const value = Number(field.value.replace(",", "."));
  return Number.isFinite(value) ? value : null;
}

function sliderOf(field) {
  return document.getElementById(`${field.id}-slider`);
}

function fieldsOf(set) {
  return [...set.querySelectorAll("input.edit-number")];
}

function show(field, value) {
  field.value = String(value);
  sliderOf(field).value = String(value);
}

// What each weight was before the hand went to one of them: proportions must not wear away while a slider moves.
let start = null;

function remember(set, moved) {
  start = { set, moved, values: fieldsOf(set).map(numberOf) };
}

function makeRoom(set, moved) {
  if (!document.getElementById(set.dataset.room)?.checked) return;
  const fields = fieldsOf(set);
  if (start?.set !== set || start.moved !== moved) return;
  const at = fields.indexOf(moved);
  const value = numberOf(moved);
  if (value === null || value < 0 || value > 100 || start.values.includes(null)) return;
  const total = start.values.reduce((sum, other, place) => (place === at ? sum : sum + other), 0);
  if (total <= 0) return;
  const rest = 100 - value;
  const exact = start.values.map((other, place) => (place === at ? 0 : (other / total) * rest));
  const result = exact.map(Math.floor);
  const order = exact.map((_, place) => place).filter((place) => place !== at && exact[place] > 0);
  order.sort((one, other) => exact[other] - result[other] - (exact[one] - result[one]));
  let left = rest - result.reduce((sum, part) => sum + part, 0);
  for (const place of order) {
    const take = Math.min(1, left);
    result[place] += take;
    left -= take;
  }
  fields.forEach((field, place) => {
    if (place !== at) show(field, Math.round(result[place] * 1e6) / 1e6);
  });
}

function fieldAt(target) {
  if (!target.closest) return null;
  const set = target.closest("[data-weights]");
  if (!set) return null;
  const field = target.dataset.sliderOf ? document.getElementById(target.dataset.sliderOf) : target;
  return field?.matches("input.edit-number") ? { set, field } : null;
}

document.addEventListener("focusin", (event) => {
  const found = fieldAt(event.target);
  if (found) remember(found.set, found.field);
});

document.addEventListener("input", (event) => {
  const found = fieldAt(event.target);
  if (!found) return;
  const { set, field } = found;
  if (start?.set !== set || start.moved !== field) remember(set, field);
  if (event.target.dataset.sliderOf) field.value = event.target.value;
  else if (numberOf(field) !== null) sliderOf(field).value = field.value;
  makeRoom(set, field);
});
