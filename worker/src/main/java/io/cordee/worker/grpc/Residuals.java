package io.cordee.worker.grpc;

import java.util.HashMap;
import java.util.Map;

/**
 * What is owed to the nodes that this worker pushes, chunk by chunk: what was lost of their sums on
 * the way. Once a version goes by in which it did not push a node, that node is another's, and what
 * was owed to it is dropped.
 *
 * <p>Memory: as much as the sums of each node that is pushed. Any thread may call.
 */
final class Residuals {

  private record Key(int node, int chunk) {}

  /** What is owed, and the last version at which it was asked for. */
  private record Owed(float[] floats, int version) {}

  private final Map<Key, Owed> owed = new HashMap<>();
  private int current = -1;

  /**
   * What is owed to a chunk of a node that is pushed now, to be changed in place; zeros at first.
   *
   * @param floats in the chunk
   */
  synchronized float[] of(int version, int node, int chunk, int floats) {
    if (version > current) {
      owed.values().removeIf(each -> each.version() < current);
      current = version;
    }
    Key key = new Key(node, chunk);
    Owed before = owed.get(key);
    if (before == null) {
      before = new Owed(new float[floats], version);
    }
    owed.put(key, new Owed(before.floats(), Math.max(before.version(), version)));
    return before.floats();
  }

  /** How many chunks something is kept for. */
  synchronized int count() {
    return owed.size();
  }
}
