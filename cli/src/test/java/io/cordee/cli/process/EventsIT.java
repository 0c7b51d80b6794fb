package io.cordee.cli.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.cordee.cli.Typed;
import io.cordee.cli.tensorboard.Records;
import io.cordee.formats.tensorboard.Event;
import io.cordee.formats.tensorboard.SessionLog.SessionStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** What {@code cordee train} leaves for other programs: TensorBoard's events, logs in JSON. */
@Tag("slow")
@Execution(ExecutionMode.CONCURRENT)
class EventsIT extends InFolder {

  private List<Event> events() throws IOException {
    List<Event> all = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder.resolve("events/run"))) {
      for (Path file : files.sorted().toList()) {
        all.addAll(Records.read(file));
      }
    }
    return all;
  }

  @Test
  void tensorBoardIsShownTheMetricsOfARunThatWentOn() throws IOException {
    String events = "--tensorboard=" + folder.resolve("events");
    Run run =
        Typed.train(
            folder.resolve("run"), events, "--set=checkpoint.every=10", "--set=stop.rounds=25");
    Typed.run("train", "--in-process", "--resume=" + run.folder(), events, "--set=stop.rounds=40")
        .expectSuccess();

    // As TensorBoard does: a session start purges its step and later ones.
    TreeMap<Long, Float> losses = new TreeMap<>();
    for (Event event : events()) {
      if (event.getSessionLog().getStatus() == SessionStatus.START) {
        losses.tailMap(event.getStep(), true).clear();
      }
      event.getSummary().getValueList().stream()
          .filter(value -> value.getTag().equals("loss"))
          .forEach(value -> losses.put(event.getStep(), value.getSimpleValue()));
    }
    List<Run.Row> rows = run.rows();
    assertEquals(41, rows.size());
    assertEquals(41, losses.size());
    for (Run.Row row : rows) {
      assertEquals((float) row.loss(), losses.get((long) row.round()), "round " + row.round());
    }
  }

  @Test
  void everyProcessLogsInJsonWithJobRoundAndWorker() throws IOException {
    Run run = cordee().train("run", "--log-format=json", "--workers=2", "--set=stop.rounds=5");

    List<JsonObject> lines =
        run.lines("run.log").stream()
            .filter(line -> line.startsWith("{"))
            .map(line -> JsonParser.parseString(line).getAsJsonObject())
            .toList();
    Set<String> processes =
        lines.stream().map(l -> l.get("process").getAsString()).collect(Collectors.toSet());
    assertEquals(Set.of("server", "worker-1", "worker-2"), processes);
    JsonObject joined = find(lines, "worker-1 joined");
    assertEquals("server", joined.get("process").getAsString());
    assertEquals("worker-1", joined.get("worker").getAsString());
    assertEquals("digits", joined.get("job").getAsString());
    JsonObject completed = find(lines, "completed after 5 rounds");
    assertEquals("end", completed.get("event").getAsString());
    assertEquals(5, completed.get("round").getAsInt());
    assertEquals(run.digests().get(5), completed.get("digest").getAsString());
    for (JsonObject line : lines) {
      if (line.get("message").getAsString().startsWith("the job is over")) {
        assertEquals(line.get("process"), line.get("worker"));
        assertEquals("digits", line.get("job").getAsString());
        assertEquals(5, line.get("round").getAsInt(), "the last that it was asked for");
      }
    }
    assertTrue(lines.stream().anyMatch(l -> l.toString().contains("the job is over")));
  }

  private static JsonObject find(List<JsonObject> lines, String text) {
    return lines.stream()
        .filter(line -> line.get("message").getAsString().contains(text))
        .findFirst()
        .orElseThrow();
  }
}
