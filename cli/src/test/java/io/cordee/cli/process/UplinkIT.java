package io.cordee.cli.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.cli.Typed;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** What gradients in fewer bytes give up on the digits. */
@Execution(ExecutionMode.CONCURRENT)
class UplinkIT {

  @TempDir private Path folder;

  @Test
  void aLossyUplinkSaysAtTheStartThatDigestsDependOnTheTeamAndTheyDo() {
    List<String> lastDigests = new ArrayList<>();
    for (String team : new String[] {"--workers=1", "--workers=3"}) {
      String[] train = {"train", "--set=uplink=int8", "--set=stop.rounds=5", team};
      Path run = folder.resolve("run" + team);
      Ended ended =
          team.endsWith("1")
              ? Typed.run(train[0], train[1], train[2], train[3], "--in-process", "--out=" + run)
              : Cordee.in(folder).run(train[0], train[1], train[2], train[3], "--out=" + run);
      ended.expectSuccess();
      String warning =
          "warning: uplink int8 is lossy: digests are reproducible only with the same workers";
      assertEquals(2, ended.out().split(warning, -1).length, ended::toString);
      assertTrue(ended.out().indexOf(warning) < ended.out().indexOf("round 0/5"));
      lastDigests.add(new Run(run).last().digest());
    }
    assertNotEquals(lastDigests.get(0), lastDigests.get(1));
  }
}
