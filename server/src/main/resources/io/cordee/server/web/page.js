// The live page: shows what the server tells by server-sent events, and asks for nothing to be changed.

import { showSteps } from "./steps.js";
import { rows } from "./tables.js";
import { ago, bytes, clock, many, millis, short, span, text } from "./words.js";

const MOST_EVENTS = 100;
const MOST_POINTS = 2000;

// The rows that curves are of, and their colours; where a point has its values.
const ROWS = { train: "c1", validation: "c3", test: "c2" };
const LOSSES = [2, 4, 6];
const ACCURACIES = [3, 5, 7];
const PARTS = [9, 10, 11, 12];
const METRICS = 13;
const METRIC_COLORS = ["c1", "c2", "c3", "p3"];
const WIDTH = 1.75;
const at = (id) => document.getElementById(id);

const view = {
  // As the losses are, unless someone has chosen.
  scale: localStorage.getItem("cordee.scale"),
  bySeconds: localStorage.getItem("cordee.axis") === "time",
};
let job = {};
let now = {};
let points = [];
let lastEvent = 0;
let heardAt = 0;

/** `tell` says what the lines of a chart are at a place. */
const chart = (id, tell) => {
  const made = new curves.Chart(at(id), {
    none: "no data yet",
    pointed: (x, values) => (x === undefined ? "" : (view.bySeconds ? clock(x) : "round " + short(x)) + tell(made.view.lines, values)),
  });
  return made;
};
const named = (lines, values) => lines.map(({ name }, k) => (values[k] == null ? "" : "  " + name + " " + short(values[k]))).join("");

const charts = {
  loss: chart("loss-chart", named),
  accuracy: chart("accuracy-chart", named),
  metrics: chart("metrics-chart", named),
  time: chart("time-chart", (lines, [total]) => "  " + millis(1000 * total)),
};

/** The metrics that have a curve, and where they are: of values R², the last one. */
const drawn = () => job.metrics.map((name, k) => [name, k]).slice(job.hasAccuracy ? 0 : -1);

// ---- words ----

const ratio = (value) => (value === null ? "–" : value.toFixed(4));
const hasEnded = () => ["completed", "failed", "interrupted"].includes(now.phase);

// ---- the parts of the page ----

function showJob() {
  text(at("name"), job.name);
  text(
    at("about"),
    job.optimizer + (job.isAsync ? ", asynchronous" : "") + " · " + job.model + " · "
      + many(job.parameters, "parameter") + " · " + many(job.partitions, "partition") + (job.local ? " × " + job.local : "")
      + (job.shards > 1 ? " · " + job.shards + " shards" : ""),
  );
  const figure = job.hasAccuracy ? " accuracy" : " loss";
  text(at("validation-name"), "validation" + figure);
  text(at("test-name"), "test" + figure);
  const hideUnless = (kind, isShown) => document.querySelectorAll(kind).forEach((e) => { e.hidden = !isShown; });
  hideUnless(".labelled", job.hasAccuracy);
  hideUnless(".validated", job.hasValidation);
  hideUnless(".tested", job.hasTest);
  at("metrics-panel").hidden = !job.hasValidation && !job.hasTest;
  text(at("h-metrics"), "Metrics of " + (job.hasValidation ? "validation" : "test") + " rows");
  at("metrics").replaceChildren(...job.metrics.map((name, k) => {
    const item = document.createElement("li");
    const place = drawn().findIndex(([, at]) => at === k);
    item.className = place < 0 ? "plain" : "c" + (place + 1);
    item.append(name + " ", document.createElement("b"));
    return item;
  }));
  at("shard-panel").hidden = job.shards < 2;
  at("time-panel").hidden = job.isAsync;
}

