package io.cordee.spark.rows;

import java.io.Serializable;

/** What one task has written. */
final class StagedFile implements Serializable {

  private static final long serialVersionUID = 1;

  /** Parts of the order over which labels are added up. */
  static final int BITS = 8;

  /** The file's name in the staging folder. */
  String name;

  /** Where each row begins is written from here on. */
  long index;

  long rows;
  long listed;

  /** Sums of labels, and of their squares, over each part. */
  final double[] labels = new double[1 << BITS];

  final double[] squares = new double[1 << BITS];

  /** What is wrong with the first wrong row; null if nothing is. */
  String problem;
}
