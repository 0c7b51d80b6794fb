package io.cordee.spark;

import io.cordee.common.model.ModelFile;
import io.cordee.spark.rows.Staging;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.Identifiable$;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.sql.types.StructType;

/**
 * Trains a classifier: a network with softmax outputs, by cross-entropy. Labels are class indices
 * from 0, as {@code StringIndexer} makes them; the last of the layers is the number of classes.
 *
 * <pre>{@code
 * var model = new CordeeClassifier().setLayers(new int[] {784, 128, 10}).setRounds(100).fit(train);
 * model.transform(test).select("prediction", "probability");
 * }</pre>
 */
public final class CordeeClassifier
    extends CordeeEstimator<CordeeClassifier, CordeeClassificationModel> {

  private static final long serialVersionUID = 1;

  private final Param<String> probabilityCol = OutputColumns.probability(this);

  public CordeeClassifier() {
    this(Identifiable$.MODULE$.randomUID("cordeeClassifier"));
  }

  public CordeeClassifier(String uid) {
    super(uid);
    setDefault(probabilityCol, "probability");
  }

  public static MLReader<CordeeClassifier> read() {
    return new DefaultParamsReader<>();
  }

  public static CordeeClassifier load(String path) {
    return read().load(path);
  }

  @Override
  public CordeeClassifier copy(ParamMap extra) {
    return defaultCopy(extra);
  }

  public Param<String> probabilityCol() {
    return probabilityCol;
  }

  public String getProbabilityCol() {
    return getOrDefault(probabilityCol);
  }

  /** The column of class probabilities that the model adds, "" for none; default "probability". */
  public CordeeClassifier setProbabilityCol(String value) {
    set(probabilityCol, value);
    return this;
  }

  @Override
  int classes() {
    int[] layers = getLayers();
    int outputs = layers[layers.length - 1];
    if (outputs < 2) {
      throw new IllegalArgumentException(
          "layers: expected at least 2 units in the last layer, one for each class; found "
              + outputs);
    }
    return outputs;
  }

  @Override
  String output() {
    return "";
  }

  @Override
  Staging.Rows prepared(Staging.Rows rows) {
    rows.train()
        .onlyLabel()
        .ifPresent(
            label -> {
              throw new IllegalArgumentException(
                  "labelCol: expected rows of at least 2 classes in column %s to train on; found only class %d; give rows of other classes, too"
                      .formatted(getLabelCol(), (long) label));
            });
    return rows;
  }

  @Override
  CordeeClassificationModel model(ModelFile trained, Staging.Rows rows) {
    return new CordeeClassificationModel(uid(), trained);
  }

  @Override
  StructType withOutputs(StructType schema) {
    return CordeeClassificationModel.withOutputs(schema, getProbabilityCol(), getPredictionCol());
  }
}
