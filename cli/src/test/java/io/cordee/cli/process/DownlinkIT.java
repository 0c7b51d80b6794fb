package io.cordee.cli.process;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Steps that are sent as signs end every round with the digests of those sent as floats. */
class DownlinkIT {

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {"rprop", "rprop+", "rprop-", "irprop+", "irprop-", "signsgd", "signum", "lion"})
  void signsAndFloatsGiveTheSameDigestsToAnyTeam(String rule) {
    List<String> floats = digests(rule, "floats", "--workers=1", "--in-process");
    assertEquals(9, floats.size());
    assertEquals(floats, digests(rule, "signs", "--workers=1", "--in-process"));
    assertEquals(floats, digests(rule, "signs", "--workers=2"));
  }

  private List<String> digests(String rule, String downlink, String... team) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--set=rule.name=" + rule,
                "--set=downlink=" + downlink,
                "--set=stop.rounds=8",
                "--threads=1"));
    arguments.addAll(List.of(team));
    return Cordee.in(folder)
        .train(downlink + String.join("", team), arguments.toArray(String[]::new))
        .digests();
  }
}
