package io.cordee.bench.serve;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Java's own HTTP server with the same network in plain loops: nothing is checked or encoded. */
final class PlainServer implements AutoCloseable {

  private final HttpServer server;
  private final ExecutorService threads =
      Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors());
  private final List<String> columns;
  private final int[] layers;
  private final float[] parameters;

  PlainServer(List<String> columns, int[] layers, float[] parameters) throws IOException {
    this.columns = columns;
    this.layers = layers;
    this.parameters = parameters;
    // Otherwise each answer would wait for an acknowledgement.
    System.setProperty("sun.net.httpserver.nodelay", "true");
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/predict", this::answer);
    server.start();
  }

  int port() {
    return server.getAddress().getPort();
  }

  private void answer(HttpExchange exchange) throws IOException {
    JsonObject row;
    try (InputStreamReader in =
        new InputStreamReader(exchange.getRequestBody(), StandardCharsets.UTF_8)) {
      row = JsonParser.parseReader(in).getAsJsonObject();
    }
    double[] outputs =
        outputs(columns.stream().mapToDouble(name -> row.get(name).getAsDouble()).toArray());
    JsonArray probabilities = new JsonArray();
    Arrays.stream(outputs).forEach(output -> probabilities.add((float) output));
    JsonObject said = new JsonObject();
    said.add("probabilities", probabilities);
    byte[] body = said.toString().getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(200, body.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(body);
    }
  }

  /** Computes those of a row: tanh in hidden layers, then softmax. */
  private double[] outputs(double[] row) {
    double[] values = row;
    int at = 0;
    for (int layer = 1; layer < layers.length; layer++) {
      double[] next = new double[layers[layer]];
      int bias = at + values.length * next.length;
      for (int unit = 0; unit < next.length; unit++) {
        double sum = parameters[bias + unit];
        for (double value : values) {
          sum += value * parameters[at++];
        }
        next[unit] = layer < layers.length - 1 ? Math.tanh(sum) : Math.exp(sum);
      }
      at += next.length;
      values = next;
    }
    double all = Arrays.stream(values).sum();
    return Arrays.stream(values).map(value -> value / all).toArray();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
