package io.cordee.server.training;

import io.cordee.common.job.Job;
import java.util.function.LongSupplier;

/**
 * Collaborators of a training.
 *
 * @param nanoTime a clock, for deadlines, the time limit and the figures of the metrics
 */
public record Surroundings(Job job, Team team, TrainingListener listener, LongSupplier nanoTime) {

  RoundListener rounds() {
    return listener.withinRounds();
  }
}
