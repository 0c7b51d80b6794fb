package io.cordee.worker.math;

import static io.cordee.worker.math.Fma.fma;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * By the JDK's Vector API. Tiles are of 12 × 2 vectors where there are 32 registers, of 6 × 2 where
 * there are 16, and of 1 × 2 for few rows.
 */
final class VectorKernels implements Kernels {

  private static final int L = VectorLoops.L;

  /** As many as floats; of four, only the first half is used. */
  private static final VectorSpecies<Byte> BYTES =
      VectorSpecies.of(byte.class, VectorShape.forBitSize(Math.max(Long.SIZE, L * Byte.SIZE)));

  private static final VectorSpecies<Integer> INTS = VectorLoops.SPECIES.withLanes(int.class);

  /** AVX-512 and ARM have 32 registers. */
  private static final boolean HAS_MANY_REGISTERS =
      L == 16 || System.getProperty("os.arch").equals("aarch64");

  /** Up to here, one-row tiles are faster than a tile that is mostly unused. */
  private static final int FEW_ROWS = 2;

  /** Copying shorter rows costs more than it gains. */
  private static final int SHORT_ROW = 64;

  /** Floats of b that are reread while in the first-level cache: 28 KiB. */
  private static final int LIST_CACHE = 7 * 1024;

  @Override
  public String description() {
    return "vectors of " + L * Float.SIZE + " bits";
  }

  @Override
  public int tileWidth(int columns) {
    return columns > L ? 2 * L : L;
  }

  @Override
  public int tileRows(int rows) {
    return rows <= FEW_ROWS ? 1 : HAS_MANY_REGISTERS ? 12 : 6;
  }

  /** Six rows are as fast in place. */
  @Override
  public boolean copiesRows(int k) {
    return HAS_MANY_REGISTERS && k > SHORT_ROW;
  }

  @Override
  public void tile(int height, int width, int k, Matrix a, Matrix b, Matrix c, Matrix into) {
    if (height == 1) {
      tileOf1(width, k, a, b, c, into);
    } else if (HAS_MANY_REGISTERS) {
      tileOf12(width, k, a, b, c, into);
    } else {
      tileOf6(width, k, a, b, c, into);
    }
  }

  /** With one row, the distance of its elements is all there is to know of a, in either layout. */
  private static void tileOf1(int width, int k, Matrix a, Matrix b, Matrix c, Matrix into) {
    if (width == L) {
      VectorLoops.columns1x1(k, a, b, c, into);
    } else {
      VectorLoops.columns1x2(k, a, b, c, into);
    }
  }

  private static void tileOf6(int width, int k, Matrix a, Matrix b, Matrix c, Matrix into) {
    if (a.column() != 1) {
      if (width == L) {
        VectorLoops.columns6x1(k, a, b, c, into);
      } else {
        VectorLoops.columns6x2(k, a, b, c, into);
      }
    } else if (width == L) {
      VectorLoops.rows6x1(k, a, b, c, into);
    } else {
      VectorLoops.rows6x2(k, a, b, c, into);
    }
  }

  private static void tileOf12(int width, int k, Matrix a, Matrix b, Matrix c, Matrix into) {
    if (a.column() != 1) {
      if (width == L) {
        VectorLoops.columns12x1(k, a, b, c, into);
      } else {
        VectorLoops.columns12x2(k, a, b, c, into);
      }
    } else if (a.row() == A_ROW) {
      if (width == L) {
        VectorLoops.copied12x1(k, a, b, c, into);
      } else {
        VectorLoops.copied12x2(k, a, b, c, into);
      }
    } else if (width == L) {
      VectorLoops.rows12x1(k, a, b, c, into);
    } else {
      VectorLoops.rows12x2(k, a, b, c, into);
    }
  }

  /**
   * A vector may read beyond the columns, but not beyond the array, and exceed its panel's row,
   * whose next row is written after it.
   */
  @Override
  public void cut(
      int width, int columns, int rows, float[] from, int at, int row, float[] panels, int to) {
    int panel = (columns + width - 1) / width * width;
    int r = 0;
    for (; r < rows - 1 && at + r * row + panel + L <= from.length; r++) {
      for (int j = 0; j < columns; j += width) {
        int read = at + r * row + j;
        int write = to + j * rows + r * width;
        for (int v = 0; v < width; v += L) {
          FloatVector.fromArray(VectorLoops.SPECIES, from, read + v).intoArray(panels, write + v);
        }
      }
    }
    for (; r < rows; r++) {
      for (int j = 0; j < columns; j += width) {
        int count = Math.min(width, columns - j);
        System.arraycopy(from, at + r * row + j, panels, to + j * rows + r * width, count);
      }
    }
  }

