package io.cordee.worker.math;

import io.cordee.common.kernel.Lanes;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Written by LoopWriter, among the tests: change that, not this.
 *
 * <p>c is [R, V vectors], its rows cRow apart, and is kept in registers throughout. Each of its
 * elements goes through its own chain c ← fma(a, b, c), in the order of k.
 */
final class VectorLoops {

  static final VectorSpecies<Float> SPECIES = Lanes.species();
  static final int L = SPECIES.length();

  private VectorLoops() {}

  /** 12 × 2, a row-major. */
  static void rows12x2(
      int k, float[] a, int aFrom, int aRow, float[] b, int bFrom, float[] c, int cFrom, int cRow) {
    FloatVector c0v0 = FloatVector.fromArray(SPECIES, c, cFrom);
    FloatVector c0v1 = FloatVector.fromArray(SPECIES, c, cFrom + L);
    FloatVector c1v0 = FloatVector.fromArray(SPECIES, c, cFrom + cRow);
    FloatVector c1v1 = FloatVector.fromArray(SPECIES, c, cFrom + cRow + L);
    FloatVector c2v0 = FloatVector.fromArray(SPECIES, c, cFrom + 2 * cRow);
    FloatVector c2v1 = FloatVector.fromArray(SPECIES, c, cFrom + 2 * cRow + L);
    FloatVector c3v0 = FloatVector.fromArray(SPECIES, c, cFrom + 3 * cRow);
    FloatVector c3v1 = FloatVector.fromArray(SPECIES, c, cFrom + 3 * cRow + L);
    FloatVector c4v0 = FloatVector.fromArray(SPECIES, c, cFrom + 4 * cRow);
    FloatVector c4v1 = FloatVector.fromArray(SPECIES, c, cFrom + 4 * cRow + L);
    FloatVector c5v0 = FloatVector.fromArray(SPECIES, c, cFrom + 5 * cRow);
    FloatVector c5v1 = FloatVector.fromArray(SPECIES, c, cFrom + 5 * cRow + L);
    FloatVector c6v0 = FloatVector.fromArray(SPECIES, c, cFrom + 6 * cRow);
    FloatVector c6v1 = FloatVector.fromArray(SPECIES, c, cFrom + 6 * cRow + L);
    FloatVector c7v0 = FloatVector.fromArray(SPECIES, c, cFrom + 7 * cRow);
    FloatVector c7v1 = FloatVector.fromArray(SPECIES, c, cFrom + 7 * cRow + L);
    FloatVector c8v0 = FloatVector.fromArray(SPECIES, c, cFrom + 8 * cRow);
    FloatVector c8v1 = FloatVector.fromArray(SPECIES, c, cFrom + 8 * cRow + L);
    FloatVector c9v0 = FloatVector.fromArray(SPECIES, c, cFrom + 9 * cRow);
    FloatVector c9v1 = FloatVector.fromArray(SPECIES, c, cFrom + 9 * cRow + L);
    FloatVector c10v0 = FloatVector.fromArray(SPECIES, c, cFrom + 10 * cRow);
    FloatVector c10v1 = FloatVector.fromArray(SPECIES, c, cFrom + 10 * cRow + L);
    FloatVector c11v0 = FloatVector.fromArray(SPECIES, c, cFrom + 11 * cRow);
    FloatVector c11v1 = FloatVector.fromArray(SPECIES, c, cFrom + 11 * cRow + L);
    for (int p = 0; p < k; p++) {
      int at = aFrom + p;
      int row = bFrom + p * 2 * L;
      FloatVector b0 = FloatVector.fromArray(SPECIES, b, row);
      FloatVector b1 = FloatVector.fromArray(SPECIES, b, row + L);
      FloatVector a0 = FloatVector.broadcast(SPECIES, a[at]);
      c0v0 = a0.fma(b0, c0v0);
      c0v1 = a0.fma(b1, c0v1);
      FloatVector a1 = FloatVector.broadcast(SPECIES, a[at + aRow]);
      c1v0 = a1.fma(b0, c1v0);
      c1v1 = a1.fma(b1, c1v1);
      FloatVector a2 = FloatVector.broadcast(SPECIES, a[at + 2 * aRow]);
      c2v0 = a2.fma(b0, c2v0);
      c2v1 = a2.fma(b1, c2v1);
      FloatVector a3 = FloatVector.broadcast(SPECIES, a[at + 3 * aRow]);
      c3v0 = a3.fma(b0, c3v0);
      c3v1 = a3.fma(b1, c3v1);
      FloatVector a4 = FloatVector.broadcast(SPECIES, a[at + 4 * aRow]);
      c4v0 = a4.fma(b0, c4v0);
      c4v1 = a4.fma(b1, c4v1);
      FloatVector a5 = FloatVector.broadcast(SPECIES, a[at + 5 * aRow]);
      c5v0 = a5.fma(b0, c5v0);
      c5v1 = a5.fma(b1, c5v1);
      FloatVector a6 = FloatVector.broadcast(SPECIES, a[at + 6 * aRow]);
      c6v0 = a6.fma(b0, c6v0);
      c6v1 = a6.fma(b1, c6v1);
      FloatVector a7 = FloatVector.broadcast(SPECIES, a[at + 7 * aRow]);
      c7v0 = a7.fma(b0, c7v0);
      c7v1 = a7.fma(b1, c7v1);
      FloatVector a8 = FloatVector.broadcast(SPECIES, a[at + 8 * aRow]);
      c8v0 = a8.fma(b0, c8v0);
      c8v1 = a8.fma(b1, c8v1);
      FloatVector a9 = FloatVector.broadcast(SPECIES, a[at + 9 * aRow]);
      c9v0 = a9.fma(b0, c9v0);
      c9v1 = a9.fma(b1, c9v1);
      FloatVector a10 = FloatVector.broadcast(SPECIES, a[at + 10 * aRow]);
      c10v0 = a10.fma(b0, c10v0);
      c10v1 = a10.fma(b1, c10v1);
      FloatVector a11 = FloatVector.broadcast(SPECIES, a[at + 11 * aRow]);
      c11v0 = a11.fma(b0, c11v0);
      c11v1 = a11.fma(b1, c11v1);
    }
    c0v0.intoArray(c, cFrom);
    c0v1.intoArray(c, cFrom + L);
    c1v0.intoArray(c, cFrom + cRow);
    c1v1.intoArray(c, cFrom + cRow + L);
    c2v0.intoArray(c, cFrom + 2 * cRow);
    c2v1.intoArray(c, cFrom + 2 * cRow + L);
    c3v0.intoArray(c, cFrom + 3 * cRow);
    c3v1.intoArray(c, cFrom + 3 * cRow + L);
    c4v0.intoArray(c, cFrom + 4 * cRow);
    c4v1.intoArray(c, cFrom + 4 * cRow + L);
    c5v0.intoArray(c, cFrom + 5 * cRow);
    c5v1.intoArray(c, cFrom + 5 * cRow + L);
    c6v0.intoArray(c, cFrom + 6 * cRow);
    c6v1.intoArray(c, cFrom + 6 * cRow + L);
    c7v0.intoArray(c, cFrom + 7 * cRow);
    c7v1.intoArray(c, cFrom + 7 * cRow + L);
    c8v0.intoArray(c, cFrom + 8 * cRow);
    c8v1.intoArray(c, cFrom + 8 * cRow + L);
    c9v0.intoArray(c, cFrom + 9 * cRow);
    c9v1.intoArray(c, cFrom + 9 * cRow + L);
    c10v0.intoArray(c, cFrom + 10 * cRow);
    c10v1.intoArray(c, cFrom + 10 * cRow + L);
    c11v0.intoArray(c, cFrom + 11 * cRow);
    c11v1.intoArray(c, cFrom + 11 * cRow + L);
  }

