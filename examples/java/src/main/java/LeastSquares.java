import io.cordee.Job;
import io.cordee.LocalTeam;
import io.cordee.Result;
import io.cordee.Stop;
import io.cordee.function.GradientFunction;
import io.cordee.function.Layout;
import io.cordee.function.Rows;
import io.cordee.function.Stats;
import io.cordee.function.Sums;
import java.util.Map;

/**
 * Draws a parabola through measured points by least squares, with Quickprop: ½ Σ (a + bx + cx² −
 * y)². Compares it with the solution of the normal equations.
 */
public final class LeastSquares {

  private static final int POINTS = 200;
  private static final Layout LAYOUT = Layout.builder().tensor("coefficients", 3).build();

  /** Holds no rows: it can tell each from its number. */
  private static final class Parabola implements GradientFunction {

    @Override
    public Layout layout() {
      return LAYOUT;
    }

    @Override
    public Stats accumulate(float[] parameters, Rows rows, Sums sums) {
      double loss = 0;
      for (int i = 0; i < rows.count(); i++) {
        double[] powers = powers(rows.index(i));
        double error = -y(rows.index(i));
        for (int j = 0; j < 3; j++) {
          error += parameters[j] * powers[j];
        }
        loss += error * error / 2;
        for (int j = 0; j < 3; j++) {
          sums.gradient()[j] += (float) (error * powers[j]);
        }
      }
      return new Stats(rows.count(), loss);
    }

    @Override
    public Stats measure(float[] parameters, Rows rows, float[] outputs) {
      return accumulate(parameters, rows, new Sums(LAYOUT.parameters(), 1));
    }
  }

  /** x from −1 to 1. */
  private static double[] powers(long row) {
    double x = 2.0 * row / (POINTS - 1) - 1;
    return new double[] {1, x, x * x};
  }

  /** What was measured there: a parabola, and something that is none. */
  private static double y(long row) {
    double x = powers(row)[1];
    return 3 - 2 * x + 1.5 * x * x + 0.1 * (row % 5 - 2);
  }

  public static void main(String[] arguments) {
    Job job =
        Job.builder()
            .parameters(LAYOUT, new float[3])
            .rows(POINTS)
            .optimizer("quickprop", Map.of("learning_rate", 0.2))
            .partitions(8)
            .stop(Stop.rounds(150))
            .build();
    Result result;
    try (var team = LocalTeam.of(job, 2, thread -> new Parabola())) {
      result = team.train();
    }
    float[] found = result.weights();
    double[] exact = normalEquations();
    System.out.printf(
        "found %.4f %.4f %.4f, exact %.4f %.4f %.4f, digest %s%n",
        found[0], found[1], found[2], exact[0], exact[1], exact[2], result.digest());
    for (int j = 0; j < 3; j++) {
      if (!(Math.abs(found[j] - exact[j]) < 1e-3)) {
        System.err.println("not the least squares");
        System.exit(1);
      }
    }
  }

  /** (XᵀX) c = Xᵀy, by Gauss's elimination. */
  private static double[] normalEquations() {
    double[][] a = new double[3][4];
    for (long row = 0; row < POINTS; row++) {
      double[] powers = powers(row);
      for (int i = 0; i < 3; i++) {
        for (int j = 0; j < 3; j++) {
          a[i][j] += powers[i] * powers[j];
        }
        a[i][3] += powers[i] * y(row);
      }
    }
    for (int pivot = 0; pivot < 3; pivot++) {
      for (int i = 0; i < 3; i++) {
        double factor = i == pivot ? 0 : a[i][pivot] / a[pivot][pivot];
        for (int j = pivot; j < 4; j++) {
          a[i][j] -= factor * a[pivot][j];
        }
      }
    }
    return new double[] {a[0][3] / a[0][0], a[1][3] / a[1][1], a[2][3] / a[2][2]};
  }
}
