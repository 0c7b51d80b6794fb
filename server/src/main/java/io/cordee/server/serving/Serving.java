package io.cordee.server.serving;

import io.cordee.server.training.Outcome;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.IntConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One server after another at the same address, until the job is over: when a shard is lost, the
 * next one resumes from what was kept.
 */
public final class Serving {

  private static final Logger LOG = LoggerFactory.getLogger(Serving.class);

  /** For the workers to leave after Ctrl-C. */
  private static final Duration LEAVING = Duration.ofMillis(1500);

  /** And then for the last checkpoint to be written, and for displays. */
  private static final Duration CLOSING = Duration.ofSeconds(5);

  @FunctionalInterface
  public interface Start {
    ParameterServer at(InetSocketAddress address) throws IOException, InterruptedException;
  }

  private InetSocketAddress address = new InetSocketAddress(0);
  private IntConsumer onListening = port -> {};
  private Optional<ParameterServer> server = Optional.empty();
  private Optional<String> failure = Optional.empty();
  private Optional<String> interruption = Optional.empty();
  private Optional<Thread> starting = Optional.empty();
  private final CountDownLatch closed = new CountDownLatch(1);
  private boolean hasSaidSo;
  private boolean isTeamComplete;

  /**
   * Sets where to listen, before the first server runs.
   *
   * @param where a port that the system picks is kept
   * @param listening called once, with the port that workers connect to
   */
  public void listenAt(InetSocketAddress where, IntConsumer listening) {
    address = where;
    onListening = listening;
  }

  /** Tells the first server that no workers will join other than those it waits for. */
  public void expectNoOthers() {
    isTeamComplete = true;
  }

  InetSocketAddress where() {
    return address;
  }

  void listeningAt(int port) {
    address = new InetSocketAddress(address.getAddress(), port);
    if (!hasSaidSo) {
      hasSaidSo = true;
      onListening.accept(port);
    }
  }

  /**
   * Runs a server to its end.
   *
   * @throws StartException if it cannot be started
   * @throws InterruptedException if it was interrupted before it had started
   */
  Outcome run(Start start) throws InterruptedException {
    try (ParameterServer started = start(start)) {
      synchronized (this) {
        server = Optional.of(started);
        failure.ifPresent(started::fail);
        interruption.ifPresent(started::interrupt);
      }
      if (isTeamComplete) {
        started.expectNoOthers();
        isTeamComplete = false; // to a later server its workers come back one by one
      }
      listeningAt(started.port());
      return started.end().get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    } finally {
      synchronized (this) {
        server = Optional.empty();
      }
    }
  }

  private ParameterServer start(Start start) throws InterruptedException {
    synchronized (this) {
      requireUninterrupted();
      starting = Optional.of(Thread.currentThread());
    }
    try {
      return start.at(where());
    } catch (IOException | UncheckedIOException | IllegalArgumentException e) {
      requireUninterrupted(); // an interrupt closes files that are open
      throw new StartException(e);
    } finally {
      synchronized (this) {
        starting = Optional.empty();
        Thread.interrupted(); // files are to be closed and deleted now
      }
    }
  }

  private synchronized void requireUninterrupted() throws InterruptedException {
    if (interruption.isPresent()) {
      throw new InterruptedException(interruption.get());
    }
  }

  /** Has the job fail, by the server that runs, or else by the next one. */
  public synchronized void fail(String why) {
    failure = Optional.of(why);
    server.ifPresent(running -> running.fail(why));
  }

  /**
   * Ends the job early, or leaves it to the other shards if this is not shard 0, and waits until
   * the model is kept, and the workers told. No other server starts.
   *
   * @throws TimeoutException if workers do not leave within a moment
   */
  public void interrupt(String why) throws InterruptedException, TimeoutException {
    Optional<ParameterServer> running;
    synchronized (this) {
      interruption = Optional.of(why);
      starting.ifPresent(Thread::interrupt);
      running = server;
    }
    if (running.isEmpty() || running.get().end().isDone()) {
      return;
    }
    running.get().interrupt(why);
    try {
      running.get().end().get(LEAVING.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  /** On Ctrl-C: the same, and waits until {@linkplain #allClosed all is closed}. */
  public void endWithProcess() {
    try {
      interrupt("interrupted");
      closed.await(CLOSING.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException | TimeoutException e) {
      LOG.warn("the workers did not disconnect in time");
    }
  }

  /** Nothing is left to be closed after the last server. */
  public void allClosed() {
    closed.countDown();
  }
}