  /** 12 × 2, a packed. */
  static void packed12x2(
      int k, float[] a, int aFrom, float[] b, int bFrom, float[] c, int cFrom, int cRow) {
    FloatVector c0v0 = FloatVector.fromArray(SPECIES, c, cFrom);
    FloatVector c0v1 = FloatVector.fromArray(SPECIES, c, cFrom + L);
    FloatVector c1v0 = FloatVector.fromArray(SPECIES, c, cFrom + cRow);
    FloatVector c1v1 = FloatVector.fromArray(SPECIES, c, cFrom + cRow + L);
    FloatVector c2v0 = FloatVector.fromArray(SPECIES, c, cFrom + 2 * cRow);
    FloatVector c2v1 = FloatVector.fromArray(SPECIES, c, cFrom + 2 * cRow + L);
    FloatVector c3v0 = FloatVector.fromArray(SPECIES, c, cFrom + 3 * cRow);
    FloatVector c3v1 = FloatVector.fromArray(SPECIES, c, cFrom + 3 * cRow + L);
    FloatVector c4v0 = FloatVector.fromArray(SPECIES, c, cFrom + 4 * cRow);
    FloatVector c4v1 = FloatVector.fromArray(SPECIES, c, cFrom + 4 * cRow + L);
    FloatVector c5v0 = FloatVector.fromArray(SPECIES, c, cFrom + 5 * cRow);
    FloatVector c5v1 = FloatVector.fromArray(SPECIES, c, cFrom + 5 * cRow + L);
    FloatVector c6v0 = FloatVector.fromArray(SPECIES, c, cFrom + 6 * cRow);
    FloatVector c6v1 = FloatVector.fromArray(SPECIES, c, cFrom + 6 * cRow + L);
    FloatVector c7v0 = FloatVector.fromArray(SPECIES, c, cFrom + 7 * cRow);
    FloatVector c7v1 = FloatVector.fromArray(SPECIES, c, cFrom + 7 * cRow + L);
    FloatVector c8v0 = FloatVector.fromArray(SPECIES, c, cFrom + 8 * cRow);
    FloatVector c8v1 = FloatVector.fromArray(SPECIES, c, cFrom + 8 * cRow + L);
    FloatVector c9v0 = FloatVector.fromArray(SPECIES, c, cFrom + 9 * cRow);
    FloatVector c9v1 = FloatVector.fromArray(SPECIES, c, cFrom + 9 * cRow + L);
    FloatVector c10v0 = FloatVector.fromArray(SPECIES, c, cFrom + 10 * cRow);
    FloatVector c10v1 = FloatVector.fromArray(SPECIES, c, cFrom + 10 * cRow + L);
    FloatVector c11v0 = FloatVector.fromArray(SPECIES, c, cFrom + 11 * cRow);
    FloatVector c11v1 = FloatVector.fromArray(SPECIES, c, cFrom + 11 * cRow + L);
    for (int p = 0; p < k; p++) {
      int at = aFrom + 12 * p;
      int row = bFrom + p * 2 * L;
      FloatVector b0 = FloatVector.fromArray(SPECIES, b, row);
      FloatVector b1 = FloatVector.fromArray(SPECIES, b, row + L);
      FloatVector a0 = FloatVector.broadcast(SPECIES, a[at]);
      c0v0 = a0.fma(b0, c0v0);
      c0v1 = a0.fma(b1, c0v1);
      FloatVector a1 = FloatVector.broadcast(SPECIES, a[at + 1]);
      c1v0 = a1.fma(b0, c1v0);
      c1v1 = a1.fma(b1, c1v1);
      FloatVector a2 = FloatVector.broadcast(SPECIES, a[at + 2]);
      c2v0 = a2.fma(b0, c2v0);
      c2v1 = a2.fma(b1, c2v1);
      FloatVector a3 = FloatVector.broadcast(SPECIES, a[at + 3]);
      c3v0 = a3.fma(b0, c3v0);
      c3v1 = a3.fma(b1, c3v1);
      FloatVector a4 = FloatVector.broadcast(SPECIES, a[at + 4]);
      c4v0 = a4.fma(b0, c4v0);
      c4v1 = a4.fma(b1, c4v1);
      FloatVector a5 = FloatVector.broadcast(SPECIES, a[at + 5]);
      c5v0 = a5.fma(b0, c5v0);
      c5v1 = a5.fma(b1, c5v1);
      FloatVector a6 = FloatVector.broadcast(SPECIES, a[at + 6]);
      c6v0 = a6.fma(b0, c6v0);
      c6v1 = a6.fma(b1, c6v1);
      FloatVector a7 = FloatVector.broadcast(SPECIES, a[at + 7]);
      c7v0 = a7.fma(b0, c7v0);
      c7v1 = a7.fma(b1, c7v1);
      FloatVector a8 = FloatVector.broadcast(SPECIES, a[at + 8]);
      c8v0 = a8.fma(b0, c8v0);
      c8v1 = a8.fma(b1, c8v1);
      FloatVector a9 = FloatVector.broadcast(SPECIES, a[at + 9]);
      c9v0 = a9.fma(b0, c9v0);
      c9v1 = a9.fma(b1, c9v1);
      FloatVector a10 = FloatVector.broadcast(SPECIES, a[at + 10]);
      c10v0 = a10.fma(b0, c10v0);
      c10v1 = a10.fma(b1, c10v1);
      FloatVector a11 = FloatVector.broadcast(SPECIES, a[at + 11]);
      c11v0 = a11.fma(b0, c11v0);
      c11v1 = a11.fma(b1, c11v1);
    }
    c0v0.intoArray(c, cFrom);
    c0v1.intoArray(c, cFrom + L);
    c1v0.intoArray(c, cFrom + cRow);
    c1v1.intoArray(c, cFrom + cRow + L);
    c2v0.intoArray(c, cFrom + 2 * cRow);
    c2v1.intoArray(c, cFrom + 2 * cRow + L);
    c3v0.intoArray(c, cFrom + 3 * cRow);
    c3v1.intoArray(c, cFrom + 3 * cRow + L);
    c4v0.intoArray(c, cFrom + 4 * cRow);
    c4v1.intoArray(c, cFrom + 4 * cRow + L);
    c5v0.intoArray(c, cFrom + 5 * cRow);
    c5v1.intoArray(c, cFrom + 5 * cRow + L);
    c6v0.intoArray(c, cFrom + 6 * cRow);
    c6v1.intoArray(c, cFrom + 6 * cRow + L);
    c7v0.intoArray(c, cFrom + 7 * cRow);
    c7v1.intoArray(c, cFrom + 7 * cRow + L);
    c8v0.intoArray(c, cFrom + 8 * cRow);
    c8v1.intoArray(c, cFrom + 8 * cRow + L);
    c9v0.intoArray(c, cFrom + 9 * cRow);
    c9v1.intoArray(c, cFrom + 9 * cRow + L);
    c10v0.intoArray(c, cFrom + 10 * cRow);
    c10v1.intoArray(c, cFrom + 10 * cRow + L);
    c11v0.intoArray(c, cFrom + 11 * cRow);
    c11v1.intoArray(c, cFrom + 11 * cRow + L);
  }

