package io.cordee.worker.math;

import java.util.Arrays;

/**
 * The non-zeros of a matrix of bytes, as a kernel reads them. Neighbouring lines form groups of one
 * to three, cut into blocks: a list holds the entries of one group in one block in which any line
 * is not zero. Entry: (place in the block &lt;&lt; 8 · lines) | their bytes, the first line's
 * lowest. The lists of a block follow each other, group by group.
 *
 * @param group lines in a group
 * @param groups lists of a block
 * @param starts of each list, and the end of the last
 */
record ByteLists(int group, int groups, int[] entries, int[] starts) {

  /**
   * @param lines where each line begins
   * @param length of a line
   * @param step from byte to byte of a line
   */
  record Bytes(byte[] values, int[] lines, int length, int step) {

    int at(int i, int p) {
      return i < lines.length ? values[lines[i] + p * step] & 0xff : 0;
    }

    int at(int first, int group, int p) {
      int bytes = 0;
      for (int i = group - 1; i >= 0; i--) {
        bytes = bytes << 8 | at(first + i, p);
      }
      return bytes;
    }
  }

  int count() {
    return starts.length - 1;
  }

  static ByteLists of(Bytes bytes, int group, int block) {
    int groups = (bytes.lines().length + group - 1) / group;
    int blocks = (bytes.length() + block - 1) / block;
    int[] starts = new int[groups * blocks + 1];
    int[] entries = new int[1024];
    int count = 0;
    int list = 0;
    for (int from = 0; from < bytes.length(); from += block) {
      int to = Math.min(bytes.length(), from + block);
      for (int first = 0; first < bytes.lines().length; first += group) {
        starts[list++] = count;
        if (entries.length < count + block) {
          entries = Arrays.copyOf(entries, 2 * entries.length + block);
        }
        for (int p = from; p < to; p++) {
          int at = bytes.at(first, group, p);
          if (at != 0) {
            entries[count++] = p - from << 8 * group | at;
          }
        }
      }
    }
    starts[list] = count;
    return new ByteLists(group, groups, Arrays.copyOf(entries, count), starts);
  }
}
