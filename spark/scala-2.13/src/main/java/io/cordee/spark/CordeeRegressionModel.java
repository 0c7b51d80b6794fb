package io.cordee.spark;

import io.cordee.common.model.ModelFile;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** Adds predictions, in the unit of the labels that it was trained on. */
public final class CordeeRegressionModel extends CordeeModel<CordeeRegressionModel> {

  private static final long serialVersionUID = 1;

  CordeeRegressionModel(String uid, ModelFile file) {
    super(uid, file);
  }

  public static MLReader<CordeeRegressionModel> read() {
    return new Reader<>(
        CordeeRegressionModel.class, uid -> file -> new CordeeRegressionModel(uid, file));
  }

  public static CordeeRegressionModel load(String path) {
    return read().load(path);
  }

  /**
   * The prediction for a row; in this process.
   *
   * @throws IllegalArgumentException if it has another number of features than the model, or one
   *     that is not finite
   */
  public double predict(Vector features) {
    return local().outputs(getFeaturesCol(), features)[0];
  }

  @Override
  public Dataset<Row> transform(Dataset<?> dataset) {
    transformSchema(dataset.schema());
    Scorer scorer = scorer(dataset);
    String column = getFeaturesCol();
    UDF1<Vector, Double> prediction = row -> scorer.outputs(column, row)[0];
    return dataset.withColumn(
        getPredictionCol(),
        functions.udf(prediction, DataTypes.DoubleType).apply(Schemas.column(dataset, column)));
  }

  @Override
  public StructType transformSchema(StructType schema) {
    Schemas.requireFeatures(schema, getFeaturesCol());
    return Schemas.withNumber(schema, "predictionCol", getPredictionCol());
  }

  @Override
  public CordeeRegressionModel copy(ParamMap extra) {
    CordeeRegressionModel copy = new CordeeRegressionModel(uid(), file());
    return copyValues(copy, extra).setParent(parent());
  }
}
