package io.cordee.worker.link;

import io.cordee.common.job.Tally;
import io.cordee.proto.message.ServerSays;
import io.cordee.proto.message.WorkerSays;
import java.util.List;
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
  public final BlockingQueue<WorkerSays.Evaluated> evaluations = new LinkedBlockingQueue<>();
  public final BlockingQueue<String> failures = new LinkedBlockingQueue<>();

  /** Everything but contributions and evaluations, in order, in words. */
  public final List<String> heard = new CopyOnWriteArrayList<>();

  public final AtomicInteger heartbeats = new AtomicInteger();

  /** Contributions wait for this. */
  public volatile CompletableFuture<Void> gate = CompletableFuture.completedFuture(null);

  public volatile boolean isClosed;

  /** A message to receive, or empty where a chunk was put. */
  private final BlockingQueue<Supplier<Optional<ServerSays>>> says = new LinkedBlockingQueue<>();

  private volatile ChunkSink sink =
      chunk -> {
        throw new AssertionError("nobody has said where chunks go");
      };

  public void say(ServerSays message) {
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
  public ServerSays receive() {
    for (; ; ) {
      Optional<ServerSays> said = next(says).get();
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
  public void send(WorkerSays said) {
    if (said instanceof WorkerSays.Evaluated evaluated) {
      evaluations.add(evaluated);
    } else if (said instanceof WorkerSays.Heartbeat) {
      heartbeats.incrementAndGet();
    } else if (said instanceof WorkerSays.Hello hello) {
      heard.add("hello " + hello.name() + " " + hello.threads());
    } else if (said instanceof WorkerSays.DataFound found) {
      heard.add("found " + found.rows());
    } else if (said instanceof WorkerSays.Prepared prepared) {
      heard.add("prepared " + prepared.plan());
    } else if (said instanceof WorkerSays.Permit permit) {
      heard.add("permit " + permit.sealed().get(0));
    } else if (said instanceof WorkerSays.Differs differs) {
      heard.add("differs " + differs.version() + " " + differs.chunk());
    } else if (said instanceof WorkerSays.Failure failure) {
      heard.add("failure");
      failures.add(failure.message());
    } else {
      heard.add("goodbye");
    }
  }

  @Override
  public void close() {
    isClosed = true;
  }
}
