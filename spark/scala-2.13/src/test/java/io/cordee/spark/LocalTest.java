package io.cordee.spark;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.common.text.Advice;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.spark.JobExecutionStatus;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.evaluation.MulticlassClassificationEvaluator;
import org.apache.spark.ml.evaluation.RegressionEvaluator;
import org.apache.spark.ml.feature.StandardScaler;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.tuning.CrossValidator;
import org.apache.spark.ml.tuning.CrossValidatorModel;
import org.apache.spark.ml.tuning.ParamGridBuilder;
import org.apache.spark.scheduler.AccumulableInfo;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.LongAccumulator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** In one process, on two threads. */
@Timeout(300)
final class LocalTest {

  private static SparkSession spark;

  @TempDir static Path staging;

  @BeforeAll
  static void start() {
    spark =
        SparkSession.builder()
            .master("local[2]")
            .config("spark.ui.enabled", "false")
            // Java's own is tested on a cluster.
            .config("spark.serializer", "org.apache.spark.serializer.KryoSerializer")
            .config("spark.sql.shuffle.partitions", "2")
            .getOrCreate();
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  private static CordeeClassifier classifier() {
    return new CordeeClassifier()
        .setLayers(new int[] {6, 8, 3})
        .setRounds(30)
        .setPartitions(8)
        .setStagingDir(staging.toString());
  }

  private static Dataset<Row> clouds() {
    return Frames.of(spark, Frames.clouds(600, 1));
  }

  private static double accuracy(Dataset<Row> scored) {
    return new MulticlassClassificationEvaluator().setMetricName("accuracy").evaluate(scored);
  }

  @Test
  void classifiesRowsThatItHasNotSeen() {
    CordeeClassificationModel model = classifier().fit(clouds());
    Dataset<Row> scored = model.transform(Frames.of(spark, Frames.clouds(300, 2)));
    assertTrue(accuracy(scored) > 0.85);
    for (Row row : scored.select("features", "prediction", "probability").collectAsList()) {
      Vector probability = (Vector) row.get(2);
      assertEquals(row.getDouble(1), probability.argmax());
      assertEquals(1, sum(probability), 1e-5);
      assertEquals(probability, model.predictProbability((Vector) row.get(0)));
    }
    assertEquals(31, model.objectiveHistory().length);
    assertTrue(model.objectiveHistory()[30] < model.objectiveHistory()[0] / 2);
  }

  private static double sum(Vector vector) {
    double sum = 0;
    for (double each : vector.toArray()) {
      sum += each;
    }
    return sum;
  }

  @Test
  void theSameRowsGiveTheSameBitsHoweverTheyArePartitionedAndWhateverTheTeam() {
    CordeeClassificationModel model = classifier().fit(clouds());
    List<Row> shuffled = new ArrayList<>(Frames.clouds(600, 1));
    Collections.shuffle(shuffled, new Random(3));
    Dataset<Row> others = Frames.of(spark, shuffled).repartition(5);
    assertEquals(model.digest(), classifier().setPeers(true).fit(others).digest());
    CordeeClassificationModel again = classifier().setWorkers(1).fit(others);
    assertEquals(model.digest(), again.digest());
    assertArrayEquals(model.weights(), again.weights());
  }

  @Test
  void anIdGivesAnOrderOfItsOwn() {
    // Not by signs, which rounding seldom changes.
    CordeeClassifier byContent = classifier().setOptimizer("adam");
    CordeeClassifier byId = classifier().setOptimizer("adam").setIdCol("id");
    String digest = byId.fit(clouds()).digest();
    assertEquals(digest, byId.fit(clouds().repartition(7)).digest());
    assertNotEquals(digest, byContent.fit(clouds()).digest());
  }

  @Test
  void sparseVectorsTrainToTheSameBits() {
    List<Row> dense = new ArrayList<>();
    List<Row> sparse = new ArrayList<>();
    Random random = new Random(5);
    for (long id = 0; id < 200; id++) {
      double[] features = new double[40];
      features[(int) (id % 2)] = 1 + random.nextDouble();
      features[2 + random.nextInt(38)] = random.nextDouble();
      dense.add(RowFactory.create(id, (double) (id % 2), Vectors.dense(features)));
      sparse.add(RowFactory.create(id, (double) (id % 2), Vectors.dense(features).toSparse()));
    }
    CordeeClassifier estimator = classifier().setLayers(new int[] {40, 2});
    CordeeClassificationModel model = estimator.fit(Frames.of(spark, dense));
    assertEquals(model.digest(), estimator.fit(Frames.of(spark, sparse)).digest());
    estimator.setSettings(new String[] {"model.sparse=true"});
    CordeeClassificationModel onTable = estimator.fit(Frames.of(spark, sparse));
    assertEquals(onTable.digest(), estimator.fit(Frames.of(spark, dense)).digest());
    for (Row row : sparse) {
      Vector features = row.getAs(2);
      Vector expected = model.predictProbability(features);
      assertEquals(expected, onTable.predictProbability(features));
      assertEquals(expected, onTable.predictProbability(features.toDense()));
    }
  }

  @Test
  void aRegressionPredictsInTheLabelsUnit() {
    CordeeRegressor regressor =
        new CordeeRegressor()
            .setLayers(new int[] {3, 1})
            .setRounds(60)
            .setStagingDir(staging.toString());
    CordeeRegressionModel model = regressor.fit(Frames.of(spark, Frames.plane(400, 1)));
    Dataset<Row> scored = model.transform(Frames.of(spark, Frames.plane(100, 2)));
    assertTrue(new RegressionEvaluator().setMetricName("rmse").evaluate(scored) < 1);
    assertEquals(1030, model.predict(Vectors.dense(1, 1, 0)), 1);
  }

  @Test
  void validationRowsAreNotTrainedOnAndChooseTheBestWeights() {
    Dataset<Row> rows =
        clouds().withColumn("held", functions.col("id").mod(functions.lit(4)).equalTo(0));
    CordeeClassifier estimator =
        classifier()
            .setValidationIndicatorCol("held")
            .setRounds(500)
            .setSettings(new String[] {"stop.patience=5", "evaluate_every=1"});
    CordeeClassificationModel model = estimator.fit(rows);
    assertTrue(model.objectiveHistory().length < 500, "patience ends it early");
    assertTrue(accuracy(model.transform(clouds())) > 0.85);
  }

  @Test
  void aRunFolderIsKept(@TempDir Path folder) {
    Path run = folder.resolve("run");
    classifier().setRunFolder(run.toString()).fit(clouds());
    assertTrue(Files.exists(run.resolve("model.safetensors")));
    assertTrue(Files.exists(run.resolve("metrics.csv")));
  }

  @Test
  void modelsAndEstimatorsAreSavedAndRead(@TempDir Path folder) throws Exception {
    CordeeClassifier estimator = classifier().setOptimizer("irprop+").setProbabilityCol("p");
    estimator.save(folder.resolve("estimator").toString());
    CordeeClassifier read = CordeeClassifier.load(folder.resolve("estimator").toString());
    assertEquals(estimator.uid(), read.uid());
    assertEquals("irprop+", read.getOptimizer());
    assertArrayEquals(new int[] {6, 8, 3}, read.getLayers());

    CordeeClassificationModel model = read.fit(clouds());
    String saved = folder.resolve("model").toString();
    model.save(saved);
    CordeeClassificationModel same = CordeeClassificationModel.load(saved);
    assertEquals(model.uid(), same.uid());
    assertEquals(model.digest(), same.digest());
    assertEquals("p", same.getProbabilityCol());
    assertArrayEquals(model.weights(), same.weights());
    assertEquals(
        model.transform(clouds()).select("p").collectAsList(),
        same.transform(clouds()).select("p").collectAsList());
  }

  @Test
  void worksInAPipelineAndIsSavedWithIt(@TempDir Path folder) throws Exception {
    StandardScaler scaler =
        new StandardScaler().setInputCol("features").setOutputCol("scaled").setWithMean(true);
    Pipeline pipeline =
        new Pipeline()
            .setStages(new PipelineStage[] {scaler, classifier().setFeaturesCol("scaled")});
    PipelineModel model = pipeline.fit(clouds());
    assertTrue(accuracy(model.transform(clouds())) > 0.85);
    String saved = folder.resolve("pipeline").toString();
    model.save(saved);
    assertEquals(
        accuracy(model.transform(clouds())),
        accuracy(PipelineModel.load(saved).transform(clouds())));
  }

  @Test
  void crossValidationChoosesAmongSettings() {
    CordeeClassifier estimator = classifier();
    ParamMap[] grid = new ParamGridBuilder().addGrid(estimator.rounds(), new int[] {1, 30}).build();
    CrossValidatorModel chosen =
        new CrossValidator()
            .setEstimator(estimator)
            .setEstimatorParamMaps(grid)
            .setEvaluator(new MulticlassClassificationEvaluator())
            .setNumFolds(2)
            // More tasks than there is room for: no fit waits for another's workers.
            .setParallelism(2)
            .fit(clouds());
    assertTrue(chosen.avgMetrics()[1] > chosen.avgMetrics()[0]);
    CordeeClassificationModel best = (CordeeClassificationModel) chosen.bestModel();
    assertEquals(31, best.objectiveHistory().length);
  }

  @Test
  void aFrameIsReadOnce() {
    LongAccumulator readings = spark.sparkContext().longAccumulator();
    UDF1<Double, Double> counting =
        label -> {
          readings.add(1);
          return label;
        };
    Dataset<Row> counted =
        clouds()
            .withColumn(
                "label",
                functions
                    .udf(counting, DataTypes.DoubleType)
                    .asNondeterministic()
                    .apply(functions.col("label")));
    assertEquals(31, classifier().fit(counted).objectiveHistory().length);
    assertEquals(600, readings.value());
  }

  @Test
  void aModelScoresInsideOtherFunctionsToo() {
    CordeeClassificationModel model = classifier().fit(clouds());
    UDF1<Vector, Double> predict = model::predict;
    Dataset<Row> both =
        model
            .transform(clouds())
            .withColumn(
                "own",
                functions.udf(predict, DataTypes.DoubleType).apply(functions.col("features")));
    assertEquals(0, both.filter("own <> prediction").count());
  }

  @Test
  void largeLabelsThatHardlyDifferAreStandardized() {
    List<Row> rows = new ArrayList<>();
    for (long id = 0; id < 400; id++) {
      double x = id % 20 / 10.0 - 1;
      rows.add(RowFactory.create(id, 1e8 + 1000 * x, Vectors.dense(x)));
    }
    CordeeRegressionModel model =
        new CordeeRegressor()
            .setLayers(new int[] {1, 1})
            .setStagingDir(staging.toString())
            .fit(Frames.of(spark, rows));
    assertTrue(model.objectiveHistory()[100] < 1e-4, () -> "" + model.objectiveHistory()[100]);
    // As exact as a float can be.
    assertEquals(1e8 + 500, model.predict(Vectors.dense(0.5)), 20);
  }

  @Test
  void columnsMayHaveAnyNames() {
    Dataset<Row> rows =
        clouds().withColumnRenamed("features", "a.b").withColumnRenamed("label", "c d");
    CordeeClassificationModel model =
        classifier().setFeaturesCol("a.b").setLabelCol("c d").setRounds(1).fit(rows);
    assertEquals(600, model.transform(rows).filter("prediction >= 0").count());
  }

  @Test
  void emptyPartitionsAndFewRowsAreNoTrouble() {
    Dataset<Row> few = Frames.of(spark, Frames.clouds(4, 1)).repartition(12);
    assertEquals(31, classifier().fit(few).objectiveHistory().length);
  }

  @Test
  void stagedRowsAreRemoved() throws Exception {
    classifier().fit(clouds());
    try (var left = Files.list(staging)) {
      assertEquals(List.of(), left.toList());
    }
  }

  @Test
  void progressIsInSparksInterface() throws Exception {
    List<String> descriptions = Collections.synchronizedList(new ArrayList<>());
    AtomicReference<Object> rounds = new AtomicReference<>();
    SparkListener listener =
        new SparkListener() {
          @Override
          public void onJobStart(SparkListenerJobStart job) {
            descriptions.add(job.properties().getProperty("spark.job.description"));
          }

          @Override
          public void onTaskEnd(SparkListenerTaskEnd end) {
            for (var all = end.taskInfo().accumulables().iterator(); all.hasNext(); ) {
              AccumulableInfo each = all.next();
              if (each.name().contains("rounds of 30")) {
                rounds.set(each.value().get());
              }
            }
          }
        };
    spark.sparkContext().addSparkListener(listener);
    try {
      classifier().setWorkers(1).fit(clouds());
      // Listeners are told later.
      while (rounds.get() == null) {
        TimeUnit.MILLISECONDS.sleep(10);
      }
    } finally {
      spark.sparkContext().removeSparkListener(listener);
    }
    assertTrue(
        descriptions.contains("Cordee: train 6-8-3 by rprop on 600 rows"), descriptions::toString);
    assertEquals(30L, rounds.get());
  }

  @Test
  void aCancelledJobGroupEndsTheFit() throws Exception {
    CountDownLatch training = new CountDownLatch(1);
    SparkListener listener =
        new SparkListener() {
          @Override
          public void onJobStart(SparkListenerJobStart job) {
            if (String.valueOf(job.properties().getProperty("spark.job.description"))
                .startsWith("Cordee")) {
              training.countDown();
            }
          }
        };
    spark.sparkContext().addSparkListener(listener);
    AtomicReference<Throwable> end = new AtomicReference<>();
    Thread fit =
        new Thread(
            () -> {
              spark.sparkContext().setJobGroup("mine", "to be cancelled", false);
              try {
                classifier().setRounds(1_000_000).fit(clouds());
              } catch (Exception e) {
                end.set(e);
              }
            });
    fit.start();
    training.await();
    spark.sparkContext().cancelJobGroup("mine");
    fit.join();
    spark.sparkContext().removeSparkListener(listener);
    assertTrue(end.get().getMessage().contains("cancel"), () -> end.get().toString());
    // Spark has its threads back.
    assertEquals(31, classifier().fit(clouds()).objectiveHistory().length);
  }

  @Test
  void theDescriptionOfARunningJobTellsTheRound() throws Exception {
    CountDownLatch submitted = new CountDownLatch(1);
    AtomicInteger job = new AtomicInteger();
    SparkListener listener =
        new SparkListener() {
          @Override
          public void onJobStart(SparkListenerJobStart start) {
            String description = String.valueOf(start.properties().get("spark.job.description"));
            if (description.startsWith("Cordee: train")) {
              job.set(start.jobId());
              submitted.countDown();
            }
          }
        };
    spark.sparkContext().addSparkListener(listener);
    Thread fit =
        new Thread(
            () -> {
              spark.sparkContext().setJobGroup("watched", "to be cancelled", false);
              assertThrows(Exception.class, () -> classifier().setRounds(1_000_000).fit(clouds()));
            });
    fit.start();
    try {
      submitted.await();
      // In Spark's record of the job, from which its UI is made.
      while (!description(job.get())
          .matches(
              "Cordee: train 6-8-3 by rprop on 600 rows: round [0-9,]+ of 1,000,000, loss .*")) {
        TimeUnit.MILLISECONDS.sleep(10);
      }
    } finally {
      spark.sparkContext().cancelJobGroup("watched");
      fit.join();
      spark.sparkContext().removeSparkListener(listener);
    }
    // Spark's own record of the end stands.
    while (spark.sparkContext().statusStore().job(job.get()).status()
        == JobExecutionStatus.RUNNING) {
      TimeUnit.MILLISECONDS.sleep(10);
    }
    assertEquals("Cordee: train 6-8-3 by rprop on 600 rows", description(job.get()));
  }

  private static String description(int job) {
    try {
      return spark.sparkContext().statusStore().job(job).description().get();
    } catch (NoSuchElementException e) {
      return "not on record yet";
    }
  }

  // ---- what is wrong ----

  private static void assertRefused(
      CordeeClassifier estimator, Dataset<Row> rows, String... parts) {
    var e = assertThrows(IllegalArgumentException.class, () -> estimator.fit(rows));
    for (String part : parts) {
      assertTrue(e.getMessage().contains(part), e.getMessage());
    }
  }

  private static Dataset<Row> with(Object label, Vector features) {
    List<Row> rows = new ArrayList<>(Frames.clouds(50, 1));
    rows.add(RowFactory.create(99L, label, features));
    return Frames.of(spark, rows);
  }

  @Test
  void wrongRowsAreNamed() {
    Vector six = Vectors.dense(1, 2, 3, 4, 5, 6);
    assertRefused(classifier(), with(3.0, six), "from 0 to 2", "found 3.0");
    assertRefused(classifier(), with(0.5, six), "class indices", "found 0.5");
    assertRefused(classifier(), with(null, six), "a finite number as the label", "null");
    assertRefused(classifier(), with(1.0, null), "expected 6 features", "none");
    assertRefused(classifier(), with(1.0, Vectors.dense(1, 2)), "expected 6 features", "with 2");
    assertRefused(
        classifier(),
        with(1.0, Vectors.dense(1, 2, 3, Double.NaN, 5, 6)),
        "finite features",
        "feature 3");
    assertRefused(classifier(), clouds().limit(0), "no rows");
  }

  @Test
  void oneClassAloneIsNotTrainedOn() {
    Dataset<Row> alike = clouds().filter("label = 2").withColumnRenamed("label", "kind");
    assertRefused(
        classifier().setLabelCol("kind"), alike, "2 classes in column kind", "only class 2");
  }

  @Test
  void rowsThatCannotBeScoredAreNamedByTheirColumn() {
    CordeeClassificationModel classes =
        classifier().setRounds(1).fit(clouds()).setFeaturesCol("x").setProbabilityCol("");
    CordeeRegressionModel values =
        new CordeeRegressor()
            .setLayers(new int[] {6, 1})
            .setRounds(1)
            .setStagingDir(staging.toString())
            .fit(clouds())
            .setFeaturesCol("x");
    Dataset<Row> missing = with(1.0, null).withColumnRenamed("features", "x");
    assertFails(() -> classes.transform(missing).collect(), "of column x; found null; drop");
    assertFails(() -> values.transform(missing).collect(), "of column x; found null; drop");
    for (double wrong : new double[] {Double.NaN, Double.NEGATIVE_INFINITY, 1e39}) {
      Vector features = Vectors.dense(1, 2, 3, wrong, 5, 6);
      Dataset<Row> rows = with(1.0, features).withColumnRenamed("features", "x");
      String found = "of column x; found " + wrong + " as feature 3 (from 0); drop";
      assertFails(() -> classes.transform(rows).collect(), found);
      assertFails(() -> values.transform(rows).collect(), found);
      assertFails(() -> classes.predict(features), found);
    }
  }

  private static void assertFails(Executable call, String words) {
    Throwable e = assertThrows(Exception.class, call);
    while (!(e instanceof IllegalArgumentException) && e.getCause() != null) {
      e = e.getCause();
    }
    assertTrue(e.getMessage().contains(words), e.toString());
  }

  @Test
  void wrongColumnsAreNamed() {
    assertRefused(classifier().setLabelCol("y"), clouds(), "labelCol", "no column y", "features");
    assertRefused(classifier().setFeaturesCol("label"), clouds(), "featuresCol", "a vector");
    assertRefused(classifier().setPredictionCol("ID"), clouds(), "predictionCol", "already");
    assertRefused(classifier().setPredictionCol(""), clouds(), "predictionCol", "the name");
    assertRefused(classifier().setValidationIndicatorCol("id"), clouds(), "a boolean", "bigint");
  }

  @Test
  void wrongSettingsAreNamed() {
    assertRefused(new CordeeClassifier(), clouds(), "layers", "784, 128, 10");
    assertRefused(classifier().setLayers(new int[] {6, 1}), clouds(), "at least 2 units");
    assertRefused(classifier().setLayers(new int[] {6, -8, 3}), clouds(), "layers", "-8");
    assertRefused(classifier().setLayers(new int[] {5, 3}), clouds(), "expected 5 features");
    assertRefused(
        classifier().setOptimizer("prop"),
        clouds(),
        "optimizer=prop: ",
        "from a jar on the class path");
    assertRefused(classifier().setOptimizer("rprop, max_step: 1"), clouds(), "max_step");
    assertRefused(classifier().setSettings(new String[] {"stop.round=3"}), clouds(), "stop.round");
    String[] ids = {"data.ids.place={dim: 2, hash: 5}", "model={inputs: 8, layers: [3]}"};
    assertRefused(classifier().setSettings(ids), clouds(), "data.ids is for files");
    assertThrows(IllegalArgumentException.class, () -> classifier().setRounds(0));
    for (Advice advice : Advice.values()) {
      assertFalse(advice.toString().contains("--"), advice::toString);
    }
  }

  @Test
  void aRunFolderThatIsTakenIsNamedWithItsParameter(@TempDir Path folder) throws Exception {
    Files.writeString(folder.resolve("file"), "");
    CordeeClassifier estimator = classifier().setRunFolder(folder.toString());
    assertFails(() -> estimator.fit(clouds()), "set runFolder to another");
  }

  @Test
  void aStagingFolderThatCannotBeMadeIsNamed(@TempDir Path folder) throws Exception {
    Path file = Files.writeString(folder.resolve("file"), "");
    Exception e =
        assertThrows(
            Exception.class, () -> classifier().setStagingDir(file.toString()).fit(clouds()));
    assertTrue(e.getMessage().contains(file.toString()), e.toString());
  }

  @Test
  void aModelRefusesRowsOfAnotherWidth() {
    CordeeClassificationModel model = classifier().setRounds(1).fit(clouds());
    var e = assertThrows(IllegalArgumentException.class, () -> model.predict(Vectors.dense(1, 2)));
    assertTrue(e.getMessage().contains("expected 6 features"), e.getMessage());
    StructType text = new StructType().add("features", DataTypes.StringType);
    assertThrows(IllegalArgumentException.class, () -> model.transformSchema(text));
    assertEquals(
        SQLDataTypes.VectorType(),
        model.transformSchema(Frames.SCHEMA).apply("probability").dataType());
  }
}
