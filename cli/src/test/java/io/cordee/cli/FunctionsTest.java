package io.cordee.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.cli.process.InFolder;
import io.cordee.common.job.Job;
import io.cordee.common.job.file.JobException;
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
import io.cordee.server.training.LineThroughPoints;
import io.cordee.server.training.Measurement;
import io.cordee.server.training.Outcome;
import io.cordee.worker.Resources;
import io.cordee.worker.Worker;
import io.cordee.worker.data.rows.ExternalRows;
import io.cordee.worker.function.FunctionProviders;
import io.cordee.worker.grpc.GrpcServerLink;
import io.cordee.worker.link.Connector;
import io.cordee.worker.link.Introduction;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Models of which the server knows only the parameters. */
@Timeout(120)
class FunctionsTest extends InFolder {

  private static final Layout LAYOUT = LineThroughPoints.LAYOUT;

  /** Of the latest job. */
  private Watcher watcher = new Watcher();

  private record Provider(Supplier<GradientFunction> make) implements FunctionProvider {
    @Override
    public String name() {
      return "line";
    }

    @Override
    public GradientFunction create(FunctionContext job) {
      return make.get();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "rprop, full",
    "'{name: adam, learning_rate: 0.5}', full",
    "nesterov, 24",
    "irprop+, full"
  })
  void aTeamOfAnySizeEndsEveryRoundWithTheSameBits(String optimizer, String batch)
      throws Exception {
    Outcome alone = train(optimizer, batch, 1, LineThroughPoints::new);
    assertInstanceOf(Outcome.Completed.class, alone, alone.toString());
    List<String> ofOne = watcher.digests();
    assertEquals(31, ofOne.stream().distinct().count(), "every round moves the weights");
    train(optimizer, batch, 3, LineThroughPoints::new);
    assertEquals(ofOne, watcher.digests());
    double last = watcher.measured.get(30).train().meanLoss();
    assertTrue(last < watcher.measured.get(0).train().meanLoss() / 4, () -> "loss " + last);
  }

  /** Its gradients drift from call to call. */
  private static GradientFunction remembering() {
    return new LineThroughPoints() {
      private int calls;

      @Override
      public Stats accumulate(float[] parameters, Rows rows, Sums sums) {
        Stats stats = super.accumulate(parameters, rows, sums);
        sums.gradient()[3] += 1e-3f * calls++;
        return stats;
      }
    };
  }

  @Test
  void aFunctionThatRemembersIsFoundOut() throws Exception {
    assertFailed(
        "is not deterministic: computed twice, partition 0 has another gradient of intercept",
        train("rprop", "full", 1, FunctionsTest::remembering));
    // With 3 rows a round, each of 8 partitions gives 0 or 1; the first gives none.
    assertFailed("is not deterministic", train("rprop", "3", 1, FunctionsTest::remembering));
    Outcome inexact = train("rprop", "full", 1, FunctionsTest::remembering, "model.exact=false");
    assertInstanceOf(Outcome.Completed.class, inexact, inexact.toString());
    String warning = watcher.warnings.get(0);
    assertTrue(warning.startsWith("model.exact is false"), warning);
  }

  @Test
  void aSeedIsTheFunctions() throws Exception {
    Outcome outcome = train("rprop", "24", 1, LineThroughPoints::new, "seed=7");
    assertInstanceOf(Outcome.Completed.class, outcome, outcome.toString());
    List<String> seven = watcher.digests();
    train("rprop", "24", 1, LineThroughPoints::new, "seed=8");
    assertNotEquals(seven, watcher.digests(), "batches are in another order");
  }

