package io.cordee.cli.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** With {@code --log-format json}, a program can read all that is printed. */
@Tag("slow")
@Execution(ExecutionMode.CONCURRENT)
class JsonIT extends InFolder {

  private static final String JSON = "--log-format=json";

  /** Every line on standard error; there is nothing else. */
  private static List<JsonObject> lines(Ended ended) {
    assertEquals("", ended.out(), ended::toString);
    return parsed(ended.err());
  }

  private static List<JsonObject> parsed(String text) {
    return text.lines()
        .filter(line -> !line.isBlank())
        .map(line -> JsonParser.parseString(line).getAsJsonObject())
        .toList();
  }

  private static List<JsonObject> events(List<JsonObject> lines, String kind) {
    return lines.stream()
        .filter(line -> line.has("event") && line.get("event").getAsString().equals(kind))
        .toList();
  }

  private static String text(JsonObject line, String field) {
    return line.get(field).getAsString();
  }

  private static JsonObject last(List<JsonObject> lines) {
    return lines.get(lines.size() - 1);
  }

  @Test
  void aTrainingWithItsProcessesIsToldInEvents() throws IOException {
    Ended ended =
        cordee()
            .run("train", JSON, "--workers=2", "--out=run", "--set=stop.rounds=5")
            .expectSuccess();

    List<JsonObject> lines = lines(ended);
    JsonObject first = events(lines, "round").get(0);
    assertTrue(first.get("round").getAsJsonPrimitive().isNumber(), first::toString);
    assertEquals(5, first.get("rounds").getAsInt());
    assertTrue(first.get("loss").getAsDouble() > 0, first::toString);
    assertTrue(events(lines, "round").size() < 5, "at most one every two seconds");
    JsonObject end = events(lines, "end").get(0);
    assertEquals("completed", text(end, "outcome"));
    assertEquals(5, end.get("round").getAsInt());
    assertEquals("run", text(end, "run_folder"));
    List<String> digests = run().digests();
    assertEquals(digests.get(digests.size() - 1), text(end, "digest"));
    parsed(read("run/run.log"));
  }

  @Test
  void oneProcessIsToldInEventsAsWell() {
    Ended ended = cordee().run("train", JSON, "--in-process", "--out=run", "--set=stop.rounds=3");
    assertEquals(1, events(lines(ended.expectSuccess()), "end").size());
  }

  @Test
  void aServerAndItsWorkersPrintNothingElse() {
    try (CordeeProcess server = cordee().server(JSON, "--workers=1", "--set=stop.rounds=3")) {
      String address = awaitAddress(server);
      try (CordeeProcess worker = cordee().worker(address, "ann", JSON)) {
        List<JsonObject> ofWorker = lines(worker.awaitEnd().expectSuccess());
        assertTrue(ofWorker.stream().allMatch(line -> text(line, "worker").equals("ann")));
        // Only the server has the job's end: in one process, both log to one output.
        assertEquals(List.of(), events(ofWorker, "end"));
        assertEquals("completed", text(events(ofWorker, "over").get(0), "outcome"));
      }
      List<JsonObject> ofServer = lines(server.awaitEnd().expectSuccess());
      assertEquals(1, events(ofServer, "end").size());
    }
  }

  private static String awaitAddress(CordeeProcess server) {
    server.awaitErr("listening on ");
    return server.err().split("listening on ")[1].split("[;\\s]")[0];
  }

  @Test
  void whatIsWrongWithAJobIsALineOfJson() throws IOException {
    write("job.yaml", "data: digits\nmodle: {layers: [64, 10]}\n");
    for (List<String> command :
        List.of(List.of("train", "job.yaml"), List.of("server", "--job=job.yaml"))) {
      String[] arguments = {command.get(0), command.get(1), "--log-format", "JSON"};
      Ended ended = cordee().run(arguments);
      assertEquals(2, ended.exitCode(), ended::toString);
      JsonObject line = last(lines(ended));
      assertEquals("ERROR", text(line, "level"));
      assertTrue(text(line, "message").contains("modle"), line::toString);
    }
  }

  @Test
  void whatIsWrongWithACommandLineIsALineOfJson() {
    Ended ended = cordee().run("worker", JSON, "--server=127.0.0.1:1", "--servre=one");
    assertEquals(2, ended.exitCode(), ended::toString);
    JsonObject line = last(lines(ended));
    assertEquals("ERROR", text(line, "level"));
    assertTrue(text(line, "message").contains("--servre"), line::toString);
  }

  @Test
  void aWrongTokenIsALineOfJsonOnBothSides() throws IOException {
    write("token", "the-rope-that-holds-us-all\n");
    write("wrong", "the-rope-that-holds-nobody\n");
    try (CordeeProcess server = cordee().server(JSON, "--token-file=token")) {
      String address = awaitAddress(server);
      Ended ended =
          cordee().run("worker", JSON, "--server=" + address, "--token-file=wrong", "--name=eve");
      assertEquals(1, ended.exitCode(), ended::toString);
      JsonObject own = last(lines(ended));
      assertEquals("ERROR", text(own, "level"));
      assertTrue(text(own, "message").contains("the token is not this server's"), own::toString);

      server.awaitErr("\"event\":\"refused\"");
      JsonObject refused = events(parsed(server.err()), "refused").get(0);
      assertEquals("WARN", text(refused, "level"));
      assertEquals("127.0.0.1", text(refused, "peer"));
      assertTrue(text(refused, "message").contains("the token is not"), refused::toString);
      server.interrupt();
      List<JsonObject> all = lines(server.awaitEnd());
      assertFalse(all.isEmpty());
    }
  }
}
