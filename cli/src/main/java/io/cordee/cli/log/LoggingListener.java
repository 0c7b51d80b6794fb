package io.cordee.cli.log;

import io.cordee.server.team.WorkerId;
import io.cordee.server.training.Measurement;
import io.cordee.server.training.Outcome;
import io.cordee.server.training.TrainingListener;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

public class LoggingListener implements TrainingListener {

  static final Logger LOG = LoggerFactory.getLogger("training");

  @Override
  public void joined(WorkerId worker, int connected) {
    about(worker, () -> LOG.info("{} joined; {} connected", worker, connected));
  }

  @Override
  public void left(WorkerId worker, int connected, String why) {
    about(worker, () -> LOG.warn("{} left: {}; {} connected", worker, why, connected));
  }

  private static void about(WorkerId worker, Runnable line) {
    MDC.put(JsonLines.WORKER, worker.toString());
    try {
      line.run();
    } finally {
      MDC.remove(JsonLines.WORKER);
    }
  }

  @Override
  public void resumed(int version) {
    JsonLines.about(JsonLines.ROUND, "" + version);
    LOG.info("resumed at round {}", version);
  }

  @Override
  public void measured(Measurement measurement) {
    JsonLines.about(JsonLines.ROUND, "" + measurement.round());
  }

  @Override
  public void started(int workers, int rounds) {
    LOG.info("started with {} worker{}", workers, workers == 1 ? "" : "s");
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
  public Outcome ended(
      Outcome outcome, int version, String digest, Optional<List<float[]>> weights) {
    JsonLines.about(JsonLines.ROUND, "" + version);
    LOG.info("{}; version {}, digest {}", outcome.message(), version, digest);
    return outcome;
  }
}
