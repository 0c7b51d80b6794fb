package io.cordee.spark;

import io.cordee.common.model.ModelFile;
import io.cordee.spark.fit.Fit;
import io.cordee.spark.rows.Staging;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Paths;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkException;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.util.DefaultParamsWriter;
import org.apache.spark.ml.util.MLWritable;
import org.apache.spark.ml.util.MLWriter;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.SerializableConfiguration;

/**
 * Trains a fully connected network on a DataFrame, by rounds over large batches. The weights are
 * the same to the last bit for any number of executors, however the DataFrame is partitioned.
 *
 * <p>The driver runs the parameter server. A stage of tasks runs the workers: a task that fails is
 * started again by Spark, and the training continues.
 */
public abstract class CordeeEstimator<E extends CordeeEstimator<E, M>, M extends CordeeModel<M>>
    extends CordeeSettings<E, M> implements MLWritable {

  private static final long serialVersionUID = 1;

  CordeeEstimator(String uid) {
    super(uid);
  }

  /** How many classes the labels are indices of; 0 if they are values. */
  abstract int classes();

  /** Lines of the job file that describe the network's outputs. */
  abstract String output();

  abstract Staging.Rows prepared(Staging.Rows rows);

  abstract M model(ModelFile trained, Staging.Rows rows);

  abstract StructType withOutputs(StructType schema);

  /**
   * @throws IllegalArgumentException if columns, settings or rows are wrong
   */
  @Override
  public M fit(Dataset<?> dataset) {
    transformSchema(dataset.schema());
    int[] units = getLayers();
    JavaSparkContext context = new JavaSparkContext(dataset.sparkSession().sparkContext());
    var hadoop = new SerializableConfiguration(context.hadoopConfiguration());
    int tasks = tasks(context);
    try (Staging staging = new Staging(folder(context), hadoop)) {
      Staging.Rows staged = staging.write(selected(dataset), tasks, units[0], classes());
      Staging.Rows rows = prepared(staged);
      String yaml = job(rows, units);
      Optional<java.nio.file.Path> folder =
          Optional.of(getRunFolder()).filter(it -> !it.isEmpty()).map(Paths::get);
      ModelFile trained =
          new Fit(context, tasks, getPeers()).run(yaml, settingsOfJob(), rows, folder);
      return copyValues(model(trained, rows), ParamMap.empty()).setParent(this);
    } catch (IOException e) {
      throw new UncheckedIOException(e.getMessage(), e);
    } catch (SparkException e) {
      throw CordeeEstimator.<RuntimeException>asIs(e);
    }
  }

  /** Spark's own code, which is Scala, throws it undeclared as well. */
  @SuppressWarnings("unchecked")
  private static <X extends Exception> X asIs(Exception e) throws X {
    throw (X) e;
  }

  private int tasks(JavaSparkContext context) {
    int cpus = context.getConf().getInt("spark.task.cpus", 1);
    int most = Math.max(1, context.defaultParallelism() / cpus);
    return Math.min(getWorkers() > 0 ? getWorkers() : most, getPartitions());
  }

  private Path folder(JavaSparkContext context) throws IOException {
    String own = "cordee-" + context.sc().applicationId() + "-" + UUID.randomUUID();
    String base =
        getStagingDir().isEmpty() ? context.getCheckpointDir().orElse("") : getStagingDir();
    if (!base.isEmpty()) {
      return new Path(base, own);
    }
    Path usual = new Path("/tmp", own);
    String scheme = usual.getFileSystem(context.hadoopConfiguration()).getScheme();
    if (scheme.equals("file") && !context.master().startsWith("local")) {
      throw new IllegalArgumentException(
          "stagingDir: expected a folder that driver and executors share, as the default file system"
              + " is each machine's own; set it, or the checkpoint directory");
    }
    return usual;
  }

  private Dataset<Row> selected(Dataset<?> dataset) {
    Column heldOut =
        getValidationIndicatorCol().isEmpty()
            ? functions.lit(false)
            : Schemas.column(dataset, getValidationIndicatorCol());
    Stream<Column> all =
        Stream.of(
            Schemas.column(dataset, getLabelCol()).cast(DataTypes.DoubleType),
            Schemas.column(dataset, getFeaturesCol()),
            heldOut);
    Stream<Column> id =
        getIdCol().isEmpty()
            ? Stream.empty()
            : Stream.of(functions.xxhash64(Schemas.column(dataset, getIdCol())));
    return dataset.select(Stream.concat(all, id).toArray(Column[]::new));
  }

  /** Each KEY=VALUE; the last of a key counts. */
  private List<String> settingsOfJob() {
    Stream<String> own =
        Stream.of("optimizer=" + getOptimizer(), "seed=" + getSeed(), "stop.rounds=" + getRounds());
    return Stream.concat(own, Arrays.stream(getSettings())).toList();
  }

  private String job(Staging.Rows rows, int[] units) {
    boolean labelled = classes() > 0;
    String source = "{format: external, name: %s, labels: " + labelled + "}";
    String data =
        "train: "
            + source.formatted(Fit.TRAIN)
            + rows.validation()
                .map(held -> ", validation: " + source.formatted(Fit.VALIDATION))
                .orElse("");
    boolean areCheckpointsKept = rows.train().mounted().isPresent();
    return String.join(
        "\n",
        "name: spark",
        "model: {layers: " + Arrays.toString(units) + output() + "}",
        "data: {" + data + "}",
        "partitions: " + Math.min(getPartitions(), rows.train().count()),
        // A run that ends with its driver is not resumed, but one that a shard comes back to is.
        "checkpoint: {every: " + (getPeers() && areCheckpointsKept ? 50 : 0) + "}",
        // Executors may come one by one, and never all of them.
        "team: {gather: 3}",
        "");
  }

  /**
   * @throws IllegalArgumentException if a column is missing, or has another type
   */
  @Override
  public StructType transformSchema(StructType schema) {
    if (getLayers().length < 2 || Arrays.stream(getLayers()).anyMatch(units -> units < 1)) {
      throw new IllegalArgumentException(
          "layers: expected at least 1 unit in each layer, from the number of features to the outputs, as in 784, 128, 10; found "
              + Arrays.toString(getLayers()));
    }
    Schemas.requireFeatures(schema, getFeaturesCol());
    Schemas.require(
        schema, "labelCol", getLabelCol(), "a number", type -> type instanceof NumericType);
    if (!getValidationIndicatorCol().isEmpty()) {
      Schemas.require(
          schema,
          "validationIndicatorCol",
          getValidationIndicatorCol(),
          "a boolean",
          type -> type.equals(DataTypes.BooleanType));
    }
    if (!getIdCol().isEmpty()) {
      Schemas.require(schema, "idCol", getIdCol(), "any type", type -> true);
    }
    return withOutputs(schema);
  }

  @Override
  public MLWriter write() {
    return new DefaultParamsWriter(this);
  }
}
