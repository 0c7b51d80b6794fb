// Curves by uPlot, of the live page and of reports. A plain script, as a report holds all of its scripts; it defines `curves`.
// Colours come from the style sheet, so that light and dark follow it.
"use strict";

const curves = (() => {
  // ---- axes: the rules are those of Axis.java and Unit.java; axes.json among their tests has cases for both ----

  const RATIO = 10;
  const ACROSS = 60;
  const UP = 32;
  const LETTER = 7;
  const GAP = 14;
  const DECADE = 60;
  const ROOM = 0.04;
  const DIGITS = [1, 2, 5];
  const PREFIXES = ["n", "µ", "m", "", "k", "M", "G", "T"];
  const NO_PREFIX = 3;

  const exponent = (value) => Number(value.toExponential().split("e")[1]);

  const isWhole = (unit) => unit === "COUNT" || unit === "BYTES";
  const has = (unit, value) =>
    unit === "SHARE" ? value >= 0 && value <= 1 : !isWhole(unit) || Number.isInteger(value);

  /** A multiple of one power of ten, by another one. */
  const plain = (value, by, power) =>
    Number((value / 10 ** by).toFixed(Math.max(0, by - power))).toLocaleString("en", { maximumFractionDigits: 20 });

  function prefixed(value, power, lowest, highest, unit) {
    const thousands = Math.max(lowest, Math.min(highest, Math.floor(exponent(value) / 3)));
    const suffix = PREFIXES[NO_PREFIX + thousands] + unit;
    return plain(value, 3 * thousands, power) + (suffix === "" ? "" : " " + suffix);
  }

  /** The shortest label that tells a mark from the next one; `power` is that of ten in their distance. */
  function label(unit, value, power) {
    const size = Math.abs(value);
    if (value === 0) return "0";
    switch (unit) {
      case "COUNT": return size < 1e6 ? plain(value, 0, power) : prefixed(value, power, 0, 4, "");
      case "SECONDS": return prefixed(value, power, -NO_PREFIX, 0, "s");
      case "BYTES": return prefixed(value, power, 0, 4, "B");
      case "NUMBER":
      case "SHARE":
        return size >= 1e-3 && size < 1e7 ? plain(value, 0, power) : plain(value, exponent(value), power) + "e" + exponent(value);
      default: throw new Error("no unit: " + unit);
    }
  }

  /** True if losses between two values are best drawn by ratio. */
  const isByRatio = (low, high) => low > 0 && high / low > RATIO;

  /** The ends of the axis of rounds and the like. */
  const across = (low, high, isLog) => [low, high > low ? high : isLog ? low * 10 : low + 1];

  /** The ends of the axis of a measure, with room so that no line is cut in half. */
  function up(low, high, isLog) {
    if (isLog) {
      const ratio = high > low ? Math.min(2, (high / low) ** ROOM) : 10;
      return [low / ratio, high * ratio];
    }
    const room = high > low ? ROOM * (high - low) : high === 0 ? 1 : 0.1 * Math.abs(high);
    return [low - room, high + room];
  }

  /** Returns the pixel of a value of an axis. */
  function at({ low, high, isLog, from, to }, value) {
    const share = isLog ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low);
    return from + share * (to - from);
  }

  /** The values of an axis that have a line, and a label unless that is empty. */
  function marks(axis) {
    const { low, high, isLog, unit, from, to } = axis;
    const pixels = Math.max(1, Math.abs(to - from));
    const apart = to > from ? ACROSS : UP;

    const mark = (count, power) => {
      const value = Number(count + "e" + power);
      return value >= low && value <= high && has(unit, value) ? [{ value, label: label(unit, value, power) }] : [];
    };
    const hasRoom = (found) => found.every((next, i) => {
      if (i === 0) return true;
      const widths = (LETTER * (found[i - 1].label.length + next.label.length)) / 2;
      return Math.abs(at(axis, next.value) - at(axis, found[i - 1].value)) > (to > from ? Math.max(apart, widths + GAP) : apart) - 1e-6;
    });
    const multiples = (digit, power) => {
      const step = Number(digit + "e" + power);
      const found = [];
      for (let i = Math.floor(low / step); i <= Math.floor(high / step) + 1; i++) found.push(...mark(i * digit, power));
      return found;
    };
    const even = () => {
      const tight = isLog ? high * (1 - (low / high) ** (apart / pixels)) : ((high - low) * apart) / pixels;
      for (let power = isWhole(unit) ? Math.max(0, exponent(tight)) : exponent(tight); ; power++) {
        for (const digit of DIGITS) {
          const found = multiples(digit, power);
          if (hasRoom(found)) return found;
        }
      }
    };
    const ofDecades = (every, digits) => {
      const found = [];
      for (let power = exponent(low); power <= exponent(high); power++) {
        if (power % every === 0) digits.forEach((digit) => found.push(...mark(digit, power)));
      }
      return found;
    };
    const byRatio = () => {
      let found = ofDecades(1, DIGITS);
      for (let every = 1; !hasRoom(found); every *= 10) {
        for (const digit of DIGITS) {
          if (!hasRoom(found)) found = ofDecades(every * digit, [1]);
        }
      }
      if (found.length > 1) return found;
      const others = even();
      return others.length > found.length ? others : found;
    };

    const labelled = isLog ? byRatio() : even();
    if (!isLog || pixels / Math.log10(high / low) < DECADE) return labelled;
    const lines = ofDecades(1, [1, 2, 3, 4, 5, 6, 7, 8, 9])
      .filter(({ value }) => !labelled.some((other) => other.value === value))
      .map(({ value }) => ({ value, label: "" }));
    return [...labelled, ...lines].sort((a, b) => a.value - b.value);
  }

  // ---- lines ----

  const DASHES = [[], [7, 4], [2, 3], [10, 3, 2, 3], [4, 2]];
  const TURN = 8;
  const HALO = 4;
  const FONT = "12px system-ui, sans-serif";

  const color = (name) => getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim();

  /** Puts an element of SVG into another one. */
  function add(parent, tag, attributes, text = "") {
    const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
    Object.entries(attributes).forEach(([name, value]) => element.setAttribute(name, value));
    element.textContent = text;
    parent?.append(element);
    return element;
  }

  /** The points of a line that can be drawn. Of two at one place, the later one counts. */
  function drawable({ x, y, low, high }, isLogX, isLogY) {
    const can = x.map((_, i) => i).filter((i) => y[i] != null && (!isLogX || x[i] > 0) && (!isLogY || y[i] > 0));
    const keep = can.filter((i, k) => k + 1 === can.length || x[can[k + 1]] > x[i]);
    const columns = [x, y, ...(low ? [high, low] : [])].map((column) => keep.map((i) => column[i]));
    if (!low || !isLogY) return columns;
    // A band that reaches down to 0 ends below all that is above.
    const floor = Math.min(...columns.slice(1).flat().filter((v) => v > 0)) / 2;
    return columns.map((column, k) => (k < 2 ? column : column.map((v) => Math.max(floor, v))));
  }

  const areSame = (a, b) => a.length === b.length && a.every((v, i) => v === b[i]);

  /** Returns the dashes of lines: of several that coincide, each is drawn where the others leave a gap. */
  function dashed(lines, tables) {
    return lines.map(({ dash = [] }, i) => {
      const together = tables.map((_, k) => k).filter((k) => areSame(tables[k][1], tables[i][1]) && areSame(tables[k][0], tables[i][0]));
      const turn = together.indexOf(i);
      return together.length < 2 ? dash : [0, TURN * turn, TURN, TURN * (together.length - 1 - turn)];
    });
  }

  /** A line across the whole chart, with its label: the best round, a baseline. In pixels of `x` and `y`, its axes. */
  function ruled(rule, x, y) {
    const isUpright = rule.x !== undefined;
    const axis = isUpright ? x : y;
    const value = isUpright ? rule.x : rule.y;
    if (!(value >= axis.low && value <= axis.high)) return [];
    const place = at(axis, value);
    const isBeyond = place > (axis.from + axis.to) / 2;
    return [isUpright
      ? { x1: place, x2: place, y1: y.to, y2: y.from, label: rule.label, left: place + (isBeyond ? -6 : 6), base: y.to + 14, isEnd: isBeyond, dash: [4, 4] }
      : { x1: x.from, x2: x.to, y1: place, y2: place, label: rule.label, left: x.to - 6, base: place + (isBeyond ? -5 : 15), isEnd: true, dash: [2, 3] }];
  }

  function ink(context, { x1, x2, y1, y2, label, left, base, isEnd, dash }) {
    context.save();
    context.scale(devicePixelRatio, devicePixelRatio);
    context.strokeStyle = context.fillStyle = color("soft");
    context.lineWidth = 1;
    context.setLineDash(dash);
    context.beginPath();
    context.moveTo(x1, y1);
    context.lineTo(x2, y2);
    context.stroke();
    context.font = FONT;
    context.textAlign = isEnd ? "right" : "left";
    // A curve may pass behind the label.
    context.strokeStyle = color("panel");
    context.lineWidth = HALO;
    context.setLineDash([]);
    context.strokeText(label, left, base);
    context.fillText(label, left, base);
    context.restore();
  }

  // ---- charts ----

  /**
   * A chart that fills its element. It shows
   * - `x` and `y`: the `unit` of an axis, and whether it `isLog`; of x, its `title`; of y, its `ends` if those of `up` will not do
   * - `lines`: places `x`, values `y`, and their spread from `low` to `high`; `color`, `dash`, `width`, `fill`; a `name` for the legend
   * - `rules`: `x` or `y` of a line across the whole chart, and its `label`
   */
  class Chart {
    /**
     * Charts of one `group` have their pointer and their part of x in common. `pointed` is told the place of the pointer and
     * the value of each line there, or nothing; what it returns is written into the corner of the chart.
     */
    constructor(element, { none, group, pointed }) {
      Object.assign(this, { element, group, pointed });
      this.none = Object.assign(document.createElement("p"), { className: "none", textContent: none });
      new ResizeObserver(() => this.fit()).observe(element);
      matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.view && this.show(this.view));
    }

    size() {
      return { width: Math.max(120, this.element.clientWidth), height: this.element.clientHeight };
    }

    fit() {
      if (this.element.clientWidth === 0 || !this.view) return;
      if (this.plot) this.plot.setSize(this.size());
      else this.show(this.view);
    }

    show(view) {
      this.view = view;
      if (this.element.clientWidth === 0) return;
      const tables = view.lines.map((line) => drawable(line, view.x.isLog, view.y.isLog));
      if (tables.every(([x]) => x.length === 0)) {
        this.plot?.destroy();
        this.plot = undefined;
        this.element.replaceChildren(this.none);
        this.pointed();
        return;
      }
      this.none.remove();
      const data = uPlot.join(tables);
      const dashes = dashed(view.lines, tables);
      const looks = view.lines.map((line, i) => ({
        stroke: color(line.color), fill: line.fill && color(line.color), width: line.width ?? 2, dash: dashes[i],
        isSparse: tables[i][0].length < 3, hasBand: tables[i].length > 2,
      }));
      const kind = JSON.stringify([looks, view.x, view.y, color("soft"), color("grid")]);
      const over = JSON.stringify(view.x);
      const seen = this.over === over && this.closer();
      if (this.plot && this.kind === kind) this.plot.setData(data);
      else this.build(looks, data);
      this.kind = kind;
      this.over = over;
      if (seen) this.plot.setScale("x", seen);
      this.tell();
    }

    /** Returns the part of x that has been zoomed in on, if it is one. */
    closer() {
      if (!this.plot) return undefined;
      const { min, max } = this.plot.scales.x;
      return this.plot.data[0].some((x) => x < min || x > max) ? { min, max } : undefined;
    }

    build(looks, data) {
      this.plot?.destroy();
      this.plot = undefined;
      const series = [{}];
      const bands = [];
      // The series of each line.
      this.places = looks.map(({ stroke, fill, width, dash, isSparse, hasBand }) => {
        const place = series.length;
        series.push({ stroke, fill, width, dash, spanGaps: true, points: { show: isSparse && width > 0, size: 6 } });
        if (hasBand) {
          const side = { stroke: "transparent", width: 0, spanGaps: true, points: { show: false } };
          bands.push({ series: [series.length, series.length + 1], fill: stroke + "22" });
          series.push({ ...side }, { ...side });
        }
        return place;
      });
      this.looks = looks;
      const { x, y } = this.view;
      const all = (plot, splits) => splits;
      const marked = (index) => ({
        stroke: color("soft"), grid: { stroke: color("grid"), width: 1, filter: all }, ticks: { show: false, size: 0 }, filter: all,
        font: FONT, labelFont: FONT,
        splits: (plot) => (this.marks[index] = marks(this.axes(plot)[index])).map(({ value }) => value),
        values: () => this.marks[index].map(({ label }) => label),
      });
      this.marks = [];
      const ends = (low, high) => {
        const rules = (this.view.rules ?? []).map((rule) => rule.y).filter((v) => v !== undefined && (!y.isLog || v > 0));
        return [Math.min(low, ...rules), Math.max(high, ...rules), y.isLog];
      };
      this.plot = new uPlot({
        ...this.size(), series, bands,
        legend: { show: false },
        focus: { alpha: 0.18 },
        padding: [8, 30, 0, 0],
        cursor: this.group
          ? { focus: { prox: 24 }, points: { show: false }, y: false, sync: { key: this.group, scales: ["x", null] }, drag: { x: true, y: false } }
          : { drag: { x: false, y: false }, points: { size: 6 }, y: false },
        scales: {
          x: { time: false, distr: x.isLog ? 3 : 1, range: (plot, low, high) => across(low ?? 1, high ?? 1, x.isLog) },
          y: { distr: y.isLog ? 3 : 1, range: (plot, low, high) => (this.view.y.ends ?? up)(...ends(low ?? 1, high ?? 1)) },
        },
        axes: [
          { ...marked(0), ...(x.title ? { label: x.title, labelSize: 22 } : {}), size: 28 },
          { ...marked(1), size: (plot, labels, index) => room(plot, labels, index) },
        ],
        hooks: {
          init: [(plot) => this.corner(plot)],
          setCursor: [() => this.tell()],
          draw: [(plot) => this.ruled(plot).forEach((rule) => ink(plot.ctx, rule))],
        },
      }, data, this.element);
    }

    /** Both axes as they are drawn. */
    axes(plot) {
      const [left, top, width, height] = ["left", "top", "width", "height"].map((side) => plot.bbox[side] / devicePixelRatio);
      const { x, y } = plot.scales;
      return [
        { low: x.min, high: x.max, isLog: this.view.x.isLog, unit: this.view.x.unit, from: left, to: left + width },
        { low: y.min, high: y.max, isLog: this.view.y.isLog, unit: this.view.y.unit, from: top + height, to: top },
      ];
    }

    ruled(plot) {
      return (this.view.rules ?? []).flatMap((rule) => ruled(rule, ...this.axes(plot)));
    }

    corner(plot) {
      plot.tip = Object.assign(document.createElement("div"), { className: "tip", hidden: true });
      plot.over.append(plot.tip);
    }

    /** Tells what is under the pointer: of each line, its value there or, failing that, the one before. */
    tell() {
      const plot = this.plot;
      // uPlot calls before it is there.
      if (!plot) return;
      const { idx, left } = plot.cursor;
      const isPointed = idx !== null && idx !== undefined && left >= 0;
      const values = this.places.map((place) => {
        let i = idx;
        while (i > 0 && plot.data[place][i] == null) i--;
        return plot.data[place][i];
      });
      const text = isPointed ? this.pointed(plot.data[0][idx], values) : this.pointed();
      plot.tip.hidden = !text;
      if (!text) return;
      plot.tip.textContent = text;
      const isLeft = left < plot.over.clientWidth / 2;
      plot.tip.style.left = isLeft ? "auto" : "4px";
      plot.tip.style.right = isLeft ? "4px" : "auto";
    }

    /** Brings one line to the front; none if there is none. */
    focus(index) {
      this.plot?.setSeries(this.places[index] ?? null, { focus: true });
    }

    /** Saves the chart as it is shown, with a legend of the lines that have a name. */
    save(name, title) {
      if (!this.plot) return;
      const link = document.createElement("a");
      link.href = URL.createObjectURL(new Blob([this.svg(title)], { type: "image/svg+xml" }));
      link.download = name + ".svg";
      link.click();
      URL.revokeObjectURL(link.href);
    }

    svg(title) {
      const round = (v) => Math.round(v * 10) / 10;
      const { plot, looks, places } = this;
      const top = 40;
      const shift = top - plot.bbox.top / devicePixelRatio;
      const [x, y] = this.axes(plot).map((axis, i) => (i === 0 ? axis : { ...axis, from: axis.from + shift, to: axis.to + shift }));
      const named = this.view.lines.map((line, i) => ({ ...line, ...looks[i] })).filter(({ name }) => name);
      const width = x.to + (named.length ? 72 + LETTER * Math.max(...named.map(({ name }) => name.length)) : 30);
      const height = Math.max(y.from + 48, top + 18 * named.length + 12);
      const [soft, grid, ground, dark] = ["soft", "grid", "panel", "ink"].map(color);
      const svg = add(null, "svg", { width, height, viewBox: `0 0 ${width} ${height}`, "font-family": "DejaVu Sans, Verdana, sans-serif", "font-size": 11, fill: soft });
      add(svg, "rect", { width, height, fill: ground });
      add(svg, "text", { x: 12, y: 26, "font-size": 14, "font-weight": "bold", fill: dark }, title);
      add(add(svg, "clipPath", { id: "frame" }), "rect", { x: x.from, y: y.to, width: x.to - x.from, height: y.from - y.to });
      marks(x).forEach(({ value, label }) => {
        const place = round(at(x, value));
        add(svg, "line", { x1: place, x2: place, y1: y.to, y2: y.from, stroke: grid });
        if (label) add(svg, "text", { x: place, y: y.from + 16, "text-anchor": "middle" }, label);
      });
      marks(y).forEach(({ value, label }) => {
        const place = round(at(y, value));
        add(svg, "line", { x1: x.from, x2: x.to, y1: place, y2: place, stroke: grid });
        if (label) add(svg, "text", { x: x.from - 6, y: place + 4, "text-anchor": "end" }, label);
      });
      add(svg, "text", { x: (x.from + x.to) / 2, y: y.from + 38, "text-anchor": "middle" }, this.view.x.title ?? "");
      const points = (place) => plot.data[0].map((v, i) => [v, plot.data[place][i]]).filter(([, v]) => v != null)
        .map(([a, v]) => [round(at(x, a)), round(at(y, v))]);
      const drawn = add(svg, "g", { "clip-path": "url(#frame)" });
      looks.forEach(({ stroke, hasBand }, i) => {
        if (hasBand) add(drawn, "polygon", { points: [...points(places[i] + 1), ...points(places[i] + 2).reverse()].join(" "), fill: stroke + "22" });
      });
      looks.forEach(({ stroke, width, dash, isSparse }, i) => {
        add(drawn, "polyline", {
          points: points(places[i]).join(" "), fill: "none", stroke, "stroke-width": width, "stroke-dasharray": dash.join(" ") || "none", "stroke-linejoin": "round",
        });
        if (isSparse) points(places[i]).forEach(([cx, cy]) => add(drawn, "circle", { cx, cy, r: 3, fill: stroke }));
      });
      (this.view.rules ?? []).flatMap((rule) => ruled(rule, x, y)).forEach(({ x1, x2, y1, y2, label, left, base, isEnd, dash }) => {
        add(svg, "line", { x1: round(x1), x2: round(x2), y1: round(y1), y2: round(y2), stroke: soft, "stroke-dasharray": dash.join(" ") });
        add(svg, "text", { x: round(left), y: round(base), "text-anchor": isEnd ? "end" : "start", stroke: ground, "stroke-width": HALO, "paint-order": "stroke" }, label);
      });
      named.forEach(({ name, stroke, dash }, i) => {
        const place = top + 4 + 18 * i;
        add(svg, "line", { x1: x.to + 16, x2: x.to + 46, y1: place, y2: place, stroke, "stroke-width": 2, "stroke-dasharray": dash.join(" ") || "none" });
        add(svg, "text", { x: x.to + 54, y: place + 4, fill: dark }, name);
      });
      return new XMLSerializer().serializeToString(svg);
    }
  }

  /** Room for the longest label of the y axis. */
  function room(plot, labels, index) {
    const axis = plot.axes[index];
    plot.ctx.save();
    plot.ctx.font = axis.font[0];
    const widest = Math.max(0, ...(labels ?? []).map((label) => plot.ctx.measureText(label).width)) / devicePixelRatio;
    plot.ctx.restore();
    return Math.max(44, Math.ceil(widest) + axis.gap + 4);
  }

  /** A line of a legend. */
  function sample(name, dash) {
    const svg = add(null, "svg", { width: 30, height: 8, "aria-hidden": true });
    add(svg, "line", { x1: 1, x2: 29, y1: 4, y2: 4, style: `stroke: var(--${name})`, "stroke-width": 2.5, "stroke-dasharray": dash.join(" ") || "none" });
    return svg;
  }

  return { Chart, DASHES, across, isByRatio, marks, sample, up };
})();