  /** 12 × 1, a row-major. */
  static void rows12x1(
      int k, float[] a, int aFrom, int aRow, float[] b, int bFrom, float[] c, int cFrom, int cRow) {
    FloatVector c0v0 = FloatVector.fromArray(SPECIES, c, cFrom);
    FloatVector c1v0 = FloatVector.fromArray(SPECIES, c, cFrom + cRow);
    FloatVector c2v0 = FloatVector.fromArray(SPECIES, c, cFrom + 2 * cRow);
    FloatVector c3v0 = FloatVector.fromArray(SPECIES, c, cFrom + 3 * cRow);
    FloatVector c4v0 = FloatVector.fromArray(SPECIES, c, cFrom + 4 * cRow);
    FloatVector c5v0 = FloatVector.fromArray(SPECIES, c, cFrom + 5 * cRow);
    FloatVector c6v0 = FloatVector.fromArray(SPECIES, c, cFrom + 6 * cRow);
    FloatVector c7v0 = FloatVector.fromArray(SPECIES, c, cFrom + 7 * cRow);
    FloatVector c8v0 = FloatVector.fromArray(SPECIES, c, cFrom + 8 * cRow);
    FloatVector c9v0 = FloatVector.fromArray(SPECIES, c, cFrom + 9 * cRow);
    FloatVector c10v0 = FloatVector.fromArray(SPECIES, c, cFrom + 10 * cRow);
    FloatVector c11v0 = FloatVector.fromArray(SPECIES, c, cFrom + 11 * cRow);
    for (int p = 0; p < k; p++) {
      int at = aFrom + p;
      int row = bFrom + p * L;
      FloatVector b0 = FloatVector.fromArray(SPECIES, b, row);
      FloatVector a0 = FloatVector.broadcast(SPECIES, a[at]);
      c0v0 = a0.fma(b0, c0v0);
      FloatVector a1 = FloatVector.broadcast(SPECIES, a[at + aRow]);
      c1v0 = a1.fma(b0, c1v0);
      FloatVector a2 = FloatVector.broadcast(SPECIES, a[at + 2 * aRow]);
      c2v0 = a2.fma(b0, c2v0);
      FloatVector a3 = FloatVector.broadcast(SPECIES, a[at + 3 * aRow]);
      c3v0 = a3.fma(b0, c3v0);
      FloatVector a4 = FloatVector.broadcast(SPECIES, a[at + 4 * aRow]);
      c4v0 = a4.fma(b0, c4v0);
      FloatVector a5 = FloatVector.broadcast(SPECIES, a[at + 5 * aRow]);
      c5v0 = a5.fma(b0, c5v0);
      FloatVector a6 = FloatVector.broadcast(SPECIES, a[at + 6 * aRow]);
      c6v0 = a6.fma(b0, c6v0);
      FloatVector a7 = FloatVector.broadcast(SPECIES, a[at + 7 * aRow]);
      c7v0 = a7.fma(b0, c7v0);
      FloatVector a8 = FloatVector.broadcast(SPECIES, a[at + 8 * aRow]);
      c8v0 = a8.fma(b0, c8v0);
      FloatVector a9 = FloatVector.broadcast(SPECIES, a[at + 9 * aRow]);
      c9v0 = a9.fma(b0, c9v0);
      FloatVector a10 = FloatVector.broadcast(SPECIES, a[at + 10 * aRow]);
      c10v0 = a10.fma(b0, c10v0);
      FloatVector a11 = FloatVector.broadcast(SPECIES, a[at + 11 * aRow]);
      c11v0 = a11.fma(b0, c11v0);
    }
    c0v0.intoArray(c, cFrom);
    c1v0.intoArray(c, cFrom + cRow);
    c2v0.intoArray(c, cFrom + 2 * cRow);
    c3v0.intoArray(c, cFrom + 3 * cRow);
    c4v0.intoArray(c, cFrom + 4 * cRow);
    c5v0.intoArray(c, cFrom + 5 * cRow);
    c6v0.intoArray(c, cFrom + 6 * cRow);
    c7v0.intoArray(c, cFrom + 7 * cRow);
    c8v0.intoArray(c, cFrom + 8 * cRow);
    c9v0.intoArray(c, cFrom + 9 * cRow);
    c10v0.intoArray(c, cFrom + 10 * cRow);
    c11v0.intoArray(c, cFrom + 11 * cRow);
  }

  /** 12 × 1, a packed. */
  static void packed12x1(
      int k, float[] a, int aFrom, float[] b, int bFrom, float[] c, int cFrom, int cRow) {
    FloatVector c0v0 = FloatVector.fromArray(SPECIES, c, cFrom);
    FloatVector c1v0 = FloatVector.fromArray(SPECIES, c, cFrom + cRow);
    FloatVector c2v0 = FloatVector.fromArray(SPECIES, c, cFrom + 2 * cRow);
    FloatVector c3v0 = FloatVector.fromArray(SPECIES, c, cFrom + 3 * cRow);
    FloatVector c4v0 = FloatVector.fromArray(SPECIES, c, cFrom + 4 * cRow);
    FloatVector c5v0 = FloatVector.fromArray(SPECIES, c, cFrom + 5 * cRow);
    FloatVector c6v0 = FloatVector.fromArray(SPECIES, c, cFrom + 6 * cRow);
    FloatVector c7v0 = FloatVector.fromArray(SPECIES, c, cFrom + 7 * cRow);
    FloatVector c8v0 = FloatVector.fromArray(SPECIES, c, cFrom + 8 * cRow);
    FloatVector c9v0 = FloatVector.fromArray(SPECIES, c, cFrom + 9 * cRow);
    FloatVector c10v0 = FloatVector.fromArray(SPECIES, c, cFrom + 10 * cRow);
    FloatVector c11v0 = FloatVector.fromArray(SPECIES, c, cFrom + 11 * cRow);
    for (int p = 0; p < k; p++) {
      int at = aFrom + 12 * p;
      int row = bFrom + p * L;
      FloatVector b0 = FloatVector.fromArray(SPECIES, b, row);
      FloatVector a0 = FloatVector.broadcast(SPECIES, a[at]);
      c0v0 = a0.fma(b0, c0v0);
      FloatVector a1 = FloatVector.broadcast(SPECIES, a[at + 1]);
      c1v0 = a1.fma(b0, c1v0);
      FloatVector a2 = FloatVector.broadcast(SPECIES, a[at + 2]);
      c2v0 = a2.fma(b0, c2v0);
      FloatVector a3 = FloatVector.broadcast(SPECIES, a[at + 3]);
      c3v0 = a3.fma(b0, c3v0);
      FloatVector a4 = FloatVector.broadcast(SPECIES, a[at + 4]);
      c4v0 = a4.fma(b0, c4v0);
      FloatVector a5 = FloatVector.broadcast(SPECIES, a[at + 5]);
      c5v0 = a5.fma(b0, c5v0);
      FloatVector a6 = FloatVector.broadcast(SPECIES, a[at + 6]);
      c6v0 = a6.fma(b0, c6v0);
      FloatVector a7 = FloatVector.broadcast(SPECIES, a[at + 7]);
      c7v0 = a7.fma(b0, c7v0);
      FloatVector a8 = FloatVector.broadcast(SPECIES, a[at + 8]);
      c8v0 = a8.fma(b0, c8v0);
      FloatVector a9 = FloatVector.broadcast(SPECIES, a[at + 9]);
      c9v0 = a9.fma(b0, c9v0);
      FloatVector a10 = FloatVector.broadcast(SPECIES, a[at + 10]);
      c10v0 = a10.fma(b0, c10v0);
      FloatVector a11 = FloatVector.broadcast(SPECIES, a[at + 11]);
      c11v0 = a11.fma(b0, c11v0);
    }
    c0v0.intoArray(c, cFrom);
    c1v0.intoArray(c, cFrom + cRow);
    c2v0.intoArray(c, cFrom + 2 * cRow);
    c3v0.intoArray(c, cFrom + 3 * cRow);
    c4v0.intoArray(c, cFrom + 4 * cRow);
    c5v0.intoArray(c, cFrom + 5 * cRow);
    c6v0.intoArray(c, cFrom + 6 * cRow);
    c7v0.intoArray(c, cFrom + 7 * cRow);
    c8v0.intoArray(c, cFrom + 8 * cRow);
    c9v0.intoArray(c, cFrom + 9 * cRow);
    c10v0.intoArray(c, cFrom + 10 * cRow);
    c11v0.intoArray(c, cFrom + 11 * cRow);
  }

