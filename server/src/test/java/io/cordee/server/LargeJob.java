package io.cordee.server;

import io.cordee.common.job.Job;
import io.cordee.common.job.file.JobFile;
import io.cordee.common.reduce.Chunks;
import java.util.List;

/** A job without data, with a vector of 16 MB in 62 chunks. */
final class LargeJob {

  static final int PARTITIONS = 8;
  static final int ROUNDS = 3;

  private LargeJob() {}

  static Job job() {
    return JobFile.parse(
        String.join(
            "\n",
            "name: large",
            "model: {layers: [2000, 2000]}",
            "data:",
            "  train: {format: csv, file: train.csv, label: '0'}",
            "partitions: " + PARTITIONS,
            "stop: {rounds: " + ROUNDS + "}"),
        "large.yaml",
        List.of("optimizer.name=gd"));
  }

  static Chunks chunks() {
    return Chunks.of(job().model().layout().parameters(), 1);
  }

  static long vectorBytes() {
    return (long) chunks().parameters() * Float.BYTES;
  }
}
