package io.cordee.spark.rows;

import java.io.Serializable;

/** The file that one task has written. */
final class StagedFile implements Serializable {

  private static final long serialVersionUID = 2;

  /** The order has 2^this parts, each of which is in one file. */
  static final int BITS = 8;

  /** Rows of a block; where each block begins is written down. */
  static final int BLOCK = 64;

  String name;

  /** The offset of the table of block offsets. */
  long index;

  long rows;

  /** Features that are not 0, or may be, of all rows. */
  long listed;

  /** The moments of the labels in each part of the order. */
  final Moments[] labels = new Moments[1 << BITS];

  /** The fault of the first wrong row; null if there is none. */
  String problem;

  StagedFile() {
    for (int part = 0; part < labels.length; part++) {
      labels[part] = new Moments();
    }
  }
}
