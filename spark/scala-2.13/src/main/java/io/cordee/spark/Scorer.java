package io.cordee.spark;

import io.cordee.common.model.Mlp;
import io.cordee.common.model.ModelFile;
import io.cordee.common.model.ModelSpec;
import io.cordee.function.Rows;
import io.cordee.worker.data.rows.FeatureBuilder;
import io.cordee.worker.data.rows.PartitionRows;
import io.cordee.worker.data.rows.Targets;
import io.cordee.worker.model.Network;
import java.io.Serializable;
import java.util.OptionalDouble;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.ml.linalg.SparseVector;
import org.apache.spark.ml.linalg.Vector;

/** Computes a network's outputs for one row at a time. */
final class Scorer implements Serializable {

  private static final long serialVersionUID = 1;

  /** Null where the weights are this object's own. */
  private final Broadcast<float[]> shared;

  private final float[] own;
  private final ModelSpec model;
  private transient ThreadLocal<Network> networks;

  private Scorer(Broadcast<float[]> shared, float[] own, ModelSpec model) {
    this.shared = shared;
    this.own = own;
    this.model = model;
  }

  static Scorer of(ModelFile file) {
    return new Scorer(null, file.parameters(), file.model());
  }

  Scorer sharedBy(JavaSparkContext context) {
    return new Scorer(context.broadcast(own), null, model);
  }

  /**
   * @param column that the features are in, for messages
   * @throws IllegalArgumentException if there are none, another number than the model takes, or one
   *     is not finite
   */
  double[] outputs(String column, Vector features) {
    if (features == null) {
      throw invalid(column, "null");
    }
    int inputs = model.inputs();
    if (features.size() != inputs) {
      throw new IllegalArgumentException(
          "expected %d features, the model's inputs; found %d".formatted(inputs, features.size()));
    }
    float[] outputs = new float[model.outputs()];
    network().predict(own != null ? own : shared.value(), row(column, features), outputs);
    double[] exact = new double[outputs.length];
    for (int i = 0; i < exact.length; i++) {
      exact[i] = outputs[i];
    }
    return exact;
  }

  private synchronized Network network() {
    if (networks == null) {
      networks =
          ThreadLocal.withInitial(() -> Network.of((Mlp) model, 1, OptionalDouble.empty(), 1));
    }
    return networks.get();
  }

  private static IllegalArgumentException invalid(String column, String found) {
    return new IllegalArgumentException(
        "featuresCol: expected a vector of finite features that fit a float in each row of column %s; found %s; drop such rows, or fill them in, before the model sees them"
            .formatted(column, found));
  }

  private Rows row(String column, Vector features) {
    FeatureBuilder.Factory builders =
        model.table().isPresent() ? FeatureBuilder.sparse(model) : FeatureBuilder.Dense::new;
    FeatureBuilder row = builders.make("a row", 1, features.size());
    SparseVector listed = features.toSparse();
    for (int i = 0; i < listed.indices().length; i++) {
      double value = listed.values()[i];
      if (!Float.isFinite((float) value)) {
        throw invalid(column, "%s as feature %d (from 0)".formatted(value, listed.indices()[i]));
      }
      row.put(listed.indices()[i], value);
    }
    row.endRow();
    return new PartitionRows(1, row.build(), new Targets.None(model.outputs()));
  }
}
