package io.cordee.worker.link;

/** The values of an arriving chunk: read once, front to back. */
public interface VectorData {

  /** Bytes. */
  int size();

  /** Reads the next {@code count} floats into {@code into[at, at + count)}. */
  void read(float[] into, int at, int count);

  /** Fills {@code into}. */
  void read(byte[] into);
}
