'use strict';
// Numbers as the legend shows them.

// The rules by which the tables round.
const significant = (value, digits) => {
  const [mantissa, power] = value.toExponential(digits - 1).split('e').map(Number);
  return value === 0 ? '0' : power < -4 || power >= digits ? mantissa.toFixed(digits - 1) + 'e' + power : value.toFixed(digits - 1 - power);
};
const figures = {
  loss: value => significant(value, 4),
  accuracy: value => value !== 0 && Math.abs(value) < 1e-3 ? significant(value, 3) : value.toFixed(4),
};
