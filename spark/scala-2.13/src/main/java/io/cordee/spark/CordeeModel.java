package io.cordee.spark;

import io.cordee.common.model.ModelFile;
import io.cordee.spark.fit.Fit;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.function.Function;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.ml.Model;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.DefaultParamsWriter;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.ml.util.MLWritable;
import org.apache.spark.ml.util.MLWriter;
import org.apache.spark.sql.Dataset;
import scala.Option;

/**
 * A trained network. Saved, it is Spark's metadata and a {@code model.safetensors} that {@code
 * cordee inspect}, {@code export} and {@code predict} read as well.
 */
public abstract class CordeeModel<M extends CordeeModel<M>> extends Model<M> implements MLWritable {

  private static final long serialVersionUID = 1;

  private static final String FILE = "model.safetensors";

  private final String uid;
  private final OutputColumns columns;

  private final ModelFile file;
  private final Scorer local;
  private transient Scorer shared;
  private transient SparkContext sharedIn;

  CordeeModel(String uid, ModelFile file) {
    this.uid = uid;
    this.file = file;
    local = Scorer.of(file);
    columns = new OutputColumns(this);
    setDefault(columns.features, "features");
    setDefault(columns.prediction, "prediction");
  }

  @Override
  public final String uid() {
    return uid;
  }

  final OutputColumns columns() {
    return columns;
  }

  final ModelFile file() {
    return file;
  }

  /**
   * The parameters, a copy: for each layer its weights, [units, units before], row-major, then its
   * biases.
   */
  public final float[] weights() {
    return file.parameters().clone();
  }

  /** The digest of the last round: equal for equal rows and settings, whatever the cluster. */
  public final String digest() {
    return file.metadata().getOrDefault(Fit.DIGEST, "");
  }

  /**
   * The mean training loss before the first round and after each; of a regression, of labels that
   * are standardized.
   */
  public final double[] objectiveHistory() {
    String text = file.metadata().getOrDefault(Fit.LOSSES, "[]");
    String numbers = text.substring(1, text.length() - 1);
    return numbers.isEmpty()
        ? new double[0]
        : Arrays.stream(numbers.split(", ")).mapToDouble(Double::parseDouble).toArray();
  }

  public final int numFeatures() {
    return file.model().inputs();
  }

  /** Returns the scorer that computes outputs in tasks; the weights are broadcast once. */
  final Scorer scorer(Dataset<?> dataset) {
    SparkContext context = dataset.sparkSession().sparkContext();
    if (shared == null || sharedIn != context) {
      shared = local.sharedBy(new JavaSparkContext(context));
      sharedIn = context;
    }
    return shared;
  }

  final Scorer local() {
    return local;
  }

  public final Param<String> featuresCol() {
    return columns.features;
  }

  public final Param<String> predictionCol() {
    return columns.prediction;
  }

  public final String getFeaturesCol() {
    return getOrDefault(columns.features);
  }

  public final String getPredictionCol() {
    return getOrDefault(columns.prediction);
  }

  /** The column of feature vectors; default "features". */
  @SuppressWarnings("unchecked")
  public final M setFeaturesCol(String value) {
    return (M) set(columns.features, value);
  }

  /** The column of predictions; default "prediction". */
  @SuppressWarnings("unchecked")
  public final M setPredictionCol(String value) {
    return (M) set(columns.prediction, value);
  }

  @Override
  public MLWriter write() {
    return new Writer(this);
  }

  private static final class Writer extends MLWriter {

    private final CordeeModel<?> model;

    Writer(CordeeModel<?> model) {
      this.model = model;
    }

    @Override
    @SuppressWarnings("deprecation") // Spark 3.5 has no other
    public void saveImpl(String path) {
      DefaultParamsWriter.saveMetadata(model, path, sc(), Option.empty(), Option.empty());
      try {
        model.save(new Path(path, FILE), sc().hadoopConfiguration());
      } catch (IOException e) {
        throw new UncheckedIOException(path + ": cannot be written", e);
      }
    }
  }

  private void save(Path to, Configuration hadoop) throws IOException {
    java.nio.file.Path local = Files.createTempFile("cordee", ".safetensors");
    try {
      ModelFile.write(local, file.model(), file.parameters(), file.metadata());
      try (OutputStream out = to.getFileSystem(hadoop).create(to, true)) {
        Files.copy(local, out);
      }
    } finally {
      Files.delete(local);
    }
  }

  static final class Reader<M extends CordeeModel<M>> extends MLReader<M> {

    private final Class<M> type;
    private final Function<String, Function<ModelFile, M>> maker;

    /**
     * @param maker makes a model of a uid and a file
     */
    Reader(Class<M> type, Function<String, Function<ModelFile, M>> maker) {
      this.type = type;
      this.maker = maker;
    }

    @Override
    @SuppressWarnings("deprecation") // Spark 3.5 has no other
    public M load(String path) {
      var metadata = DefaultParamsReader.loadMetadata(path, sc(), type.getName());
      try {
        ModelFile file = read(new Path(path, FILE), sc().hadoopConfiguration());
        M model = maker.apply(metadata.uid()).apply(file);
        metadata.getAndSetParams(model, Option.empty());
        return model;
      } catch (IOException e) {
        throw new UncheckedIOException(path + ": cannot be read", e);
      }
    }

    private static ModelFile read(Path from, Configuration hadoop) throws IOException {
      java.nio.file.Path local = Files.createTempDirectory("cordee").resolve(FILE);
      try (InputStream in = from.getFileSystem(hadoop).open(from)) {
        Files.copy(in, local);
        return ModelFile.read(local);
      } finally {
        Files.deleteIfExists(local);
        Files.delete(local.getParent());
      }
    }
  }
}