  @Test
  void aRunGoesOnWithoutItsFirstWeights() throws Exception {
    train("rprop", "full", 1, LineThroughPoints::new);
    Job job = JobFile.read(folder.resolve("line.yaml"), List.of());
    Path resolved = folder.resolve("resolved.yaml");
    Files.writeString(resolved, JobFile.write(job));
    TensorFile.write(folder.resolve("first.safetensors"), LAYOUT, new float[] {1, 2, 3, 4});
    assertEquals(job, JobFile.read(resolved, List.of()));
    assertNotEquals(job.model(), JobFile.read(folder.resolve("line.yaml"), List.of()).model());
    Files.delete(folder.resolve("first.safetensors"));
    assertEquals(job, JobFile.read(resolved, List.of()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{parameters: nowhere.safetensors} | nowhere.safetensors: no such file",
        "{parameters: empty.safetensors} | empty.safetensors: no tensors in it",
        "{parameters: nan.safetensors} | tensor intercept has a value that is not finite: NaN",
        "{function: line} | model.parameters: missing; expected a safetensors file",
        "{parameters: zero.safetensors, layers: [1, 2]} | expected either layers or parameters",
        "{parameters: zero.safetensors, extra: 1} | model.extra: unknown key"
      })
  void whatIsWrongWithAModelIsToldInOneLine(String model, String line) throws Exception {
    TensorFile.write(folder.resolve("zero.safetensors"), LAYOUT, new float[4]);
    TensorFile.write(folder.resolve("empty.safetensors"), Layout.of(Map.of()), new float[0]);
    TensorFile.write(folder.resolve("nan.safetensors"), LAYOUT, new float[] {0, 0, 0, Float.NaN});
    Path job = folder.resolve("job.yaml");
    Files.writeString(
        job,
        "model: %s\ndata: {train: {format: external, name: points, labels: false}}\n"
            .formatted(model));
    JobException e = assertThrows(JobException.class, () -> JobFile.read(job, List.of()));
    assertEquals(1, e.getMessage().lines().count(), e.getMessage());
    assertTrue(e.getMessage().contains(line), e.getMessage());
  }

  @Test
  void aFunctionThatMiscountsIsFoundOut() throws Exception {
    assertFailed(
        "partition 0: the gradient function has counted 1 rows of 7",
        train("rprop", "full", 1, () -> returning(new Stats(1, 0))));
  }

  @Test
  void aToleranceNeedsAFunctionThatCountsRowsWithinIt() throws Exception {
    assertFailed(
        "stop.tolerance needs the number of rows within it",
        train("rprop", "full", 1, LineThroughPoints::new, "stop.tolerance=0.1"));
  }

  @Test
  void accuracyNeedsAFunctionThatCountsCorrectRows() throws Exception {
    String[] labelled = {
      "data.train.labels=true",
      "data.test={format: external, name: points, labels: true}",
      "model.outputs=2"
    };
    Outcome outcome = train("rprop", "full", 1, LineThroughPoints::new, labelled);
    assertInstanceOf(Outcome.Completed.class, outcome, outcome.toString());
    for (Measurement each : watcher.measured) {
      assertTrue(Double.isNaN(each.train().accuracy()), each::toString);
      each.test().ifPresent(test -> assertTrue(Double.isNaN(test.accuracy()), each::toString));
    }
    List<String> withStop = new ArrayList<>(List.of(labelled));
    withStop.add("stop.accuracy=0.5");
    assertFailed(
        "stop.accuracy needs the number of correct rows",
        train("rprop", "full", 1, LineThroughPoints::new, withStop.toArray(String[]::new)));
  }

  @Test
  void countsThatCannotBeAreFoundOut() throws Exception {
    assertFailed(
        "partition 0: the gradient function miscounts: of 7 rows, 0 to 7 are correct; found 9",
        train("rprop", "full", 1, () -> returning(new Stats(7, 0, 9))));
    assertFailed(
        "partition 0: the gradient function returned null in place of its counts",
        train("rprop", "full", 1, () -> returning(null)));
  }

  private static GradientFunction returning(Stats stats) {
    return new LineThroughPoints() {
      @Override
      public Stats accumulate(float[] parameters, Rows rows, Sums sums) {
        super.accumulate(parameters, rows, sums);
        return stats;
      }
    };
  }

  @Test
  void anOptimizerThatNeedsCurvatureRefusesAFunctionWithoutIt() throws Exception {
    assertFailed("gives no curvature", train("newton", "full", 1, LineThroughPoints::new));
  }

  private static void assertFailed(String words, Outcome outcome) {
    assertInstanceOf(Outcome.Failed.class, outcome);
    assertTrue(outcome.toString().contains(words), outcome.toString());
  }

  private Outcome train(
      String optimizer,
      String batch,
      int workers,
      Supplier<GradientFunction> function,
      String... overrides)
      throws Exception {
    Path file = folder.resolve("first.safetensors");
    TensorFile.write(file, LAYOUT, new float[4]);
    Path jobFile = folder.resolve("line.yaml");
    Files.writeString(
        jobFile,
        """
        model: {parameters: first.safetensors}
        data: {train: {format: external, name: points, labels: false}}
        optimizer: %s
        batch: %s
        partitions: 8
        digest_every: 1
        stop: {rounds: 30}
        """
            .formatted(optimizer, batch));
    Job job = JobFile.read(jobFile, Arrays.asList(overrides));
    watcher = new Watcher();
    try (ParameterServer server = Loopback.server(Loopback.lead(job, 1, workers, watcher))) {
      List<CompletableFuture<Worker.End>> ends = new ArrayList<>();
      for (int i = 0; i < workers; i++) {
        String name = "worker-" + i;
        ends.add(
            CompletableFuture.supplyAsync(
                () -> work(server.port(), name, function), task -> new Thread(task, name).start()));
      }
      server.expectNoOthers();
      for (CompletableFuture<Worker.End> end : ends) {
        end.handle((how, failure) -> how).get(60, TimeUnit.SECONDS);
      }
      return server.end().get(60, TimeUnit.SECONDS);
    }
  }

  private static Worker.End work(int port, String worker, Supplier<GradientFunction> function) {
    try (GrpcServerLink link = GrpcServerLink.open("127.0.0.1", port)) {
      ExternalRows.Finder rows = name -> ExternalRows.counted(LineThroughPoints.ROWS);
      return new Worker(
              Connector.to(link),
              new Introduction(worker, 2),
              Resources.of(rows, FunctionProviders.only(new Provider(function))),
              true,
              round -> {})
          .run();
    }
  }
}
