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
import org.apache.spark.ml.Estimator;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.param.IntArrayParam;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.LongParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.param.ParamValidators;
import org.apache.spark.ml.param.StringArrayParam;
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
 * <p>The driver runs the parameter server. A stage of tasks runs the workers: a task that fails
 * is started again by Spark, and the training continues.
 *
 * @param <E> the estimator's own class
 * @param <M> that of its model
 */
public abstract class CordeeEstimator<E extends CordeeEstimator<E, M>, M extends CordeeModel<M>>
    extends Estimator<M> implements MLWritable {

  private static final long serialVersionUID = 1;

  private final String uid;
  private final OutputColumns columns;
  private final Param<String> labelCol;
  private final Param<String> idCol;
  private final Param<String> validationIndicatorCol;
  private final IntArrayParam layers;
  private final Param<String> rule;
  private final IntParam rounds;
  private final IntParam partitions;
  private final IntParam workers;
  private final LongParam seed;
  private final StringArrayParam settings;
  private final Param<String> stagingDir;
  private final Param<String> runFolder;

  CordeeEstimator(String uid) {
    this.uid = uid;
    columns = new OutputColumns(this);
    labelCol = new Param<>(this, "labelCol", "the column of labels");
    idCol =
        new Param<>(
            this,
            "idCol",
            "a column that tells rows apart, by which they are ordered; \"\" to order them by what is in them");
    validationIndicatorCol =
        new Param<>(
            this,
            "validationIndicatorCol",
            "a boolean column: rows where it is true are not trained on, but validated on; \"\" for no such rows");
    layers =
        new IntArrayParam(
            this, "layers", "units per layer, from the number of features to the outputs");
    rule = new Param<>(this, "rule", "the update rule, as cordee rules lists them");
    rounds = new IntParam(this, "rounds", "rounds to train, at most", ParamValidators.gtEq(1));
    partitions =
        new IntParam(
            this,
            "partitions",
            "slices of the rows that are computed one at a time; part of what the bits depend on",
            ParamValidators.gtEq(1));
    workers =
        new IntParam(
            this,
            "workers",
            "tasks that compute; 0 for as many as Spark runs at once",
            ParamValidators.gtEq(0));
    seed = new LongParam(this, "seed", "seed of the first weights and of batches");
    settings =
        new StringArrayParam(
            this,
            "settings",
            "any other settings of a job file, each KEY=VALUE, such as rule.max_step=0.1 or stop.patience=20");
    stagingDir =
        new Param<>(
            this,
            "stagingDir",
            "a folder that driver and executors share, for the rows while they are trained on; \"\" for the checkpoint directory or, if none is set, /tmp on the default file system");
    runFolder =
        new Param<>(
            this,
            "runFolder",
            "a new folder on the driver for metrics, checkpoints and a model that cordee report and cordee evaluate read; \"\" for none");
    setDefault(columns.features, "features");
    setDefault(columns.prediction, "prediction");
    setDefault(labelCol, "label");
    setDefault(idCol, "");
    setDefault(validationIndicatorCol, "");
    setDefault(layers, new int[0]);
    setDefault(rule, "rprop");
    setDefault(rounds, (Object) 100);
    setDefault(partitions, (Object) 32);
    setDefault(workers, (Object) 0);
    setDefault(seed, (Object) 1L);
    setDefault(settings, new String[0]);
    setDefault(stagingDir, "");
    setDefault(runFolder, "");
  }

  @Override
  public final String uid() {
    return uid;
  }

  final OutputColumns columns() {
    return columns;
  }

  // ---- what the subclasses differ in ----

  /** How many classes the labels are indices of; 0 if they are values. */
  abstract int classes();

  /** Lines of the job file that describe the network's outputs. */
  abstract String output();

  /** The rows as they are trained on. */
  abstract Staging.Rows prepared(Staging.Rows rows);

  abstract M model(ModelFile trained, Staging.Rows rows);

  /** Columns that the model adds. */
  abstract StructType withOutputs(StructType schema);

  // ---- training ----

  /**
   * Trains.
   *
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
          new Fit(context, tasks).run(yaml, Arrays.asList(getSettings()), rows, folder);
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

  private Path folder(JavaSparkContext context) {
    String base =
        !getStagingDir().isEmpty()
            ? getStagingDir()
            : context.getCheckpointDir().orElse("/tmp");
    return new Path(base, "cordee-" + context.sc().applicationId() + "-" + UUID.randomUUID());
  }

  private Dataset<Row> selected(Dataset<?> dataset) {
    Column heldOut =
        getValidationIndicatorCol().isEmpty()
            ? functions.lit(false)
            : dataset.col(getValidationIndicatorCol());
    Stream<Column> all =
        Stream.of(
            dataset.col(getLabelCol()).cast(DataTypes.DoubleType),
            dataset.col(getFeaturesCol()),
            heldOut);
    Stream<Column> id =
        getIdCol().isEmpty()
            ? Stream.empty()
            : Stream.of(functions.xxhash64(dataset.col(getIdCol())));
    return dataset.select(Stream.concat(all, id).toArray(Column[]::new));
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
    return String.join(
        "\n",
        "name: spark",
        "model: {layers: " + Arrays.toString(units) + output() + "}",
        "data: {" + data + "}",
        "rule: {name: " + getRule() + "}",
        "seed: " + getSeed(),
        "partitions: " + Math.min(getPartitions(), rows.train().count()),
        // A run that ends with its driver is not resumed.
        "checkpoint: {every: 0}",
        // Executors may come one by one, and never all of them.
        "team: {gather: 3}",
        "stop: {rounds: " + getRounds() + "}",
        "");
  }

  // ---- Spark ML ----

  /**
   * Checks the columns.
   *
   * @throws IllegalArgumentException if one is missing, or has another type
   */
  @Override
  public StructType transformSchema(StructType schema) {
    if (getLayers().length < 2) {
      throw new IllegalArgumentException(
          "layers: expected units per layer, from the number of features to the outputs, as in 784, 128, 10; found "
              + Arrays.toString(getLayers()));
    }
    Schemas.require(
        schema,
        "featuresCol",
        getFeaturesCol(),
        "a vector",
        type -> type.equals(SQLDataTypes.VectorType()));
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

  @SuppressWarnings("unchecked")
  private <T> E with(Param<T> param, T value) {
    return (E) set(param, value);
  }

  // ---- parameters ----

  public final Param<String> featuresCol() {
    return columns.features;
  }

  public final Param<String> predictionCol() {
    return columns.prediction;
  }

  public final Param<String> labelCol() {
    return labelCol;
  }

  public final Param<String> idCol() {
    return idCol;
  }

  public final Param<String> validationIndicatorCol() {
    return validationIndicatorCol;
  }

  public final IntArrayParam layers() {
    return layers;
  }

  public final Param<String> rule() {
    return rule;
  }

  public final IntParam rounds() {
    return rounds;
  }

  public final IntParam partitions() {
    return partitions;
  }

  public final IntParam workers() {
    return workers;
  }

  public final LongParam seed() {
    return seed;
  }

  public final StringArrayParam settings() {
    return settings;
  }

  public final Param<String> stagingDir() {
    return stagingDir;
  }

  public final Param<String> runFolder() {
    return runFolder;
  }

  public final String getFeaturesCol() {
    return getOrDefault(columns.features);
  }

  public final String getPredictionCol() {
    return getOrDefault(columns.prediction);
  }

  public final String getLabelCol() {
    return getOrDefault(labelCol);
  }

  public final String getIdCol() {
    return getOrDefault(idCol);
  }

  public final String getValidationIndicatorCol() {
    return getOrDefault(validationIndicatorCol);
  }

  public final int[] getLayers() {
    return getOrDefault(layers);
  }

  public final String getRule() {
    return getOrDefault(rule);
  }

  public final int getRounds() {
    return (int) getOrDefault(rounds);
  }

  public final int getPartitions() {
    return (int) getOrDefault(partitions);
  }

  public final int getWorkers() {
    return (int) getOrDefault(workers);
  }

  public final long getSeed() {
    return (long) getOrDefault(seed);
  }

  public final String[] getSettings() {
    return getOrDefault(settings);
  }

  public final String getStagingDir() {
    return getOrDefault(stagingDir);
  }

  public final String getRunFolder() {
    return getOrDefault(runFolder);
  }

  /** The column of feature vectors; default "features". */
  public final E setFeaturesCol(String value) {
    return with(columns.features, value);
  }

  /** The column of predictions that the model adds; default "prediction". */
  public final E setPredictionCol(String value) {
    return with(columns.prediction, value);
  }

  /** The column of labels; default "label". */
  public final E setLabelCol(String value) {
    return with(labelCol, value);
  }

  /** A column that tells rows apart, by which they are ordered; default: by what is in them. */
  public final E setIdCol(String value) {
    return with(idCol, value);
  }

  /** A boolean column of the rows that are not trained on, but validated on; default: none. */
  public final E setValidationIndicatorCol(String value) {
    return with(validationIndicatorCol, value);
  }

  /** Units per layer, from the number of features to the outputs; required. */
  public final E setLayers(int[] value) {
    return with(layers, value);
  }

  /** The update rule; default "rprop". */
  public final E setRule(String value) {
    return with(rule, value);
  }

  /** Rounds to train, at most; default 100. */
  public final E setRounds(int value) {
    return with(rounds, (Object) value);
  }

  /** Slices of the rows that are computed one at a time; default 32. */
  public final E setPartitions(int value) {
    return with(partitions, (Object) value);
  }

  /** Tasks that compute; default: as many as Spark runs at once. */
  public final E setWorkers(int value) {
    return with(workers, (Object) value);
  }

  /** Seed of the first weights and of batches; default 1. */
  public final E setSeed(long value) {
    return with(seed, (Object) value);
  }

  /** Any other settings of a job file, each KEY=VALUE; default none. */
  public final E setSettings(String[] value) {
    return with(settings, value);
  }

  /** A folder that driver and executors share, for the rows while they are trained on. */
  public final E setStagingDir(String value) {
    return with(stagingDir, value);
  }

  /** A new folder on the driver for metrics and model; default: none. */
  public final E setRunFolder(String value) {
    return with(runFolder, value);
  }
}
