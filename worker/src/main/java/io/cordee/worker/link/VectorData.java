package io.cordee.worker.link;

/** The values of a chunk as they come in: read once, from front to back. */
public interface VectorData {

  /** Bytes. */
  int size();

  /** Reads the next {@code count} floats into {@code into[at, at + count)}. */
  void read(float[] into, int at, int count);

  /** Reads the next bytes, as many as {@code into} holds. */
  void read(byte[] into);
}
