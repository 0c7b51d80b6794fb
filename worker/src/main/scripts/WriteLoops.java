import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Writes io.cordee.worker.math.VectorLoops, loops that differ only in how many vectors they keep in
 * registers. The build calls it with the file to write.
 */
final class WriteLoops {

  private static final String HEAD =
      """
      package io.cordee.worker.math;

      import io.cordee.common.kernel.Lanes;
      import jdk.incubator.vector.FloatVector;
      import jdk.incubator.vector.VectorSpecies;

      /**
       * c is [R, V vectors] and is kept in registers throughout. Each of its elements goes through its
       * own chain c ← fma(a, b, c), in the order of k.
       */
      final class VectorLoops {

        static final VectorSpecies<Float> SPECIES = Lanes.species();
        static final int L = SPECIES.length();

        private VectorLoops() {}
      """;

  /** How a lies. */
  private enum Left {
    COLUMNS("column-major"),
    ROWS("row-major"),
    COPIED("row-major, its rows copied to a constant distance");

    private final String words;

    Left(String words) {
      this.words = words;
    }
  }

  private final StringBuilder text = new StringBuilder(HEAD);

  private static String text() {
    WriteLoops writer = new WriteLoops();
    for (int rows : new int[] {12, 6}) {
      for (int vectors : new int[] {2, 1}) {
        writer.dense(rows, vectors, Left.ROWS);
        writer.dense(rows, vectors, Left.COLUMNS);
      }
    }
    writer.dense(1, 2, Left.COLUMNS);
    writer.dense(1, 1, Left.COLUMNS);
    writer.dense(12, 2, Left.COPIED);
    writer.dense(12, 1, Left.COPIED);
    for (int vectors : new int[] {8, 4, 2}) {
      writer.listed(1, vectors);
      writer.listed(3, vectors);
    }
    return writer.text.append("}\n").toString();
  }

  /** An up-to-date file is not rewritten, as the compiler goes by its time. */
  public static void main(String[] arguments) throws IOException {
    Path file = Path.of(arguments[0]);
    if (!Files.exists(file) || !Files.readString(file).equals(text())) {
      Files.createDirectories(file.getParent());
      Files.writeString(file, text());
    }
  }

  private void line(String format, Object... values) {
    text.append(format.formatted(values)).append('\n');
  }

  /**
   * A product of k links: a(i, p) lies at aFrom + i · apart + p, or at aFrom + p · apart + i; b's
   * rows are of V vectors. The loop has numbers for its parameters, as with matrices it is a tenth
   * slower. Where c is loaded and where it is stored are told apart even if they are the same:
   * otherwise the compiler would keep every row's index through the loop, which takes all its
   * registers.
   */
  private void dense(int rows, int vectors, Left a) {
    String name = "%s%dx%d".formatted(a.name().toLowerCase(Locale.ROOT), rows, vectors);
    String distance = a == Left.COLUMNS ? "column" : "row";
    line("");
    line("/** %d × %d, a %s. */", rows, vectors, a.words);
    line("static void %s(int k, Matrix a, Matrix b, Matrix c, Matrix into) {", name);
    line("%s(k, a.values(), a.from(), a.%s(), b.values(), b.from(), b.row(),", name, distance);
    line("c.values(), c.from(), c.row(), into.values(), into.from(), into.row());");
    line("}");
    line("");
    line("private static void %s(int k, float[] a, int aFrom, int apart, float[] b,", name);
    line("int bFrom, int bRow, float[] c, int cFrom, int cRow, float[] into, int intoFrom,");
    line("int intoRow) {");
    load(rows, vectors);
    line("for (int p = 0; p < k; p++) {");
    line("int at = aFrom + %s;", a == Left.COLUMNS ? "p * apart" : "p");
    line("int row = bFrom + p * bRow;");
    loadRow(vectors);
    for (int r = 0; r < rows; r++) {
      String step =
          switch (a) {
            case COLUMNS -> "" + r;
            case ROWS -> times(r, "apart");
            case COPIED -> times(r, "Kernels.A_ROW");
          };
      line(
          "FloatVector a%d = FloatVector.broadcast(SPECIES, a[at%s]);",
          r, r == 0 ? "" : " + " + step);
      multiply(r, vectors);
    }
    line("}");
    store(rows, vectors, "into");
    line("}");
  }

