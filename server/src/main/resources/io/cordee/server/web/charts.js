// Curves by uPlot. Colours come from the style sheet, so that light and dark follow it.

import { short } from "./words.js";

const color = (name) => getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim();

/** Powers of ten as 1e-5, whole numbers with commas. */
const tick = (v) => (v === null ? "" : v !== 0 && Math.abs(v) < 1e-3 ? Number(v.toPrecision(3)).toExponential() : short(v));

const isDecade = (v) => Math.abs(Math.log10(v) - Math.round(Math.log10(v))) < 1e-6;

const exponent = (v) => Math.floor(Math.log10(v));

/** A digit and an exponent next to a number: uPlot's own are 0 below 1e-14. */
const beside = (v, round) => Number(round(v / 10 ** exponent(v)) + "e" + exponent(v));

/** One to nine times each power of ten: uPlot's own end at 1e-16. */
function marks(plot, axis, low, high) {
  const found = [];
  for (let power = exponent(low); power <= exponent(high); power++) {
    for (let digit = 1; digit <= 9; digit++) found.push(Number(digit + "e" + power));
  }
  return found.filter((v) => v >= low && v <= high);
}

function clock(seconds) {
  const whole = Math.round(seconds);
  const two = (n) => String(n).padStart(2, "0");
  return whole >= 3600
    ? Math.floor(whole / 3600) + ":" + two(Math.floor(whole / 60) % 60) + ":" + two(whole % 60)
    : Math.floor(whole / 60) + ":" + two(whole % 60);
}

/** A chart that fills its element. `make` gives uPlot's options; they are asked for anew when colours change. */
class Chart {
  constructor(element, make) {
    this.element = element;
    this.make = make;
    this.data = [[]];
    this.none = Object.assign(document.createElement("p"), { className: "none", textContent: "no data yet" });
    new ResizeObserver(() => this.fit()).observe(element);
  }

  build() {
    this.plot?.destroy();
    this.plot = new uPlot({ ...this.make(), ...this.size() }, this.data, this.element);
  }

  size() {
    return { width: Math.max(120, this.element.clientWidth), height: this.element.clientHeight };
  }

  fit() {
    if (this.plot && this.element.clientWidth > 0) this.plot.setSize(this.size());
  }

  show(data) {
    this.data = data;
    if (this.element.clientWidth === 0) return;
    // Without points there is no x axis, and no room for the labels of the other one.
    if (data[0].length === 0) {
      this.plot?.destroy();
      this.plot = undefined;
      this.element.replaceChildren(this.none);
      return;
    }
    this.none.remove();
    if (this.plot) this.plot.setData(data);
    else this.build();
  }
}

/** Room for the longest label of an axis. */
function room(plot, labels, index) {
  const axis = plot.axes[index];
  plot.ctx.save();
  plot.ctx.font = axis.font[0];
  const widest = Math.max(0, ...(labels ?? []).map((label) => plot.ctx.measureText(label).width)) / devicePixelRatio;
  plot.ctx.restore();
  return Math.max(44, Math.ceil(widest) + axis.gap + 4);
}

const axes = (bySeconds, more) => [
  {
    stroke: color("soft"), grid: { stroke: color("grid"), width: 1 }, ticks: { show: false }, size: 28, font: "12px system-ui, sans-serif",
    space: 70, values: (plot, splits) => splits.map((v) => (v === null || v < 0 ? "" : bySeconds ? clock(v) : Number.isInteger(v) ? short(v) : "")),
  },
  {
    stroke: color("soft"), grid: { stroke: color("grid"), width: 1 }, ticks: { show: false }, size: room, font: "12px system-ui, sans-serif",
    ...more,
  },
];

/** What lies under the pointer is written into the corner of the chart. */
function under(describe) {
  return {
    hooks: {
      init: [(plot) => {
        plot.tip = document.createElement("div");
        plot.tip.className = "tip";
        plot.tip.hidden = true;
        plot.over.appendChild(plot.tip);
      }],
      setCursor: [(plot) => {
        const at = plot.cursor.idx;
        plot.tip.hidden = at === null || at === undefined || plot.cursor.left < 0;
        if (plot.tip.hidden) return;
        plot.tip.textContent = describe(plot, at);
        const right = plot.cursor.left < plot.over.clientWidth / 2;
        plot.tip.style.left = right ? "auto" : "4px";
        plot.tip.style.right = right ? "4px" : "auto";
      }],
    },
  };
}

