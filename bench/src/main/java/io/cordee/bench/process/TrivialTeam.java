package io.cordee.bench.process;

import io.cordee.common.job.Downlink;
import io.cordee.common.model.Words;
import java.io.IOException;
import java.util.Collections;
import java.util.List;

/** Teams whose workers compute nothing. */
public final class TrivialTeam {

  private static final int CLASSES = 10;

  private TrivialTeam() {}

  /**
   * Starts one on this machine.
   *
   * @param parameters a multiple of 10
   */
  public static Team start(int parameters, Downlink downlink, int workers)
      throws IOException, InterruptedException {
    return start(parameters, downlink, Host.HERE, Collections.nCopies(workers, Host.HERE));
  }

  /**
   * Starts one on several hosts.
   *
   * @param parameters a multiple of 10
   * @param workers one on each of these
   */
  public static Team start(int parameters, Downlink downlink, Host server, List<Host> workers)
      throws IOException, InterruptedException {
    String job = job(parameters, downlink, workers.size());
    return Team.start(server, workers, job, List.of(), TrivialWorker.class);
  }

  /**
   * The job, as YAML: a softmax regression without end. Each worker holds one partition, and so
   * pushes one vector a round.
   *
   * @param parameters a multiple of 10
   */
  public static String job(int parameters, Downlink downlink, int workers) {
    if (parameters % CLASSES != 0) {
      throw new IllegalArgumentException(
          "parameters must be a multiple of " + CLASSES + "; found " + parameters);
    }
    return """
        name: trivial
        model: {layers: [%d, %d]}
        data: {train: {format: csv, file: none.csv, label: 0}}
        rule: {name: rprop}
        partitions: %d
        evaluate_every: 1000000000
        digest_every: 0
        checkpoint: {every: 0}
        downlink: %s
        stop: {rounds: 1000000000}
        """
        .formatted(parameters / CLASSES - 1, CLASSES, workers, Words.of(downlink));
  }
}