function showFigures() {
  const phase = at("phase");
  text(phase, now.phase);
  phase.className = "pill " + now.phase;
  at("round").replaceChildren(short(now.round), Object.assign(document.createElement("small"), { textContent: now.rounds === null ? "" : " / " + short(now.rounds) }));
  text(at("loss"), short(now.loss));
  text(at("train"), ratio(now.train));
  const figure = job.hasAccuracy ? ratio : short;
  text(at("validation"), figure(now.validation));
  text(at("test"), figure(now.test));
  at("rate-figure").hidden = now.rate === null;
  text(at("rate"), short(now.rate));
  text(at("pace"), now.pace > 0 ? short(Number(now.pace.toPrecision(3))) : "–");
  const rowsPerSecond = now.workers.reduce((sum, w) => sum + (w.state === "gone" ? 0 : Math.round(w.rowsPerSecond)), 0);
  text(at("rows"), hasEnded() || rowsPerSecond === 0 ? "–" : short(Number(rowsPerSecond.toPrecision(3))));
  text(at("time-name"), hasEnded() ? "took" : "time left");
  text(at("left"), hasEnded() ? span(now.seconds) : now.pace > 0 && now.rounds !== null ? span((now.rounds - now.round) / now.pace) : "–");
  at("progress").value = now.rounds > 0 ? now.round / now.rounds : 0;
  showBest();
  at("note").hidden = now.note === "";
  text(at("note"), now.note);
  showAwaited();
  document.title = short(now.round) + (now.rounds === null ? "" : "/" + short(now.rounds)) + " · " + job.name + " · Cordee";
  text(at("traffic"), bytes(now.received) + "/s from all workers, " + bytes(now.sent) + "/s to them");
  const counts = now.counts;
  text(
    at("counts"),
    [
      counts.moved > 0 ? many(counts.moved, "lease") + " moved" : "",
      counts.dropped > 0 ? many(counts.dropped, "duplicate") + " dropped" : "",
      counts.healed > 0 ? many(counts.healed, "chunk") + " healed" : "",
      counts.reconnects > 0 ? many(counts.reconnects, "reconnect") : "",
      now.checkpoint ? "checkpoint of round " + short(now.checkpoint.round) + ", " + ago(now.checkpoint.ageNanos / 1e9) : "",
    ].filter((s) => s !== "").join(" · "),
  );
}

/** The best weights, and when training stops unless there are better ones. */
function showBest() {
  at("best").hidden = !now.best;
  if (!now.best) return;
  const left = job.patience === null ? 0 : Math.max(0, job.patience - (now.round - now.best.round));
  text(
    at("best"),
    "best weights: round " + short(now.best.round) + ", " + job.monitor.replace("_", " ") + " " + short(now.best.figure)
      + (job.patience === null || hasEnded() ? "" : "; stops in " + many(left, "round") + " unless it improves"),
  );
}

function showAwaited() {
  at("awaited").hidden = now.phase !== "gathering";
  if (at("awaited").hidden) return;
  const here = now.workers.filter((w) => w.state !== "gone").length;
  const needed = now.gathering?.workers ?? 0;
  const join = now.gathering?.join ?? "";
  const isMissing = needed === 0 || here < needed;
  text(
    at("awaited-what"),
    isMissing
      ? "Waiting for workers: " + here + (needed > 0 ? " of " + needed : "") + " connected. "
        + (join === "" ? "Starting them." : "To start one:")
      : many(here, "worker") + " connected; training starts when the rows are loaded.",
  );
  at("awaited-join").hidden = !isMissing || join === "";
  text(at("awaited-join"), join);
}

/** An odd number of panels leaves no hole: the last one takes the whole width. */
function layOut() {
  const panels = [...document.querySelectorAll(".grid section")].filter((panel) => !panel.hidden);
  panels.forEach((panel, i) => panel.classList.toggle("whole", i === panels.length - 1 && i % 2 === 0));
}

function showTime() {
  const total = now.split.reduce((a, b) => a + b, 0);
  const bar = at("bar");
  while (bar.children.length < 4) bar.append(Object.assign(document.createElement("span"), { className: "p" + bar.children.length }));
  const labels = at("parts").querySelectorAll("b");
  now.split.forEach((part, i) => {
    bar.children[i].style.flexGrow = total > 0 ? part / total : 0;
    text(labels[i], total > 0 ? millis(part) : "–");
  });
  bar.setAttribute("aria-label", "compute, wait, wire, step: " + now.split.map(millis).join(", "));
  text(at("busy"), total > 0 ? millis(total) + " per round; thread time: reduce " + millis(now.busy[0]) + ", step " + millis(now.busy[1]) : "");
}

