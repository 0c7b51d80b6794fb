package io.cordee.worker.math;

/** Groups rows of bytes whose non-zero columns coincide. */
final class SimilarRows {

  private final int count;

  /** By row, a bit per byte: whether it is not zero. */
  private final long[][] masks;

  SimilarRows(byte[] values, int from, int count, int width) {
    this.count = count;
    masks = new long[count][(width + Long.SIZE - 1) / Long.SIZE];
    for (int row = 0; row < count; row++) {
      for (int p = 0; p < width; p++) {
        if (values[from + row * width + p] != 0) {
          masks[row][p / Long.SIZE] |= 1L << p;
        }
      }
    }
  }

  /** Each group of this size gets few columns that are not all zero. */
  int[] order(int group) {
    int[] order = new int[count];
    for (int i = 0; i < count; i++) {
      order[i] = i;
    }
    for (int first = 0; first < count; first += group) {
      long[] union = masks[order[first]].clone();
      for (int i = first + 1; i < Math.min(count, first + group); i++) {
        int best = i;
        int smallest = Integer.MAX_VALUE;
        for (int other = i; other < count; other++) {
          int size = size(union, order[other]);
          if (size < smallest) {
            smallest = size;
            best = other;
          }
        }
        int chosen = order[best];
        order[best] = order[i];
        order[i] = chosen;
        for (int word = 0; word < union.length; word++) {
          union[word] |= masks[chosen][word];
        }
      }
    }
    return order;
  }

  private int size(long[] union, int row) {
    int size = 0;
    for (int word = 0; word < union.length; word++) {
      size += Long.bitCount(union[word] | masks[row][word]);
    }
    return size;
  }
}
