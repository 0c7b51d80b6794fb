package io.cordee.cli.server;

import io.cordee.cli.commandline.CommandException;
import io.cordee.cli.commandline.Errors;
import io.cordee.cli.commandline.HostAndPort;
import io.cordee.server.ParameterServer;
import io.cordee.server.shard.LeadException;
import io.cordee.server.training.Outcome;
import io.cordee.server.training.TrainingListener;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * One server after another at the same address, until the job is over: when a shard is lost, the
 * next one resumes from what was kept.
 */
public final class Serving {

  private static final Duration INTERRUPTED = Duration.ofMillis(1500);
  private static final Duration KEEPING = Duration.ofSeconds(5);
  private static final Duration CLOSING = Duration.ofSeconds(2);
  private static final Duration POLL = Duration.ofMillis(100);

  /** Starts a server at an address. */
  @FunctionalInterface
  public interface Start {
    ParameterServer at(InetSocketAddress address) throws IOException, InterruptedException;
  }

  private final HostAndPort address;
  private final Consumer<HostAndPort> onListening;
  private final CountDownLatch closed;
  private Optional<ParameterServer> server = Optional.empty();
  private Optional<String> failure = Optional.empty();
  private int port;
  private boolean hasSaidSo;

  /**
   * @param onListening called once with the address that workers connect to
   * @param closed down when nothing is left to be closed: after Ctrl-C the process ends then
   */
  public Serving(HostAndPort address, Consumer<HostAndPort> onListening, CountDownLatch closed) {
    this.closed = closed;
    this.address = address;
    this.onListening = onListening;
    this.port = address.port();
    Runtime.getRuntime().addShutdownHook(new Thread(this::interrupt, "interrupt"));
  }

  /** Where to listen; a port that the system picked before is kept. */
  InetSocketAddress where() {
    return address.withPort(port).resolve();
  }

  /** Called when something listens at this port. */
  void listeningAt(int bound) {
    port = bound;
    if (!hasSaidSo) {
      hasSaidSo = true;
      onListening.accept(address.withPort(port));
    }
  }

  /** Runs a server to its end. */
  Outcome run(Start start) throws InterruptedException {
    try (ParameterServer started = start(start)) {
      synchronized (this) {
        server = Optional.of(started);
        failure.ifPresent(started::fail);
      }
      listeningAt(started.port());
      return started.end().get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    } finally {
      synchronized (this) {
        server = Optional.empty();
        notifyAll();
      }
    }
  }

  /** Has the job fail, by the server that runs, or else by the next one. */
  public synchronized void fail(String why) {
    failure = Optional.of(why);
    server.ifPresent(running -> running.fail(why));
  }

  /**
   * Runs shards that do not lead, one after another, until the job is over: when shard 0 is lost,
   * the next one waits for it to come back.
   */
  public Outcome runFollowers(Start start, TrainingListener listener) throws InterruptedException {
    for (; ; ) {
      try {
        Outcome outcome = run(start);
        if (!(outcome instanceof Outcome.Suspended)) {
          return outcome;
        }
        listener.waiting(outcome.message() + "; waiting for it to come back");
      } catch (LeadException e) {
        if (!e.isLost()) {
          throw e;
        }
        listener.waiting(e.getMessage() + "; waiting for it to come back");
        TimeUnit.SECONDS.sleep(1);
      }
    }
  }

  /** Checks that an address can be listened on, before anything is started. */
  public static void requireFree(HostAndPort address) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(address.resolve());
    } catch (IOException e) {
      throw address.refused(e, "--listen");
    }
  }

  private ParameterServer start(Start start) throws InterruptedException {
    try {
      return start.at(where());
    } catch (IOException e) {
      throw address.refused(e, "--listen");
    } catch (UncheckedIOException e) {
      throw CommandException.failed(e.getMessage() + ": " + Errors.text(e.getCause()));
    } catch (IllegalArgumentException e) {
      throw CommandException.failed(e.getMessage());
    }
  }

  /** Waits until the last checkpoint is written. */
  private synchronized void awaitClose() throws InterruptedException {
    long deadline = System.nanoTime() + KEEPING.toNanos();
    while (server.isPresent() && System.nanoTime() < deadline) {
      wait(POLL.toMillis());
    }
  }

  /** On Ctrl-C: keeps the weights, tells the workers, and lets the process end. */
  private void interrupt() {
    Optional<ParameterServer> running;
    synchronized (this) {
      running = server;
    }
    if (running.isEmpty() || running.get().end().isDone()) {
      return;
    }
    running.get().interrupt("interrupted");
    try {
      running.get().end().get(INTERRUPTED.toMillis(), TimeUnit.MILLISECONDS);
      awaitClose();
      closed.await(CLOSING.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      System.err.println("the workers did not disconnect in time");
    }
  }
}
