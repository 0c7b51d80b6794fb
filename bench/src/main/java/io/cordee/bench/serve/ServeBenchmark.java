package io.cordee.bench.serve;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.cordee.bench.Temporary;
import io.cordee.bench.report.Bar;
import io.cordee.bench.report.Pairs;
import io.cordee.bench.report.Report;
import io.cordee.bench.serve.Clients.Times;
import io.cordee.cli.option.ThresholdOption;
import io.cordee.cli.serve.PredictionServer;
import io.cordee.common.job.Job;
import io.cordee.common.job.data.Columns;
import io.cordee.common.job.file.Found;
import io.cordee.common.job.file.JobFile;
import io.cordee.common.model.ModelFile;
import io.cordee.server.web.Door;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/** Predictions of one row for many clients, beside Java's own HTTP server. */
public final class ServeBenchmark {

  private static final int CLIENTS = 64;
  private static final int[] LAYERS = {32, 64, 10};
  private static final double TOLERANCE = 1e-4;

  private ServeBenchmark() {}

  public static void run(Report report) throws IOException {
    List<String> columns = IntStream.range(0, LAYERS[0]).mapToObj(i -> "c" + i).toList();
    Job job =
        JobFile.parse(
            "model: {layers: [32, 64, 10]}\ndata: {train: {format: csv, file: t.csv, label: kind}}\n",
            "job.yaml",
            List.of());
    SplittableRandom random = new SplittableRandom(1);
    float[] parameters = new float[job.model().layout().parameters()];
    IntStream.range(0, parameters.length)
        .forEach(i -> parameters[i] = (float) random.nextDouble(-.3, .3));
    JsonObject row = new JsonObject();
    columns.forEach(name -> row.addProperty(name, (float) random.nextDouble(-1, 1)));
    Clients clients = new Clients(CLIENTS, Clients.request(row.toString()));
    try (Temporary folder = Temporary.folder()) {
      Path file = folder.path().resolve("model.safetensors");
      Map<String, String> metadata =
          Map.of(
              "job", JobFile.write(job), Found.COLUMNS, Columns.of(columns, List.of()).features());
      ModelFile.write(file, job.model(), parameters, metadata);
      Door open = new Door(Optional.empty(), Optional.empty(), Set.of());
      InetSocketAddress anywhere = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
      try (PredictionServer own =
              new PredictionServer(file, new ThresholdOption(), anywhere, open, 1 << 20);
          PlainServer plain = new PlainServer(columns, LAYERS, parameters)) {
        requireEqual(clients.body(plain.port()), clients.body(own.port()));
        measure(report, clients, plain.port(), own.port());
      }
    }
  }

  private static void requireEqual(String plain, String own) {
    JsonArray expected =
        JsonParser.parseString(plain).getAsJsonObject().getAsJsonArray("probabilities");
    JsonArray found =
        JsonParser.parseString(own)
            .getAsJsonObject()
            .getAsJsonArray("predictions")
            .get(0)
            .getAsJsonObject()
            .getAsJsonArray("probabilities");
    for (int i = 0; i < expected.size(); i++) {
      if (Math.abs(expected.get(i).getAsDouble() - found.get(i).getAsDouble()) > TOLERANCE) {
        throw new IllegalStateException("expected " + expected + "; found " + found);
      }
    }
  }

  private static void measure(Report report, Clients clients, int plain, int own)
      throws IOException {
    int turns = report.choose(7, 2);
    int requests = report.choose(1500, 5);
    clients.ask(plain, 2 * requests);
    clients.ask(own, 2 * requests);
    Times[] limits = new Times[turns];
    Times[] measured = new Times[turns];
    for (int turn = 0; turn < turns; turn++) {
      limits[turn] = clients.ask(plain, requests);
      measured[turn] = clients.ask(own, requests);
    }
    String of = CLIENTS + " clients, a row each: ";
    add(report, of + "p50", "ms", limits, measured, times -> 1e3 * times.p50(), Bar.atMost(1.5));
    add(report, of + "p99", "ms", limits, measured, times -> 1e3 * times.p99(), Bar.atMost(1.5));
    add(report, of + "rate", "requests/s", limits, measured, Times::perSecond, Bar.atLeast(.67));
  }

  private static void add(
      Report report,
      String name,
      String unit,
      Times[] limits,
      Times[] measured,
      ToDoubleFunction<Times> figure,
      Bar bar) {
    Pairs pairs =
        new Pairs(
            List.of(limits).stream().mapToDouble(figure).toArray(),
            List.of(measured).stream().mapToDouble(figure).toArray());
    report.add(name, "JDK HttpServer", unit, pairs, bar);
  }
}