function options(bySeconds, series, scale, axis, describe) {
  return {
    legend: { show: false },
    cursor: { drag: { x: false, y: false }, points: { size: 6 }, y: false },
    padding: [8, 16, 0, 0],
    scales: { x: { time: false }, y: scale },
    axes: axes(bySeconds, axis),
    series: [{}, ...series],
    plugins: [under(describe)],
  };
}

const where = (view, x) => (view.bySeconds ? clock(x) : "round " + short(x));

const METRIC_COLORS = ["c1", "c2", "c3", "p3"];

const line = (name, more) => ({ stroke: color(name), width: 1.75, spanGaps: true, points: { show: false }, ...more });

/** Training, validation and test rows. */
const kinds = () => ["c1", "c3", "c2"].map((name) => line(name));

const scores = (plot, i) =>
  ["train", "validation", "test"].map((name, k) => (plot.data[k + 1][i] === null ? "" : "  " + name + " " + short(plot.data[k + 1][i]))).join("");

/** `view` says how the user wants to see things: bySeconds, isLog. */
export function lossChart(element, view) {
  return new Chart(element, () =>
    options(
      view.bySeconds,
      kinds(),
      view.isLog
        ? {
            distr: 3,
            range: (plot, low, high) =>
              low < high ? [beside(low, Math.floor), beside(high, Math.ceil)] : [(low ?? 1) / 10, (high ?? 1) * 10],
          }
        : { range: (plot, low, high) => uPlot.rangeNum(Math.min(0, low ?? 0), high ?? 1, 0.1, true) },
      {
        ...(view.isLog && { splits: marks }),
        values: (plot, splits) => splits.map(tick),
        grid: { stroke: color("grid"), width: 1, filter: (plot, splits) => splits.map((v) => (!view.isLog || isDecade(v) ? v : null)) },
      },
      (plot, i) => where(view, plot.data[0][i]) + scores(plot, i),
    ),
  );
}

export function accuracyChart(element, view) {
  return new Chart(element, () =>
    options(
      view.bySeconds,
      kinds(),
      { range: (plot, low, high) => [Math.max(0, Math.min(low ?? 0, 0.98) - 0.02), Math.min(1, (high ?? 1) + 0.01)] },
      { values: (plot, splits) => splits.map((v) => (v === null ? "" : String(Number(v.toFixed(3))))) },
      (plot, i) => where(view, plot.data[0][i]) + scores(plot, i),
    ),
  );
}

/** Shares; for values R² alone, as the other metrics have units. It may begin far below 0. */
export function metricsChart(element, view, names) {
  return new Chart(element, () =>
    options(
      view.bySeconds,
      names().map((name, k) => line(METRIC_COLORS[k])),
      {
        range: (plot, low, high) => {
          const top = Math.min(1, (high ?? 1) + 0.01);
          return [Math.min(Math.max(-1, Math.min(low ?? 0, 0.98) - 0.02), top - 0.05), top];
        },
      },
      { values: (plot, splits) => splits.map((v) => (v === null ? "" : String(Number(v.toFixed(3))))) },
      (plot, i) => where(view, plot.data[0][i])
        + names().map((name, k) => (plot.data[k + 1][i] == null ? "" : "  " + name + " " + short(plot.data[k + 1][i]))).join(""),
    ),
  );
}

/** What all but a few rounds keep below: the first ones take long, as code is still being compiled. */
function usual(totals) {
  const sorted = [...totals].sort((a, b) => a - b);
  const most = sorted[sorted.length - 1] || 1;
  return Math.min(most, 1.5 * sorted[Math.floor(0.95 * (sorted.length - 1))] || most) * 1.05;
}

/** Four parts, one on top of the other: the last series is drawn first. */
export function timeChart(element, view) {
  return new Chart(element, () =>
    options(
      view.bySeconds,
      ["p3", "p2", "p1", "p0"].map((name) => line(name, { fill: color(name), width: 0 })),
      { range: (plot) => [0, usual(plot.data[1])] },
      { values: (plot, splits) => splits.map((v) => (v === null ? "" : tick(v) + " ms")) },
      (plot, i) => where(view, plot.data[0][i]) + "  " + short(plot.data[1][i]) + " ms",
    ),
  );
}

/** From the sums of the parts down to the first alone, as timeChart draws them. */
export function stacked(parts) {
  const sums = [];
  parts.forEach((part, p) => {
    sums.push(part.map((v, i) => (p === 0 ? v : sums[p - 1][i] + v)));
  });
  return sums.reverse();
}
