/** The charts of a report as PNG and SVG files. */
package io.cordee.experiment.chart;
