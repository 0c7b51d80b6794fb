package io.cordee.cli.process;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Asynchronous training by a team of processes; {@code AsyncTest} has what takes none. */
@Execution(ExecutionMode.CONCURRENT)
@Tag("slow")
class AsyncIT extends InFolder {

  @Test
  void aServerThatDiesTakesTheWeightsWithItAndIsNotStartedAgain() {
    try (CordeeProcess training =
        cordee()
            .start(
                "train", "--optimizer=adam", "--set=mode=async", "--rounds=1000000", "--out=run")) {
      training.awaitOut("no checkpoints are kept");
      training.descendant("server").destroyForcibly();
      Ended ended = training.awaitEnd();
      ended.expectFailure("the server has ended with exit code 137: killed by signal 9");
      ended.expectOut(
          "the server has died (exit code 137: killed by signal 9, perhaps as the machine"
              + " was out of memory); mode async keeps no checkpoints");
      assertTrue(!ended.out().contains("restarting"), ended::toString);
      training.awaitNothingLeft();
    }
  }
}