const byName = new Intl.Collator("en", { numeric: true });

function showTeam() {
  const workers = [...now.workers].sort((a, b) => (a.state === "gone") - (b.state === "gone") || byName.compare(a.name, b.name));
  const fastest = Math.max(1, ...workers.map((w) => w.rowsPerSecond));
  rows(at("workers"), workers, (w) => w.name, (w) => {
    const isGone = w.state === "gone";
    return [
      w.name,
      { state: w.state },
      isGone ? { n: "–" } : { n: short(Math.round(w.rowsPerSecond)), meter: w.rowsPerSecond / fastest },
      { n: isGone ? "–" : short(w.partitions) },
      { n: isGone ? "–" : millis(w.lag / 1e6) },
      { n: bytes(w.received) },
      { n: bytes(w.sent) },
      { n: isGone ? "–" : bytes(w.bytesPerSecond) + "/s" },
      { n: isGone ? "–" : short(w.waiting) },
      { n: ago(w.silentNanos / 1e9) },
    ];
  }, (w) => w.state);
  if (job.shards > 1) {
    rows(at("shards"), now.shards, (s) => s.number, (s) => [
      String(s.number),
      { state: s.isHere ? "connected" : "disconnected" },
      { n: short(s.parameters) },
      { n: short(s.chunks) },
      { n: "round " + short(s.version) },
      { n: s.number === 0 ? "–" : millis(s.lag / 1e6) },
      { n: s.isHere ? ago(s.silentNanos / 1e9) : "–" },
    ]);
  }
}

function addEvents(events) {
  const list = at("events");
  for (const event of events) {
    if (event.number <= lastEvent) continue;
    lastEvent = event.number;
    const item = document.createElement("li");
    const piece = (tag, kind, words) => Object.assign(document.createElement(tag), { className: kind, textContent: words });
    item.append(
      piece("span", "", new Date(event.time).toLocaleTimeString("en-GB")),
      piece("span", "", "round " + short(event.round)),
      piece("span", "kind " + event.kind, event.kind),
      piece("p", "", event.text),
    );
    list.prepend(item);
  }
  while (list.children.length > MOST_EVENTS) list.lastChild.remove();
}

function addPoints(more) {
  if (more.length === 0) return;
  while (points.length > 0 && points[points.length - 1][0] >= more[0][0]) points.pop();
  points.push(...more);
  if (points.length > MOST_POINTS) points.splice(0, points.length - MOST_POINTS);
}

function isLog() {
  if (view.scale !== null) return view.scale === "log";
  const losses = points.flatMap((p) => LOSSES.map((i) => p[i])).filter((v) => v !== null);
  return curves.isByRatio(Math.min(...losses), Math.max(...losses));
}

/** What all but a few rounds keep below: the first ones take long, as code is still being compiled. */
function usual(totals) {
  const sorted = [...totals].sort((a, b) => a - b);
  const most = sorted[sorted.length - 1] || 1;
  return Math.min(most, 1.5 * sorted[Math.floor(0.95 * (sorted.length - 1))] || most) * 1.05;
}

/** The parts of each round's time, one on top of the other: from all of them down to the first alone, in seconds. */
function stacked(timed) {
  return PARTS.map((_, p) => ({
    y: timed.map((point) => PARTS.slice(0, p + 1).reduce((sum, i) => sum + point[i], 0) / 1000),
    color: "p" + p, fill: "p" + p, width: 0,
  })).reverse();
}

