import io.cordee.spark.CordeeClassificationModel;
import io.cordee.spark.CordeeClassifier;
import java.util.Arrays;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.evaluation.MulticlassClassificationEvaluator;
import org.apache.spark.ml.feature.StandardScaler;
import org.apache.spark.ml.feature.StringIndexer;
import org.apache.spark.ml.feature.VectorAssembler;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** Tells three cultivars of grapes by what is in the wine: Wine WINE.csv [STAGING FOLDER]. */
public final class Wine {

  public static void main(String[] args) throws Exception {
    try (SparkSession spark = SparkSession.builder().appName("wine").getOrCreate()) {
      spark.sparkContext().setLogLevel("WARN");
      String staging = args.length > 1 ? args[1] : "";
      Dataset<Row> wine =
          spark.read().option("header", true).option("inferSchema", true).csv(args[0]);
      String[] features =
          Arrays.stream(wine.columns())
              .filter(name -> !name.equals("cultivar"))
              .toArray(String[]::new);
      Dataset<Row>[] parts = wine.randomSplit(new double[] {0.8, 0.2}, 1);

      Pipeline pipeline =
          new Pipeline()
              .setStages(
                  new PipelineStage[] {
                    new StringIndexer().setInputCol("cultivar").setOutputCol("label"),
                    new VectorAssembler().setInputCols(features).setOutputCol("raw"),
                    new StandardScaler()
                        .setInputCol("raw")
                        .setOutputCol("features")
                        .setWithMean(true),
                    new CordeeClassifier()
                        .setLayers(new int[] {features.length, 8, 3})
                        .setRounds(50)
                        .setStagingDir(staging)
                  });
      PipelineModel model = pipeline.fit(parts[0]);

      var trained = (CordeeClassificationModel) model.stages()[3];
      double accuracy =
          new MulticlassClassificationEvaluator()
              .setMetricName("accuracy")
              .evaluate(model.transform(parts[1]));
      System.out.printf("test accuracy %.3f, digest %s%n", accuracy, trained.digest());
      model.transform(parts[1]).select("cultivar", "prediction", "probability").show(3, false);
    }
  }
}
