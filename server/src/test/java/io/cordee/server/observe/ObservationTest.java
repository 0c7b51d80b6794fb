package io.cordee.server.observe;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.cordee.common.job.Tally;
import io.cordee.server.MadeUpJob;
import io.cordee.server.team.WorkerId;
import io.cordee.server.training.Measurement;
import io.cordee.server.training.Outcome;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class ObservationTest {

  private final Observation observation = new Observation(MadeUpJob.job(), 1);

  private List<String> events() {
    return observation.eventsAfter(0).stream()
        .map(event -> event.round() + " " + event.text())
        .toList();
  }

  @Test
  void anEventStandsAtTheRoundThatItSpeaksOf() {
    observation.resumed(7);
    observation.measured(
        new Measurement(
            8, new Tally(10, 5, 5, 0), Optional.empty(), 1, OptionalDouble.empty(), ""));
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
            "9 round 9: partitions of others go to ann (3)",
            "9 checkpoint of round 9",
            "10 no worker is left; round 10 waits",
            "9 completed after 9 rounds"),
        events());
  }
}