function showCurves() {
  press();
  const draw = (chart, those, y, lines) => {
    const x = those.map((p) => p[view.bySeconds ? 1 : 0]);
    chart.show({ x: { unit: view.bySeconds ? "SECONDS" : "COUNT", isLog: false }, y, lines: lines.map((line) => ({ x, width: WIDTH, ...line })) });
  };
  const ofRows = (places) => Object.entries(ROWS).map(([name, color], k) => ({ name, color, y: points.map((p) => p[places[k]]) }));
  draw(charts.loss, points, { unit: "NUMBER", isLog: isLog() }, ofRows(LOSSES));
  if (job.hasAccuracy) draw(charts.accuracy, points, { unit: "SHARE", isLog: false }, ofRows(ACCURACIES));
  const measured = points.filter((p) => p.length > METRICS);
  const last = measured[measured.length - 1];
  [...at("metrics").children].forEach((item, k) => {
    const value = last?.[METRICS + k] ?? null;
    text(item.lastChild, job.hasAccuracy ? ratio(value) : short(value));
  });
  // R² may begin far below 0.
  const ends = (low, high, isLog) => curves.up(Math.min(Math.max(-1, low), high), high, isLog);
  draw(charts.metrics, measured, { unit: job.hasAccuracy ? "SHARE" : "NUMBER", isLog: false, ends },
    drawn().map(([name, k], place) => ({ name, color: METRIC_COLORS[place], y: measured.map((p) => p[METRICS + k]) })));
  if (!job.isAsync) {
    const timed = points.filter((p) => PARTS.reduce((sum, i) => sum + p[i], 0) > 0);
    const lines = stacked(timed);
    draw(charts.time, timed, { unit: "SECONDS", isLog: false, ends: () => [0, usual(lines[0].y)] }, lines);
  }
}

function show() {
  if (document.hidden) return;
  showFigures();
  showTeam();
  showTime();
  showSteps(now.steps);
  layOut();
  showCurves();
}

// ---- what the user chooses ----

function press() {
  at("scale").setAttribute("aria-pressed", String(isLog()));
  at("axis").setAttribute("aria-pressed", String(view.bySeconds));
}

at("scale").addEventListener("click", () => {
  view.scale = isLog() ? "linear" : "log";
  localStorage.setItem("cordee.scale", view.scale);
  showCurves();
});
at("axis").addEventListener("click", () => {
  view.bySeconds = !view.bySeconds;
  localStorage.setItem("cordee.axis", view.bySeconds ? "time" : "round");
  showCurves();
});
document.addEventListener("visibilitychange", () => { if (job.name !== undefined) show(); });

// ---- the server ----

function take(message) {
  heardAt = Date.now();
  at("lost").hidden = true;
  now = message;
  addPoints(message.points);
  addEvents(message.events);
  show();
}

function lost() {
  if (heardAt === 0) return;
  const time = new Date(heardAt).toLocaleTimeString("en-GB");
  at("lost").hidden = false;
  text(at("lost"), hasEnded()
    ? "The job is over and the server has ended, at " + time + ". The run folder has the report (report.html); cordee ui shows it, too."
    : "The server cannot be reached. Last update: " + time + "; trying again.");
}

function listen() {
  const stream = new EventSource("/events");
  stream.addEventListener("state", (event) => {
    const message = JSON.parse(event.data);
    // Another server counts its events anew.
    const isAnother = job.began !== message.job.began;
    job = message.job;
    points = [];
    if (isAnother) {
      at("events").replaceChildren();
      lastEvent = 0;
    }
    at("login").hidden = true;
    at("main").hidden = false;
    showJob();
    take(message);
  });
  stream.addEventListener("news", (event) => take(JSON.parse(event.data)));
  stream.addEventListener("error", () => {
    lost();
    // Nobody is there to be asked again.
    if (hasEnded()) {
      stream.close();
      return;
    }
    // A browser gives up where it is refused, rather than cut off.
    if (stream.readyState === EventSource.CLOSED) setTimeout(begin, 3000);
  });
}

/** Whether the server lets this browser look on. */
async function begin() {
  try {
    const answer = await fetch("/api/state");
    if (answer.status === 401) {
      at("main").hidden = true;
      at("login").hidden = false;
      at("token").focus();
    } else {
      listen();
    }
  } catch {
    lost();
    setTimeout(begin, 3000);
  }
}

at("login").addEventListener("submit", async (event) => {
  event.preventDefault();
  text(at("refused"), "");
  try {
    const answer = await fetch("/api/session", { headers: { Authorization: "Bearer " + at("token").value.trim() } });
    if (answer.ok) {
      at("token").value = "";
      listen();
    } else {
      text(at("refused"), "That is not this server's token.");
    }
  } catch {
    text(at("refused"), "The server cannot be reached, or this cannot be a token.");
  }
});

begin();
