package io.cordee.server;

import io.cordee.server.team.WorkerId;
import io.cordee.server.training.Measurement;
import io.cordee.server.training.Outcome;
import io.cordee.server.training.TrainingListener;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;

/** What a job's listener is told, to be read at any time. */
public class Watcher implements TrainingListener {

  public final List<Measurement> measured = new CopyOnWriteArrayList<>();
  public final List<String> warnings = new CopyOnWriteArrayList<>();
  public final List<String> joined = new CopyOnWriteArrayList<>();
  public final List<String> left = new CopyOnWriteArrayList<>();

  /** Of the weights at the end. */
  public final CompletableFuture<String> digest = new CompletableFuture<>();

  /** Of every row so far. */
  public List<String> digests() {
    return measured.stream().map(Measurement::digest).toList();
  }

  @Override
  public void measured(Measurement measurement) {
    measured.add(measurement);
  }

  @Override
  public void warned(String warning) {
    warnings.add(warning);
  }

  @Override
  public void joined(WorkerId worker, int connected) {
    joined.add(worker.name());
  }

  @Override
  public void left(WorkerId worker, int connected, String why) {
    left.add(worker.name());
  }

  @Override
  public Outcome ended(Outcome outcome, int version, String last, Optional<List<float[]>> weights) {
    digest.complete(last);
    return outcome;
  }
}
