package io.cordee.server.training;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.cordee.common.job.file.JobException;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.junit.jupiter.api.Test;

class OutcomeTest {

  @Test
  void aFailureThatFollowsAnotherDoesNotHideIt() {
    assertEquals(
        new Outcome.Failed("the loss is not finite; then shard 1 is gone"),
        new Outcome.Failed("the loss is not finite").then("shard 1 is gone"));
    assertEquals(
        new Outcome.Failed("shard 1 is gone"),
        new Outcome.Completed("completed after 3 rounds").then("shard 1 is gone"));
  }

  @Test
  void aFailureSaysWhetherTheJobHasToChange() {
    assertEquals(
        new Outcome.Failed("give more epochs", Outcome.Fault.JOB),
        Outcome.Failed.by(new JobException("give more epochs")));
    assertEquals(
        new Outcome.Failed("no space left"),
        Outcome.Failed.by(new IllegalStateException("no space left")));
  }

  @Test
  void aReasonNamesItsCause() {
    assertEquals(
        "cannot write x: no space left",
        Outcome.reason(
            new UncheckedIOException("cannot write x", new IOException("no space left"))));
    assertEquals("java.lang.IllegalStateException", Outcome.reason(new IllegalStateException()));
  }
}
