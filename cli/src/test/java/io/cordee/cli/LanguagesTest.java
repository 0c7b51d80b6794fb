package io.cordee.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.cli.process.InFolder;
import io.cordee.common.job.Job;
import io.cordee.common.job.file.JobFile;
import io.cordee.common.model.TensorFile;
import io.cordee.function.FunctionContext;
import io.cordee.function.FunctionProvider;
import io.cordee.function.GradientFunction;
import io.cordee.function.Layout;
import io.cordee.function.Rows;
import io.cordee.function.Stats;
import io.cordee.function.Sums;
import io.cordee.server.Loopback;
import io.cordee.server.Watcher;
import io.cordee.server.serving.ParameterServer;
import io.cordee.server.training.Outcome;
import io.cordee.worker.Resources;
import io.cordee.worker.Worker;
import io.cordee.worker.compute.HeldRows;
import io.cordee.worker.data.DataFolder;
import io.cordee.worker.data.RowCache;
import io.cordee.worker.data.rows.ExternalRows;
import io.cordee.worker.function.FunctionProviders;
import io.cordee.worker.grpc.GrpcServerLink;
import io.cordee.worker.link.Connector;
import io.cordee.worker.link.Introduction;
import io.cordee.worker.process.FunctionProcesses;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One linear model in several languages, whose sums are added in the same order. */
@Tag("slow")
@Timeout(120)
class LanguagesTest extends InFolder {

  private static final Path EXAMPLES = Path.of("../examples/functions");
  private static final Layout LAYOUT =
      Layout.builder().tensor("weight", 1, 3).tensor("bias", 1).build();

  /** As linear.c has it. */
  private static final class Linear implements GradientFunction {

    @Override
    public Layout layout() {
      return LAYOUT;
    }

    @Override
    public Stats accumulate(float[] w, Rows rows, Sums sums) {
      return pass(w, rows, sums.gradient(), new float[rows.count()]);
    }

    @Override
    public Stats measure(float[] w, Rows rows, float[] outputs) {
      return pass(w, rows, new float[4], outputs);
    }

    private static Stats pass(float[] w, Rows rows, float[] gradient, float[] outputs) {
      float[] x = new float[3];
      float[] y = new float[1];
      double[] all = new double[4];
      double loss = 0;
      for (int row = 0; row < rows.count(); row++) {
        rows.copyFeatures(row, 1, x);
        rows.copyTargets(row, 1, y);
        double z = w[3];
        for (int i = 0; i < 3; i++) {
          z += (double) w[i] * x[i];
        }
        double error = z - y[0];
        loss += error * error / 2;
        for (int i = 0; i < 3; i++) {
          all[i] += error * x[i];
        }
        all[3] += error;
        outputs[row] = (float) z;
      }
      for (int i = 0; i < 4; i++) {
        gradient[i] = (float) all[i];
      }
      return new Stats(rows.count(), loss);
    }
  }

  private static final FunctionProvider JAVA =
      new FunctionProvider() {
        @Override
        public String name() {
          return "linear";
        }

        @Override
        public GradientFunction create(FunctionContext job) {
          return new Linear();
        }
      };

  private Job job;

  @BeforeEach
  void makeAJob() throws Exception {
    TensorFile.write(folder.resolve("first.safetensors"), LAYOUT, new float[4]);
    StringBuilder rows = new StringBuilder("a,b,c,y\n");
    Random random = new Random(1);
    for (int row = 0; row < 500; row++) {
      double a = random.nextGaussian();
      double b = random.nextGaussian();
      double c = random.nextGaussian();
      rows.append("%.4f,%.4f,%.4f,%.4f%n".formatted(a, b, c, 2 * a - b + c / 2 + 3));
    }
    Files.writeString(folder.resolve("rows.csv"), rows);
    Path file = folder.resolve("job.yaml");
    Files.writeString(
        file,
        """
        model: {parameters: first.safetensors, inputs: 3, outputs: 1}
        data:
          train: {format: csv, file: rows.csv, header: true, targets: [y]}
          split: {test: 0.2, seed: 1}
        optimizer: irprop-
        partitions: 8
        digest_every: 1
        stop: {rounds: 20}
        """);
    job = JobFile.read(file, List.of());
  }

  private Resources inJava() {
    return new Resources(
        it ->
            new HeldRows(
                it,
                new DataFolder(
                    List.of(folder), "", DataFolder.Reach.BELOW_ROOTS, ExternalRows.Finder.EMPTY),
                RowCache.NONE),
        FunctionProviders.only(JAVA));
  }

  private Resources by(FunctionProcesses processes) {
    return Resources.of(List.of(folder), RowCache.NONE, Optional.of(processes));
  }

  private List<String> digests(Resources... workers) throws Exception {
    Watcher watcher = new Watcher();
    try (ParameterServer server = Loopback.server(Loopback.lead(job, 1, workers.length, watcher))) {
      List<CompletableFuture<Worker.End>> ends = new ArrayList<>();
      for (Resources each : workers) {
        ends.add(CompletableFuture.supplyAsync(() -> work(server.port(), each)));
      }
      assertInstanceOf(Outcome.Completed.class, server.end().get(60, TimeUnit.SECONDS));
      for (CompletableFuture<Worker.End> end : ends) {
        assertTrue(end.get(20, TimeUnit.SECONDS).completed());
      }
    }
    assertEquals(21, watcher.digests().stream().distinct().count());
    return watcher.digests();
  }

  private static Worker.End work(int port, Resources resources) {
    try (GrpcServerLink link = GrpcServerLink.open("127.0.0.1", port)) {
      return new Worker(Connector.to(link), new Introduction("", 2), resources, true, round -> {})
          .run();
    }
  }

  @Test
  void aTeamOfThreeLanguagesEndsEveryRoundWithTheSameBits() throws Exception {
    Path linear = folder.resolve("linear");
    Path source = EXAMPLES.resolve("linear.c");
    Process compiler =
        new ProcessBuilder(
                "cc", "-O2", "-ffp-contract=off", "-o", linear.toString(), source.toString())
            .inheritIO()
            .start();
    assertEquals(0, compiler.waitFor());
    String script = EXAMPLES.resolve("linear.R").toAbsolutePath().toString();
    List<String> ofR =
        List.of(
            "/bin/sh",
            "-c",
            "exec socat UNIX-CONNECT:$CORDEE_FUNCTION EXEC:\"Rscript " + script + "\"");
    List<String> expected = digests(inJava());
    try (FunctionProcesses c = new FunctionProcesses(List.of(linear.toString()));
        FunctionProcesses r = new FunctionProcesses(ofR)) {
      assertEquals(expected, digests(by(c)));
      assertEquals(expected, digests(inJava(), by(c), by(r)));
    }
  }
}