  /** 6 × 2, a row-major. */
  static void rows6x2(
      int k, float[] a, int aFrom, int aRow, float[] b, int bFrom, float[] c, int cFrom, int cRow) {
    FloatVector c0v0 = FloatVector.fromArray(SPECIES, c, cFrom);
    FloatVector c0v1 = FloatVector.fromArray(SPECIES, c, cFrom + L);
    FloatVector c1v0 = FloatVector.fromArray(SPECIES, c, cFrom + cRow);
    FloatVector c1v1 = FloatVector.fromArray(SPECIES, c, cFrom + cRow + L);
    FloatVector c2v0 = FloatVector.fromArray(SPECIES, c, cFrom + 2 * cRow);
    FloatVector c2v1 = FloatVector.fromArray(SPECIES, c, cFrom + 2 * cRow + L);
    FloatVector c3v0 = FloatVector.fromArray(SPECIES, c, cFrom + 3 * cRow);
    FloatVector c3v1 = FloatVector.fromArray(SPECIES, c, cFrom + 3 * cRow + L);
    FloatVector c4v0 = FloatVector.fromArray(SPECIES, c, cFrom + 4 * cRow);
    FloatVector c4v1 = FloatVector.fromArray(SPECIES, c, cFrom + 4 * cRow + L);
    FloatVector c5v0 = FloatVector.fromArray(SPECIES, c, cFrom + 5 * cRow);
    FloatVector c5v1 = FloatVector.fromArray(SPECIES, c, cFrom + 5 * cRow + L);
    for (int p = 0; p < k; p++) {
      int at = aFrom + p;
      int row = bFrom + p * 2 * L;
      FloatVector b0 = FloatVector.fromArray(SPECIES, b, row);
      FloatVector b1 = FloatVector.fromArray(SPECIES, b, row + L);
      FloatVector a0 = FloatVector.broadcast(SPECIES, a[at]);
      c0v0 = a0.fma(b0, c0v0);
      c0v1 = a0.fma(b1, c0v1);
      FloatVector a1 = FloatVector.broadcast(SPECIES, a[at + aRow]);
      c1v0 = a1.fma(b0, c1v0);
      c1v1 = a1.fma(b1, c1v1);
      FloatVector a2 = FloatVector.broadcast(SPECIES, a[at + 2 * aRow]);
      c2v0 = a2.fma(b0, c2v0);
      c2v1 = a2.fma(b1, c2v1);
      FloatVector a3 = FloatVector.broadcast(SPECIES, a[at + 3 * aRow]);
      c3v0 = a3.fma(b0, c3v0);
      c3v1 = a3.fma(b1, c3v1);
      FloatVector a4 = FloatVector.broadcast(SPECIES, a[at + 4 * aRow]);
      c4v0 = a4.fma(b0, c4v0);
      c4v1 = a4.fma(b1, c4v1);
      FloatVector a5 = FloatVector.broadcast(SPECIES, a[at + 5 * aRow]);
      c5v0 = a5.fma(b0, c5v0);
      c5v1 = a5.fma(b1, c5v1);
    }
    c0v0.intoArray(c, cFrom);
    c0v1.intoArray(c, cFrom + L);
    c1v0.intoArray(c, cFrom + cRow);
    c1v1.intoArray(c, cFrom + cRow + L);
    c2v0.intoArray(c, cFrom + 2 * cRow);
    c2v1.intoArray(c, cFrom + 2 * cRow + L);
    c3v0.intoArray(c, cFrom + 3 * cRow);
    c3v1.intoArray(c, cFrom + 3 * cRow + L);
    c4v0.intoArray(c, cFrom + 4 * cRow);
    c4v1.intoArray(c, cFrom + 4 * cRow + L);
    c5v0.intoArray(c, cFrom + 5 * cRow);
    c5v1.intoArray(c, cFrom + 5 * cRow + L);
  }

