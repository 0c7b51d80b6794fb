package io.cordee;

import io.cordee.server.training.LineThroughPoints;

class Line extends LineThroughPoints {

  static Job.Builder job() {
    return Job.builder()
        .parameters(LAYOUT, new float[4])
        .rows(ROWS)
        .partitions(8)
        .stop(Stop.rounds(30));
  }
}
