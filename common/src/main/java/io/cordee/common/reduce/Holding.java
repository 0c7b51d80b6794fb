package io.cordee.common.reduce;

/**
 * Which parameters of each chunk go to a worker and come from it: all of them, for which the {@link
 * Chunks} stand themselves, or what a {@link RowHolding} says.
 */
public interface Holding {

  /** 0 if it is all; else from 1, rising as the worker comes to hold more. */
  int number();

  Chunks chunks();

  /** The index, among all values that are held, that a chunk's begin at. */
  int from(int chunk);

  /** The index behind the last of a chunk's values. */
  int to(int chunk);

  default int size(int chunk) {
    return to(chunk) - from(chunk);
  }

  /** The most neighbouring chunks that share a message. */
  int perMessage();

  /** The number of values that are held of the whole vector. */
  int values();
}
