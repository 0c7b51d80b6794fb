package program;

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
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** Fits a mean, in this process and by sockets. Fails if the bits differ. */
public final class Program {

  private static final Layout LAYOUT = Layout.of(Map.of("mean", List.of(1)));

  private static final class Mean implements GradientFunction {
    @Override
    public Layout layout() {
      return LAYOUT;
    }

    @Override
    public Stats accumulate(float[] parameters, Rows rows, Sums sums) {
      double loss = 0;
      for (int i = 0; i < rows.count(); i++) {
        float error = parameters[0] - rows.index(i);
        loss += 0.5 * error * error;
        sums.gradient()[0] += error;
      }
      return new Stats(rows.count(), loss);
    }

    @Override
    public Stats measure(float[] parameters, Rows rows, float[] outputs) {
      return accumulate(parameters, rows, new Sums(1, 1));
    }
  }

  public static void main(String[] arguments) throws Exception {
    Job job =
        Job.builder()
            .parameters(LAYOUT, new float[1])
            .rows(101)
            .optimizer("rprop")
            .partitions(8)
            .stop(rounds(100))
            .build();
    AtomicInteger told = new AtomicInteger();
    Result here;
    try (var team = LocalTeam.of(job, 3, thread -> new Mean())) {
      here = team.train(progress -> told.incrementAndGet());
    }
    Result there;
    try (var server = Server.start(job, new InetSocketAddress("127.0.0.1", 0))) {
      new Thread(() -> Worker.of(server.address(), thread -> new Mean()).run()).start();
      there = server.await();
    }
    boolean isRight =
        here.digest().equals(there.digest())
            && Math.abs(here.weights()[0] - 50) < 1e-3
            && told.get() == 101;
    System.out.println(isRight ? "right" : "wrong: " + here + "; " + there + "; " + told);
  }
}
