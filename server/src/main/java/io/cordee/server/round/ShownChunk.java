package io.cordee.server.round;

import java.util.List;

/**
 * The state of a chunk, or of rows in it; it holds still only while it is shown.
 *
 * @param version the chunk's own: one ahead of the board's if it is stepped
 * @param vectors the weights at this version, those of the version before, and slots: all of them
 *     to be kept, those that a replay needs to be sent
 * @param checksum to be kept, of the chunk; to be sent, of these weights and slots
 * @param rows of a table, if what is shown to be kept is only these and what precedes the table
 */
public record ShownChunk(int version, List<float[]> vectors, long checksum, int[] rows) {

  private static final int[] NONE = {};

  /** The whole chunk. */
  public ShownChunk(int version, List<float[]> vectors, long checksum) {
    this(version, vectors, checksum, NONE);
  }

  /** The number of parameters that are shown. */
  public int size() {
    return vectors.get(0).length;
  }
}