  /** 6 × 2, a packed. */
  static void packed6x2(
      int k, float[] a, int aFrom, float[] b, int bFrom, float[] c, int cFrom, int cRow) {
    FloatVector c0v0 = FloatVector.fromArray(SPECIES, c, cFrom);
    FloatVector c0v1 = FloatVector.fromArray(SPECIES, c, cFrom + L);
    FloatVector c1v0 = FloatVector.fromArray(SPECIES, c, cFrom + cRow);
    FloatVector c1v1 = FloatVector.fromArray(SPECIES, c, cFrom + cRow + L);
    FloatVector c2v0 = FloatVector.fromArray(SPECIES, c, cFrom + 2 * cRow);
    FloatVector c2v1 = FloatVector.fromArray(SPECIES, c, cFrom + 2 * cRow + L);
    FloatVector c3v0 = FloatVector.fromArray(SPECIES, c, cFrom + 3 * cRow);
    FloatVector c3v1 = FloatVector.fromArray(SPECIES, c, cFrom + 3 * cRow + L);
    FloatVector c4v0 = FloatVector.fromArray(SPECIES, c, cFrom + 4 * cRow);
    FloatVector c4v1 = FloatVector.fromArray(SPECIES, c, cFrom + 4 * cRow + L);
    FloatVector c5v0 = FloatVector.fromArray(SPECIES, c, cFrom + 5 * cRow);
    FloatVector c5v1 = FloatVector.fromArray(SPECIES, c, cFrom + 5 * cRow + L);
    for (int p = 0; p < k; p++) {
      int at = aFrom + 6 * p;
      int row = bFrom + p * 2 * L;
      FloatVector b0 = FloatVector.fromArray(SPECIES, b, row);
      FloatVector b1 = FloatVector.fromArray(SPECIES, b, row + L);
      FloatVector a0 = FloatVector.broadcast(SPECIES, a[at]);
      c0v0 = a0.fma(b0, c0v0);
      c0v1 = a0.fma(b1, c0v1);
      FloatVector a1 = FloatVector.broadcast(SPECIES, a[at + 1]);
      c1v0 = a1.fma(b0, c1v0);
      c1v1 = a1.fma(b1, c1v1);
      FloatVector a2 = FloatVector.broadcast(SPECIES, a[at + 2]);
      c2v0 = a2.fma(b0, c2v0);
      c2v1 = a2.fma(b1, c2v1);
      FloatVector a3 = FloatVector.broadcast(SPECIES, a[at + 3]);
      c3v0 = a3.fma(b0, c3v0);
      c3v1 = a3.fma(b1, c3v1);
      FloatVector a4 = FloatVector.broadcast(SPECIES, a[at + 4]);
      c4v0 = a4.fma(b0, c4v0);
      c4v1 = a4.fma(b1, c4v1);
      FloatVector a5 = FloatVector.broadcast(SPECIES, a[at + 5]);
      c5v0 = a5.fma(b0, c5v0);
      c5v1 = a5.fma(b1, c5v1);
    }
    c0v0.intoArray(c, cFrom);
    c0v1.intoArray(c, cFrom + L);
    c1v0.intoArray(c, cFrom + cRow);
    c1v1.intoArray(c, cFrom + cRow + L);
    c2v0.intoArray(c, cFrom + 2 * cRow);
    c2v1.intoArray(c, cFrom + 2 * cRow + L);
    c3v0.intoArray(c, cFrom + 3 * cRow);
    c3v1.intoArray(c, cFrom + 3 * cRow + L);
    c4v0.intoArray(c, cFrom + 4 * cRow);
    c4v1.intoArray(c, cFrom + 4 * cRow + L);
    c5v0.intoArray(c, cFrom + 5 * cRow);
    c5v1.intoArray(c, cFrom + 5 * cRow + L);
  }

  /** 6 × 1, a row-major. */
  static void rows6x1(
      int k, float[] a, int aFrom, int aRow, float[] b, int bFrom, float[] c, int cFrom, int cRow) {
    FloatVector c0v0 = FloatVector.fromArray(SPECIES, c, cFrom);
    FloatVector c1v0 = FloatVector.fromArray(SPECIES, c, cFrom + cRow);
    FloatVector c2v0 = FloatVector.fromArray(SPECIES, c, cFrom + 2 * cRow);
    FloatVector c3v0 = FloatVector.fromArray(SPECIES, c, cFrom + 3 * cRow);
    FloatVector c4v0 = FloatVector.fromArray(SPECIES, c, cFrom + 4 * cRow);
    FloatVector c5v0 = FloatVector.fromArray(SPECIES, c, cFrom + 5 * cRow);
    for (int p = 0; p < k; p++) {
      int at = aFrom + p;
      int row = bFrom + p * L;
      FloatVector b0 = FloatVector.fromArray(SPECIES, b, row);
      FloatVector a0 = FloatVector.broadcast(SPECIES, a[at]);
      c0v0 = a0.fma(b0, c0v0);
      FloatVector a1 = FloatVector.broadcast(SPECIES, a[at + aRow]);
      c1v0 = a1.fma(b0, c1v0);
      FloatVector a2 = FloatVector.broadcast(SPECIES, a[at + 2 * aRow]);
      c2v0 = a2.fma(b0, c2v0);
      FloatVector a3 = FloatVector.broadcast(SPECIES, a[at + 3 * aRow]);
      c3v0 = a3.fma(b0, c3v0);
      FloatVector a4 = FloatVector.broadcast(SPECIES, a[at + 4 * aRow]);
      c4v0 = a4.fma(b0, c4v0);
      FloatVector a5 = FloatVector.broadcast(SPECIES, a[at + 5 * aRow]);
      c5v0 = a5.fma(b0, c5v0);
    }
    c0v0.intoArray(c, cFrom);
    c1v0.intoArray(c, cFrom + cRow);
    c2v0.intoArray(c, cFrom + 2 * cRow);
    c3v0.intoArray(c, cFrom + 3 * cRow);
    c4v0.intoArray(c, cFrom + 4 * cRow);
    c5v0.intoArray(c, cFrom + 5 * cRow);
  }

  /** 6 × 1, a packed. */
  static void packed6x1(
      int k, float[] a, int aFrom, float[] b, int bFrom, float[] c, int cFrom, int cRow) {
    FloatVector c0v0 = FloatVector.fromArray(SPECIES, c, cFrom);
    FloatVector c1v0 = FloatVector.fromArray(SPECIES, c, cFrom + cRow);
    FloatVector c2v0 = FloatVector.fromArray(SPECIES, c, cFrom + 2 * cRow);
    FloatVector c3v0 = FloatVector.fromArray(SPECIES, c, cFrom + 3 * cRow);
    FloatVector c4v0 = FloatVector.fromArray(SPECIES, c, cFrom + 4 * cRow);
    FloatVector c5v0 = FloatVector.fromArray(SPECIES, c, cFrom + 5 * cRow);
    for (int p = 0; p < k; p++) {
      int at = aFrom + 6 * p;
      int row = bFrom + p * L;
      FloatVector b0 = FloatVector.fromArray(SPECIES, b, row);
      FloatVector a0 = FloatVector.broadcast(SPECIES, a[at]);
      c0v0 = a0.fma(b0, c0v0);
      FloatVector a1 = FloatVector.broadcast(SPECIES, a[at + 1]);
      c1v0 = a1.fma(b0, c1v0);
      FloatVector a2 = FloatVector.broadcast(SPECIES, a[at + 2]);
      c2v0 = a2.fma(b0, c2v0);
      FloatVector a3 = FloatVector.broadcast(SPECIES, a[at + 3]);
      c3v0 = a3.fma(b0, c3v0);
      FloatVector a4 = FloatVector.broadcast(SPECIES, a[at + 4]);
      c4v0 = a4.fma(b0, c4v0);
      FloatVector a5 = FloatVector.broadcast(SPECIES, a[at + 5]);
      c5v0 = a5.fma(b0, c5v0);
    }
    c0v0.intoArray(c, cFrom);
    c1v0.intoArray(c, cFrom + cRow);
    c2v0.intoArray(c, cFrom + 2 * cRow);
    c3v0.intoArray(c, cFrom + 3 * cRow);
    c4v0.intoArray(c, cFrom + 4 * cRow);
    c5v0.intoArray(c, cFrom + 5 * cRow);
  }

