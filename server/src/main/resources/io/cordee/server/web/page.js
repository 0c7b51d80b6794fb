// The live page: shows what the server tells by server-sent events, and asks for nothing to be changed.

import { accuracyChart, lossChart, metricsChart, stacked, timeChart } from "./charts.js";
import { showSteps } from "./steps.js";
import { rows } from "./tables.js";
import { ago, bytes, many, millis, short, span, text } from "./words.js";

const MOST_EVENTS = 100;
const MOST_POINTS = 2000;

// Where a point has its values; those of train, validation and test.
const LOSSES = [2, 4, 6];
const ACCURACIES = [3, 5, 7];
const PARTS = [9, 10, 11, 12];
const METRICS = 13;
const at = (id) => document.getElementById(id);

const view = {
  isLog: localStorage.getItem("cordee.scale") !== "linear",
  bySeconds: localStorage.getItem("cordee.axis") === "time",
};
let job = {};
let now = {};
let points = [];
let lastEvent = 0;
let heardAt = 0;

const charts = {
  loss: lossChart(at("loss-chart"), view),
  accuracy: accuracyChart(at("accuracy-chart"), view),
  metrics: metricsChart(at("metrics-chart"), view, () => drawn().map(([name]) => name)),
  time: timeChart(at("time-chart"), view),
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
    job.rule + (job.isAsync ? ", asynchronous" : "") + " · " + job.model + " · "
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

function showCurves() {
  const column = (i) => points.map((p) => p[i]);
  const x = column(view.bySeconds ? 1 : 0);
  charts.loss.show([x, ...LOSSES.map((i) => (view.isLog ? column(i).map((v) => (v > 0 ? v : null)) : column(i)))]);
  if (job.hasAccuracy) charts.accuracy.show([x, ...ACCURACIES.map(column)]);
  const measured = points.filter((p) => p.length > METRICS);
  const last = measured[measured.length - 1];
  [...at("metrics").children].forEach((item, k) => {
    const value = last?.[METRICS + k] ?? null;
    text(item.lastChild, job.hasAccuracy ? ratio(value) : short(value));
  });
  charts.metrics.show([
    measured.map((p) => p[view.bySeconds ? 1 : 0]),
    ...drawn().map(([, k]) => measured.map((p) => p[METRICS + k])),
  ]);
  if (!job.isAsync) {
    const timed = points.filter((p) => PARTS.reduce((sum, i) => sum + p[i], 0) > 0);
    charts.time.show([timed.map((p) => p[view.bySeconds ? 1 : 0]), ...stacked(PARTS.map((i) => timed.map((p) => p[i])))]);
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
  at("scale").setAttribute("aria-pressed", String(view.isLog));
  at("axis").setAttribute("aria-pressed", String(view.bySeconds));
}

function redraw() {
  Object.values(charts).forEach((chart) => { if (chart.plot) chart.build(); });
  showCurves();
}

at("scale").addEventListener("click", () => {
  view.isLog = !view.isLog;
  localStorage.setItem("cordee.scale", view.isLog ? "log" : "linear");
  press();
  redraw();
});
at("axis").addEventListener("click", () => {
  view.bySeconds = !view.bySeconds;
  localStorage.setItem("cordee.axis", view.bySeconds ? "time" : "round");
  press();
  redraw();
});
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
document.addEventListener("visibilitychange", () => { if (job.name !== undefined) show(); });
press();

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
