package io.cordee;

import io.cordee.proto.security.AccessException;
import io.cordee.server.grpc.Gate;
import io.cordee.server.observe.Listeners;
import io.cordee.server.serving.ParameterServer;
import io.cordee.server.training.Measurement;
import io.cordee.server.training.Outcome;
import io.cordee.server.training.TrainingListener;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The server of one job, from its start to what has come of it. */
final class Run implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Run.class);

  private final Listeners listeners = new Listeners();
  private final Ending ending;
  private final Telling telling = new Telling();
  private final ParameterServer server;
  private final AtomicBoolean isTold = new AtomicBoolean();
  private final AtomicBoolean isClosed = new AtomicBoolean();

  // Guarded by this run's monitor.
  private Optional<String> failure = Optional.empty();
  private boolean isStopped;

  /**
   * @param workers that the first round waits for
   * @throws CordeeException if the job cannot be served like this
   */
  Run(Job job, SocketAddress address, Gate gate, int workers, Duration linger) {
    ending = new Ending(job);
    listeners.add(ending).addTelling("cordee-progress", telling);
    var options = new ParameterServer.Options(address, workers, linger, 1);
    try {
      server = ParameterServer.start(job.spec(), options, gate, listeners);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw refused("interrupted before the server had started", e);
    } catch (IOException e) {
      String where =
          address instanceof InetSocketAddress internet
              ? Security.shown(internet)
              : address.toString();
      throw refused("cannot listen on %s: %s".formatted(where, rootMessage(e)), e);
    } catch (IllegalArgumentException | AccessException | UncheckedIOException e) {
      throw refused(e.getMessage(), e);
    }
  }

  private CordeeException refused(String why, Exception cause) {
    listeners.close();
    return new CordeeException(why, cause);
  }

  private static String rootMessage(Throwable e) {
    Throwable root = e;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root.getMessage();
  }

  int port() {
    return server.port();
  }

  /** Reports rounds to this listener from now on, on a thread of its own. */
  void tell(Consumer<? super Progress> listener) {
    telling.listener = listener;
  }

  /** Ends the job before its time; what has come of it counts. */
  synchronized void stop() {
    isStopped = true;
    server.interrupt("stopped");
  }

  /** All that come are of this process. */
  void expectNoOthers() {
    server.expectNoOthers();
  }

  /** Ends the job for a reason that counts for more than how the server puts it. */
  synchronized void fail(String reason) {
    failure = failure.or(() -> Optional.of(reason));
    server.interrupt(reason);
  }

  /**
   * Waits for the end. Interrupted, it ends the job.
   *
   * @param worker the name of this process's, which a failure need not be told with; empty if it
   *     has none
   * @param breakOff called when workers have not left in time a job that was ended
   * @param thrown what a gradient function of this process has thrown
   * @throws CordeeException if the job has not come to its end and was not stopped, or the listener
   *     has thrown
   */
  Result result(String worker, Runnable breakOff, Supplier<Optional<Throwable>> thrown) {
    AtomicBoolean wasInterrupted = new AtomicBoolean();
    try {
      Outcome outcome =
          server.awaitEnd(
              () -> {
                wasInterrupted.set(true);
                fail("interrupted");
              },
              breakOff);
      closeListeners(); // all rounds are told before the caller goes on
      return result(outcome, worker + ": ", thrown.get());
    } finally {
      if (wasInterrupted.get()) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private synchronized Result result(Outcome outcome, String prefix, Optional<Throwable> thrown) {
    if (outcome instanceof Outcome.Failed) {
      String message = outcome.message();
      throw new CordeeException(
          message.startsWith(prefix) ? message.substring(prefix.length()) : message,
          thrown.orElse(null),
          ending.result);
    }
    boolean isItsEnd = outcome instanceof Outcome.Completed || isStopped && failure.isEmpty();
    if (telling.thrown.isPresent() || !isItsEnd || ending.result == null) {
      throw new CordeeException(
          failure.orElse(outcome.message()), telling.thrown.orElse(null), ending.result);
    }
    return ending.result;
  }

  /** Waits for the workers to leave after the end. */
  void awaitLeave(Duration patience) {
    try {
      server.end().get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (TimeoutException e) {
      return; // then they find nobody there
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  private void closeListeners() {
    if (!isTold.getAndSet(true)) {
      listeners.close();
    }
  }

  @Override
  public void close() {
    if (!isClosed.getAndSet(true)) {
      server.close();
      closeListeners();
    }
  }

  /** Keeps what has come of the job; on the training's threads. */
  private static final class Ending implements TrainingListener {

    private final Job job;
    private Optional<Measurement> last = Optional.empty();

    /** Null before the end, and if a part of the weights is lost. */
    private volatile Result result;

    Ending(Job job) {
      this.job = job;
    }

    @Override
    public void warned(String warning) {
      LOG.warn(warning);
    }

    @Override
    public void waiting(String reason) {
      LOG.info(reason);
    }

    @Override
    public synchronized void measured(Measurement measurement) {
      last = Optional.of(measurement);
    }

    @Override
    public synchronized Outcome ended(
        Outcome outcome, int version, String digest, Optional<float[]> weights) {
      double loss =
          last.filter(measured -> measured.round() == version)
              .map(measured -> measured.train().meanLoss())
              .orElse(Double.NaN);
      weights.ifPresent(
          values ->
              result =
                  new Result(
                      job.layout(), values.clone(), version, loss, digest, outcome.message()));
      return outcome;
    }
  }

  /** Reports rounds to the user's listener, on a thread of its own. */
  private final class Telling implements TrainingListener {

    private volatile Consumer<? super Progress> listener = progress -> {};
    private volatile Optional<Throwable> thrown = Optional.empty();
    private int rounds;

    @Override
    public void started(int workers, int rounds) {
      this.rounds = rounds;
    }

    @Override
    public void measured(Measurement measurement) {
      if (thrown.isPresent()) {
        return;
      }
      try {
        listener.accept(
            new Progress(
                measurement.round(),
                rounds,
                measurement.train().meanLoss(),
                measurement.seconds(),
                measurement.digest()));
      } catch (RuntimeException | Error e) {
        thrown = Optional.of(e);
        fail("the listener threw " + e);
      }
    }
  }
}
