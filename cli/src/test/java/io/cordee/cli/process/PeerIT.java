package io.cordee.cli.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.cli.Typed;
import io.cordee.common.job.file.JobFile;
import io.cordee.common.model.InitialWeights;
import io.cordee.common.model.Mlp;
import io.cordee.common.model.ModelSpec;
import io.cordee.common.model.TensorFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Teams in which every process computes, and owns a part of the vector. */
@Tag("slow")
@Execution(ExecutionMode.CONCURRENT)
@Timeout(600)
class PeerIT extends InFolder {

  private static final int PEERS = 3;

  private static final String JOB = "--set=stop.rounds=150";

  private final String lead = "127.0.0.1:" + Cordee.freePort();

  private CordeeProcess peer(int index, String... more) {
    List<String> arguments =
        new ArrayList<>(List.of("peer", "--index=" + index, "--of=" + PEERS, "--lead=" + lead));
    arguments.add("--threads=1");
    arguments.add(JOB);
    arguments.addAll(List.of(more));
    if (Stream.of(more).noneMatch(option -> option.startsWith("--out="))) {
      arguments.add("--out=run");
    }
    return cordee().start(arguments);
  }

  @Test
  void whoeverLeavesComesBackByTheSameCommandToTheSameBits() {
    List<CordeeProcess> peers =
        new ArrayList<>(IntStream.range(0, PEERS).mapToObj(index -> peer(index)).toList());
    try {
      for (int victim : new int[] {1, 2, 0}) {
        int before = Math.max(0, run().measured());
        peers.get(0).await("more rounds", () -> run().measured() > before + 5);
        if (victim == 2) {
          peers.get(victim).interrupt();
        } else {
          peers.get(victim).kill();
        }
        peers.get(victim).awaitEnd();
        peers.set(victim, peer(victim));
      }
      peers.forEach(peer -> peer.awaitEnd().expectSuccess());
    } finally {
      peers.forEach(CordeeProcess::close);
    }
    run().expectQuietDigests();

    Ended late = peer(2).awaitEnd().expectSuccess();
    assertTrue(late.out().startsWith("nothing is left to train in run: completed"), late::out);
  }

  @Test
  void aPeerGivesUpWhereThereIsNoOther() {
    try (CordeeProcess alone = peer(1, "--wait=1")) {
      Ended ended = alone.awaitEnd();
      ended.expectFailure("gave up after 1 s: is shard 0 running");
      ended.expectErr("waiting for shard 0 for 1 s: could not reach ");
    }
  }

  @Test
  void oneWithAFolderOfItsOwnThatComesAfterTheEndSaysSo() {
    String brief = "--set=stop.rounds=20";
    team(brief);
    long start = System.nanoTime();
    Ended late = peer(2, "--out=own-2", "--wait=5", brief).awaitEnd().expectSuccess();
    Duration taken = Duration.ofNanos(System.nanoTime() - start);
    String over = "nothing is left to train for shard 2/3: completed after 20 rounds";
    late.expectOut(over);
    assertTrue(taken.compareTo(Duration.ofMinutes(1)) < 0, () -> "took " + taken);
    // It takes part where the run goes on.
    team("--set=stop.rounds=30");
    cordee().runFolder("own-0").expectRounds(30);
  }

  @Test
  void oneWithTheFolderOfAnotherRunIsRefused() throws IOException {
    String brief = "--set=stop.rounds=20";
    String often = "--set=checkpoint.every=5";
    team(brief, often);
    Path own = folder.resolve("own-1");
    Files.move(own, folder.resolve("set-aside"));
    try (CordeeProcess lead = peer(0, "--out=other-0", brief, often);
        CordeeProcess second = peer(1, "--out=own-1", brief, often);
        CordeeProcess third = peer(2, "--out=other-2", brief, often)) {
      List.of(lead, second, third).forEach(peer -> peer.awaitEnd().expectSuccess());
    }

    String longer = "--set=stop.rounds=30";
    try (CordeeProcess lead = peer(0, "--out=own-0", longer);
        CordeeProcess second = peer(1, "--out=own-1", longer);
        CordeeProcess third = peer(2, "--out=own-2", longer)) {
      second.awaitEnd().expectFailure("the checkpoints of shard 1 are of another run");
      third.kill();
      lead.kill();
    }
    Files.move(own, folder.resolve("of-another-run"));
    Files.move(folder.resolve("set-aside"), own);
    team(longer);
    cordee().runFolder("own-0").expectRounds(30);
  }

