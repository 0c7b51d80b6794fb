package io.cordee.spark;

import java.util.Arrays;
import java.util.function.Predicate;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

final class Schemas {

  private Schemas() {}

  /**
   * @throws IllegalArgumentException if the column is missing, or is not of this type
   */
  static void require(
      StructType schema, String param, String column, String what, Predicate<DataType> isFit) {
    int index = Arrays.asList(schema.fieldNames()).indexOf(column);
    if (index < 0) {
      throw new IllegalArgumentException(
          "%s: there is no column %s; found %s"
              .formatted(param, column, String.join(", ", schema.fieldNames())));
    }
    DataType type = schema.apply(index).dataType();
    if (!isFit.test(type)) {
      throw new IllegalArgumentException(
          "%s: expected column %s to hold %s; found %s"
              .formatted(param, column, what, type.catalogString()));
    }
  }

  static void requireFeatures(StructType schema, String column) {
    require(
        schema, "featuresCol", column, "a vector", type -> type.equals(SQLDataTypes.VectorType()));
  }

  /**
   * With one more column, unless its name is "".
   *
   * @throws IllegalArgumentException if there is one of this name already
   */
  static StructType with(StructType schema, String param, String column, DataType type) {
    if (column.isEmpty()) {
      return schema;
    }
    // Spark would replace it.
    if (Arrays.stream(schema.fieldNames()).anyMatch(column::equalsIgnoreCase)) {
      throw new IllegalArgumentException(
          "%s: there is a column %s already; set another name".formatted(param, column));
    }
    return schema.add(column, type, false);
  }

  /** A column by its name, whatever characters that has. */
  static Column column(Dataset<?> dataset, String name) {
    return dataset.col("`" + name.replace("`", "``") + "`");
  }

  static StructType withNumber(StructType schema, String param, String column) {
    if (column.isEmpty()) {
      throw new IllegalArgumentException(param + ": expected the name of a column");
    }
    return with(schema, param, column, DataTypes.DoubleType);
  }
}
