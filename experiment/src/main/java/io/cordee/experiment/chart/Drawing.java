package io.cordee.experiment.chart;

import org.jfree.chart.JFreeChart;

/** A chart and the size that it is meant for, in points. */
record Drawing(JFreeChart chart, int width, int height) {}
