package io.cordee.cli.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Gradients in fewer bytes, on the digits: what they give up, by teams of processes. */
@Execution(ExecutionMode.CONCURRENT)
class UplinkIT {

  @TempDir private Path folder;

  @Test
  void aLossyUplinkSaysAtTheStartThatDigestsDependOnTheTeamAndTheyDo() {
    Cordee cordee = Cordee.in(folder);
    List<String> lastDigests = new ArrayList<>();
    for (int workers : new int[] {1, 3}) {
      Ended ended =
          cordee
              .run(
                  "train",
                  "--set=uplink=int8",
                  "--set=stop.rounds=5",
                  "--out=int8-" + workers,
                  "--workers=" + workers)
              .expectSuccess();
      String warning = "warning: uplink int8 is lossy: digests depend on the team";
      assertEquals(2, ended.out().split(warning, -1).length, ended::toString);
      assertTrue(ended.out().indexOf(warning) < ended.out().indexOf("round 0/5"));
      lastDigests.add(cordee.runFolder("int8-" + workers).last().digest());
    }
    assertNotEquals(lastDigests.get(0), lastDigests.get(1));
  }
}
