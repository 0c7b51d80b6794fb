package io.cordee.cli;

import io.cordee.server.team.WorkerId;
import io.cordee.server.training.Outcome;
import io.cordee.server.training.TrainingListener;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A training's events as log lines. */
final class LoggingListener implements TrainingListener {

  private static final Logger LOG = LoggerFactory.getLogger("training");

  @Override
  public void joined(WorkerId worker, int connected) {
    LOG.info("{} joined; {} connected", worker, connected);
  }

  @Override
  public void left(WorkerId worker, int connected) {
    LOG.warn("{} left; {} connected", worker, connected);
  }

  @Override
  public void resumed(int version) {
    LOG.info("resumed at round {}", version);
  }

  @Override
  public void started(int workers) {
    LOG.info("started with {} workers", workers);
  }

  @Override
  public void waiting(String reason) {
    LOG.warn(reason);
  }

  @Override
  public void warned(String warning) {
    LOG.warn(warning);
  }

  @Override
  public Outcome ended(Outcome outcome, int version, String digest, Optional<float[]> weights) {
    LOG.info("{}; version {}, digest {}", outcome.message(), version, digest);
    return outcome;
  }
}
