'use strict';
// Numbers as the axes and the legend show them.

// As many decimals as tell places apart that lie so far from each other.
const decimals = apart => {
  const digits = Math.max(0, Math.ceil(-Math.log10(apart) - 1e-9));
  const shift = apart * 10 ** digits;
  return Math.abs(shift - Math.round(shift)) < 1e-6 ? digits : digits + 1;
};
const prefixed = (value, apart, unit) => {
  const prefixes = ['', 'k', 'M', 'G', 'T'];
  let power = 0;
  while (Math.abs(value) >= 1000 && power < 4) { value /= 1000; apart /= 1000; power++; }
  return +value.toFixed(decimals(apart)) + (prefixes[power] || unit ? ' ' : '') + prefixes[power] + unit;
};
const onX = (scale, value, apart) => scale === 'bytes' ? prefixed(value, apart, 'B')
    : scale === 'seconds' ? +value.toFixed(decimals(apart)) + '' : prefixed(value, apart, '').replace(' ', '');
const onY = (value, apart) => {
  const size = Math.abs(value);
  return value === 0 ? '0'
      : size >= 1e7 || size < 1e-3 ? value.toExponential(decimals(apart / 10 ** Math.floor(Math.log10(size)))).replace('e+', 'e')
      : value.toLocaleString('en', {maximumFractionDigits: decimals(apart)});
};
// The rules by which the tables round.
const significant = (value, digits) => {
  const [mantissa, power] = value.toExponential(digits - 1).split('e').map(Number);
  return value === 0 ? '0' : power < -4 || power >= digits ? mantissa.toFixed(digits - 1) + 'e' + power : value.toFixed(digits - 1 - power);
};
const figures = {
  loss: value => significant(value, 4),
  accuracy: value => value !== 0 && Math.abs(value) < 1e-3 ? significant(value, 3) : value.toFixed(4),
};