  /**
   * Lists follow each other, and so do their groups of R rows of c. An entry is (row of b &lt;&lt;
   * 8R) | a byte for each row of c, which stands for a float of the table.
   */
  private void listed(int rows, int vectors) {
    line("");
    line("/** Lists for %d rows of c each. */", rows);
    line(
        "static void listed%dx%d(int[] entries, int[] starts, int first, int end, float[] table,"
            + " float[] b, int bFrom, float[] c, int cFrom) {",
        rows, vectors);
    line("for (int list = first; list < end; list++) {");
    line("if (starts[list] == starts[list + 1]) {");
    line("continue;");
    line("}");
    line(
        "list%dx%d(entries, starts[list], starts[list + 1], table, b, bFrom, c, cFrom + (list -"
            + " first) * %s);",
        rows, vectors, times(rows * vectors, "L"));
    line("}");
    line("}");
    line("");
    line(
        "private static void list%dx%d(int[] entries, int from, int to, float[] table, float[] b,"
            + " int bFrom, float[] c, int cFrom) {",
        rows, vectors);
    line("int cRow = %s;", times(vectors, "L"));
    load(rows, vectors);
    line("for (int p = from; p < to; p++) {");
    line("int entry = entries[p];");
    line("int row = bFrom + (entry >>> %d) * %s;", 8 * rows, times(vectors, "L"));
    for (int r = 0; r < rows; r++) {
      line(
          "FloatVector a%d = FloatVector.broadcast(SPECIES, table[%s & 0xff]);",
          r, r == 0 ? "entry" : "(entry >>> " + 8 * r + ")");
    }
    // One vector of b at a time: all of them would exceed the registers.
    for (int v = 0; v < vectors; v++) {
      line("FloatVector b%d = FloatVector.fromArray(SPECIES, b, row%s);", v, plus(v, "L"));
      for (int r = 0; r < rows; r++) {
        String c = name(r * vectors + v, vectors);
        line("c%s = a%d.fma(b%d, c%s);", c, r, v, c);
      }
    }
    line("}");
    store(rows, vectors, "c");
    line("}");
  }

  private void load(int rows, int vectors) {
    for (int i = 0; i < rows * vectors; i++) {
      line(
          "FloatVector c%s = FloatVector.fromArray(SPECIES, c, %s);",
          name(i, vectors), place(i, vectors, "c"));
    }
  }

  private void loadRow(int vectors) {
    for (int v = 0; v < vectors; v++) {
      line("FloatVector b%d = FloatVector.fromArray(SPECIES, b, row%s);", v, plus(v, "L"));
    }
  }

  private void multiply(int row, int vectors) {
    for (int v = 0; v < vectors; v++) {
      String c = name(row * vectors + v, vectors);
      line("c%s = a%d.fma(b%d, c%s);", c, row, v, c);
    }
  }

  private void store(int rows, int vectors, String array) {
    for (int i = 0; i < rows * vectors; i++) {
      line("c%s.intoArray(%s, %s);", name(i, vectors), array, place(i, vectors, array));
    }
  }

  private static String name(int i, int vectors) {
    return i / vectors + "v" + i % vectors;
  }

  private static String place(int i, int vectors, String array) {
    return array + "From" + plus(i / vectors, array + "Row") + plus(i % vectors, "L");
  }

  private static String plus(int factor, String what) {
    return factor == 0 ? "" : " + " + times(factor, what);
  }

  private static String times(int factor, String what) {
    return factor == 1 ? what : factor + " * " + what;
  }
}
