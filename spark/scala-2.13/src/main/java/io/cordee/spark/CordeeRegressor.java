package io.cordee.spark;

import io.cordee.common.model.Mlp;
import io.cordee.common.model.ModelFile;
import io.cordee.spark.rows.Staging;
import java.util.Arrays;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.Identifiable$;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.sql.types.StructType;

/**
 * Trains a regression: a network with one linear output, by squared error. While it is trained,
 * labels are standardized over the training rows; predictions are in the labels' own unit.
 */
public final class CordeeRegressor extends CordeeEstimator<CordeeRegressor, CordeeRegressionModel> {

  private static final long serialVersionUID = 1;

  public CordeeRegressor() {
    this(Identifiable$.MODULE$.randomUID("cordeeRegressor"));
  }

  public CordeeRegressor(String uid) {
    super(uid);
  }

  public static MLReader<CordeeRegressor> read() {
    return new DefaultParamsReader<>();
  }

  public static CordeeRegressor load(String path) {
    return read().load(path);
  }

  @Override
  public CordeeRegressor copy(ParamMap extra) {
    return defaultCopy(extra);
  }

  @Override
  int classes() {
    int[] layers = getLayers();
    if (layers[layers.length - 1] != 1) {
      throw new IllegalArgumentException(
          "layers: expected 1 unit in the last layer; found " + Arrays.toString(layers));
    }
    return 0;
  }

  @Override
  String output() {
    return ", output: linear";
  }

  @Override
  Staging.Rows prepared(Staging.Rows rows) {
    return new Staging.Rows(
        rows.train().standardizedAs(rows.train()),
        rows.validation().map(held -> held.standardizedAs(rows.train())));
  }

  @Override
  CordeeRegressionModel model(ModelFile trained, Staging.Rows rows) {
    return new CordeeRegressionModel(
        uid(), unstandardized(trained, rows.train().shift(), rows.train().scale()));
  }

  /** The same network, whose last layer brings its output into the labels' unit. */
  private static ModelFile unstandardized(ModelFile trained, double shift, double scale) {
    float[] weights = trained.parameters().clone();
    int last = weights.length - 1;
    Mlp mlp = (Mlp) trained.model();
    int inputs = mlp.layers().get(mlp.depth() - 1);
    for (int i = last - inputs; i <= last; i++) {
      weights[i] = (float) (weights[i] * scale + (i == last ? shift : 0));
    }
    return new ModelFile(trained.model(), weights, trained.metadata());
  }

  @Override
  StructType withOutputs(StructType schema) {
    return Schemas.withNumber(schema, "predictionCol", getPredictionCol());
  }
}
