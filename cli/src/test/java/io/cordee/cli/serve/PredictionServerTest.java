package io.cordee.cli.serve;

import static java.util.stream.Collectors.joining;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.cordee.cli.Typed;
import io.cordee.cli.option.ThresholdOption;
import io.cordee.cli.process.Ended;
import io.cordee.cli.process.InFolder;
import io.cordee.cli.serve.RawHttp.Answer;
import io.cordee.server.web.Door;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PredictionServerTest extends InFolder {

  private static final String JSON = "Content-Type: application/json";
  private static final String CSV = "Content-Type: text/csv";
  private static final String AS_CSV = "Accept: text/csv";

  private static final String ROWS =
      """
      color,size,day,words,kind
      red,1.5,2025-01-31,old and small,a
      blue,,2025-02-01,new,b
      red,3.25,2025-03-02,old,a
      "a, ""b""\",8e1,2025-04-03,new and large,b
      blue,5,2025-12-31,,a
      red,0.1,2025-06-05,small,b
      """;

  private Optional<PredictionServer> open = Optional.empty();

  @AfterEach
  void close() {
    open.ifPresent(PredictionServer::close);
  }

  private int serve(Path model) throws IOException {
    return serve(model, Optional.empty());
  }

  private int serve(Path model, Optional<Predicate<String>> token) throws IOException {
    PredictionServer server =
        new PredictionServer(
            model,
            new ThresholdOption(),
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            new Door(Optional.empty(), token, Set.of()),
            1 << 20);
    open = Optional.of(server);
    return server.port();
  }

  private Path trainedOnTexts(String name, int rounds) throws IOException {
    write("rows.csv", ROWS);
    write(
        "job.yaml",
        """
        model: {layers: [4, 2]}
        data:
          train:
            format: csv
            file: rows.csv
            label: kind
            classes: [a, b]
            features: [color, size, day.month, day.weekday, words]
          preprocess: {scale: standardize, missing: mean, categories: [color], unknown: other}
          ids: {words: {split: ' ', dim: 2}}
        partitions: 2
        stop: {rounds: %d}
        """
            .formatted(rounds));
    return Typed.train(folder.resolve(name), path("job.yaml")).model();
  }

  private Path trainedOnTwo() throws IOException {
    write("two.csv", "x,y,z\n1,2,3.5\n2,-1,4\n0.5,0.25,-2\n");
    write(
        "two.yaml",
        """
        model: {layers: [2, 3, 1], output: linear}
        data: {train: {format: csv, file: two.csv, targets: [z]}, preprocess: {targets: standardize}}
        partitions: 1
        stop: {rounds: 5}
        """);
    return Typed.train(folder.resolve("two"), path("two.yaml")).model();
  }

  private static JsonObject parsed(Answer answer) {
    assertEquals(200, answer.status(), answer::body);
    return JsonParser.parseString(answer.body()).getAsJsonObject();
  }

  private static String error(Answer answer) {
    JsonObject said = JsonParser.parseString(answer.body()).getAsJsonObject();
    assertEquals(Set.of("error"), said.keySet());
    return said.get("error").getAsString();
  }

  // ---- the figures of predict ----

  /** Rows of a CSV without quotes in it, as JSON with the texts of its cells. */
  private static String asJson(String csv, Set<String> without) {
    List<String[]> lines = csv.lines().map(line -> line.split(",", -1)).toList();
    JsonArray rows = new JsonArray();
    for (String[] cells : lines.subList(1, lines.size())) {
      JsonObject row = new JsonObject();
      for (int i = 0; i < cells.length; i++) {
        if (!without.contains(lines.get(0)[i])) {
          row.addProperty(lines.get(0)[i], cells[i].isEmpty() ? null : cells[i]);
        }
      }
      rows.add(row);
    }
    JsonObject all = new JsonObject();
    all.add("rows", rows);
    return all.toString();
  }

  /** Predictions as lines of {@code predict}. */
  private static List<String> lines(JsonObject answer, String outputs) {
    List<String> lines = new ArrayList<>();
    for (var each : answer.getAsJsonArray("predictions")) {
      JsonObject row = each.getAsJsonObject();
      StringBuilder line = new StringBuilder(row.get("row").getAsString());
      if (row.has("class")) {
        line.append(',').append(row.get("class").getAsString());
        line.append(',').append(row.get("label").getAsString());
      }
      if (row.get(outputs).isJsonObject()) {
        row.getAsJsonObject(outputs)
            .asMap()
            .values()
            .forEach(it -> line.append(',').append(it.getAsString()));
      } else {
        row.getAsJsonArray(outputs).forEach(it -> line.append(',').append(it.getAsString()));
      }
      lines.add(line.toString());
    }
    return lines;
  }

  @Test
  void textsDatesGapsAndWordsGiveTheFiguresOfPredict() throws IOException {
    Path model = trainedOnTexts("run", 20);
    Ended predicted = Typed.run("predict", "--model=" + model, "--data=" + path("rows.csv"));
    int port = serve(model);
    Answer csv = RawHttp.post(port, ROWS, CSV, AS_CSV);
    assertEquals(predicted.expectSuccess().out(), csv.body());
    assertEquals("text/csv; charset=utf-8", csv.headers().get("content-type"));
    assertEquals(predicted.err().strip(), "warning: " + csv.headers().get("cordee-warning"));

    String plain =
        ROWS.lines().filter(line -> !line.contains("\"")).reduce("", (a, b) -> a + b + "\n");
    Path rows = write("plain.csv", plain.replace("red,0.1", "mauve,0.1"));
    Ended of = Typed.run("predict", "--model=" + model, "--data=" + rows).expectSuccess();
    JsonObject answer =
        parsed(RawHttp.post(port, asJson(Files.readString(rows), Set.of("kind")), JSON));
    assertEquals(of.out().lines().skip(1).toList(), lines(answer, "probabilities"));
    String warning = answer.getAsJsonArray("warnings").get(0).getAsString();
    assertEquals(of.err().strip(), "warning: " + warning);
    assertTrue(warning.contains("column color: mauve"), warning);
    assertTrue(warning.contains("1 input had no value and got the usual one"), warning);
  }

  @Test
  void aRegressionGivesTheFiguresOfPredict() throws IOException {
    Path model = trainedOnTwo();
    Path rows = write("others.csv", "y,x\n1e-3,2\n-7.25,123456789.125\n0,0\n");
    String predicted =
        Typed.run("predict", "--model=" + model, "--data=" + rows).expectSuccess().out();
    int port = serve(model);
    assertEquals(predicted, RawHttp.post(port, Files.readString(rows), CSV, AS_CSV).body());
    JsonObject answer =
        parsed(
            RawHttp.post(
                port,
                "[{\"x\":2,\"y\":1e-3},{\"x\":123456789.125,\"y\":-7.25},{\"y\":0,\"x\":0}]",
                JSON));
    assertEquals(predicted.lines().skip(1).toList(), lines(answer, "values"));
    assertEquals(0, answer.getAsJsonArray("warnings").size());
    Answer asJson = RawHttp.post(port, Files.readString(rows), CSV);
    assertEquals(answer, parsed(asJson));
  }

  @Test
  void columnsWithoutNamesAreArraysOfNumbers() throws IOException {
    Path model = Typed.train(folder.resolve("digits"), "--set=stop.rounds=2").model();
    String pixels = "0,".repeat(63) + "16";
    Path rows = write("mine.csv", pixels + "\n");
    String predicted =
        Typed.run("predict", "--model=" + model, "--data=" + rows).expectSuccess().out();
    int port = serve(model);
    assertEquals(predicted, RawHttp.post(port, pixels, CSV, AS_CSV).body());
    assertEquals(
        predicted, RawHttp.post(port, "{\"rows\": [[" + pixels + "]]}", JSON, AS_CSV).body());
    assertEquals(
        "row 0 (from 0): expected rows that are arrays of numbers, since the model's columns have no"
            + " names; found an object",
        error(RawHttp.post(port, "[{\"a\": 1}]", JSON)));
  }

  // ---- requests that are refused ----

  @Test
  void wrongRowsAreRefusedWithTheirPlaceAndAWayOut() throws IOException {
    int port = serve(trainedOnTwo());
    Map<String, String> refused = new LinkedHashMap<>();
    refused.put("", "expected rows; found an empty body");
    refused.put("{\"x\": ", "malformed JSON: End of input");
    refused.put("{\"x\": 1, \"y\": 2} {}", "malformed JSON");
    refused.put("{'x': 1, 'y': 2}", "malformed JSON");
    refused.put("{\"x\": NaN, \"y\": 2}", "malformed JSON");
    refused.put("{\"x\": Infinity, \"y\": 2}", "malformed JSON");
    refused.put("{\"x\": 01, \"y\": 2}", "malformed JSON");
    refused.put("{\"x\": 1, \"y\": 2, \"x\": 3}", "column 'x' is given twice");
    refused.put(
        "{\"x\": 1e999, \"y\": 2}", "column 'x': expected a finite 32-bit number; found '1e999'");
    refused.put("{\"x\": 1" + "0".repeat(5000) + ", \"y\": 2}", "malformed JSON");
    refused.put(
        "{\"x\": \"abc\", \"y\": 2}",
        "row 0 (from 0), column 'x': expected a finite 32-bit number; found 'abc'");
    refused.put("[{\"x\": 1, \"y\": 2}, {\"x\": 1}]", "row 1 (from 0): column 'y' is missing");
    refused.put("{\"x\": 1, \"Y\": 2}", "unknown column 'Y'; did you mean 'y'?");
    refused.put("{\"x\": 1, \"alcohol\": 2}", "unknown column 'alcohol'; expected x, y");
    refused.put("{\"x\": [1], \"y\": 2}", "row 0 (from 0): column 'x': expected a text, a number");
    refused.put("[".repeat(100_000), "expected an object");
    refused.put("{\"x\": ".repeat(50_000), "expected a text, a number");
    refused.put("[]", "expected at least one row");
    refused.put("{\"rows\": []}", "expected at least one row");
    refused.put(
        "{\"rows\": [{\"x\": 1, \"y\": 2}], \"more\": 1}", "expected nothing beside \"rows\"");
    refused.put("7", "expected an object or an array; found number");
    refused.put("null", "expected an object or an array; found null");
    refused.put("{}", "column 'x' is missing");
    for (Map.Entry<String, String> each : refused.entrySet()) {
      Answer answer = RawHttp.post(port, each.getKey(), JSON);
      assertEquals(400, answer.status(), answer::body);
      assertTrue(error(answer).contains(each.getValue()), answer::body);
    }
    Map<String, String> tables = new LinkedHashMap<>();
    tables.put("x,y\n1\n", "expected 2 columns, as in the first line; found 1");
    tables.put("x,y\n1,\"2\n", "expected a closing quote");
    tables.put("x,yy\n1,2\n", "y is missing; found x, yy; was 'yy' meant to be one of them?");
    tables.put("x,y\n", "found none, only a header: curl keeps");
    tables.put(
        "x,y\n1,2\n1,two\n",
        "row 1 (from 0), column 'y': expected a finite 32-bit number; found 'two'");
    for (Map.Entry<String, String> each : tables.entrySet()) {
      Answer answer = RawHttp.post(port, each.getKey(), CSV);
      assertEquals(400, answer.status(), answer::body);
      assertTrue(error(answer).contains(each.getValue()), answer::body);
    }
    assertEquals(
        413,
        RawHttp.post(port, "[" + "{\"x\":1,\"y\":2},".repeat(10_000) + "{\"x\":1,\"y\":2}]", JSON)
            .status());
    parsed(RawHttp.post(port, "{\"x\": 1, \"y\": 2}", JSON));
  }

  @Test
  void hostileRequestsGetAClearAnswerAndHarmNobody() throws IOException {
    int port = serve(trainedOnTwo());
    String row = "{\"x\":1,\"y\":2}";
    String host = "Host: localhost\r\n";
    String post = "POST /predict HTTP/1.1\r\n" + host;
    String json = JSON + "\r\n";
    Map<String, Integer> asked = new LinkedHashMap<>();
    asked.put("nonsense\r\n\r\n", 400);
    asked.put("GET /" + "x".repeat(10_000) + " HTTP/1.1\r\n" + host + "\r\n", 414);
    asked.put("GET / HTTP/1.1\r\n" + host + "X: " + "x".repeat(10_000) + "\r\n\r\n", 431);
    asked.put("GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n", 421);
    asked.put("GET / HTTP/1.1\r\n\r\n", 421);
    asked.put("GET /nothing HTTP/1.1\r\n" + host + "\r\n", 404);
    asked.put("GET /../../etc/passwd HTTP/1.1\r\n" + host + "\r\n", 404);
    asked.put("GET /predict HTTP/1.1\r\n" + host + "\r\n", 405);
    asked.put("DELETE /predict HTTP/1.1\r\n" + host + "\r\n", 405);
    asked.put("OPTIONS /predict HTTP/1.1\r\n" + host + "\r\n", 405);
    asked.put("POST /healthz HTTP/1.1\r\n" + host + "Content-Length: 0\r\n\r\n", 405);
    asked.put(post + json + "\r\n", 411);
    asked.put(post + json + "Content-Length: -1\r\n\r\n", 400);
    asked.put(post + json + "Content-Length: 99999999999999999999\r\n\r\n", 400);
    asked.put(post + json + "Content-Length: 2000000\r\n\r\n", 413);
    asked.put(post + json + "Expect: 100-continue\r\nContent-Length: 2000000\r\n\r\n", 413);
    asked.put(post + json + "Expect: a-miracle\r\nContent-Length: 13\r\n\r\n", 417);
    asked.put(post + "Content-Length: 13\r\n\r\n" + row, 415);
    asked.put(post + "Content-Type: text/html\r\nContent-Length: 13\r\n\r\n" + row, 415);
    asked.put(post + JSON + "; charset=utf-16\r\nContent-Length: 13\r\n\r\n" + row, 415);
    asked.put(post + json + "Content-Encoding: br\r\nContent-Length: 13\r\n\r\n" + row, 415);
    asked.put(post + json + "Transfer-Encoding: chunked\r\n\r\nzz\r\n", 400);
    asked.put(post + json + "Content-Length: 1\r\n\r\n\u00ff", 400);
    asked.put(post + json + "Content-Length: 13\r\n\r\n" + row, 200);
    asked.put(
        post
            + json
            + "Transfer-Encoding: chunked\r\n\r\n5\r\n{\"x\":\r\n8\r\n1,\"y\":2}\r\n0\r\n\r\n",
        200);
    asked.put("POST /predict HTTP/1.0\r\n" + host + json + "Content-Length: 13\r\n\r\n" + row, 200);
    for (Map.Entry<String, Integer> each : asked.entrySet()) {
      String request = each.getKey();
      Answer answer = RawHttp.ask(port, request.getBytes(StandardCharsets.ISO_8859_1));
      String shown = request.substring(0, Math.min(120, request.length()));
      assertEquals(each.getValue(), answer.status(), () -> shown + answer);
      if (answer.status() != 200) {
        assertFalse(error(answer).isEmpty(), shown);
      }
      if (answer.status() == 405) {
        assertEquals(shown.contains("healthz") ? "GET" : "POST", answer.headers().get("allow"));
      }
    }
  }

  @Test
  void aPackedBodyIsNotUnpacked() throws IOException {
    int port = serve(trainedOnTwo());
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
      gzip.write(new byte[10_000_000]);
    }
    String head = "POST /predict HTTP/1.1\r\nHost: localhost\r\n%s%s\r\nContent-Length: %d\r\n\r\n";
    for (String coding : List.of("", "Content-Encoding: gzip\r\n")) {
      ByteArrayOutputStream request = new ByteArrayOutputStream();
      request.writeBytes(
          head.formatted(coding, CSV, packed.size()).getBytes(StandardCharsets.US_ASCII));
      request.writeBytes(packed.toByteArray());
      Answer answer = RawHttp.ask(port, request.toByteArray());
      assertEquals(coding.isEmpty() ? 400 : 415, answer.status(), answer::body);
    }
  }

  @Test
  void requestsThatFollowOneAnotherAreAnsweredInOrder() throws IOException {
    int port = serve(trainedOnTwo());
    String request =
        "POST /predict HTTP/1.1\r\nHost: localhost\r\n" + JSON + "\r\nContent-Length: 13\r\n\r\n";
    try (RawHttp http = new RawHttp(port)) {
      http.say((request + "{\"x\":1,\"y\":2}" + request + "{\"x\":1,\"z\":2}").repeat(10));
      for (int i = 0; i < 10; i++) {
        assertEquals(200, http.answer().status());
        assertEquals(400, http.answer().status());
      }
    }
    try (RawHttp http = new RawHttp(port)) {
      String tooLong = request.replace("13", "1500000") + " ".repeat(1_500_000);
      http.say((request + "{\"x\":1,\"y\":2}").repeat(5) + tooLong + request + "{\"x\":1,\"y\":2}");
      for (int status : new int[] {200, 200, 200, 200, 200, 413, 200}) {
        assertEquals(status, http.answer().status());
      }
    }
    try (RawHttp http = new RawHttp(port)) {
      http.say(request.replace("\r\n\r\n", "\r\nExpect: 100-continue\r\n\r\n"));
      assertEquals(100, http.answer().status());
      http.say("{\"x\":1,\"y\":2}");
      assertEquals(200, http.answer().status());
      http.say(request.replace("13", "2000000"));
      assertEquals(413, http.answer().status());
      http.say(" ".repeat(2_000_000) + request + "{\"x\":1,\"y\":2}");
      assertEquals(200, http.answer().status());
    }
    try (RawHttp http = new RawHttp(port)) {
      http.say(request.replace("1.1", "1.0") + "{\"x\":1,\"y\":2}");
      assertEquals(200, http.answer().status());
      assertTrue(http.isClosed());
    }
  }

  @Test
  void withATokenOnlyHealthAndTheEmptyPageAreShownWithoutIt() throws IOException {
    int port = serve(trainedOnTwo(), Optional.of("a-long-token-for-tests"::equals));
    String bearer = "Authorization: Bearer a-long-token-for-tests";
    assertEquals(401, RawHttp.post(port, "{\"x\":1,\"y\":2}", JSON).status());
    parsed(RawHttp.post(port, "{\"x\":1,\"y\":2}", JSON, bearer));
    for (String path : List.of("/metrics", "/api/model")) {
      assertEquals(401, get(port, path).status(), path);
      assertEquals(200, get(port, path, bearer).status(), path);
    }
    for (String path : List.of("/", "/healthz", "/serve.js", "/serve.css", "/page.css")) {
      assertEquals(200, get(port, path).status(), path);
    }
  }

  private static Answer get(int port, String path, String... headers) throws IOException {
    String more = headers.length == 0 ? "" : String.join("\r\n", headers) + "\r\n";
    String request = "GET " + path + " HTTP/1.1\r\nHost: localhost\r\n" + more + "\r\n";
    return RawHttp.ask(port, request.getBytes(StandardCharsets.US_ASCII));
  }

  // ---- page, metrics, reload ----

  @Test
  void theExampleOfThePageIsARowThatTheModelTakes() throws IOException {
    int port = serve(trainedOnTexts("run", 2));
    JsonObject row = new JsonObject();
    for (var each : parsed(get(port, "/api/model")).getAsJsonArray("columns")) {
      row.add(
          each.getAsJsonObject().get("name").getAsString(), each.getAsJsonObject().get("example"));
    }
    assertEquals(List.of("color", "size", "day", "words"), List.copyOf(row.keySet()));
    assertEquals(
        0, parsed(RawHttp.post(port, row.toString(), JSON)).getAsJsonArray("warnings").size());
    Answer page = get(port, "/");
    String policy = page.headers().get("content-security-policy");
    assertTrue(policy.startsWith("default-src 'none'; script-src 'self';"), policy);
    assertFalse(page.body().contains("://"), page.body());
    assertFalse(get(port, "/serve.js").body().contains("innerHTML"));
  }

  @Test
  void requestsAndRowsAreCounted() throws IOException {
    int port = serve(trainedOnTwo());
    parsed(RawHttp.post(port, "[{\"x\":1,\"y\":2},{\"x\":3,\"y\":4}]", JSON));
    RawHttp.post(port, "x", JSON);
    String figures = get(port, "/metrics").body();
    for (String line :
        List.of(
            "cordee_serve_requests_total{status=\"200\"} 1.0",
            "cordee_serve_requests_total{status=\"400\"} 1.0",
            "cordee_serve_rows_total 2.0",
            "cordee_serve_predict_seconds_count 2",
            "cordee_serve_model_info{job=")) {
      assertTrue(figures.contains("\n" + line), line + "\n" + figures);
    }
  }

  @Test
  void aNewFileIsServedAndABrokenOneIsNot() throws IOException {
    Path first = trainedOnTexts("first", 1);
    Path second = trainedOnTexts("second", 9);
    Path model = folder.resolve("model.safetensors");
    Files.copy(first, model);
    ServeMetrics metrics = new ServeMetrics();
    try (CurrentModel current = new CurrentModel(model, new ThresholdOption(), metrics)) {
      ServedModel old = current.get();
      Files.write(model, new byte[] {1, 2, 3});
      look(current, model, 1);
      assertEquals(old, current.get());
      Files.copy(second, model, StandardCopyOption.REPLACE_EXISTING);
      look(current, model, 2);
      ServedModel latest = current.get();
      assertFalse(latest.sha256().equals(old.sha256()));
      assertTrue(latest.answersLike(old));
      try (ServedModel other = ServedModel.read(trainedOnTwo(), new ThresholdOption())) {
        assertFalse(other.answersLike(old), "it has other columns");
      }
      assertEquals(1, old.predict(old.form().read(ROW, false)).source().rows()); // under way
      Files.delete(model);
      current.look();
      current.look();
      assertEquals(latest, current.get());
    }
    String figures = new String(metrics.scrape(), StandardCharsets.UTF_8);
    assertTrue(figures.contains("cordee_serve_reloads_total{result=\"loaded\"} 1.0"), figures);
    assertTrue(figures.contains("cordee_serve_reloads_total{result=\"refused\"} 2.0"), figures);
  }

  @Test
  void theLinkToTheLastRunMeansTheRunThatItLedToAtFirst() throws IOException {
    Path runs = Files.createDirectory(folder.resolve("runs"));
    Path link = Files.createSymbolicLink(runs.resolve("last"), Path.of("first"));
    trainedOnTexts("runs/first", 1);
    try (CurrentModel current = new CurrentModel(link, new ThresholdOption(), new ServeMetrics())) {
      ServedModel first = current.get();
      trainedOnTexts("runs/second", 9);
      Files.delete(link);
      Files.createSymbolicLink(link, Path.of("second"));
      current.look();
      current.look();
      current.look();
      assertEquals(first, current.get());
    }
  }

  /** Rows are few where a row has many outputs. */
  @Test
  void anAnswerThatWouldTakeTooMuchMemoryIsRefused() throws IOException {
    write("many.csv", "x,kind\n1,0\n2,199\n");
    write(
        "many.yaml",
        """
        model: {layers: [1, 200]}
        data: {train: {format: csv, file: many.csv, label: kind, classes: [%s]}}
        partitions: 1
        stop: {rounds: 1}
        """
            .formatted(IntStream.range(0, 200).mapToObj("'%d'"::formatted).collect(joining(", "))));
    int port = serve(Typed.train(folder.resolve("many"), path("many.yaml")).model());
    assertEquals(200, RawHttp.post(port, "x\n" + "1\n".repeat(5_000), CSV).status());
    Answer refused = RawHttp.post(port, "x\n" + "1\n".repeat(5_001), CSV);
    assertEquals(413, refused.status());
    assertEquals(
        "expected at most 5,000 rows in a request, as this model has 200 inputs or outputs; found 5,001: send several requests",
        JsonParser.parseString(refused.body()).getAsJsonObject().get("error").getAsString());
  }

  private static final byte[] ROW =
      "{\"color\":\"red\",\"size\":1,\"day\":\"2025-01-01\",\"words\":\"old\"}"
          .getBytes(StandardCharsets.UTF_8);

  /** Looks twice: a file that has just changed may not be complete. */
  private static void look(CurrentModel current, Path model, int seconds) throws IOException {
    Files.setLastModifiedTime(model, FileTime.fromMillis(1_000_000L * seconds));
    ServedModel before = current.get();
    current.look();
    assertEquals(before, current.get());
    current.look();
  }

  @Test
  void othersAreLetInOnlyWithTlsAndAToken() throws IOException {
    Path model = trainedOnTwo();
    Typed.run("serve", "--model=" + model, "--listen=0.0.0.0:0")
        .expectOneLine(2, "is not a loopback address", "--tls-cert and --tls-key");
    Typed.run("serve", "--model=" + path("none"), "--listen=127.0.0.1:0")
        .expectOneLine(1, "none: no such file");
    Typed.run("serve", "--model=" + path("two.csv")).expectOneLine(1, "two.csv");
    Typed.run("serve", "--model=" + model, "--max-body=0")
        .expectOneLine(2, "--max-body must be 1 to 256; found 0");
    Typed.run("serve", "--model=" + model, "--threshold=0.5").expectOneLine(2, "--threshold");
    assertEquals(
        "cannot listen on 127.0.0.1:" + serve(model),
        Typed.run("serve", "--model=" + model, "--listen=127.0.0.1:" + open.orElseThrow().port())
            .expectOneLine(1)
            .split(": Addr")[0]);
  }
}
