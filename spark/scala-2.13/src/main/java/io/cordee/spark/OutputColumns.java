package io.cordee.spark;

import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.Params;

/** The columns that an estimator and its model have in common. */
final class OutputColumns {

  final Param<String> features;
  final Param<String> prediction;

  OutputColumns(Params parent) {
    features = new Param<>(parent, "featuresCol", "the column of feature vectors");
    prediction =
        new Param<>(parent, "predictionCol", "the column of predictions that the model adds");
  }

  static Param<String> probability(Params parent) {
    return new Param<>(
        parent,
        "probabilityCol",
        "the column of class probabilities that the model adds; \"\" for none");
  }
}
