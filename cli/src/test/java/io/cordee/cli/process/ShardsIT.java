package io.cordee.cli.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.cli.Typed;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** A server in shards, each a process of its own: the digests are those of one server. */
@Tag("slow")
@Execution(ExecutionMode.CONCURRENT)
class ShardsIT extends InFolder {

  /** 331,110 parameters, in 16 chunks and some messages a shard; of few rows a round. */
  private static final List<String> LARGE =
      List.of("--set=model.layers=[64, 2000, 100, 10]", "--set=partitions=8", "--set=batch=32");

  private static String[] arguments(List<String> first, String... more) {
    List<String> all = new ArrayList<>(first);
    all.addAll(LARGE);
    all.addAll(List.of(more));
    return all.toArray(String[]::new);
  }

  private void expectQuietDigests(Run run) {
    run.expectQuietDigests(LARGE.toArray(String[]::new));
  }

  @Test
  void digestsAndModelDoNotDependOnTheNumberOfShards() throws Exception {
    String rounds = "--set=stop.rounds=4";
    Run one = Typed.train(folder.resolve("one"), arguments(List.of(rounds)));
    Run run = cordee().train("run", arguments(List.of(rounds), "--workers=2", "--shards=3"));
    assertEquals(one.digests(), run.digests());
    assertEquals(-1, Files.mismatch(one.model(), run.model()));
  }

  @Test
  void aClusterByHandEndsWithTheDigestsOfOneServer() {
    String rounds = "--set=stop.rounds=3";
    String[] leading =
        arguments(List.of("server", "--shard=0/2"), rounds, "--listen=127.0.0.1:0", "--out=run");
    try (CordeeProcess lead = cordee().start(leading)) {
      String first = lead.address();
      try (CordeeProcess other = shard("1/2", first)) {
        String second = other.address();
        Ended turned = Typed.run("worker", "--server=" + second + "," + first);
        turned.expect(1, "in order");
        try (CordeeProcess worker =
            cordee().start("worker", "--server=" + first + "," + second, "--threads=1")) {
          worker.awaitEnd().expectSuccess();
          lead.awaitEnd().expectSuccess();
          other.awaitEnd().expectSuccess();
        }
      }
    }
    expectQuietDigests(run());
  }

  private CordeeProcess shard(String shard, String lead) {
    return cordee().start("server", "--shard=" + shard, "--lead=" + lead, "--listen=127.0.0.1:0");
  }

  @Test
  void shardsThatAreKilledAreStartedAgainAndLeaveNoTraceInTheDigests() {
    try (CordeeProcess process = longTraining()) {
      for (String shard : List.of("1/2", "0/2")) {
        long before = run().logged("started with ");
        process.descendant("server", shard).destroyForcibly();
        process.await(
            "rounds after the death of shard " + shard,
            () -> run().logged("started with ") > before);
      }
      int rounds = run().measured();
      process.await("more rounds", () -> run().measured() > rounds + 2);
      process.interrupt();
      assertEquals(130, process.awaitEnd().exitCode());
      process.awaitNothingLeft();
    }
    expectQuietDigests(run());
  }

  @Test
  void ctrlCLeavesTheModelAndNoProcess() {
    try (CordeeProcess process = longTraining()) {
      process.interruptAll();
      Ended ended = process.awaitEnd();
      ended.expect(130);
      process.awaitNothingLeft();
    }
    assertTrue(Files.exists(run().model()));
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
    process.await("two rounds", () -> run().measured() > 2);
    return process;
  }
}
