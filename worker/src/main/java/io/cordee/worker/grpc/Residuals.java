package io.cordee.worker.grpc;

import java.util.HashMap;
import java.util.Map;

/**
 * The rounding errors of the nodes that this worker pushes, chunk by chunk. A node that it did not
 * push in a version belongs to another worker, and its residual is dropped.
 *
 * <p>Memory: as much as the sums of each node that is pushed. Any thread may call.
 */
final class Residuals {

  private record Key(int node, int chunk) {}

  /** A residual, and the last version that used it. */
  private record Residual(float[] floats, int version) {}

  private final Map<Key, Residual> residuals = new HashMap<>();
  private int current = -1;

  /** The residual of a chunk of a node, to be updated in place; initially zeros. */
  synchronized float[] of(int version, int node, int chunk, int floats) {
    if (version > current) {
      residuals.values().removeIf(each -> each.version() < current);
      current = version;
    }
    Key key = new Key(node, chunk);
    Residual before = residuals.get(key);
    if (before == null) {
      before = new Residual(new float[floats], version);
    }
    residuals.put(key, new Residual(before.floats(), Math.max(before.version(), version)));
    return before.floats();
  }

  synchronized int count() {
    return residuals.size();
  }
}
