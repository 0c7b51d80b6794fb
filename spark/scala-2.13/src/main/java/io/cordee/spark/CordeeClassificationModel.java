package io.cordee.spark;

import io.cordee.common.model.ModelFile;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** Adds the most probable class, as a number, and the probabilities of all classes. */
public final class CordeeClassificationModel extends CordeeModel<CordeeClassificationModel> {

  private static final long serialVersionUID = 1;

  private final Param<String> probabilityCol = OutputColumns.probability(this);

  CordeeClassificationModel(String uid, ModelFile file) {
    super(uid, file);
    setDefault(probabilityCol, "probability");
  }

  public static MLReader<CordeeClassificationModel> read() {
    return new Reader<>(
        CordeeClassificationModel.class, uid -> file -> new CordeeClassificationModel(uid, file));
  }

  public static CordeeClassificationModel load(String path) {
    return read().load(path);
  }

  public int numClasses() {
    return file().model().outputs();
  }

  /**
   * The probability of each class, [classes]; in this process.
   *
   * @throws IllegalArgumentException if the row has another number of features than the model, or
   *     one that is not finite
   */
  public Vector predictProbability(Vector features) {
    return Vectors.dense(local().outputs(getFeaturesCol(), features));
  }

  /**
   * The most probable class; the first of several.
   *
   * @throws IllegalArgumentException as for {@link #predictProbability}
   */
  public double predict(Vector features) {
    return predictProbability(features).argmax();
  }

  @Override
  public Dataset<Row> transform(Dataset<?> dataset) {
    transformSchema(dataset.schema());
    Scorer scorer = scorer(dataset);
    String column = getFeaturesCol();
    Column features = Schemas.column(dataset, column);
    UDF1<Vector, Vector> probability = row -> Vectors.dense(scorer.outputs(column, row));
    if (getProbabilityCol().isEmpty()) {
      UDF1<Vector, Double> prediction = row -> (double) probability.call(row).argmax();
      return dataset.withColumn(
          getPredictionCol(), functions.udf(prediction, DataTypes.DoubleType).apply(features));
    }
    UDF1<Vector, Double> argmax = row -> (double) row.argmax();
    Dataset<Row> probable =
        dataset.withColumn(
            getProbabilityCol(),
            functions.udf(probability, SQLDataTypes.VectorType()).apply(features));
    return probable.withColumn(
        getPredictionCol(),
        functions
            .udf(argmax, DataTypes.DoubleType)
            .apply(Schemas.column(probable, getProbabilityCol())));
  }

  @Override
  public StructType transformSchema(StructType schema) {
    Schemas.requireFeatures(schema, getFeaturesCol());
    return withOutputs(schema, getProbabilityCol(), getPredictionCol());
  }

  static StructType withOutputs(StructType schema, String probability, String prediction) {
    return Schemas.withNumber(
        Schemas.with(schema, "probabilityCol", probability, SQLDataTypes.VectorType()),
        "predictionCol",
        prediction);
  }

  @Override
  public CordeeClassificationModel copy(ParamMap extra) {
    CordeeClassificationModel copy = new CordeeClassificationModel(uid(), file());
    return copyValues(copy, extra).setParent(parent());
  }

  public Param<String> probabilityCol() {
    return probabilityCol;
  }

  public String getProbabilityCol() {
    return getOrDefault(probabilityCol);
  }

  /** The column of class probabilities, "" for none; default "probability". */
  public CordeeClassificationModel setProbabilityCol(String value) {
    set(probabilityCol, value);
    return this;
  }
}
