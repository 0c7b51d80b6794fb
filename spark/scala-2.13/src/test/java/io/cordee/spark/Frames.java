package io.cordee.spark;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** DataFrames to train on. */
final class Frames {

  static final StructType SCHEMA =
      new StructType()
          .add("id", DataTypes.LongType)
          .add("label", DataTypes.DoubleType)
          .add("features", SQLDataTypes.VectorType());

  private Frames() {}

  /** Three clouds of points in six dimensions. */
  static List<Row> clouds(int count, long seed) {
    Random random = new Random(seed);
    List<Row> rows = new ArrayList<>();
    for (long id = 0; id < count; id++) {
      int label = (int) (id % 3);
      double[] features = random.doubles(6, -1, 1).toArray();
      features[label] += 1.5;
      rows.add(RowFactory.create(id, (double) label, Vectors.dense(features)));
    }
    return rows;
  }

  /** y = 1000 + 50 x0 − 20 x1. */
  static List<Row> plane(int count, long seed) {
    Random random = new Random(seed);
    List<Row> rows = new ArrayList<>();
    for (long id = 0; id < count; id++) {
      double[] x = random.doubles(3, -1, 1).toArray();
      rows.add(RowFactory.create(id, 1000 + 50 * x[0] - 20 * x[1], Vectors.dense(x)));
    }
    return rows;
  }

  static Dataset<Row> of(SparkSession spark, List<Row> rows) {
    return spark.createDataFrame(rows, SCHEMA);
  }
}
