// What a user of Rprop tunes by.

import { rows } from "./tables.js";
import { short, text } from "./words.js";

const at = (id) => document.getElementById(id);

/** A histogram and a row per layer; nothing where the optimizer has no step sizes. */
export function showSteps(steps) {
  const filled = (steps?.bins ?? []).map((count, i) => (count > 0 ? i : -1)).filter((i) => i >= 0);
  at("rprop-panel").hidden = filled.length === 0;
  if (filled.length === 0) return;
  text(at("rprop-round"), "after round " + short(steps.round));
  let first = Math.max(0, Math.min(...filled) - 1);
  let end = Math.min(steps.bins.length, Math.max(...filled) + 2);
  while (end - first < 12 && (first > 0 || end < steps.bins.length)) {
    if (first > 0) first--;
    if (end < steps.bins.length && end - first < 12) end++;
  }
  const bins = steps.bins.slice(first, end);
  const most = Math.max(...bins, 1);
  const sum = bins.reduce((a, b) => a + b, 0) || 1;
  const histogram = at("histogram");
  while (histogram.children.length > bins.length) histogram.lastChild.remove();
  while (histogram.children.length < bins.length) histogram.append(document.createElement("i"));
  bins.forEach((count, i) => {
    const low = 2 ** (steps.least + first + i);
    histogram.children[i].style.height = (100 * count) / most + "%";
    histogram.children[i].title = short(low) + " to " + short(2 * low) + ": " + ((100 * count) / sum).toFixed(1) + " %";
  });
  histogram.setAttribute("aria-label", "step sizes from " + short(2 ** (steps.least + first)) + " to " + short(2 ** (steps.least + end)));
  const decades = [];
  for (let power = -8; power <= 4; power++) {
    const place = (power * Math.log2(10) - steps.least - first) / bins.length;
    if (place >= 0.02 && place <= 0.98) {
      const label = document.createElement("span");
      label.append("10", Object.assign(document.createElement("sup"), { textContent: String(power).replace("-", "−") }));
      label.style.left = 100 * place + "%";
      decades.push(label);
    }
  }
  at("decades").replaceChildren(...decades);
  rows(at("layers"), steps.layers, (layer) => layer.name, (layer) => [
    layer.name,
    { n: short(Number(layer.median.toPrecision(2))) },
    { meter: layer.flips, long: true, text: (100 * layer.flips).toFixed(1) + " %" },
  ]);
}