  /** Lists for 1 rows of c each. */
  static void listed1x8(
      int[] entries,
      int[] starts,
      int first,
      int end,
      float[] table,
      float[] b,
      int bFrom,
      float[] c,
      int cFrom) {
    for (int list = first; list < end; list++) {
      if (starts[list] == starts[list + 1]) {
        continue;
      }
      list1x8(
          entries,
          starts[list],
          starts[list + 1],
          table,
          b,
          bFrom,
          c,
          cFrom + (list - first) * 8 * L);
    }
  }

  private static void list1x8(
      int[] entries, int from, int to, float[] table, float[] b, int bFrom, float[] c, int cFrom) {
    int cRow = 8 * L;
    FloatVector c0v0 = FloatVector.fromArray(SPECIES, c, cFrom);
    FloatVector c0v1 = FloatVector.fromArray(SPECIES, c, cFrom + L);
    FloatVector c0v2 = FloatVector.fromArray(SPECIES, c, cFrom + 2 * L);
    FloatVector c0v3 = FloatVector.fromArray(SPECIES, c, cFrom + 3 * L);
    FloatVector c0v4 = FloatVector.fromArray(SPECIES, c, cFrom + 4 * L);
    FloatVector c0v5 = FloatVector.fromArray(SPECIES, c, cFrom + 5 * L);
    FloatVector c0v6 = FloatVector.fromArray(SPECIES, c, cFrom + 6 * L);
    FloatVector c0v7 = FloatVector.fromArray(SPECIES, c, cFrom + 7 * L);
    for (int p = from; p < to; p++) {
      int entry = entries[p];
      int row = bFrom + (entry >>> 8) * 8 * L;
      FloatVector a0 = FloatVector.broadcast(SPECIES, table[entry & 0xff]);
      FloatVector b0 = FloatVector.fromArray(SPECIES, b, row);
      c0v0 = a0.fma(b0, c0v0);
      FloatVector b1 = FloatVector.fromArray(SPECIES, b, row + L);
      c0v1 = a0.fma(b1, c0v1);
      FloatVector b2 = FloatVector.fromArray(SPECIES, b, row + 2 * L);
      c0v2 = a0.fma(b2, c0v2);
      FloatVector b3 = FloatVector.fromArray(SPECIES, b, row + 3 * L);
      c0v3 = a0.fma(b3, c0v3);
      FloatVector b4 = FloatVector.fromArray(SPECIES, b, row + 4 * L);
      c0v4 = a0.fma(b4, c0v4);
      FloatVector b5 = FloatVector.fromArray(SPECIES, b, row + 5 * L);
      c0v5 = a0.fma(b5, c0v5);
      FloatVector b6 = FloatVector.fromArray(SPECIES, b, row + 6 * L);
      c0v6 = a0.fma(b6, c0v6);
      FloatVector b7 = FloatVector.fromArray(SPECIES, b, row + 7 * L);
      c0v7 = a0.fma(b7, c0v7);
    }
    c0v0.intoArray(c, cFrom);
    c0v1.intoArray(c, cFrom + L);
    c0v2.intoArray(c, cFrom + 2 * L);
    c0v3.intoArray(c, cFrom + 3 * L);
    c0v4.intoArray(c, cFrom + 4 * L);
    c0v5.intoArray(c, cFrom + 5 * L);
    c0v6.intoArray(c, cFrom + 6 * L);
    c0v7.intoArray(c, cFrom + 7 * L);
  }

  /** Lists for 3 rows of c each. */
  static void listed3x8(
      int[] entries,
      int[] starts,
      int first,
      int end,
      float[] table,
      float[] b,
      int bFrom,
      float[] c,
      int cFrom) {
    for (int list = first; list < end; list++) {
      if (starts[list] == starts[list + 1]) {
        continue;
      }
      list3x8(
          entries,
          starts[list],
          starts[list + 1],
          table,
          b,
          bFrom,
          c,
          cFrom + (list - first) * 24 * L);
    }
  }