  /** Each has a folder of its own. */
  private void team(String... more) {
    List<CordeeProcess> peers = new ArrayList<>();
    try {
      for (int i = 0; i < PEERS; i++) {
        Stream<String> all = Stream.concat(Stream.of("--out=own-" + i), Stream.of(more));
        peers.add(peer(i, all.toArray(String[]::new)));
      }
      peers.forEach(peer -> peer.awaitEnd().expectSuccess());
    } finally {
      peers.forEach(CordeeProcess::close);
    }
  }

  @Test
  void theOthersEndWithTheReasonWherePeerZeroHasNoJob() {
    try (CordeeProcess other = peer(1)) {
      other.awaitErr("waiting for shard 0");
      try (CordeeProcess lead = peer(0, "--job=nowhere.yaml")) {
        assertEquals(2, lead.awaitEnd().exitCode(), lead::toString);
      }
      other.awaitEnd().expectFailure("refused this shard", "nowhere.yaml");
    }
  }

  @Test
  void oneThatIsStartedTwiceGivesUp() {
    List<CordeeProcess> peers = new ArrayList<>(List.of(peer(0), peer(1)));
    try {
      peers.get(0).awaitOut("waiting for shard 2 to join");
      peers.add(peer(1));
      peers.get(2).awaitEnd().expectFailure("run: another process is writing to shard 1/3 of");
      peers.add(peer(1, "--out=elsewhere", "--wait=1"));
      peers.get(3).awaitEnd().expectFailure("shard 1/3 is connected already; gave up after 1 s");
    } finally {
      peers.forEach(CordeeProcess::close);
    }
  }

  @Test
  void oneWhoseDataAreWrongGoesOnAsAShard() throws IOException {
    for (String rows :
        List.of("a,b,kind\n1,2,0\n2,1,1\n3,2,1\n", "a,b,kind\n1,2,0\n2,?,1\n3,2,1\n")) {
      Path data = Files.createDirectory(folder.resolve(rows.contains("?") ? "wrong" : "right"));
      Files.writeString(data.resolve("train.csv"), rows);
    }
    write(
        "job.yaml",
        """
        model: {layers: [2, 200, 2]}
        data: {train: {format: csv, file: train.csv, label: kind}}
        partitions: 3
        optimizer: {name: gd}
        """);
    List<CordeeProcess> peers = new ArrayList<>();
    try {
      for (String data : List.of("right", "right", "wrong")) {
        peers.add(peer(peers.size(), "--job=job.yaml", "--data=" + data));
      }
      peers.get(0).awaitEnd().expectSuccess();
      peers.get(1).awaitEnd().expectSuccess();
      Ended wrong = peers.get(2).awaitEnd().expectSuccess();
      wrong.expectErr("train.csv, line 3", "warning: the worker of this peer stopped early: ");
    } finally {
      peers.forEach(CordeeProcess::close);
    }
  }

  /** First weights from a file are the same as drawn ones. */
  @Test
  void layersAreCountedByPeerZeroForAll() throws IOException {
    write("train.csv", "a,b,kind\n1,2,x\n2,1,y\n3,2,z\n");
    String job =
        """
        model: {layers: %s, init: {%s}}
        data: {train: {format: csv, file: train.csv, label: kind}}
        partitions: 3
        """;
    Path drawn = write("drawn.yaml", job.formatted("[2, 200, 3]", "seed: 7"));
    ModelSpec model = JobFile.read(drawn, List.of()).model();
    TensorFile.write(folder.resolve("first.safetensors"), model.layout(), InitialWeights.of(model));
    write("job.yaml", job.formatted("[auto, 200, auto]", "file: first.safetensors"));
    team("--set=stop.rounds=20", "--job=job.yaml", "--data=.");
    Run run = cordee().runFolder("own-0");
    run.expectRounds(20);
    assertEquals(
        List.of(2, 200, 3), ((Mlp) JobFile.read(run.file("job.yaml"), List.of()).model()).layers());
    Run one = Typed.train(folder.resolve("one"), drawn.toString(), "--rounds=20");
    assertEquals(one.digests(), run.digests());
  }

  @Test
  void trainStartsThemByOneWord() {
    cordee()
        .run("train", "--workers=" + PEERS, "--shards=each", "--out=run", "--set=stop.rounds=20")
        .expectSuccess();
    run().expectQuietDigests();
  }
}
