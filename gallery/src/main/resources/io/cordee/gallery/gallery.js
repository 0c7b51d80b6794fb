"use strict";
// Plays figures: each has its rounds in the page already; here they are only shown and hidden.
const paths = JSON.parse(document.getElementById("numbers").textContent);
const calm = matchMedia("(prefers-reduced-motion: reduce)");
const SECONDS = 7;

for (const figure of document.querySelectorAll("figure.player")) {
  const rounds = Number(figure.dataset.rounds);
  const slider = figure.querySelector("input");
  const button = figure.querySelector("button");
  const label = figure.querySelector("output");
  const trails = [...figure.querySelectorAll(".trail")].map((trail) => {
    const walk = trail.querySelector(".walk");
    return { walk, now: trail.querySelector(".now"), points: walk.getAttribute("points").split(" ") };
  });
  const steps = [...figure.querySelectorAll(".step")];
  const cursors = [...figure.querySelectorAll(".cursor")];
  const readouts = [...figure.querySelectorAll(".readout")];
  let timer = 0;

  function show(round) {
    slider.value = round;
    label.textContent = `round ${round} of ${rounds}`;
    slider.setAttribute("aria-valuetext", label.textContent);
    for (const { walk, now, points } of trails) {
      walk.setAttribute("points", points.slice(0, round + 1).join(" "));
      const [x, y] = points[round].split(",");
      now.setAttribute("cx", x);
      now.setAttribute("cy", y);
    }
    for (const step of steps) step.classList.toggle("shown", Number(step.dataset.round) === round);
    for (const cursor of cursors) {
      cursor.setAttribute("x1", round * cursor.dataset.perRound);
      cursor.setAttribute("x2", round * cursor.dataset.perRound);
    }
    for (const readout of readouts) {
      const [x, y, f] = paths[readout.dataset.path].points[round];
      readout.textContent = `x ${number(x)}   y ${number(y)}   f ${number(f)}`;
    }
  }

  function pause() {
    clearTimeout(timer);
    timer = 0;
    button.textContent = "Play";
  }

  function play() {
    if (Number(slider.value) === rounds) show(0);
    button.textContent = "Pause";
    // Who asks for less motion gets fewer, slower pictures.
    const pictures = calm.matches ? Math.min(rounds, 8) : rounds;
    const stride = Math.ceil(rounds / pictures);
    const wait = Math.min(1100, Math.max(calm.matches ? 800 : 45, (SECONDS * 1000) / pictures));
    const next = () => {
      show(Math.min(rounds, Number(slider.value) + stride));
      if (Number(slider.value) === rounds) pause();
      else timer = setTimeout(next, wait);
    };
    timer = setTimeout(next, wait);
  }

  button.addEventListener("click", () => (timer ? pause() : play()));
  slider.addEventListener("input", () => {
    pause();
    show(Number(slider.value));
  });
  show(Number(figure.dataset.poster));
}

const zooms = new ResizeObserver((entries) => {
  for (const { target, contentRect } of entries) {
    if (contentRect.width > 0) target.style.setProperty("--zoom", Math.max(1, target.viewBox.baseVal.width / contentRect.width).toFixed(3));
  }
});
for (const drawing of document.querySelectorAll(".panel svg")) zooms.observe(drawing);

function number(value) {
  const size = Math.abs(value);
  if (size !== 0 && (size < 0.001 || size >= 10000)) return value.toExponential(2).replace("-", "−").replace("e-", "e−");
  return value.toFixed(4).replace("-", "−");
}

// Without a font for mathematics, brackets stay one line high: they are stretched to the height of what they hold.
for (const bracket of document.querySelectorAll(".formula mo:not([stretchy=false])")) {
  if (!"(){|".includes(bracket.textContent)) continue;
  const [own, held] = [bracket, bracket.parentElement].map((element) => element.getBoundingClientRect());
  const shift = held.top + held.height / 2 - own.top - own.height / 2;
  if (own.height < 0.8 * held.height) bracket.style.transform = `translateY(${shift}px) scaleY(${held.height / own.height})`;
}

const choices = document.querySelectorAll(".choose input");
function choose() {
  for (const choice of choices) {
    document.getElementById(choice.value).hidden = !choice.checked;
  }
}
for (const choice of choices) choice.addEventListener("change", choose);
choose();
