package io.cordee.server.observe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.common.job.Evaluated;
import io.cordee.common.job.Tally;
import io.cordee.common.measure.Metric;
import io.cordee.common.run.Measure;
import io.cordee.server.MadeUpJob;
import io.cordee.server.team.WorkerId;
import io.cordee.server.training.Measurement;
import io.cordee.server.training.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ObservationTest {

  @TempDir private Path folder;

  private final Observation observation = new Observation(MadeUpJob.job(), 1);

  private List<String> events() {
    return observation.eventsAfter(0).stream()
        .map(event -> event.round() + " " + event.text())
        .toList();
  }

  @Test
  void anEventStandsAtTheRoundThatItSpeaksOf() {
    observation.resumed(7);
    measured(8);
    observation.warned("the disk is slow");
    observation.moved(8, Map.of(new WorkerId(1, "ann"), 3));
    observation.kept(9);
    observation.roundBegan(9, 0);
    observation.waiting("no worker is left; round 10 waits");
    observation.ended(new Outcome.Completed("completed after 9 rounds"), 9, "", Optional.empty());
    assertEquals(
        List.of(
            "7 resumed at round 7",
            "8 the disk is slow",
            "9 round 9: partitions reassigned to ann (3)",
            "9 checkpoint of round 9",
            "10 no worker is left; round 10 waits",
            "9 completed after 9 rounds"),
        events());
  }

  private Path metrics(String rows) throws IOException {
    return Files.writeString(
        folder.resolve("metrics.csv"),
        "round,loss,train_accuracy,test_accuracy,seconds,rows_per_second,digest,test_loss,validation_loss,validation_accuracy\n"
            + rows);
  }

  private List<Integer> rounds() {
    return observation.curveFrom(0).points().stream().map(Curve.Point::round).toList();
  }

  @Test
  void afterARestartTheCurvesBeginWhereTheJobDid() throws IOException {
    observation.recall(
        metrics(
            "0,2.5,0.1,0.2,0.0,,a,1.9,,\n"
                + "1,2.0,0.3,,0.5,100.0,b,,,\n"
                + "2,1.5,0.4,,1.0,100.0,,,,\n"
                + "3,1.0,0.5,,1.5,9.0,d,,,\n"));
    observation.resumed(3);
    observation.started(2, 100);

    assertEquals(List.of(0, 1, 2), rounds(), "round 3 is measured again");
    assertEquals(
        Map.of(
            Measure.LOSS,
            2.5,
            Measure.TRAIN_ACCURACY,
            0.1,
            Measure.TEST_LOSS,
            1.9,
            Measure.TEST_ACCURACY,
            0.2,
            Measure.SECONDS,
            0.0),
        observation.curveFrom(0).points().get(0).row().values());
    assertEquals(3, observation.figures().progress().round());
    assertEquals(1.5, observation.figures().progress().latest().value(Measure.LOSS));
    assertEquals(0.2, observation.figures().progress().latest().value(Measure.TEST_ACCURACY));
    assertEquals(List.of("3 resumed at round 3", "3 training continues with 2 workers"), events());
    measured(3);
    assertEquals(List.of(0, 1, 2, 3), rounds());
  }

  /** The job is the digits: ten classes, evaluated every other round here. */
  @Test
  void metricsAreThoseOfTheRoundsThatWereEvaluated() throws IOException {
    observation.recall(
        Files.writeString(
            folder.resolve("metrics.csv"),
            """
            round,loss,train_accuracy,test_accuracy,seconds,rows_per_second,digest,test_loss,validation_loss,validation_accuracy,test_precision,test_recall,test_f1,test_top_5
            0,2.5,0.1,0.2,0.0,,a,1.9,,,0.1,0.2,0.3,0.4
            1,2.0,0.3,,0.5,100.0,b,,,,,,,
            """));
    List<Curve.Point> points = observation.curveFrom(0).points();
    Measure precision = Measure.test(Metric.PRECISION);
    assertEquals(0.1, points.get(0).row().value(precision));
    assertEquals(Double.NaN, points.get(1).row().value(precision));
  }

  @Test
  void rowsBehindADamagedOneAreNotShown() throws IOException {
    observation.recall(
        metrics("0,2.5,,,0.0,,a,,,\n1,2.0,,,0.5,100.0,b,,,\n2,x.5,,,1,,,,,\n3,1.0,,,1.5,,d,,,\n"));
    assertEquals(List.of(0, 1), rounds());
  }

  @Test
  void metricsThatAreNotThereOrOfAnotherKindAreNoReasonNotToGoOn() throws IOException {
    observation.recall(folder.resolve("none.csv"));
    observation.recall(Files.writeString(folder.resolve("metrics.csv"), "a,b\n0,1\n"));
    assertEquals(List.of(), rounds());
    observation.resumed(4);
    assertEquals(4, observation.figures().progress().round());
  }

  @Test
  void beforeTheFirstRoundTheServerIsHereWithTheVersionThatItGoesOnFrom() {
    observation.resumed(7);
    Figures.ShardRow own = observation.figures().shards().get(0);
    assertTrue(own.isHere());
    assertEquals(7, own.version());
    assertEquals(0, own.silentNanos());
  }

  @Test
  void aJobOfWhichNothingIsKeptIsSaidToBeginAgain() {
    measured(3);
    observation.resumed(0);
    assertEquals(List.of("0 no checkpoint to resume from: starting again at round 0"), events());
    assertEquals(List.of(), rounds());
  }

  private void measured(int round) {
    observation.measured(
        Measurement.of(
            List.of(),
            round,
            new Tally(10, 5, 5, 0),
            new Evaluated(Optional.empty(), Optional.empty()),
            Optional.empty(),
            1,
            OptionalDouble.empty(),
            ""));
  }
}