  private static void list3x8(
      int[] entries, int from, int to, float[] table, float[] b, int bFrom, float[] c, int cFrom) {
    int cRow = 8 * L;
    FloatVector c0v0 = FloatVector.fromArray(SPECIES, c, cFrom);
    FloatVector c0v1 = FloatVector.fromArray(SPECIES, c, cFrom + L);
    FloatVector c0v2 = FloatVector.fromArray(SPECIES, c, cFrom + 2 * L);
    FloatVector c0v3 = FloatVector.fromArray(SPECIES, c, cFrom + 3 * L);
    FloatVector c0v4 = FloatVector.fromArray(SPECIES, c, cFrom + 4 * L);
    FloatVector c0v5 = FloatVector.fromArray(SPECIES, c, cFrom + 5 * L);
    FloatVector c0v6 = FloatVector.fromArray(SPECIES, c, cFrom + 6 * L);
    FloatVector c0v7 = FloatVector.fromArray(SPECIES, c, cFrom + 7 * L);
    FloatVector c1v0 = FloatVector.fromArray(SPECIES, c, cFrom + cRow);
    FloatVector c1v1 = FloatVector.fromArray(SPECIES, c, cFrom + cRow + L);
    FloatVector c1v2 = FloatVector.fromArray(SPECIES, c, cFrom + cRow + 2 * L);
    FloatVector c1v3 = FloatVector.fromArray(SPECIES, c, cFrom + cRow + 3 * L);
    FloatVector c1v4 = FloatVector.fromArray(SPECIES, c, cFrom + cRow + 4 * L);
    FloatVector c1v5 = FloatVector.fromArray(SPECIES, c, cFrom + cRow + 5 * L);
    FloatVector c1v6 = FloatVector.fromArray(SPECIES, c, cFrom + cRow + 6 * L);
    FloatVector c1v7 = FloatVector.fromArray(SPECIES, c, cFrom + cRow + 7 * L);
    FloatVector c2v0 = FloatVector.fromArray(SPECIES, c, cFrom + 2 * cRow);
    FloatVector c2v1 = FloatVector.fromArray(SPECIES, c, cFrom + 2 * cRow + L);
    FloatVector c2v2 = FloatVector.fromArray(SPECIES, c, cFrom + 2 * cRow + 2 * L);
    FloatVector c2v3 = FloatVector.fromArray(SPECIES, c, cFrom + 2 * cRow + 3 * L);
    FloatVector c2v4 = FloatVector.fromArray(SPECIES, c, cFrom + 2 * cRow + 4 * L);
    FloatVector c2v5 = FloatVector.fromArray(SPECIES, c, cFrom + 2 * cRow + 5 * L);
    FloatVector c2v6 = FloatVector.fromArray(SPECIES, c, cFrom + 2 * cRow + 6 * L);
    FloatVector c2v7 = FloatVector.fromArray(SPECIES, c, cFrom + 2 * cRow + 7 * L);
    for (int p = from; p < to; p++) {
      int entry = entries[p];
      int row = bFrom + (entry >>> 24) * 8 * L;
      FloatVector a0 = FloatVector.broadcast(SPECIES, table[entry & 0xff]);
      FloatVector a1 = FloatVector.broadcast(SPECIES, table[(entry >>> 8) & 0xff]);
      FloatVector a2 = FloatVector.broadcast(SPECIES, table[(entry >>> 16) & 0xff]);
      FloatVector b0 = FloatVector.fromArray(SPECIES, b, row);
      c0v0 = a0.fma(b0, c0v0);
      c1v0 = a1.fma(b0, c1v0);
      c2v0 = a2.fma(b0, c2v0);
      FloatVector b1 = FloatVector.fromArray(SPECIES, b, row + L);
      c0v1 = a0.fma(b1, c0v1);
      c1v1 = a1.fma(b1, c1v1);
      c2v1 = a2.fma(b1, c2v1);
      FloatVector b2 = FloatVector.fromArray(SPECIES, b, row + 2 * L);
      c0v2 = a0.fma(b2, c0v2);
      c1v2 = a1.fma(b2, c1v2);
      c2v2 = a2.fma(b2, c2v2);
      FloatVector b3 = FloatVector.fromArray(SPECIES, b, row + 3 * L);
      c0v3 = a0.fma(b3, c0v3);
      c1v3 = a1.fma(b3, c1v3);
      c2v3 = a2.fma(b3, c2v3);
      FloatVector b4 = FloatVector.fromArray(SPECIES, b, row + 4 * L);
      c0v4 = a0.fma(b4, c0v4);
      c1v4 = a1.fma(b4, c1v4);
      c2v4 = a2.fma(b4, c2v4);
      FloatVector b5 = FloatVector.fromArray(SPECIES, b, row + 5 * L);
      c0v5 = a0.fma(b5, c0v5);
      c1v5 = a1.fma(b5, c1v5);
      c2v5 = a2.fma(b5, c2v5);
      FloatVector b6 = FloatVector.fromArray(SPECIES, b, row + 6 * L);
      c0v6 = a0.fma(b6, c0v6);
      c1v6 = a1.fma(b6, c1v6);
      c2v6 = a2.fma(b6, c2v6);
      FloatVector b7 = FloatVector.fromArray(SPECIES, b, row + 7 * L);
      c0v7 = a0.fma(b7, c0v7);
      c1v7 = a1.fma(b7, c1v7);
      c2v7 = a2.fma(b7, c2v7);
    }
    c0v0.intoArray(c, cFrom);
    c0v1.intoArray(c, cFrom + L);
    c0v2.intoArray(c, cFrom + 2 * L);
    c0v3.intoArray(c, cFrom + 3 * L);
    c0v4.intoArray(c, cFrom + 4 * L);
    c0v5.intoArray(c, cFrom + 5 * L);
    c0v6.intoArray(c, cFrom + 6 * L);
    c0v7.intoArray(c, cFrom + 7 * L);
    c1v0.intoArray(c, cFrom + cRow);
    c1v1.intoArray(c, cFrom + cRow + L);
    c1v2.intoArray(c, cFrom + cRow + 2 * L);
    c1v3.intoArray(c, cFrom + cRow + 3 * L);
    c1v4.intoArray(c, cFrom + cRow + 4 * L);
    c1v5.intoArray(c, cFrom + cRow + 5 * L);
    c1v6.intoArray(c, cFrom + cRow + 6 * L);
    c1v7.intoArray(c, cFrom + cRow + 7 * L);
    c2v0.intoArray(c, cFrom + 2 * cRow);
    c2v1.intoArray(c, cFrom + 2 * cRow + L);
    c2v2.intoArray(c, cFrom + 2 * cRow + 2 * L);
    c2v3.intoArray(c, cFrom + 2 * cRow + 3 * L);
    c2v4.intoArray(c, cFrom + 2 * cRow + 4 * L);
    c2v5.intoArray(c, cFrom + 2 * cRow + 5 * L);
    c2v6.intoArray(c, cFrom + 2 * cRow + 6 * L);
    c2v7.intoArray(c, cFrom + 2 * cRow + 7 * L);
  }

  /** Lists for 1 rows of c each. */
  static void listed1x4(
      int[] entries,
      int[] starts,
      int first,
      int end,
      float[] table,
      float[] b,
      int bFrom,
      float[] c,
      int cFrom) {
    for (int list = first; list < end; list++) {
      if (starts[list] == starts[list + 1]) {
        continue;
      }
      list1x4(
          entries,
          starts[list],
          starts[list + 1],
          table,
          b,
          bFrom,
          c,
          cFrom + (list - first) * 4 * L);
    }
  }

  private static void list1x4(
      int[] entries, int from, int to, float[] table, float[] b, int bFrom, float[] c, int cFrom) {
    int cRow = 4 * L;
    FloatVector c0v0 = FloatVector.fromArray(SPECIES, c, cFrom);
    FloatVector c0v1 = FloatVector.fromArray(SPECIES, c, cFrom + L);
    FloatVector c0v2 = FloatVector.fromArray(SPECIES, c, cFrom + 2 * L);
    FloatVector c0v3 = FloatVector.fromArray(SPECIES, c, cFrom + 3 * L);
    for (int p = from; p < to; p++) {
      int entry = entries[p];
      int row = bFrom + (entry >>> 8) * 4 * L;
      FloatVector a0 = FloatVector.broadcast(SPECIES, table[entry & 0xff]);
      FloatVector b0 = FloatVector.fromArray(SPECIES, b, row);
      c0v0 = a0.fma(b0, c0v0);
      FloatVector b1 = FloatVector.fromArray(SPECIES, b, row + L);
      c0v1 = a0.fma(b1, c0v1);
      FloatVector b2 = FloatVector.fromArray(SPECIES, b, row + 2 * L);
      c0v2 = a0.fma(b2, c0v2);
      FloatVector b3 = FloatVector.fromArray(SPECIES, b, row + 3 * L);
      c0v3 = a0.fma(b3, c0v3);
    }
    c0v0.intoArray(c, cFrom);
    c0v1.intoArray(c, cFrom + L);
    c0v2.intoArray(c, cFrom + 2 * L);
    c0v3.intoArray(c, cFrom + 3 * L);
  }

  /** Lists for 3 rows of c each. */
  static void listed3x4(
      int[] entries,
      int[] starts,
      int first,
      int end,
      float[] table,
      float[] b,
      int bFrom,
      float[] c,
      int cFrom) {
    for (int list = first; list < end; list++) {
      if (starts[list] == starts[list + 1]) {
        continue;
      }
      list3x4(
          entries,
          starts[list],
          starts[list + 1],
          table,
          b,
          bFrom,
          c,
          cFrom + (list - first) * 12 * L);
    }
  }

