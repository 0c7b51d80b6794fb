package io.cordee.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every benchmark, on a small scale. */
@Tag("slow")
class BenchmarkIT {

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"wire", "round", "rules", "reduce", "tables", "gradient", "serve"})
  void everyBenchmarkRunsSmallAndWritesFiguresWithTheirLimits(String benchmark) throws Exception {
    Path file = folder.resolve("figures.json");

    assertEquals(0, Main.execute(benchmark, "--quick", "--json", file.toString()));

    JsonObject root = JsonParser.parseString(Files.readString(file)).getAsJsonObject();
    JsonObject section = root.getAsJsonArray("benchmarks").get(0).getAsJsonObject();
    assertEquals(benchmark, section.get("benchmark").getAsString());
    assertTrue(section.getAsJsonArray("figures").size() > 0);
    assertTrue(
        StreamSupport.stream(section.getAsJsonArray("figures").spliterator(), false)
            .map(JsonElement::getAsJsonObject)
            .allMatch(figure -> median(figure, "measured") > 0 && median(figure, "limit") > 0));
  }

  @Test
  void whateverFaultsCostTheRowsAreTheSame() throws Exception {
    Path file = folder.resolve("figures.json");

    assertEquals(0, Main.execute("faults", "--quick", "--json", file.toString()));

    JsonObject root = JsonParser.parseString(Files.readString(file)).getAsJsonObject();
    JsonObject section = root.getAsJsonArray("benchmarks").get(0).getAsJsonObject();
    assertEquals(4, section.getAsJsonArray("figures").size());
  }

  private static double median(JsonObject figure, String of) {
    return figure.getAsJsonObject(of).get("median").getAsDouble();
  }
}
