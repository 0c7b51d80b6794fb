import static io.cordee.Stop.rounds;

import io.cordee.Job;
import io.cordee.LocalTeam;
import io.cordee.Result;
import io.cordee.Server;
import io.cordee.Worker;
import io.cordee.function.GradientFunction;
import io.cordee.function.Layout;
import io.cordee.function.Rows;
import io.cordee.function.Stats;
import io.cordee.function.Sums;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Tells from what a customer did whether they bought: a logistic regression on objects of your
 * own. {@code Logistic} trains in this process, {@code Logistic server PORT} and {@code Logistic
 * worker PORT} in several; the digest is the same.
 */
public final class Logistic {

  /** An object as any program has it: Cordee never sees it. */
  record Visit(double minutes, int pages, boolean isReturning, boolean bought) {}

  private static final Layout LAYOUT =
      Layout.builder().tensor("slope", 3).tensor("intercept").build();

  /** The model. Each compute thread has one; they may share what is only read. */
  private record Regression(List<Visit> visits) implements GradientFunction {

    @Override
    public Layout layout() {
      return LAYOUT;
    }

    @Override
    public Stats accumulate(float[] parameters, Rows rows, Sums sums) {
      double loss = 0;
      long correct = 0;
      float[] gradient = sums.gradient();
      for (int i = 0; i < rows.count(); i++) {
        Visit visit = visits.get((int) rows.index(i));
        double z = score(parameters, visit);
        // The same bits everywhere: Math.exp may differ in the last one from machine to machine.
        double p = 1 / (1 + StrictMath.exp(-z));
        double error = p - (visit.bought ? 1 : 0);
        loss -= StrictMath.log(visit.bought ? p : 1 - p);
        correct += (z > 0) == visit.bought ? 1 : 0;
        for (int j = 0; j < 3; j++) {
          gradient[j] += (float) (error * feature(visit, j));
        }
        gradient[3] += (float) error;
      }
      return new Stats(rows.count(), loss, correct);
    }

    @Override
    public Stats measure(float[] parameters, Rows rows, float[] outputs) {
      return accumulate(parameters, rows, new Sums(LAYOUT.parameters(), 1));
    }
  }

  private static double score(float[] w, Visit visit) {
    return w[0] * feature(visit, 0) + w[1] * feature(visit, 1) + w[2] * feature(visit, 2) + w[3];
  }

  private static double feature(Visit visit, int number) {
    return switch (number) {
      case 0 -> visit.minutes / 10 - 1;
      case 1 -> visit.pages / 5.0 - 1;
      default -> visit.isReturning ? 1 : 0;
    };
  }

  private static List<Visit> visits() {
    SplittableRandom random = new SplittableRandom(1);
    return random
        .ints(5000)
        .mapToObj(
            any -> {
              Visit visit =
                  new Visit(20 * random.nextDouble(), random.nextInt(11), random.nextBoolean(), false);
              double z = score(new float[] {2, -1, 1.5f, -1}, visit);
              boolean bought = random.nextDouble() < 1 / (1 + StrictMath.exp(-z));
              return new Visit(visit.minutes, visit.pages, visit.isReturning, bought);
            })
        .toList();
  }

  public static void main(String[] arguments) {
    List<Visit> visits = visits();
    Job job =
        Job.builder()
            .parameters(LAYOUT, new float[LAYOUT.parameters()])
            .rows(visits.size())
            .optimizer("rprop")
            .partitions(32)
            .stop(rounds(100))
            .build();
    String role = arguments.length > 0 ? arguments[0] : "local";
    Result result;
    if (role.equals("local")) {
      try (var team = LocalTeam.of(job, 4, thread -> new Regression(visits))) {
        result =
            team.train(
                progress -> {
                  if (progress.round() % 20 == 0) {
                    System.out.printf("round %d, loss %.6f%n", progress.round(), progress.loss());
                  }
                });
      }
    } else {
      var address = new InetSocketAddress("127.0.0.1", Integer.parseInt(arguments[1]));
      if (role.equals("worker")) {
        Worker.of(address, thread -> new Regression(visits)).run();
        return;
      }
      try (var server = Server.start(job, address)) {
        result = server.await();
      }
    }
    float[] w = result.weights();
    System.out.printf(
        "slope %.3f %.3f %.3f, intercept %.3f, loss %.6f, digest %s%n",
        w[0], w[1], w[2], w[3], result.loss(), result.digest());
    requireMinimum(w, visits);
  }

  /** Where the loss is least, its gradient is 0. */
  private static void requireMinimum(float[] w, List<Visit> visits) {
    double[] gradient = new double[4];
    for (Visit visit : visits) {
      double error = 1 / (1 + StrictMath.exp(-score(w, visit))) - (visit.bought ? 1 : 0);
      for (int j = 0; j < 3; j++) {
        gradient[j] += error * feature(visit, j) / visits.size();
      }
      gradient[3] += error / visits.size();
    }
    for (double slope : gradient) {
      if (Math.abs(slope) > 1e-4) {
        System.err.println("not the minimum: its gradient has a " + slope);
        System.exit(1);
      }
    }
  }
}