  @Override
  public int listWidth(int columns) {
    return columns > 4 * L ? 8 * L : columns > 2 * L ? 4 * L : 2 * L;
  }

  @Override
  public int linesInList() {
    return HAS_MANY_REGISTERS ? 3 : 1;
  }

  @Override
  public int listDepth() {
    return LIST_CACHE / (8 * L);
  }

  @Override
  public void lists(
      ByteLists lists,
      int first,
      int end,
      int width,
      float[] table,
      float[] b,
      int bFrom,
      float[] c,
      int cFrom) {
    int[] entries = lists.entries();
    int[] starts = lists.starts();
    switch (lists.group() << 4 | width / L) {
      case 1 << 4 | 2 ->
          VectorLoops.listed1x2(entries, starts, first, end, table, b, bFrom, c, cFrom);
      case 1 << 4 | 4 ->
          VectorLoops.listed1x4(entries, starts, first, end, table, b, bFrom, c, cFrom);
      case 1 << 4 | 8 ->
          VectorLoops.listed1x8(entries, starts, first, end, table, b, bFrom, c, cFrom);
      case 3 << 4 | 2 ->
          VectorLoops.listed3x2(entries, starts, first, end, table, b, bFrom, c, cFrom);
      case 3 << 4 | 4 ->
          VectorLoops.listed3x4(entries, starts, first, end, table, b, bFrom, c, cFrom);
      case 3 << 4 | 8 ->
          VectorLoops.listed3x8(entries, starts, first, end, table, b, bFrom, c, cFrom);
      default -> throw new IllegalArgumentException("no loop for " + lists.group() + " × " + width);
    }
  }

  @Override
  public void gather(
      int width,
      int[] index,
      float[] values,
      int from,
      int to,
      float[] b,
      int bFrom,
      float[] c,
      int cFrom) {
    for (int p = from; p < to; p++) {
      add(width, values[p], b, bFrom + index[p] * width, c, cFrom);
    }
  }

  @Override
  public void spread(
      int width,
      int[] index,
      float[] values,
      int from,
      int to,
      float[] b,
      int bFrom,
      float[] c,
      int cFrom) {
    for (int p = from; p < to; p++) {
      add(width, values[p], b, bFrom, c, cFrom + index[p] * width);
    }
  }

  @Override
  public void add(int count, float a, float[] b, int bFrom, float[] c, int cFrom) {
    FloatVector factor = FloatVector.broadcast(VectorLoops.SPECIES, a);
    int j = 0;
    for (; j <= count - L; j += L) {
      factor
          .fma(
              FloatVector.fromArray(VectorLoops.SPECIES, b, bFrom + j),
              FloatVector.fromArray(VectorLoops.SPECIES, c, cFrom + j))
          .intoArray(c, cFrom + j);
    }
    for (; j < count; j++) {
      c[cFrom + j] = fma(a, b[bFrom + j], c[cFrom + j]);
    }
  }

  @Override
  public void scale(ByteScale scale, byte[] bytes, int from, int count, float[] into, int to) {
    int i = 0;
    if (scale.isByReciprocal()) {
      FloatVector divisor = FloatVector.broadcast(VectorLoops.SPECIES, -scale.scale());
      FloatVector reciprocal = FloatVector.broadcast(VectorLoops.SPECIES, scale.reciprocal());
      for (; i + BYTES.length() <= count; i += L) {
        IntVector values =
            (IntVector) ByteVector.fromArray(BYTES, bytes, from + i).castShape(INTS, 0);
        FloatVector floats = (FloatVector) values.and(0xff).castShape(VectorLoops.SPECIES, 0);
        FloatVector quotient = floats.mul(reciprocal);
        quotient.fma(divisor, floats).fma(reciprocal, quotient).intoArray(into, to + i);
      }
    }
    float[] table = scale.table();
    for (; i < count; i++) {
      into[to + i] = table[bytes[from + i] & 0xff];
    }
  }
}
