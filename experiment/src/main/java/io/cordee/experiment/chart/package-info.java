/** The charts of a report as SVG files. */
package io.cordee.experiment.chart;
