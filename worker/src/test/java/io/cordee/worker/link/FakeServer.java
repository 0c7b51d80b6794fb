package io.cordee.worker.link;

import io.cordee.common.job.RowCounts;
import io.cordee.common.job.Tally;
import io.cordee.proto.v1.DataFound;
import io.cordee.proto.v1.Evaluated;
import io.cordee.proto.v1.ServerMessage;
import io.cordee.proto.v1.WorkerMessage;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** A server in memory that says what a test wants, and records what it receives. */
public class FakeServer implements ServerLink {

  private static final int PATIENCE_SECONDS = 20;

  /** A sum as it was sent, copied. */
  public record Sent(int version, int node, Tally tally, float[] gradient, float[] extra) {}

  public final BlockingQueue<Sent> contributions = new LinkedBlockingQueue<>();
  public final BlockingQueue<Evaluated> evaluations = new LinkedBlockingQueue<>();
  public final BlockingQueue<String> failures = new LinkedBlockingQueue<>();

  /** Everything but contributions and evaluations, in order, in words. */
  public final List<String> heard = new CopyOnWriteArrayList<>();

  /** Checksums of rows. */
  public final List<Long> checksums = new CopyOnWriteArrayList<>();

  public final AtomicInteger heartbeats = new AtomicInteger();

  /** Contributions wait for this. */
  public volatile CompletableFuture<Void> gate = CompletableFuture.completedFuture(null);

  public volatile boolean isClosed;

  /** A message to receive, or empty where a chunk was put. */
  private final BlockingQueue<Supplier<Optional<ServerMessage>>> says = new LinkedBlockingQueue<>();

  private volatile ChunkSink sink =
      chunk -> {
        throw new AssertionError("nobody has said where chunks go");
      };

  public void say(ServerMessage message) {
    says.add(() -> Optional.of(message));
  }

  /** Puts a chunk once all messages before it have been received. */
  public void put(ChunkSink.Chunk chunk) {
    says.add(
        () -> {
          sink.put(chunk);
          return Optional.empty();
        });
  }

  public void loseConnection() {
    says.add(
        () -> {
          throw new LostLinkException("the connection is lost");
        });
  }

  public static <T> T next(BlockingQueue<T> queue) {
    try {
      T next = queue.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
      if (next == null) {
        throw new AssertionError("nothing came for " + PATIENCE_SECONDS + " s");
      }
      return next;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public ServerMessage receive() {
    for (; ; ) {
      Optional<ServerMessage> said = next(says).get();
      if (said.isPresent()) {
        return said.get();
      }
    }
  }

  @Override
  public void deliverChunksTo(ChunkSink chunks) {
    sink = chunks;
  }

  @Override
  public void contribute(Contribution whole, int first, int count) {
    heard.add("contribution " + first + "+" + count);
  }

  @Override
  public void contribute(Contribution whole) {
    gate.join();
    float[] gradient = whole.sums().gradient().clone();
    float[] extra = whole.sums().extra().clone();
    contributions.add(new Sent(whole.version(), whole.node(), whole.tally(), gradient, extra));
  }

  @Override
  public void send(WorkerMessage message) {
    switch (message.getBodyCase()) {
      case EVALUATED -> evaluations.add(message.getEvaluated());
      case HEARTBEAT -> heartbeats.incrementAndGet();
      case HELLO ->
          heard.add(
              "hello " + message.getHello().getName() + " " + message.getHello().getThreads());
      case ROW_CHECKSUMS -> checksums.addAll(message.getRowChecksums().getChecksumsList());
      case DATA_FOUND -> {
        DataFound found = message.getDataFound();
        heard.add(
            "found "
                + new RowCounts(
                    found.getTrainRows(), found.getValidationRows(), found.getTestRows()));
      }
      case PREPARED -> heard.add("prepared " + message.getPrepared().getPlan());
      case PERMIT -> heard.add("permit " + message.getPermit().getSealed().byteAt(0));
      case DIFFERS ->
          heard.add(
              "differs "
                  + message.getDiffers().getVersion()
                  + " "
                  + message.getDiffers().getChunk());
      case FAILURE -> {
        heard.add("failure");
        failures.add(message.getFailure().getMessage());
      }
      default -> heard.add(message.getBodyCase().name().toLowerCase(Locale.ROOT));
    }
  }

  @Override
  public void close() {
    isClosed = true;
  }
}
