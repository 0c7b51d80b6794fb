package io.cordee.common.job.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.common.job.Job;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class JobChangeTest {

  private final Job job = JobFile.defaultJob(List.of());

  private Optional<String> change(String... overrides) {
    return JobChange.reason(job, JobFile.defaultJob(List.of(overrides)));
  }

  @Test
  void whenAJobStopsAndIsKeptMayChange() {
    assertEquals(Optional.empty(), change("stop.rounds=7", "stop.loss=0.5", "checkpoint.every=3"));
  }

  @Test
  void anythingElseMayNotAndIsNamed() {
    String reason = change("optimizer.max_step=7").orElseThrow();
    assertTrue(reason.contains("max_step: 7"), reason);
    assertTrue(reason.contains("in optimizer"), reason);
    assertTrue(change("optimizer.name=adam").isPresent());
    assertTrue(change("partitions=5").orElseThrow().contains("partitions: 5"));
    assertTrue(change("model.layers=[64, 10]").isPresent());
    assertTrue(change("name=other").isPresent());
  }

  @Test
  void norMayWhichWeightsAreTheBest() {
    String rows = "data.validation={format: digits}";
    Job before = JobFile.defaultJob(List.of(rows));
    assertEquals(
        Optional.empty(),
        JobChange.reason(before, JobFile.defaultJob(List.of(rows, "stop.patience=5"))));
    Job now = JobFile.defaultJob(List.of(rows, "stop.monitor=validation_accuracy"));
    String reason = JobChange.reason(before, now).orElseThrow();
    assertTrue(reason.contains("best weights so far are those by validation_loss"), reason);
  }
}
