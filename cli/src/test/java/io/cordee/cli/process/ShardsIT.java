package io.cordee.cli.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A server in shards, each a process of its own: the digests are those of one server. */
class ShardsIT {

  /** 331,110 parameters, in six chunks. */
  private static final List<String> SIX_CHUNKS =
      List.of("--set=model.layers=[64, 2000, 100, 10]", "--set=partitions=8");

  @TempDir private Path folder;

  private Cordee cordee() {
    return Cordee.in(folder);
  }

  private static String[] arguments(List<String> first, String... more) {
    List<String> all = new ArrayList<>(first);
    all.addAll(SIX_CHUNKS);
    all.addAll(List.of(more));
    return all.toArray(String[]::new);
  }

  static Stream<List<String>> rules() {
    return Stream.of(
        List.of("--set=rule.name=rprop"),
        List.of("--set=rule.name=irprop+"),
        List.of("--set=rule.name=nesterov"),
        List.of("--set=rule.name=adam"),
        List.of("--set=rule.name=gd", "--set=rule.clip_norm=0.1"));
  }

  @ParameterizedTest
  @MethodSource("rules")
  void digestsAndModelDoNotDependOnTheNumberOfShards(List<String> rule) throws Exception {
    String rounds = "--set=stop.rounds=4";
    Run one = cordee().train("one", arguments(rule, rounds, "--workers=1", "--threads=1"));
    for (int shards = 2; shards <= 3; shards++) {
      String name = "shards-" + shards;
      Run run = cordee().train(name, arguments(rule, rounds, "--workers=2", "--shards=" + shards));
      assertEquals(one.digests(), run.digests(), name);
      assertEquals(-1, Files.mismatch(one.model(), run.model()), name);
    }
  }

  @Test
  void aClusterByHandEndsWithTheDigestsOfOneServer() {
    String rounds = "--set=stop.rounds=3";
    List<String> quiet = cordee().train("one", arguments(List.of(rounds), "--workers=1")).digests();
    String[] leading =
        arguments(List.of("server", "--shard=0/2"), rounds, "--listen=127.0.0.1:0", "--out=run");
    try (CordeeProcess lead = cordee().start(leading)) {
      String first = addressOf(lead);
      try (CordeeProcess other = shard("1/2", first)) {
        String second = addressOf(other);
        Ended turned = cordee().run("worker", "--server=" + second + "," + first);
        assertEquals(1, turned.exitCode(), turned::toString);
        assertTrue(turned.err().contains("in order"), turned::err);
        try (CordeeProcess worker =
            cordee().start("worker", "--server=" + first + "," + second, "--threads=1")) {
          worker.awaitEnd().expectSuccess();
          lead.awaitEnd().expectSuccess();
          other.awaitEnd().expectSuccess();
        }
      }
    }
    assertEquals(quiet, cordee().runFolder("run").digests());
  }

  private CordeeProcess shard(String shard, String lead) {
    return cordee().start("server", "--shard=" + shard, "--lead=" + lead, "--listen=127.0.0.1:0");
  }

  private static String addressOf(CordeeProcess server) {
    server.awaitOut("listening on ");
    return server.out().lines().findFirst().orElseThrow().split("[ ;]")[2];
  }

  @Test
  void shardsThatAreKilledAreStartedAgainAndLeaveNoTraceInTheDigests() {
    List<String> quiet =
        cordee().train("one", arguments(List.of("--set=stop.rounds=12"), "--workers=1")).digests();
    try (CordeeProcess process = longTraining()) {
      for (String shard : List.of("1/2", "0/2")) {
        long before = cordee().runFolder("run").logged("started with ");
        process.descendant("server", shard).destroyForcibly();
        process.await(
            "rounds after the death of shard " + shard,
            () -> cordee().runFolder("run").logged("started with ") > before);
      }
      process.await("twelve rounds", () -> cordee().runFolder("run").measured() > 13);
      process.interrupt();
      assertEquals(130, process.awaitEnd().exitCode());
      process.awaitNothingLeft();
    }
    assertEquals(quiet, cordee().runFolder("run").digests().subList(0, 13));
  }

  @Test
  void ctrlCLeavesTheModelAndNoProcess() {
    try (CordeeProcess process = longTraining()) {
      process.interruptAll();
      Ended ended = process.awaitEnd();
      assertEquals(130, ended.exitCode(), ended::toString);
      process.awaitNothingLeft();
    }
    assertTrue(Files.exists(cordee().runFolder("run").model()));
  }

  private CordeeProcess longTraining() {
    CordeeProcess process =
        cordee()
            .start(
                arguments(
                    List.of("train"),
                    "--set=stop.rounds=1000000",
                    "--workers=2",
                    "--shards=2",
                    "--out=run"));
    process.await("two rounds", () -> cordee().runFolder("run").measured() > 2);
    return process;
  }

  static Stream<List<String>> wrongUses() {
    return Stream.of(
        List.of("2", "expected NUMBER/COUNT", "server", "--shard=2/2"),
        List.of("2", "--lead HOST:PORT", "server", "--shard=1/2"),
        List.of("2", "other than 0", "server", "--shard=0/2", "--lead=127.0.0.1:1"),
        List.of("2", "for shard 0", "server", "--shard=1/2", "--lead=127.0.0.1:1", "--resume=x"),
        List.of("1", "no more shards than chunks", "train", "--shards=2"),
        List.of(
            "1", "one server", "train", "--shards=2", "--set=mode=async", "--set=rule.name=adam"),
        List.of(
            "1",
            "one server",
            "train",
            "--shards=2",
            "--set=rule.name=newton",
            "--set=rule.curvature=full",
            "--set=model.layers=[64, 10]"));
  }

  @ParameterizedTest
  @MethodSource("wrongUses")
  void whatCannotBeIsRefusedInAClearLine(List<String> wrong) {
    List<String> arguments = wrong.subList(2, wrong.size());
    Ended ended = cordee().run(arguments.toArray(String[]::new));
    assertEquals(Integer.parseInt(wrong.get(0)), ended.exitCode(), ended::toString);
    assertTrue(ended.err().contains(wrong.get(1)), ended::err);
  }
}