  private static void list3x4(
      int[] entries, int from, int to, float[] table, float[] b, int bFrom, float[] c, int cFrom) {
    int cRow = 4 * L;
    FloatVector c0v0 = FloatVector.fromArray(SPECIES, c, cFrom);
    FloatVector c0v1 = FloatVector.fromArray(SPECIES, c, cFrom + L);
    FloatVector c0v2 = FloatVector.fromArray(SPECIES, c, cFrom + 2 * L);
    FloatVector c0v3 = FloatVector.fromArray(SPECIES, c, cFrom + 3 * L);
    FloatVector c1v0 = FloatVector.fromArray(SPECIES, c, cFrom + cRow);
    FloatVector c1v1 = FloatVector.fromArray(SPECIES, c, cFrom + cRow + L);
    FloatVector c1v2 = FloatVector.fromArray(SPECIES, c, cFrom + cRow + 2 * L);
    FloatVector c1v3 = FloatVector.fromArray(SPECIES, c, cFrom + cRow + 3 * L);
    FloatVector c2v0 = FloatVector.fromArray(SPECIES, c, cFrom + 2 * cRow);
    FloatVector c2v1 = FloatVector.fromArray(SPECIES, c, cFrom + 2 * cRow + L);
    FloatVector c2v2 = FloatVector.fromArray(SPECIES, c, cFrom + 2 * cRow + 2 * L);
    FloatVector c2v3 = FloatVector.fromArray(SPECIES, c, cFrom + 2 * cRow + 3 * L);
    for (int p = from; p < to; p++) {
      int entry = entries[p];
      int row = bFrom + (entry >>> 24) * 4 * L;
      FloatVector a0 = FloatVector.broadcast(SPECIES, table[entry & 0xff]);
      FloatVector a1 = FloatVector.broadcast(SPECIES, table[(entry >>> 8) & 0xff]);
      FloatVector a2 = FloatVector.broadcast(SPECIES, table[(entry >>> 16) & 0xff]);
      FloatVector b0 = FloatVector.fromArray(SPECIES, b, row);
      c0v0 = a0.fma(b0, c0v0);
      c1v0 = a1.fma(b0, c1v0);
      c2v0 = a2.fma(b0, c2v0);
      FloatVector b1 = FloatVector.fromArray(SPECIES, b, row + L);
      c0v1 = a0.fma(b1, c0v1);
      c1v1 = a1.fma(b1, c1v1);
      c2v1 = a2.fma(b1, c2v1);
      FloatVector b2 = FloatVector.fromArray(SPECIES, b, row + 2 * L);
      c0v2 = a0.fma(b2, c0v2);
      c1v2 = a1.fma(b2, c1v2);
      c2v2 = a2.fma(b2, c2v2);
      FloatVector b3 = FloatVector.fromArray(SPECIES, b, row + 3 * L);
      c0v3 = a0.fma(b3, c0v3);
      c1v3 = a1.fma(b3, c1v3);
      c2v3 = a2.fma(b3, c2v3);
    }
    c0v0.intoArray(c, cFrom);
    c0v1.intoArray(c, cFrom + L);
    c0v2.intoArray(c, cFrom + 2 * L);
    c0v3.intoArray(c, cFrom + 3 * L);
    c1v0.intoArray(c, cFrom + cRow);
    c1v1.intoArray(c, cFrom + cRow + L);
    c1v2.intoArray(c, cFrom + cRow + 2 * L);
    c1v3.intoArray(c, cFrom + cRow + 3 * L);
    c2v0.intoArray(c, cFrom + 2 * cRow);
    c2v1.intoArray(c, cFrom + 2 * cRow + L);
    c2v2.intoArray(c, cFrom + 2 * cRow + 2 * L);
    c2v3.intoArray(c, cFrom + 2 * cRow + 3 * L);
  }

  /** Lists for 1 rows of c each. */
  static void listed1x2(
      int[] entries,
      int[] starts,
      int first,
      int end,
      float[] table,
      float[] b,
      int bFrom,
      float[] c,
      int cFrom) {
    for (int list = first; list < end; list++) {
      if (starts[list] == starts[list + 1]) {
        continue;
      }
      list1x2(
          entries,
          starts[list],
          starts[list + 1],
          table,
          b,
          bFrom,
          c,
          cFrom + (list - first) * 2 * L);
    }
  }

  private static void list1x2(
      int[] entries, int from, int to, float[] table, float[] b, int bFrom, float[] c, int cFrom) {
    int cRow = 2 * L;
    FloatVector c0v0 = FloatVector.fromArray(SPECIES, c, cFrom);
    FloatVector c0v1 = FloatVector.fromArray(SPECIES, c, cFrom + L);
    for (int p = from; p < to; p++) {
      int entry = entries[p];
      int row = bFrom + (entry >>> 8) * 2 * L;
      FloatVector a0 = FloatVector.broadcast(SPECIES, table[entry & 0xff]);
      FloatVector b0 = FloatVector.fromArray(SPECIES, b, row);
      c0v0 = a0.fma(b0, c0v0);
      FloatVector b1 = FloatVector.fromArray(SPECIES, b, row + L);
      c0v1 = a0.fma(b1, c0v1);
    }
    c0v0.intoArray(c, cFrom);
    c0v1.intoArray(c, cFrom + L);
  }

  /** Lists for 3 rows of c each. */
  static void listed3x2(
      int[] entries,
      int[] starts,
      int first,
      int end,
      float[] table,
      float[] b,
      int bFrom,
      float[] c,
      int cFrom) {
    for (int list = first; list < end; list++) {
      if (starts[list] == starts[list + 1]) {
        continue;
      }
      list3x2(
          entries,
          starts[list],
          starts[list + 1],
          table,
          b,
          bFrom,
          c,
          cFrom + (list - first) * 6 * L);
    }
  }

  private static void list3x2(
      int[] entries, int from, int to, float[] table, float[] b, int bFrom, float[] c, int cFrom) {
    int cRow = 2 * L;
    FloatVector c0v0 = FloatVector.fromArray(SPECIES, c, cFrom);
    FloatVector c0v1 = FloatVector.fromArray(SPECIES, c, cFrom + L);
    FloatVector c1v0 = FloatVector.fromArray(SPECIES, c, cFrom + cRow);
    FloatVector c1v1 = FloatVector.fromArray(SPECIES, c, cFrom + cRow + L);
    FloatVector c2v0 = FloatVector.fromArray(SPECIES, c, cFrom + 2 * cRow);
    FloatVector c2v1 = FloatVector.fromArray(SPECIES, c, cFrom + 2 * cRow + L);
    for (int p = from; p < to; p++) {
      int entry = entries[p];
      int row = bFrom + (entry >>> 24) * 2 * L;
      FloatVector a0 = FloatVector.broadcast(SPECIES, table[entry & 0xff]);
      FloatVector a1 = FloatVector.broadcast(SPECIES, table[(entry >>> 8) & 0xff]);
      FloatVector a2 = FloatVector.broadcast(SPECIES, table[(entry >>> 16) & 0xff]);
      FloatVector b0 = FloatVector.fromArray(SPECIES, b, row);
      c0v0 = a0.fma(b0, c0v0);
      c1v0 = a1.fma(b0, c1v0);
      c2v0 = a2.fma(b0, c2v0);
      FloatVector b1 = FloatVector.fromArray(SPECIES, b, row + L);
      c0v1 = a0.fma(b1, c0v1);
      c1v1 = a1.fma(b1, c1v1);
      c2v1 = a2.fma(b1, c2v1);
    }
    c0v0.intoArray(c, cFrom);
    c0v1.intoArray(c, cFrom + L);
    c1v0.intoArray(c, cFrom + cRow);
    c1v1.intoArray(c, cFrom + cRow + L);
    c2v0.intoArray(c, cFrom + 2 * cRow);
    c2v1.intoArray(c, cFrom + 2 * cRow + L);
  }
}
