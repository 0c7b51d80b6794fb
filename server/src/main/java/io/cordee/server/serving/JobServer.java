package io.cordee.server.serving;

import io.cordee.server.assembly.Role;
import io.cordee.server.grpc.Gate;
import io.cordee.server.training.Outcome;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
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
 * Serves a job to its end: alone, as the first of several shards or as another of them. When a
 * shard is lost, the next {@link ParameterServer} at the same address resumes from what was kept.
 */
public final class JobServer {

  private static final Logger LOG = LoggerFactory.getLogger(JobServer.class);

  /** For the workers to leave after Ctrl-C. */
  private static final Duration LEAVING = Duration.ofMillis(1500);

  /** And then for the last checkpoint to be written, and for displays. */
  private static final Duration CLOSING = Duration.ofSeconds(5);

  /** For workers of this process to leave a job that is ended before its time. */
  private static final Duration BREAKING_OFF = Duration.ofSeconds(1);

  private static final Duration POLL = Duration.ofMillis(100);

  private SocketAddress address = new InetSocketAddress(0);
  private Gate gate = Gate.OPEN;
  private Duration linger = Duration.ZERO;
  private IntConsumer onListening = port -> {};
  private Optional<ParameterServer> server = Optional.empty();
  private Optional<String> failure = Optional.empty();
  private Optional<String> interruption = Optional.empty();
  private Optional<Thread> starting = Optional.empty();

  /** Of workers that are all of this process. */
  private Optional<Runnable> breakOff = Optional.empty();

  /** When the job was ended before its time. */
  private Optional<Long> endedAt = Optional.empty();

  private final CountDownLatch closed = new CountDownLatch(1);
  private boolean hasSaidSo;
  private boolean isTeamComplete;

  /**
   * Sets where to listen, before the job is served.
   *
   * @param where a port that the system picks is kept
   * @param door admits workers and shards
   * @param stay how long to stay after the job
   * @param listening called once, with the port that workers connect to
   */
  public void listenAt(InetSocketAddress where, Gate door, Duration stay, IntConsumer listening) {
    address = where;
    gate = door;
    linger = stay;
    onListening = listening;
  }

  /**
   * Has the next job trained by this process alone, instead.
   *
   * @param where the server is found by them
   * @param start called once it can be
   * @param breakOffWork called when they have not left in time a job that was ended early: one that
   *     reads, say, does not hear of it
   */
  public void workHere(SocketAddress where, Runnable start, Runnable breakOffWork) {
    address = where;
    onListening = port -> start.run();
    breakOff = Optional.of(breakOffWork);
    isTeamComplete = true;
    hasSaidSo = false;
    synchronized (this) {
      // Of an earlier job; an interrupt is for all.
      failure = Optional.empty();
      endedAt = interruption.map(why -> System.nanoTime());
    }
  }

  /** Tells the first server that no workers will join other than those it waits for. */
  public void expectNoOthers() {
    isTeamComplete = true;
  }

  private void listeningAt(int port) {
    if (address instanceof InetSocketAddress internet) {
      address = new InetSocketAddress(internet.getAddress(), port);
    }
    if (!hasSaidSo) {
      hasSaidSo = true;
      onListening.accept(port);
    }
  }

  /**
   * Serves the job until it is over and its workers have left.
   *
   * @throws io.cordee.server.shard.LeadException if it is a shard, and shard 0 cannot be reached or
   *     refuses
   * @throws StartException if it cannot be started
   * @throws InterruptedException if it was interrupted before it had started, or this thread is; if
   *     the workers are of this process, they have left
   */
  public Outcome run(Role role) throws InterruptedException {
    Role current = role;
    for (; ; ) {
      Outcome outcome = runUntilLoss(current);
      if (!(outcome instanceof Outcome.Suspended)) {
        return outcome;
      }
      current = current.next(outcome.message());
    }
  }

  private Outcome runUntilLoss(Role role) throws InterruptedException {
    try (ParameterServer started = start(role)) {
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
      return end(started);
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    } finally {
      synchronized (this) {
        server = Optional.empty();
      }
    }
  }

  private Outcome end(ParameterServer started) throws InterruptedException, ExecutionException {
    if (breakOff.isEmpty()) {
      return started.end().get();
    }
    Optional<InterruptedException> interrupted = Optional.empty();
    for (; ; ) {
      try {
        Outcome outcome = started.end().get(POLL.toMillis(), TimeUnit.MILLISECONDS);
        if (interrupted.isPresent()) {
          throw interrupted.get();
        }
        return outcome;
      } catch (TimeoutException e) {
        if (isLate()) {
          breakOff.get().run();
        }
      } catch (InterruptedException e) {
        if (interrupted.isPresent()) {
          throw e;
        }
        interrupted = Optional.of(e);
        stop("interrupted");
      }
    }
  }

  private synchronized boolean isLate() {
    return endedAt.filter(at -> System.nanoTime() - at > BREAKING_OFF.toNanos()).isPresent();
  }

  private ParameterServer start(Role role) throws InterruptedException {
    synchronized (this) {
      if (breakOff.isEmpty()) {
        requireUninterrupted();
      }
      starting = Optional.of(Thread.currentThread());
    }
    try {
      return new ParameterServer(address, gate, linger, role, this::listeningAt);
    } catch (IOException | UncheckedIOException | IllegalArgumentException e) {
      requireUninterrupted(); // an interrupt closes files that are open
      if (Thread.interrupted()) {
        throw new InterruptedException("interrupted while starting");
      }
      throw new StartException(e);
    } finally {
      synchronized (this) {
        starting = Optional.empty();
        if (interruption.isPresent()) {
          Thread.interrupted(); // files are to be closed and deleted now
        }
      }
    }
  }

  private synchronized void requireUninterrupted() throws InterruptedException {
    if (interruption.isPresent()) {
      throw new InterruptedException(interruption.get());
    }
  }

  /** Has the job fail, the first time, by the server that runs, or else by the next one. */
  public synchronized void fail(String why) {
    if (failure.isEmpty()) {
      failure = Optional.of(why);
      endedAt = endedAt.or(() -> Optional.of(System.nanoTime()));
      server.ifPresent(running -> running.fail(why));
    }
  }

  /**
   * Ends the job early, or leaves it to the other shards if this is not shard 0. No other server
   * starts. Any thread may call, at any time.
   */
  public synchronized void stop(String why) {
    interruption = interruption.or(() -> Optional.of(why));
    endedAt = endedAt.or(() -> Optional.of(System.nanoTime()));
    starting.ifPresent(Thread::interrupt);
    server.filter(running -> !running.end().isDone()).ifPresent(running -> running.interrupt(why));
  }

  /**
   * The same, and waits until the model is kept, and the workers told.
   *
   * @throws TimeoutException if workers do not leave within a moment
   */
  public void interrupt(String why) throws InterruptedException, TimeoutException {
    stop(why);
    Optional<ParameterServer> running;
    synchronized (this) {
      running = server;
    }
    Duration patience = breakOff.isPresent() ? CLOSING : LEAVING;
    try {
      if (running.isPresent()) {
        running.get().end().get(patience.toMillis(), TimeUnit.MILLISECONDS);
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * On Ctrl-C: the same, and waits until {@linkplain #allClosed all is closed}; returns whether
   * that was in time.
   */
  public boolean endWithProcess() {
    try {
      interrupt("interrupted");
      return closed.await(CLOSING.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException | TimeoutException e) {
      LOG.warn("the workers did not disconnect in time");
      return false;
    }
  }

  /** Nothing is left to be closed after the last server. */
  public void allClosed() {
    closed.countDown();
  }
}
