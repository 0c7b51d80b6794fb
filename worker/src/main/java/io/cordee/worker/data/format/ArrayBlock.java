package io.cordee.worker.data.format;

import io.cordee.worker.data.rows.ClassLabels;
import io.cordee.worker.data.rows.Features;
import io.cordee.worker.data.rows.Targets;
import io.cordee.worker.math.ByteScale;
import java.nio.ByteBuffer;
import java.util.function.Function;

/** Builds something from rows of an array. */
interface ArrayBlock<T> {

  void read(ArrayReader reader, int rows);

  /** Called after all rows have been read. */
  T build();

  /** Features that stay bytes. */
  final class Bytes implements ArrayBlock<Features> {

    private final ArrayFile file;
    private final ByteScale scale;
    private final ByteBuffer values;

    Bytes(ArrayFile file, ByteScale scale, int rows) {
      this.file = file;
      this.scale = scale;
      values = ByteBuffer.allocate(Features.arrayLength(file.name(), rows, file.width()));
    }

    @Override
    public void read(ArrayReader reader, int rows) {
      reader.next(values.limit(values.position() + rows * file.width()));
    }

    @Override
    public Features build() {
      byte[] bytes = values.array();
      if (file.type().kind() == ElementType.Kind.B1) {
        for (int i = 0; i < bytes.length; i++) {
          bytes[i] = (byte) (bytes[i] == 0 ? 0 : 1);
        }
      }
      return new Features.Bytes(file.width(), bytes, scale);
    }
  }

  final class Floats<T> implements ArrayBlock<T> {

    private final ArrayFile file;
    private final double scale;
    private final float[] values;
    private final Function<float[], T> build;
    private int at;

    Floats(ArrayFile file, double scale, int rows, Function<float[], T> build) {
      this.file = file;
      this.scale = scale;
      values = new float[Features.arrayLength(file.name(), rows, file.width())];
      this.build = build;
    }

    @Override
    public void read(ArrayReader reader, int rows) {
      long first = reader.row();
      Elements elements = new Elements(file, reader, rows);
      for (int row = 0; row < rows; row++) {
        for (int column = 0; column < file.width(); column++) {
          double element = elements.next();
          float value = (float) (element / scale);
          if (!Float.isFinite(value)) {
            throw file.placeOf(first + row, column)
                .error("expected a finite 32-bit number", Double.toString(element));
          }
          values[at++] = value;
        }
      }
    }

    @Override
    public T build() {
      return build.apply(values);
    }
  }

  final class Labels implements ArrayBlock<Targets> {

    private final ArrayFile file;
    private final ClassLabels classes;
    private final int outputs;
    private final int[] indices;
    private int at;

    Labels(ArrayFile file, ClassLabels classes, int outputs, int rows) {
      this.file = file;
      this.classes = classes;
      this.outputs = outputs;
      indices = new int[rows];
    }

    @Override
    public void read(ArrayReader reader, int rows) {
      long first = reader.row();
      Elements elements = new Elements(file, reader, rows);
      for (int row = 0; row < rows; row++) {
        indices[at++] = classes.indexOf(elements.next(), file.placeOf(first + row));
      }
    }

    @Override
    public Targets build() {
      return new Targets.Classes(outputs, classes, indices);
    }
  }
}
