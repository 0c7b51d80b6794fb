// Tables that change in place.

import { text } from "./words.js";

/**
 * Keeps one row per key, in the order of the items; only what differs is touched. Each cell knows the head of its column,
 * for where there is no room for columns.
 */
export function rows(body, items, key, cells, kind = () => "") {
  const heads = [...body.closest("table").tHead.rows[0].cells].map((head) => head.textContent);
  const known = new Map([...body.children].map((row) => [row.dataset.key, row]));
  items.forEach((item, index) => {
    const name = String(key(item));
    const row = known.get(name) ?? Object.assign(document.createElement("tr"), {});
    row.dataset.key = name;
    known.delete(name);
    if (row.className !== kind(item)) row.className = kind(item);
    cells(item).forEach((cell, i) => fill(row.children[i] ?? append(row, heads[i]), cell));
    if (body.children[index] !== row) body.insertBefore(row, body.children[index] ?? null);
  });
  known.forEach((row) => row.remove());
}

function append(row, head) {
  const cell = row.appendChild(document.createElement("td"));
  cell.dataset.head = head;
  return cell;
}

function fill(cell, what) {
  if (typeof what === "string") {
    text(cell, what);
    return;
  }
  cell.className = what.n === undefined ? "" : "n";
  if (what.state !== undefined) {
    cell.className = "state " + what.state;
    text(cell, what.state);
  } else if (what.meter !== undefined) {
    if (!cell.firstElementChild) {
      const meter = document.createElement("span");
      meter.className = what.long ? "meter long" : "meter";
      meter.append(document.createElement("i"));
      const words = document.createElement("span");
      cell.replaceChildren(...(what.long ? [meter, words] : [words, meter]));
    }
    cell.querySelector("i").style.width = Math.min(100, 100 * what.meter) + "%";
    text(what.long ? cell.lastChild : cell.firstChild, what.n ?? what.text);
  } else {
    text(cell, what.n);
  }
}
