package io.cordee.common.job;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
    String reason = change("rule.max_step=7").orElseThrow();
    assertTrue(reason.contains("max_step: 7"), reason);
    assertTrue(reason.contains("in rule"), reason);
    assertTrue(change("rule.name=adam").isPresent());
    assertTrue(change("partitions=5").orElseThrow().contains("partitions: 5"));
    assertTrue(change("model.layers=[64, 10]").isPresent());
    assertTrue(change("name=other").isPresent());
  }
}
