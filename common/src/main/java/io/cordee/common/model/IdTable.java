package io.cordee.common.model;

import io.cordee.common.reduce.Table;
import java.util.List;

/**
 * A table that turns the ids of a column into inputs of a model.
 *
 * @param name of the column of ids
 */
public record IdTable(String name, int rows, int dim) {

  /** What names of tensors begin with. */
  static final String PREFIX = "ids.";

  public String tensor() {
    return tensor(name);
  }

  /** Of the table of a column. */
  public static String tensor(String column) {
    return PREFIX + column;
  }

  List<Integer> shape() {
    return List.of(rows, dim);
  }

  Table.Matrix matrix() {
    return new Table.Matrix(rows, dim);
  }
}
