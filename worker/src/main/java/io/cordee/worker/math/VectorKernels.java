package io.cordee.worker.math;

import jdk.incubator.vector.FloatVector;

/**
 * By the JDK's Vector API. Tiles are of 12 × 2 vectors where there are 32 registers, of 6 × 2 where
 * there are 16.
 */
final class VectorKernels implements Kernels {

  private static final int L = VectorLoops.L;

  /** AVX-512 has 32 registers, and so has ARM. */
  private static final boolean HAS_MANY_REGISTERS =
      L == 16 || System.getProperty("os.arch").equals("aarch64");

  @Override
  public String description() {
    return "vectors of " + L * Float.SIZE + " bits";
  }

  @Override
  public int tileWidth(int columns) {
    return columns > L ? 2 * L : L;
  }

  @Override
  public int tileRows() {
    return HAS_MANY_REGISTERS ? 12 : 6;
  }

  @Override
  public void tile(
      int width,
      int k,
      float[] a,
      int aFrom,
      int aRow,
      float[] b,
      int bFrom,
      float[] c,
      int cFrom,
      int cRow) {
    if (HAS_MANY_REGISTERS) {
      if (width == L) {
        VectorLoops.rows12x1(k, a, aFrom, aRow, b, bFrom, c, cFrom, cRow);
      } else {
        VectorLoops.rows12x2(k, a, aFrom, aRow, b, bFrom, c, cFrom, cRow);
      }
    } else if (width == L) {
      VectorLoops.rows6x1(k, a, aFrom, aRow, b, bFrom, c, cFrom, cRow);
    } else {
      VectorLoops.rows6x2(k, a, aFrom, aRow, b, bFrom, c, cFrom, cRow);
    }
  }

  @Override
  public void packedTile(
      int width,
      int k,
      float[] a,
      int aFrom,
      float[] b,
      int bFrom,
      float[] c,
      int cFrom,
      int cRow) {
    if (HAS_MANY_REGISTERS) {
      if (width == L) {
        VectorLoops.packed12x1(k, a, aFrom, b, bFrom, c, cFrom, cRow);
      } else {
        VectorLoops.packed12x2(k, a, aFrom, b, bFrom, c, cFrom, cRow);
      }
    } else if (width == L) {
      VectorLoops.packed6x1(k, a, aFrom, b, bFrom, c, cFrom, cRow);
    } else {
      VectorLoops.packed6x2(k, a, aFrom, b, bFrom, c, cFrom, cRow);
    }
  }

  /** A vector may reach beyond its panel's row, whose next row is written after it. */
  @Override
  public void cut(
      int width, int columns, int rows, float[] from, int at, int row, float[] panels, int to) {
    for (int r = 0; r < rows - 1; r++) {
      for (int j = 0; j < columns; j += width) {
        int read = at + r * row + j;
        int write = to + j * rows + r * width;
        for (int v = 0; v < width; v += L) {
          FloatVector.fromArray(VectorLoops.SPECIES, from, read + v).intoArray(panels, write + v);
        }
      }
    }
    int last = rows - 1;
    for (int j = 0; j < columns; j += width) {
      System.arraycopy(from, at + last * row + j, panels, to + j * rows + last * width, width);
    }
  }
}
