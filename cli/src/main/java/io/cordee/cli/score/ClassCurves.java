package io.cordee.cli.score;

import com.google.gson.annotations.SerializedName;
import io.cordee.common.measure.ClassCounts;
import io.cordee.common.measure.Ranking;
import io.cordee.common.measure.Thresholds;
import java.util.ArrayList;
import java.util.List;

/**
 * How well a class is told from all others, whichever output its rows are to reach.
 *
 * @param roc false positive rate and recall
 * @param precisionRecall recall and precision
 */
record ClassCurves(
    @SerializedName("class") String name,
    double auc,
    @SerializedName("average_precision") double averagePrecision,
    List<double[]> roc,
    @SerializedName("precision_recall") List<double[]> precisionRecall) {

  private static final int MOST = 10;

  /**
   * Of the second of two classes, or of each of the first {@value #MOST}. None of a class that no
   * row has, or all.
   *
   * @param targets [count, width], row-major, like the outputs
   * @param names of the classes
   */
  static List<ClassCurves> of(
      float[] targets, float[] outputs, int count, int width, List<String> names) {
    List<ClassCurves> curves = new ArrayList<>();
    for (int k = width <= 2 ? 1 : 0; k < Math.min(names.size(), MOST); k++) {
      float[] ofClass = new float[count];
      boolean[] isOne = new boolean[count];
      for (int row = 0; row < count; row++) {
        ofClass[row] = outputs[row * width + Math.min(k, width - 1)];
        isOne[row] = ClassCounts.classOf(targets, row, width) == k;
      }
      String name = names.get(k);
      Ranking ranking = Ranking.of(ofClass, isOne);
      Thresholds.of(ranking).ifPresent(all -> curves.add(of(name, ranking.auc(), all)));
    }
    return curves;
  }

  private static ClassCurves of(String name, double auc, Thresholds all) {
    List<double[]> roc = Thresholds.thinned(all.roc());
    List<double[]> precisionRecall = Thresholds.thinned(all.precisionRecall());
    return new ClassCurves(name, auc, all.averagePrecision(), roc, precisionRecall);
  }
}
