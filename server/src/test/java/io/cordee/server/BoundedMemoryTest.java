package io.cordee.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.cordee.proto.v1.Contribution;
import io.cordee.proto.v1.DataFound;
import io.cordee.proto.v1.ParameterServerGrpc;
import io.cordee.proto.v1.Prepared;
import io.cordee.proto.v1.ServerMessage;
import io.cordee.proto.v1.ServerMessage.BodyCase;
import io.cordee.proto.v1.Tally;
import io.cordee.proto.v1.WorkerMessage;
import io.cordee.server.serving.ParameterServer;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Workers that stop reading cost the server no memory; the bound is that of {@link
 * ParameterServer}. A server that wrote without waiting would hold 64 MB more each round, with
 * {@value #DEAF} such workers and vectors of 16 MB.
 */
@Tag("slow")
@Timeout(120)
class BoundedMemoryTest {

  private static final int DEAF = 4;
  private static final long MEBIBYTE = 1 << 20;

  /** Written to a worker before its stream stops being ready, and one message more. */
  private static final long PER_CONNECTION = 2 * MEBIBYTE;

  /** Netty allocates and keeps memory in large pieces, for each of its threads. */
  private static final long DIRECT_AT_REST = 16 * MEBIBYTE;

  /** Classes, the job, and one chunk of a contribution for each thread. */
  private static final long HEAP_AT_REST = 16 * MEBIBYTE;

  private static final long DIRECT_BOUND = DIRECT_AT_REST + (DEAF + 1) * PER_CONNECTION;
  private static final long HEAP_BOUND = 2 * LargeJob.vectorBytes() + HEAP_AT_REST;

  private final List<ManagedChannel> channels = new ArrayList<>();
  private Process server;

  @AfterEach
  void close() throws Exception {
    channels.forEach(ManagedChannel::shutdownNow);
    server.destroyForcibly().waitFor();
  }

  @Test
  void workersThatStopReadingCostAFewMebibytesEach() throws Exception {
    server = start();
    BufferedReader answers =
        new BufferedReader(new InputStreamReader(server.getInputStream(), StandardCharsets.UTF_8));
    PrintStream asking = new PrintStream(server.getOutputStream(), true, StandardCharsets.UTF_8);
    int port = Integer.parseInt(answers.readLine());

    Listener good = join(port, "good");
    List<Listener> deaf = new ArrayList<>();
    for (int i = 0; i < DEAF; i++) {
      deaf.add(join(port, "deaf-" + i));
    }
    List<Listener> all = new ArrayList<>(deaf);
    all.add(good);
    all.forEach(listener -> listener.listenUntil(BodyCase.WELCOME));
    all.forEach(listener -> listener.listenUntil(BodyCase.PREPARE));
    deaf.forEach(listener -> listener.listenUntil(BodyCase.PARAMETERS));
    good.listenUntil(BodyCase.LEASE);
    // They contribute without reading the answers.
    for (int version = 0; version < LargeJob.ROUNDS - 1; version++) {
      for (int chunk = 0; chunk < LargeJob.chunks().count(); chunk++) {
        for (Listener each : all) {
          each.contribute(version, chunk);
        }
        good.listenUntil(BodyCase.PARAMETERS);
      }
      // Leases that back up late workers of the round before may come first.
      do {
        good.listenUntil(BodyCase.LEASE);
      } while (good.leased <= version);
      assertEquals(version + 1, good.leased);
    }

    // Messages just sent may still be in flight in the server.
    long direct = 0;
    long heap = Long.MAX_VALUE;
    for (int i = 0; i < 50 && heap > HEAP_BOUND; i++) {
      asking.println("memory?");
      String[] used = answers.readLine().split(" ");
      direct = Math.max(direct, Long.parseLong(used[0]));
      heap = Long.parseLong(used[1]);
    }
    assertTrue(direct > 0, "direct memory is not measured");
    assertTrue(direct <= DIRECT_BOUND, direct + " bytes direct, bound " + DIRECT_BOUND);
    assertTrue(heap <= HEAP_BOUND, heap + " bytes of heap, bound " + HEAP_BOUND);
  }

  private static Process start() throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx" + 4 * HEAP_BOUND, // as much as the server asks for, and more
            "-XX:MaxDirectMemorySize=" + DIRECT_BOUND,
            "-cp",
            System.getProperty("java.class.path"),
            MeasuredServer.class.getName(),
            String.valueOf(DEAF + 1))
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  /** The leaf of a partition, in a tree over a power of two. */
  private static int leaf(int partition) {
    return LargeJob.PARTITIONS + partition;
  }

  private Listener join(int port, String name) {
    // One connection per channel.
    ManagedChannel channel =
        NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
    channels.add(channel);
    Listener listener = new Listener();
    ParameterServerGrpc.newStub(channel).train(listener);
    listener.say(Wire.hello(name));
    return listener;
  }

  /** A worker that requests one message at a time, when it listens. */
  private static final class Listener
      implements ClientResponseObserver<WorkerMessage, ServerMessage> {

    private final BlockingQueue<ServerMessage> heard = new LinkedBlockingQueue<>();
    private final BlockingQueue<Throwable> ends = new LinkedBlockingQueue<>();
    private ClientCallStreamObserver<WorkerMessage> toServer;

    /** The version of the last lease. */
    private int leased;

    private List<Integer> partitions = List.of();

    @Override
    public void beforeStart(ClientCallStreamObserver<WorkerMessage> stream) {
      toServer = stream;
      stream.disableAutoRequestWithInitial(0);
    }

    /** Reads up to a message of this kind, and answers it. */
    void listenUntil(BodyCase kind) {
      ServerMessage message = listen();
      while (message.getBodyCase() != kind) {
        message = listen();
      }
      switch (kind) {
        case WELCOME -> {
          say(Wire.rowChecksums(LargeJob.PARTITIONS));
          say(
              WorkerMessage.newBuilder()
                  .setDataFound(DataFound.newBuilder().setTrainRows(LargeJob.PARTITIONS)));
        }
        case PREPARE -> {
          partitions = message.getPrepare().getPartitionsList();
          say(
              WorkerMessage.newBuilder()
                  .setPrepared(Prepared.newBuilder().setPlan(message.getPrepare().getPlan())));
        }
        case PARAMETERS -> {}
        case LEASE -> leased = message.getLease().getVersion();
        default -> throw new AssertionError(kind);
      }
    }

    private ServerMessage listen() {
      toServer.request(1);
      try {
        ServerMessage message = heard.poll(30, TimeUnit.SECONDS);
        if (message == null) {
          throw new AssertionError("nothing was heard for 30 s; the stream's end: " + ends);
        }
        return message;
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }

    void contribute(int atVersion, int chunk) {
      for (int partition : partitions) {
        say(
            WorkerMessage.newBuilder()
                .setContribution(
                    Contribution.newBuilder()
                        .setVersion(atVersion)
                        .setNode(leaf(partition))
                        .setChunk(chunk)
                        .setTally(Tally.newBuilder().setRows(1).setLossSum(1))
                        .setData(
                            ByteString.copyFrom(
                                new byte[LargeJob.chunks().size(chunk) * Float.BYTES]))));
      }
    }

    void say(WorkerMessage.Builder message) {
      toServer.onNext(message.build());
    }

    @Override
    public void onNext(ServerMessage message) {
      heard.add(message);
    }

    @Override
    public void onError(Throwable cause) {
      ends.add(cause);
    }

    @Override
    public void onCompleted() {
      ends.add(new AssertionError("completed"));
    }
  }
}
