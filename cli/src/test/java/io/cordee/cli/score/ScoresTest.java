package io.cordee.cli.score;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ScoresTest {

  private static final double CLOSE = 1e-12;

  /** One-hot rows of these classes. */
  private static float[] rows(int width, int... classes) {
    float[] rows = new float[classes.length * width];
    for (int i = 0; i < classes.length; i++) {
      rows[i * width + classes[i]] = 1;
    }
    return rows;
  }

  /** Class 0: 2 of 3 found, 2 of 3 right. Class 1: 1 of 2, 1 of 2. Class 2 does not occur. */
  @Test
  void precisionRecallAndF1AreMeansOverTheClassesThatOccur() {
    float[] labels = rows(3, 0, 0, 0, 1, 1);
    float[] predictions = rows(3, 0, 0, 1, 1, 0);
    ConfusionMatrix matrix = ConfusionMatrix.of(labels, predictions, 5, 3, List.of());
    Scores scores = Scores.ofClasses(matrix, labels, predictions, 5, 3);
    assertEquals((2 / 3.0 + 1 / 2.0) / 2, scores.values().get("precision"), CLOSE);
    assertEquals((2 / 3.0 + 1 / 2.0) / 2, scores.values().get("recall"), CLOSE);
    assertEquals((4 / 6.0 + 2 / 4.0) / 2, scores.values().get("f1"), CLOSE);
    assertEquals(List.of("precision", "recall", "f1"), List.copyOf(scores.values().keySet()));
  }

  @Test
  void aClassThatIsNeverPredictedHasNoPrecision() {
    float[] labels = rows(2, 0, 1);
    float[] predictions = rows(2, 0, 0);
    ConfusionMatrix matrix = ConfusionMatrix.of(labels, predictions, 2, 2, List.of("no", "yes"));
    Scores scores = Scores.ofClasses(matrix, labels, predictions, 2, 2);
    assertEquals(0.25, scores.values().get("precision"), CLOSE);
    assertEquals(0.5, scores.values().get("recall"), CLOSE);
    assertEquals(1 / 3.0, scores.values().get("f1"), CLOSE);
    assertEquals(
        """
        confusion matrix: rows are labels, columns predictions
              |    no   yes | recall precision    F1
           no |     1     . | 1.000     0.500  0.667
          yes |     1     . | 0.000         -  0.000
        """,
        matrix.toString());
  }

  /** Of the six pairs, 0.8 wins 3, 0.4 wins 1 and ties with one. */
  @Test
  void theAreaUnderTheCurveCountsPairs() {
    float[] targets = {1, 0, 1, 0, 0};
    float[] outputs = {0.8f, 0.4f, 0.4f, 0.7f, 0.1f};
    assertEquals(4.5 / 6, Scores.auc(targets, outputs, 5, 1), CLOSE);
    assertEquals(Double.NaN, Scores.auc(new float[] {1, 1}, new float[] {0, 1}, 2, 1));
    assertEquals(Double.NaN, Scores.auc(new float[] {1, 0}, new float[] {0, Float.NaN}, 2, 1));
  }

  /** By its definition, pair by pair. */
  @Test
  void theAreaIsThatOfAllPairsOnManyRows() {
    Random random = new Random(1);
    int count = 300;
    float[] targets = new float[count];
    float[] outputs = new float[count];
    for (int i = 0; i < count; i++) {
      targets[i] = random.nextInt(3) == 0 ? 1 : 0;
      outputs[i] = random.nextInt(50) / 50f;
    }
    double won = 0;
    double pairs = 0;
    for (int i = 0; i < count; i++) {
      for (int j = 0; j < count; j++) {
        if (targets[i] == 1 && targets[j] == 0) {
          pairs++;
          won += outputs[i] > outputs[j] ? 1 : outputs[i] == outputs[j] ? 0.5 : 0;
        }
      }
    }
    assertEquals(won / pairs, Scores.auc(targets, outputs, count, 1), CLOSE);
  }

  @Test
  void oneOfTheFiveBestGuessesIsRight() {
    float[] outputs = new float[3 * 10];
    for (int row = 0; row < 3; row++) {
      for (int k = 0; k < 10; k++) {
        outputs[row * 10 + k] = 10 - k;
      }
    }
    float[] labels = rows(10, 0, 4, 5);
    ConfusionMatrix matrix = ConfusionMatrix.of(labels, outputs, 3, 10, List.of());
    Scores scores = Scores.ofClasses(matrix, labels, outputs, 3, 10);
    assertEquals(2 / 3.0, scores.values().get("top_5"), CLOSE);

    float[] equal = new float[3 * 10];
    assertEquals(2 / 3.0, Scores.ofClasses(matrix, labels, equal, 3, 10).values().get("top_5"));
    Arrays.fill(equal, Float.NaN);
    assertEquals(0, Scores.ofClasses(matrix, labels, equal, 3, 10).values().get("top_5"));
  }

  /** Errors 1, −1, 2 around targets 1, 2, 6, whose mean is 3. */
  @Test
  void valuesAreOffByTheirErrors() {
    Scores scores = Scores.ofValues(new float[] {1, 2, 6}, new float[] {2, 1, 8}, 3, 1);
    assertEquals(4 / 3.0, scores.values().get("mae"), CLOSE);
    assertEquals(Math.sqrt(2), scores.values().get("rmse"), CLOSE);
    assertEquals(1 - 6 / 14.0, scores.values().get("r2"), CLOSE);
  }
}
