package io.cordee.server.web;

import io.cordee.server.observe.Figures;
import io.cordee.server.observe.Observation;

/**
 * The figures of a job when they were last looked at, so that all of a scrape are of one moment.
 */
final class Latest {

  private final Observation observation;
  private volatile Figures figures;

  Latest(Observation observation) {
    this.observation = observation;
    look();
  }

  void look() {
    figures = observation.figures();
  }

  Figures figures() {
    return figures;
  }
}
