package io.cordee.server;

import io.cordee.common.job.Job;
import io.cordee.common.job.file.JobFile;
import io.cordee.common.kernel.Digest;
import io.cordee.common.model.InitialWeights;
import io.cordee.common.optimizer.Optimizer;
import io.cordee.common.optimizer.ParameterState;
import io.cordee.common.optimizer.RoundScalars;
import java.util.ArrayList;
import java.util.List;

/** A job without data, gradients made up: two chunks, five partitions, six rounds. */
public final class MadeUpJob {

  public static final int PARTITIONS = 5;
  public static final int ROWS_PER_PARTITION = 2;
  public static final int TEST_ROWS = 3;
  public static final int ROUNDS = 6;

  private static final int CHUNK = 256;

  private MadeUpJob() {}

  public static Job job(String... overrides) {
    List<String> all = new ArrayList<>(List.of("optimizer.name=adam"));
    all.addAll(List.of(overrides));
    return JobFile.parse(
        String.join(
            "\n",
            "name: made-up",
            "model: {layers: [17, 16]}",
            "data:",
            "  train: {format: csv, file: train.csv, label: '0'}",
            "  test: {format: csv, file: test.csv, label: '0'}",
            "partitions: " + PARTITIONS,
            "evaluate_every: 2",
            "stop: {rounds: " + ROUNDS + "}"),
        "made-up.yaml",
        all);
  }

  public static int parameters() {
    return job().model().layout().parameters();
  }

  /** The gradient sum of a partition for the parameters from {@code from} on. */
  public static float[] gradient(int partition, float[] at, int from) {
    float[] sums = new float[at.length];
    for (int i = 0; i < at.length; i++) {
      float target = 0.001f * ((from + i) % 997);
      sums[i] = (at[i] - target) * (0.3f + 0.1f * partition);
    }
    return sums;
  }

  /** The trained vector's digest, computed without a server: recursive tree sums by chunk. */
  static String digest() {
    return digest(ROUNDS);
  }

  public static String digest(int rounds, String... overrides) {
    Job job = job(overrides);
    Optimizer optimizer = Optimizer.of(job.optimizer(), parameters());
    ParameterState state = new ParameterState(InitialWeights.of(job.model()), optimizer.slots());
    long[] checksums = new long[2];
    for (int round = 1; round <= rounds; round++) {
      RoundScalars scalars = new RoundScalars(round, (long) PARTITIONS * ROWS_PER_PARTITION, 1, 1);
      for (int chunk = 0; chunk < checksums.length; chunk++) {
        int from = chunk * CHUNK;
        int to = Math.min(parameters(), from + CHUNK);
        float[] at = java.util.Arrays.copyOfRange(state.current(), from, to);
        optimizer.step(scalars, sum(0, PARTITIONS, at, from), state, from, to);
        checksums[chunk] = Digest.ofChunk(state.next(), state.slots(), from, to);
      }
      state.advance();
    }
    return Digest.ofVector(rounds, checksums);
  }

  private static float[] sum(int first, int end, float[] at, int from) {
    if (end - first == 1) {
      return gradient(first, at, from);
    }
    int middle = first + (end - first + 1) / 2;
    float[] left = sum(first, middle, at, from);
    float[] right = sum(middle, end, at, from);
    for (int i = 0; i < left.length; i++) {
      left[i] += right[i];
    }
    return left;
  }
}
