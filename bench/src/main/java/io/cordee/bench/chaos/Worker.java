package io.cordee.bench.chaos;

import java.io.IOException;
import java.util.List;

/**
 * A worker and its cables.
 *
 * @param cables one to each shard, in order
 */
record Worker(Member member, List<Cable> cables) {

  void unplug() throws IOException {
    for (Cable cable : cables) {
      cable.close();
    }
  }
}
