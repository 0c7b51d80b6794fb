package io.cordee.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.cli.process.Ended;
import io.cordee.cli.process.InFolder;
import io.cordee.common.job.Job;
import io.cordee.common.job.file.JobException;
import io.cordee.common.job.file.JobFile;
import io.cordee.common.model.InitialWeights;
import io.cordee.common.model.ModelFile;
import io.cordee.common.model.ModelSpec;
import io.cordee.common.reduce.Shard;
import io.cordee.proto.connection.Dial;
import io.cordee.proto.connection.HostAndPort;
import io.cordee.proto.security.Access;
import io.cordee.server.Loopback;
import io.cordee.server.Watcher;
import io.cordee.server.assembly.FollowerRole;
import io.cordee.server.assembly.LeadRole;
import io.cordee.server.grpc.Gate;
import io.cordee.server.observe.Traffic;
import io.cordee.server.serving.ParameterServer;
import io.cordee.server.training.Outcome;
import io.cordee.worker.Worker;
import io.cordee.worker.grpc.ServerDial;
import io.cordee.worker.link.Connector;
import io.cordee.worker.link.RetryingConnector;
import io.grpc.inprocess.InProcessSocketAddress;
import java.io.UncheckedIOException;
import java.net.SocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Shards of a vector, and workers, on sockets within one process. */
@Tag("slow")
@Timeout(120)
class ShardsTest extends InFolder {

  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "optimizer.name=rprop",
        "optimizer.name=irprop+",
        "optimizer.name=nesterov",
        "optimizer.name=adam",
        "optimizer={name: gd, clip_norm: 0.1}",
        "local={steps: 3, batch: 16, optimizer: adam}",
        "optimizer={name: momentum, weight_decay: 0.1, decay: decoupled, decay_biases: false, gradient_noise: 0.01}"
      })
  void digestsDoNotDependOnTheNumberOfShards(String optimizer) throws Exception {
    // 22,510 parameters, in 15 chunks.
    Job job =
        JobFile.defaultJob(
            List.of(optimizer, "model.layers=[64, 300, 10]", "partitions=8", "stop.rounds=4"));
    List<String> one = train(job, 1, 1);
    assertEquals(5, one.stream().distinct().count(), "every round moves the weights");
    assertEquals(one, train(job, 2, 2));
    assertEquals(one, train(job, 3, 2));
    assertEquals(one, trainPeers(job, 3));
  }

  @ParameterizedTest
  @ValueSource(strings = {"rprop", "adam"})
  void aTrainedModelIsWhereAnotherJobBegins(String optimizer) throws Exception {
    Job drawn = JobFile.defaultJob(List.of("model.layers=[64, 300, 10]"));
    Path file = folder.resolve("trained.safetensors");
    float[] trained = InitialWeights.of(drawn.model());
    for (int i = 0; i < trained.length; i++) {
      trained[i] /= 2;
    }
    ModelFile.write(file, drawn.model(), trained, Map.of());
    Path jobFile = folder.resolve("job.yaml");
    Files.writeString(
        jobFile,
        """
        model: {layers: [64, 300, 10], init: {file: trained.safetensors}}
        data: digits
        optimizer: %s
        partitions: 8
        digest_every: 1
        stop: {rounds: 3}
        """
            .formatted(optimizer));
    Job job = JobFile.read(jobFile, List.of());
    List<String> one = train(job, 1, 1);
    assertEquals(one, train(job, 3, 2));
    assertArrayEquals(trained, InitialWeights.of(job.model()));
    assertEquals(4, one.stream().distinct().count(), "every round moves the weights");
    Files.delete(file);
    assertEquals(
        file + ": no such file",
        assertThrows(UncheckedIOException.class, () -> train(job, 1, 1)).getMessage());
  }

  @Test
  void aModelOfAnotherShapeIsRefusedWhenTheJobIsRead() throws Exception {
    Path file = folder.resolve("trained.safetensors");
    ModelSpec other = JobFile.defaultJob(List.of("model.layers=[64, 5, 10]")).model();
    ModelFile.write(file, other, InitialWeights.of(other), Map.of());
    JobException e =
        assertThrows(
            JobException.class,
            () ->
                JobFile.read(
                    write(
                        "job.yaml",
                        "model: {layers: [64, 4, 10], init: {file: trained.safetensors}}\n"
                            + "data: digits\n"),
                    List.of()));
    assertEquals(
        file + ": tensor layer1.weight: expected shape [4, 64], as the model has it; found [5, 64]",
        e.getMessage());
  }

  /** Exit code, a part of the message, and the command. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          2 | expected NUMBER/COUNT | server --shard=2/2
          2 | --lead HOST:PORT | server --shard=1/2
          2 | other than 0 | server --shard=0/2 --lead=127.0.0.1:1
          2 | goes with --out | server --resume-if-exists
          2 | not with --resume | server --out=x --resume=y --resume-if-exists
          2 | for shard 0 | server --shard=1/2 --lead=127.0.0.1:1 --resume=x
          1 | no more shards than chunks | server --shard=0/11
          2 | a number or each | train --shards=all
          2 | --in-process is one server | train --shards=each --in-process
          2 | --index must be | peer --index=2 --of=2 --lead=127.0.0.1:1
          2 | --listen HOST:PORT is | peer --index=1 --of=2 --lead=1.2.3.4:1
          2 | expected 1, found 2 | peer --index=0 --of=2 --lead=127.0.0.1:1 --listen=127.0.0.1:2
          2 | Missing required option: '--lead | peer --index=1 --of=2
          """)
  void whatCannotBeIsRefusedInAClearLine(int code, String words, String command) {
    Ended ended = Typed.run(command.split(" "));
    ended.expect(code, words);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "mode=async optimizer=adam",
        "optimizer.name=newton optimizer.curvature=full model.layers=[64,10]"
      })
  void someJobsTakeOneServer(String overrides) {
    Job job = JobFile.defaultJob(List.of(overrides.split(" ")));
    LeadRole.check(job, 1, 1);
    String refusal =
        assertThrows(IllegalArgumentException.class, () -> LeadRole.check(job, 2, 1)).getMessage();
    assertTrue(refusal.contains("takes one server"), refusal);
  }

  private static List<String> train(Job job, int shards, int workers) throws Exception {
    return train(job, shards, workers, List.of());
  }

  /** By {@code count} peers, each a worker and a shard. */
  private static List<String> trainPeers(Job job, int count) throws Exception {
    List<SocketAddress> doors = new ArrayList<>();
    for (int number = 0; number < count; number++) {
      doors.add(new InProcessSocketAddress("equal-" + number));
    }
    return train(job, count, count, doors);
  }

  /** Equals have a door each, for the worker of their own shard; otherwise there are none. */
  private static List<String> train(Job job, int shards, int workers, List<SocketAddress> doors)
      throws Exception {
    Watcher watcher = new Watcher();
    List<ParameterServer> servers = new ArrayList<>();
    try {
      servers.add(Loopback.server(gate(doors, 0), Loopback.lead(job, shards, workers, watcher)));
      for (int shard = 1; shard < shards; shard++) {
        servers.add(follower(new Shard(shard, shards), servers.get(0).port(), gate(doors, shard)));
      }
      List<CompletableFuture<Worker.End>> ends = new ArrayList<>();
      for (int i = 0; i < workers; i++) {
        String name = "worker-" + i;
        ServerDial dial = doors.isEmpty() ? dial(servers) : dial(servers.get(0), doors, i);
        ends.add(
            CompletableFuture.supplyAsync(
                () -> work(dial, name), task -> new Thread(task, name).start()));
      }
      for (CompletableFuture<Worker.End> end : ends) {
        assertTrue(end.get(60, TimeUnit.SECONDS).completed());
      }
      for (ParameterServer server : servers) {
        assertInstanceOf(Outcome.Completed.class, server.end().get(60, TimeUnit.SECONDS));
      }
    } finally {
      servers.forEach(ParameterServer::close);
    }
    return watcher.digests();
  }

  private static Gate gate(List<SocketAddress> doors, int shard) {
    return doors.isEmpty() ? Gate.OPEN : Gate.OPEN.with(doors.get(shard));
  }

  private static ParameterServer follower(Shard shard, int lead, Gate gate) throws Exception {
    FollowerRole role =
        new FollowerRole(
            shard,
            new Dial("127.0.0.1", lead, Access.OPEN),
            PATIENCE,
            why -> {},
            port -> "127.0.0.1:" + port,
            Optional.empty(),
            new Traffic(),
            new Watcher());
    return Loopback.server(gate, role);
  }

  private static ServerDial dial(List<ParameterServer> servers) {
    return new ServerDial(servers.stream().map(ShardsTest::address).toList(), Access.OPEN);
  }

  /** To the shards that shard 0 names, and to its own shard by its door. */
  private static ServerDial dial(ParameterServer lead, List<SocketAddress> doors, int shard) {
    var own = new ServerDial.Own(new Shard(shard, doors.size()), doors.get(shard));
    return new ServerDial(List.of(address(lead)), Access.OPEN, Optional.of(own));
  }

  private static HostAndPort address(ParameterServer server) {
    return new HostAndPort("127.0.0.1", server.port());
  }

  private static Worker.End work(ServerDial dial, String name) {
    Connector connector = new RetryingConnector(dial, PATIENCE);
    return new Worker(connector, name, 1, List.of(Path.of("."))).run();
  }
}
