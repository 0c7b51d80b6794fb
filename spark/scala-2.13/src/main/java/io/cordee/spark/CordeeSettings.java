package io.cordee.spark;

import org.apache.spark.ml.Estimator;
import org.apache.spark.ml.param.BooleanParam;
import org.apache.spark.ml.param.IntArrayParam;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.LongParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamValidators;
import org.apache.spark.ml.param.StringArrayParam;

/** The parameters of an estimator, as Spark ML has them. */
public abstract class CordeeSettings<E extends CordeeSettings<E, M>, M extends CordeeModel<M>>
    extends Estimator<M> {

  private static final long serialVersionUID = 1;

  private final String uid;
  private final OutputColumns columns;
  private final Param<String> labelCol;
  private final Param<String> idCol;
  private final Param<String> validationIndicatorCol;
  private final IntArrayParam layers;
  private final Param<String> optimizer;
  private final IntParam rounds;
  private final IntParam partitions;
  private final IntParam workers;
  private final BooleanParam peers;
  private final LongParam seed;
  private final StringArrayParam settings;
  private final Param<String> stagingDir;
  private final Param<String> runFolder;

  CordeeSettings(String uid) {
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
    optimizer = new Param<>(this, "optimizer", "the optimizer, as cordee optimizers lists them");
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
    peers =
        new BooleanParam(
            this,
            "peers",
            "whether each task owns a part of the parameters, rather than the driver all of them");
    seed = new LongParam(this, "seed", "seed of the first weights and of batches");
    settings =
        new StringArrayParam(
            this,
            "settings",
            "any other settings of a job file, each KEY=VALUE, such as optimizer.max_step=0.1 or stop.patience=20");
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
    setDefault(optimizer, "rprop");
    setDefault(rounds, (Object) 100);
    setDefault(partitions, (Object) 32);
    setDefault(workers, (Object) 0);
    setDefault(peers, (Object) false);
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

  @SuppressWarnings("unchecked")
  private <T> E with(Param<T> param, T value) {
    return (E) set(param, value);
  }

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

  public final Param<String> optimizer() {
    return optimizer;
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

  public final BooleanParam peers() {
    return peers;
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

  public final String getOptimizer() {
    return getOrDefault(optimizer);
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

  public final boolean getPeers() {
    return (boolean) getOrDefault(peers);
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

  /** A column of ids, by which rows are ordered; default: by their content. */
  public final E setIdCol(String value) {
    return with(idCol, value);
  }

  /** A boolean column: true for rows to validate on, not to train on; default: none. */
  public final E setValidationIndicatorCol(String value) {
    return with(validationIndicatorCol, value);
  }

  /** Units per layer, from the number of features to the outputs; required. */
  public final E setLayers(int[] value) {
    return with(layers, value);
  }

  /** The optimizer; default "rprop". */
  public final E setOptimizer(String value) {
    return with(optimizer, value);
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

  /**
   * Says that each task owns a part of the parameters, rather than the driver all of them; default
   * false. All tasks must run at the same time.
   */
  public final E setPeers(boolean value) {
    return with(peers, (Object) value);
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
