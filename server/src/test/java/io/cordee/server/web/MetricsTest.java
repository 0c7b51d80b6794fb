package io.cordee.server.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.cordee.common.job.Job;
import io.cordee.server.MadeUpJob;
import io.cordee.server.MadeUpTeam;
import io.cordee.server.observe.Observation;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Metrics after jobs whose figures are known. */
class MetricsTest {

  private static final Path ROOT = Path.of("..");

  /** Rounds 0 to 5 are stepped; the weights after them are measured, too. */
  private static final int VERSIONS = MadeUpJob.ROUNDS + 1;

  private static final int ROWS = MadeUpJob.PARTITIONS * MadeUpJob.ROWS_PER_PARTITION;

  private static Exposition scrapeAfter(Job job) throws Exception {
    Observation observation = new Observation(job, 1);
    MadeUpTeam.train(job, observation);
    return scrape(Metrics.of(observation));
  }

  private static Exposition scrape(Metrics metrics) {
    return Exposition.parse(new String(metrics.scrape(), StandardCharsets.UTF_8));
  }

  @Test
  void countersAreExactlyRight() throws Exception {
    Exposition found = scrapeAfter(MadeUpJob.job());
    double vector = 4.0 * MadeUpJob.parameters();
    // Its one worker sends every partition by itself, and is sent every version.
    assertEquals(
        VERSIONS * MadeUpJob.PARTITIONS * vector,
        found.of("cordee_wire_bytes_total{direction=\"in\",encoding=\"float32\"}"));
    assertEquals(
        VERSIONS * vector,
        found.of("cordee_wire_bytes_total{direction=\"out\",encoding=\"float32\"}"));
    assertEquals(0, found.of("cordee_wire_bytes_total{direction=\"out\",encoding=\"signs\"}"));
    assertEquals(2 * VERSIONS * MadeUpJob.PARTITIONS, found.of("cordee_contributions_total"));
    assertEquals(VERSIONS * ROWS, found.of("cordee_rows_total"));
    assertEquals(MadeUpJob.ROUNDS, found.of("cordee_rounds_total"));
    assertEquals(MadeUpJob.ROUNDS, found.of("cordee_round"));
    assertEquals(2 * MadeUpJob.ROUNDS, found.of("cordee_step_seconds_count"));
    assertEquals(MadeUpJob.parameters(), found.of("cordee_parameters"));
    // Every partition's losses add up to 1, whatever its rows.
    assertEquals(1.0 / MadeUpJob.ROWS_PER_PARTITION, found.of("cordee_loss"), 1e-12);
    // The last weights are measured by whichever chunk is complete first; the other comes late.
    double late = found.of("cordee_duplicates_dropped_total");
    assertTrue(late >= 0 && late <= MadeUpJob.PARTITIONS, () -> late + " dropped");
    for (String none : Set.of("leases_moved", "worker_reconnects", "chunks_healed")) {
      assertEquals(0, found.of("cordee_" + none + "_total"), none);
    }
  }

  @Test
  void theFourPartsOfRoundsAddUpToTheirTime() throws Exception {
    Job job = MadeUpJob.job();
    Observation observation = new Observation(job, 1);
    long begin = System.nanoTime();
    MadeUpTeam.train(job, observation);
    double most = (System.nanoTime() - begin) / 1e9;
    Exposition found = scrape(Metrics.of(observation));
    double sum = 0;
    for (String part : Set.of("compute", "wait", "wire", "step")) {
      double seconds = found.of("cordee_round_part_seconds_total{part=\"" + part + "\"}");
      assertTrue(seconds >= 0, part);
      sum += seconds;
    }
    assertTrue(sum > 0 && sum <= most, sum + " s of " + most + " s");
    assertTrue(found.of("cordee_reduce_seconds_sum") <= most);
  }

  @Test
  void namesKeepToTheConventions() throws Exception {
    Exposition found =
        scrapeAfter(MadeUpJob.job("optimizer.name=rprop", "compression.weights=floats"));
    found
        .types()
        .forEach(
            (name, type) -> {
              if (name.startsWith("cordee_")) {
                assertTrue(name.matches("cordee_[a-z]+(_[a-z]+)*"), name);
                assertEquals(type.equals("counter"), name.endsWith("_total"), name);
                assertTrue(
                    !name.matches(".*_(ms|millis|milliseconds|nanos|kb|mb|percent)\\b.*"), name);
              }
            });
    assertTrue(found.types().containsKey("jvm_memory_used_bytes"));
    assertTrue(found.of("cordee_rprop_flips_ratio{layer=\"layer1\"}") >= 0);
  }

  private static Set<String> own(Exposition found) {
    return found.types().keySet().stream()
        .filter(name -> name.startsWith("cordee_"))
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  /** With metrics that exist only during a job, such as a connected worker's. */
  private static Exposition scrapeInTheMiddle() throws Exception {
    Job job = MadeUpJob.job("optimizer.name=rprop", "compression.weights=floats");
    Observation observation = new Observation(job, 1);
    observation.kept(3);
    Exposition[] found = new Exposition[1];
    MadeUpTeam.train(job, observation, () -> found[0] = scrape(Metrics.of(observation)));
    return found[0];
  }

  @Test
  void everyMetricIsDescribedAndNoOther() throws Exception {
    String guide = Files.readString(ROOT.resolve("docs/observability.md"));
    Set<String> described = new LinkedHashSet<>();
    Matcher row = Pattern.compile("(?m)^\\| `(cordee_[a-z_]+)").matcher(guide);
    while (row.find()) {
      described.add(row.group(1));
    }
    assertEquals(
        own(scrapeInTheMiddle()).stream().sorted().toList(), described.stream().sorted().toList());
  }

  @Test
  void theDashboardAsksForNothingThatThereIsNot() throws Exception {
    Exposition found = scrapeInTheMiddle();
    Set<String> names =
        found.samples().keySet().stream()
            .map(sample -> sample.replaceFirst("\\{.*", ""))
            .collect(Collectors.toSet());
    JsonObject dashboard =
        JsonParser.parseString(
                Files.readString(ROOT.resolve("deploy/grafana/dashboards/cordee.json")))
            .getAsJsonObject();
    int asked = 0;
    for (JsonElement panel : dashboard.getAsJsonArray("panels")) {
      for (JsonElement target : panel.getAsJsonObject().getAsJsonArray("targets")) {
        String expression = target.getAsJsonObject().get("expr").getAsString();
        Matcher name = Pattern.compile("\\b((?:cordee|jvm)_[a-z_]+)(?=\\{)").matcher(expression);
        assertTrue(name.find(), expression);
        do {
          assertTrue(names.contains(name.group(1)), expression);
          asked++;
        } while (name.find());
      }
    }
    assertTrue(asked > 20, asked + " names");
  }
}
