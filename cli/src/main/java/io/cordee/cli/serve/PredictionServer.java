package io.cordee.cli.serve;

import com.google.gson.JsonObject;
import com.google.gson.stream.JsonWriter;
import io.cordee.cli.option.ThresholdOption;
import io.cordee.cli.score.Predictions;
import io.cordee.common.text.OutsideText;
import io.cordee.server.connection.Lobby;
import io.cordee.server.web.Answers;
import io.cordee.server.web.Asset;
import io.cordee.server.web.Door;
import io.cordee.server.web.Exchange;
import io.cordee.server.web.Meters;
import io.cordee.server.web.Route;
import io.cordee.server.web.Route.Guard;
import io.cordee.server.web.Site;
import io.cordee.server.web.WebServer;
import io.cordee.worker.data.format.GivenRows;
import io.cordee.worker.data.rows.DataException;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers requests for a model's predictions over HTTP.
 *
 * <p>Threads: the web server's moves bytes; {@code predict-N}, one per core, read rows and compute;
 * {@code model} looks after the file.
 */
public final class PredictionServer implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(PredictionServer.class);

  private static final String JSON = "application/json";
  private static final String CSV = "text/csv";

  /** A proxy in front has one address for all of its clients. */
  private static final Lobby.Room ROOM = new Lobby.Room(256, 256, 256, 512);

  /** Requests that wait, for each thread, unless their bodies could fill an eighth of the heap. */
  private static final int QUEUE = 64;

  private static final Duration LOOK = Duration.ofSeconds(1);
  private static final Duration FAREWELL = Duration.ofSeconds(5);

  private final ServeMetrics metrics = new ServeMetrics();
  private final CurrentModel model;
  private final ThreadPoolExecutor threads;
  private final ScheduledExecutorService watch =
      Executors.newSingleThreadScheduledExecutor(new DefaultThreadFactory("model", true));
  private final WebServer server;

  /**
   * Starts to listen.
   *
   * @param path of a model's file or a run's folder
   * @param longestBody bytes of a request
   * @throws IOException if the model cannot be read, or the address cannot be bound
   */
  public PredictionServer(
      Path path, ThresholdOption threshold, InetSocketAddress at, Door door, int longestBody)
      throws IOException {
    model = new CurrentModel(path, threshold, metrics);
    int cores = Runtime.getRuntime().availableProcessors();
    threads =
        new ThreadPoolExecutor(
            cores,
            cores,
            0,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(waiting(QUEUE * cores, longestBody)),
            new DefaultThreadFactory("predict", true));
    metrics.show(model::get, threads.getQueue()::size);
    Map<String, Route> routes =
        Map.of(
            "/predict", new Route(HttpMethod.POST, Guard.SESSION, this::queue),
            "/healthz", Route.get(Guard.NONE, () -> json(new JsonObject(), "status", "serving")),
            "/metrics", Route.get(Guard.SESSION, this::scrape),
            "/api/model", Route.get(Guard.SESSION, () -> describe(door)),
            "/api/session", Route.BEGIN_SESSION,
            "/", Asset.read(PredictionServer.class, "serve.html"),
            "/serve.js", Asset.read(PredictionServer.class, "serve.js"),
            "/serve.css", Asset.read(PredictionServer.class, "serve.css"),
            "/page.css", Asset.own("page.css"),
            "/icon.svg", Asset.own("icon.svg"));
    Site site =
        new Site(
            "serve",
            routes,
            longestBody,
            ROOM,
            PredictionServer::error,
            metrics::answered,
            "--name");
    try {
      server = new WebServer(at, door, site);
    } catch (IOException e) {
      threads.shutdownNow();
      watch.shutdownNow();
      model.close();
      throw e;
    }
    watch.scheduleWithFixedDelay(
        model::look, LOOK.toMillis(), LOOK.toMillis(), TimeUnit.MILLISECONDS);
  }

  private static int waiting(int most, int longestBody) {
    long room = Runtime.getRuntime().maxMemory() / 8 / Math.max(1, longestBody);
    return (int) Math.max(1, Math.min(most, room));
  }

  public int port() {
    return server.port();
  }

  public Path file() {
    return model.get().file();
  }

  // ---- answers ----

  private FullHttpResponse scrape() {
    return Answers.of(HttpResponseStatus.OK, Meters.TYPE, metrics.scrape());
  }

  private FullHttpResponse describe(Door door) {
    JsonObject said = model.get().describe();
    said.addProperty("token", door.token().isPresent());
    return json(said);
  }

  private static FullHttpResponse json(JsonObject object, String name, String value) {
    object.addProperty(name, value);
    return json(object);
  }

  private static FullHttpResponse json(JsonObject object) {
    return Answers.of(HttpResponseStatus.OK, JSON, bytes(object + "\n"));
  }

  private static FullHttpResponse error(HttpResponseStatus status, String why) {
    JsonObject error = new JsonObject();
    error.addProperty("error", why);
    return Answers.of(status, JSON, bytes(error + "\n"));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private void queue(Exchange exchange) {
    long begun = System.nanoTime();
    try {
      threads.execute(
          () -> {
            FullHttpResponse answer = answer(exchange);
            metrics.took(System.nanoTime() - begun);
            exchange.answer(answer);
          });
    } catch (RejectedExecutionException e) {
      FullHttpResponse busy =
          error(HttpResponseStatus.SERVICE_UNAVAILABLE, "too many requests wait; try again later");
      busy.headers().set(HttpHeaderNames.RETRY_AFTER, "1");
      exchange.answer(busy);
    }
  }

  private FullHttpResponse answer(Exchange exchange) {
    try {
      if (exchange.body().length == 0
          && !exchange.headers().contains(HttpHeaderNames.CONTENT_LENGTH)) {
        throw new RequestException(
            HttpResponseStatus.LENGTH_REQUIRED, "expected a body and its Content-Length");
      }
      boolean isCsv = isCsv(exchange.headers());
      ServedModel own = model.get();
      GivenRows rows = own.form().read(exchange.body(), isCsv);
      own.requireFew(rows);
      Predictions predictions = own.predict(rows);
      FullHttpResponse answer =
          wantsCsv(exchange.headers()) ? csv(predictions) : json(predictions, own);
      metrics.predicted(rows.rows().size());
      return answer;
    } catch (RequestException e) {
      return error(e.status(), e.getMessage());
    } catch (DataException e) {
      return error(HttpResponseStatus.BAD_REQUEST, e.getMessage().strip());
    } catch (RuntimeException
        | Error e) { // memory that ran out included: every request is answered
      LOG.warn("a request could not be answered", e);
      return error(
          HttpResponseStatus.INTERNAL_SERVER_ERROR, "the model failed; the server's log says why");
    }
  }

  private static FullHttpResponse json(Predictions predictions, ServedModel own) {
    StringWriter text = new StringWriter();
    try (JsonWriter to = new JsonWriter(text)) {
      to.beginObject().name("predictions");
      predictions.write(to);
      to.name("warnings").beginArray();
      for (String warning : warnings(predictions)) {
        to.value(warning);
      }
      to.endArray().name("model").value(own.sha256()).endObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Answers.of(HttpResponseStatus.OK, JSON, bytes(text + "\n"));
  }

  private static FullHttpResponse csv(Predictions predictions) {
    StringWriter text = new StringWriter();
    predictions.write(Optional.empty(), new PrintWriter(text));
    FullHttpResponse answer =
        Answers.of(HttpResponseStatus.OK, CSV + "; charset=utf-8", bytes(text.toString()));
    // As an ASCII header, since CSV has no place for it.
    warnings(predictions)
        .forEach(
            warning ->
                answer.headers().add("Cordee-Warning", warning.replaceAll("[^\\x20-\\x7e]", "_")));
    return answer;
  }

  private static List<String> warnings(Predictions predictions) {
    return Stream.of(predictions.source().unseen())
        .filter(unseen -> !unseen.isEmpty())
        .map(OutsideText::message)
        .toList();
  }

  // ---- headers ----

  /** Tells the form of the body. A browser sends neither for another site without asking first. */
  private static boolean isCsv(HttpHeaders headers) {
    String coding = headers.get(HttpHeaderNames.CONTENT_ENCODING, "identity");
    if (!coding.equalsIgnoreCase("identity")) {
      throw unsupported("expected a body without Content-Encoding", coding);
    }
    String given = headers.get(HttpHeaderNames.CONTENT_TYPE, "none");
    String[] parts = given.toLowerCase(Locale.ROOT).split(";");
    String type = parts[0].strip();
    if (!type.equals(JSON) && !type.equals(CSV)) {
      throw unsupported(
          "expected a Content-Type of application/json or text/csv, by curl -H 'Content-Type: application/json'",
          given);
    }
    for (int i = 1; i < parts.length; i++) {
      String part = parts[i].replaceAll("[\\s\"]", "");
      if (part.startsWith("charset=") && !part.equals("charset=utf-8")) {
        throw unsupported("expected charset=utf-8", given);
      }
    }
    return type.equals(CSV);
  }

  private static RequestException unsupported(String expected, String found) {
    return new RequestException(
        HttpResponseStatus.UNSUPPORTED_MEDIA_TYPE,
        expected + "; found " + OutsideText.printable(found, 100));
  }

  /** Returns true if CSV is named before JSON, or JSON is not. */
  private static boolean wantsCsv(HttpHeaders headers) {
    return Stream.of(headers.get(HttpHeaderNames.ACCEPT, "").toLowerCase(Locale.ROOT).split(","))
        .map(type -> type.split(";")[0].strip())
        .filter(type -> List.of(CSV, JSON, "application/*", "*/*").contains(type))
        .findFirst()
        .filter(CSV::equals)
        .isPresent();
  }

  /** Stops listening, and answers the requests that are under way. */
  @Override
  public void close() {
    server.finish(FAREWELL);
    watch.shutdownNow();
    threads.shutdownNow();
    server.close();
    model.close();
  }
}
