package io.cordee.bench.process;

import io.cordee.common.model.TensorFile;
import io.cordee.function.FunctionContext;
import io.cordee.function.FunctionProvider;
import io.cordee.function.GradientFunction;
import io.cordee.function.Layout;
import io.cordee.function.Rows;
import io.cordee.function.Stats;
import io.cordee.function.Sums;
import io.cordee.worker.Worker;
import io.cordee.worker.data.rows.ExternalRows;
import io.cordee.worker.function.FunctionProviders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A whole worker, around a gradient function that computes nothing: every gradient is 0. */
public final class FunctionWorker extends RealWorker {

  /** Takes the server as host:port. */
  public FunctionWorker(String[] arguments) {
    super(
        arguments[0],
        connector ->
            Worker.of(
                connector,
                "bench",
                1,
                rows -> ExternalRows.counted(1),
                FunctionProviders.only(new Nothing()),
                round -> {}));
  }

  /** Starts a team of one, on this machine, with the job of {@link TrivialWorker}. */
  public static BenchTeam team(int parameters) throws IOException, InterruptedException {
    Path first = Files.createTempFile("cordee-", ".safetensors");
    try {
      Layout layout = Layout.of(Map.of("w", List.of(parameters)));
      TensorFile.write(first, layout, new float[parameters]);
      String job =
          """
          name: function
          model: {parameters: "%s", exact: false}
          data: {train: {format: external, name: rows, labels: false}}
          rule: {name: rprop}
          partitions: 1
          evaluate_every: 1000000000
          digest_every: 0
          checkpoint: {every: 0}
          downlink: floats
          stop: {rounds: 1000000000}
          """
              .formatted(first);
      return BenchTeam.start(Host.HERE, List.of(Host.HERE), job, List.of(), FunctionWorker.class);
    } finally {
      Files.delete(first);
    }
  }

  private record Nothing() implements FunctionProvider {
    @Override
    public String name() {
      return "nothing";
    }

    @Override
    public GradientFunction create(FunctionContext job) {
      return new GradientFunction() {
        @Override
        public Layout layout() {
          return job.layout();
        }

        @Override
        public Stats accumulate(float[] parameters, Rows rows, Sums sums) {
          return new Stats(rows.count(), 1);
        }

        @Override
        public Stats measure(float[] parameters, Rows rows, float[] outputs) {
          return new Stats(rows.count(), 1);
        }
      };
    }
  }
}
