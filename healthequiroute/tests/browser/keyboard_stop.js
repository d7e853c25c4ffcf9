// What is wrong with the place that has focus, as text; "" where nothing is, and where the focus is on no place at all.
() => {
  const stop = document.activeElement;
  if (!stop || stop === document.body) return "";
  const labels = [...(stop.labels ?? [])];
  const name = `${stop.tagName.toLowerCase()} “${(labels[0] ?? stop).textContent.trim().slice(0, 40)}”`;
  const box = stop.getBoundingClientRect();
  const [left, right] = [Math.max(box.left, 0), Math.min(box.right, innerWidth)];
  const [top, bottom] = [Math.max(box.top, 0), Math.min(box.bottom, innerHeight)];
  if (right <= left || bottom <= top) return `${name} is not on the screen`;
  // WCAG 2.4.11: something of it is to be seen.
  const isHit = (x, y) => {
    const hit = document.elementFromPoint(left + x * (right - left), top + y * (bottom - top));
    return hit && (hit.contains(stop) || [stop, ...labels].some((part) => part.contains(hit)));
  };
  const SAMPLES = [0.1, 0.5, 0.9];
  if (!SAMPLES.some((x) => SAMPLES.some((y) => isHit(x, y)))) return `${name} is covered`;
  // WCAG 2.5.8, which leaves links within words out, too.
  const style = getComputedStyle(stop);
  const isBox = stop.matches("input[type=radio], input[type=checkbox]") && labels.length > 0;
  if (style.display !== "inline" && !isBox && Math.min(box.width, box.height) < 23.9) {
    return `${name} is ${box.width.toFixed(0)} by ${box.height.toFixed(0)} pixels`;
  }
  // Boxes to tick are drawn beside the input.
  const drawn = isBox ? [null, "::before", "::after"].map((part) => getComputedStyle(labels[0], part)) : [];
  const isMarked = ({ boxShadow, outlineStyle, outlineWidth }) =>
    boxShadow !== "none" || (outlineStyle !== "none" && parseFloat(outlineWidth) > 1);
  return [style, ...drawn].some(isMarked) ? "" : `${name} does not show that it has the focus`;
}
