// Numbers and times as people read them.

/** As short as can be read: 1,234, 0.0123, 1.2e-7. */
export function short(value) {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e9)) return value.toExponential(2).replace("e+", "e");
  if (size >= 1000) return Math.round(value).toLocaleString("en");
  return String(Number(value.toPrecision(4)));
}

export function text(element, value) {
  if (element.textContent !== value) element.textContent = value;
}

export function bytes(count) {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let unit = 0;
  let value = count;
  for (; value >= 999.5 && unit < units.length - 1; unit++) value /= 1000;
  return (unit === 0 ? Math.round(value) : Number(value.toPrecision(3))) + " " + units[unit];
}

export const millis = (ms) => (ms >= 1000 ? short(ms / 1000) + " s" : ms >= 100 ? Math.round(ms) + " ms" : Number(ms.toPrecision(2)) + " ms");

export function span(seconds) {
  const s = Math.max(0, Math.round(seconds));
  if (s < 60) return s + " s";
  if (s < 3600) return Math.floor(s / 60) + " min " + (s % 60) + " s";
  return Math.floor(s / 3600) + " h " + (Math.floor(s / 60) % 60) + " min";
}

export function clock(seconds) {
  const whole = Math.round(seconds);
  const two = (n) => String(n).padStart(2, "0");
  return whole >= 3600
    ? Math.floor(whole / 3600) + ":" + two(Math.floor(whole / 60) % 60) + ":" + two(whole % 60)
    : Math.floor(whole / 60) + ":" + two(whole % 60);
}

export const ago = (seconds) => (seconds < 1 ? "now" : span(seconds) + " ago");
export const many = (count, what) => short(count) + " " + what + (count === 1 ? "" : "s");
