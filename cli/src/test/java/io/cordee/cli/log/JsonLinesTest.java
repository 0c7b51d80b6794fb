package io.cordee.cli.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

class JsonLinesTest {

  private static final Logger LOG = LoggerFactory.getLogger("training");

  @TempDir Path folder;

  @BeforeEach
  void begin() {
    forget();
    Logging.toFile(folder.resolve("run.log"), "server", Logging.Format.JSON);
  }

  @AfterEach
  void end() {
    forget();
    Logging.warningsOnly();
  }

  private static void forget() {
    List.of("job", "worker", "round").forEach(name -> JsonLines.about(name, ""));
    MDC.clear();
  }

  private List<JsonObject> lines() throws IOException {
    return Files.readAllLines(folder.resolve("run.log")).stream()
        .map(line -> JsonParser.parseString(line).getAsJsonObject())
        .toList();
  }

  private static String text(JsonObject line, String field) {
    return line.get(field).getAsString();
  }

  @Test
  void aLineSaysWhenWhoAndWhat() throws IOException {
    Instant before = Instant.now();
    LOG.warn("{} left; {} connected", "worker-2", 1);
    JsonObject line = lines().get(0);
    assertEquals("WARN", text(line, "level"));
    assertEquals("training", text(line, "logger"));
    assertEquals("server", text(line, "process"));
    assertEquals(Thread.currentThread().getName(), text(line, "thread"));
    assertEquals("worker-2 left; 1 connected", text(line, "message"));
    long late = Instant.parse(text(line, "time")).toEpochMilli() - before.toEpochMilli();
    assertTrue(late >= 0 && late < 60_000, () -> "after " + late + " ms");
  }

  @Test
  void whatIsNotKnownIsLeftOut() throws IOException {
    LOG.info("begun");
    assertEquals(
        Set.of("level", "time", "process", "thread", "logger", "message"), lines().get(0).keySet());
  }

  @Test
  void everyThreadsLinesHaveTheJobAndRoundOfTheProcess() throws Exception {
    JsonLines.about("job", "digits");
    JsonLines.about("round", "17");
    Thread other = new Thread(() -> LOG.info("from elsewhere"));
    other.start();
    other.join();
    assertEquals("digits", text(lines().get(0), "job"));
    assertEquals(17, lines().get(0).get("round").getAsInt());
    assertTrue(lines().get(0).getAsJsonPrimitive("round").isNumber());
  }

  @Test
  void whatAThreadIsAboutComesBeforeWhatTheProcessIsAbout() throws IOException {
    JsonLines.about("worker", "worker-1");
    MDC.put("worker", "worker-2");
    MDC.put("round", "3");
    LOG.info("one");
    MDC.clear();
    LOG.info("other");
    assertEquals("worker-2", text(lines().get(0), "worker"));
    assertEquals(3, lines().get(0).get("round").getAsInt());
    assertEquals("worker-1", text(lines().get(1), "worker"));
  }

  @Test
  void anythingCanBeSaidInOneLine() throws IOException {
    String message = "\"quoted\"\nand \\ broken\tand \u0001 odd, é, 😀";
    JsonLines.about("job", "a \"job\"");
    LOG.info(message);
    assertEquals(1, lines().size());
    assertEquals(message, text(lines().get(0), "message"));
    assertEquals("a \"job\"", text(lines().get(0), "job"));
  }

  @Test
  void anErrorBringsItsStackInTheSameLine() throws IOException {
    LOG.error("failed", new IllegalStateException("no \"reason\"", new IOException("disk")));
    assertEquals(1, lines().size());
    JsonObject thrown = lines().get(0).getAsJsonObject("throwable");
    assertEquals("java.lang.IllegalStateException", text(thrown, "className"));
    assertEquals("no \"reason\"", text(thrown, "message"));
    assertTrue(thrown.toString().contains("JsonLinesTest"));
    assertTrue(thrown.toString().contains("disk"));
  }
}
