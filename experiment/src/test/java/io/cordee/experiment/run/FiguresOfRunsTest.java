package io.cordee.experiment.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.common.job.Job;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FiguresOfRunsTest {

  @TempDir private Path folder;

  @Test
  void ofFewNumbersTheSpreadIsTheRange() {
    Spread spread = Spread.of(3, 1, 2, Double.NaN).orElseThrow();

    assertEquals(new Spread(1, 2, 3, 3), spread);
    assertTrue(Spread.of(Double.NaN, Double.POSITIVE_INFINITY).isEmpty());
  }

  @Test
  void ofFiveNumbersTheSpreadIsThatOfTheQuartiles() {
    assertEquals(new Spread(20, 30, 40, 5), Spread.of(50, 10, 40, 20, 30).orElseThrow());
  }

  private Group group(String optimizer, String... accuracies) {
    StringBuilder rows = new StringBuilder();
    for (int round = 0; round < accuracies.length; round++) {
      rows.append(round + ",1.0,0.5," + accuracies[round] + "," + round + ".0,,a\n");
    }
    Job job = MadeUpRun.job();
    Path run = MadeUpRun.write(folder.resolve(optimizer), job, rows.toString());
    return new Group(Map.of("optimizer", optimizer), List.of(MadeUpRun.read(run)));
  }

  @Test
  void usualTargetsTellTheGroupsApart() {
    List<Group> groups = new ArrayList<>();
    groups.add(group("a", "0.1", "0.5"));
    groups.add(group("b", "0.1", "0.7123"));
    groups.add(group("c", "0.1", "0.8899"));
    groups.add(group("d", "0.1", "0.8555"));
    groups.add(group("e", "0.1", "0.61"));

    List<String> targets = Target.usual(groups).stream().map(Target::text).toList();

    assertEquals(List.of("0.71", "0.85", "0.88"), targets);
  }

  @Test
  void withoutTestRowsTargetsAreLosses() {
    Job job = MadeUpRun.job("data.test=null");
    Path run = MadeUpRun.write(folder, job, "0,2.0,0.1,,0.0,,a\n1,0.0123,0.1,,1.0,,b\n");
    Group group = new Group(Map.of(), List.of(MadeUpRun.read(run)));

    assertEquals(
        List.of("loss:0.013"), Target.usual(List.of(group)).stream().map(Target::text).toList());
  }

  @Test
  void aTargetCostsWhatWasSpentWhenItWasReachedFirst() {
    Run run = group("a", "0.1", "0.5", "0.9", "0.4", "0.9").runs().get(0);

    assertEquals(2, new Target(true, 0.9).cost(run, Run.Scale.ROUNDS));
    assertTrue(Double.isNaN(new Target(true, 0.91).cost(run, Run.Scale.ROUNDS)));
  }

  @Test
  void targetsAreReadAsTheyAreWritten() {
    assertEquals(new Target(true, 0.85), Target.parse("0.85").orElseThrow());
    assertEquals("loss:0.1", Target.parse("loss:0.1").orElseThrow().text());
    for (String wrong : List.of("", "85", "0", "x", "NaN", "loss:", "loss:-1")) {
      assertTrue(Target.parse(wrong).isEmpty(), wrong);
    }
  }

  @Test
  void fourWorkersSendOneVectorEachAndGetFloatsBack() {
    // 64·32 + 32 + 32·10 + 10 = 2,410 parameters of 4 bytes, up and down, for each of 4 workers.
    WireBytes bytes = WireBytes.of(MadeUpRun.job("optimizer.name=gd"), 4);

    assertEquals(2 * 4 * 2410 * 4, bytes.perRound());
    assertEquals(4 * 2410 * 4, bytes.start());
    assertEquals(bytes.start() + 10 * bytes.perRound(), bytes.after(10));
  }

  @Test
  void signsComeDownInTwoBitsEach() {
    // 2,410 signs in bytes of four: 603.
    WireBytes bytes = WireBytes.of(MadeUpRun.job("optimizer.name=rprop"), 4);

    assertEquals(4 * (2410 * 4 + 603), bytes.perRound());
    assertEquals(4 * 4 * 2410 * 4, bytes.start(), "two versions and two slots");
  }

  @Test
  void slotsThatNoReplayNeedsAreNotSent() {
    WireBytes bytes = WireBytes.of(MadeUpRun.job("optimizer.name=lion"), 4);

    assertEquals(4 * (2410 * 4 + 603), bytes.perRound());
    assertEquals(4 * 2 * 2410 * 4, bytes.start());
  }

  @Test
  void threeWorkersSendMoreVectorsThanThereAreWorkers() {
    // 32 partitions: no three subtrees of the tree hold about a third each.
    WireBytes three = WireBytes.of(MadeUpRun.job("optimizer.name=gd"), 3);

    assertTrue(three.perRound() > 2 * 3 * 2410 * 4, three::toString);
  }

  @Test
  void curvatureDoublesWhatGoesUp() {
    WireBytes bytes = WireBytes.of(MadeUpRun.job("optimizer.name=newton"), 1);

    assertEquals(3 * 2410 * 4, bytes.perRound());
  }
}
