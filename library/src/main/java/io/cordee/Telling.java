package io.cordee;

import io.cordee.common.reduce.Chunks;
import io.cordee.server.observe.Listeners;
import io.cordee.server.team.WorkerId;
import io.cordee.server.training.Measurement;
import io.cordee.server.training.Outcome;
import io.cordee.server.training.TrainingListener;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reports a training to the caller: its progress and its result. */
final class Telling implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Telling.class);

  private final Listeners listeners = new Listeners();
  private final Ending ending;
  private final Rounds rounds = new Rounds();
  private final AtomicBoolean isClosed = new AtomicBoolean();

  Telling(Job job) {
    ending = new Ending(job);
    listeners.add(ending).addTelling("cordee-progress", rounds);
  }

  /** For the server. */
  Listeners listeners() {
    return listeners;
  }

  /**
   * Reports rounds to this listener from now on, on a thread of its own.
   *
   * @param fail called with the reason if it throws; the training is to end
   */
  void to(Consumer<? super Progress> listener, Consumer<String> fail) {
    rounds.fail = fail;
    rounds.listener = listener;
  }

  /**
   * What has come of it, after all rounds have been told.
   *
   * @param worker the name of this process's, which a failure need not be told with; empty if it
   *     has none
   * @param cause what a gradient function of this process has thrown, or why no worker is left
   * @throws CordeeException if the job has not come to its end and was not stopped, or the listener
   *     has thrown
   */
  Result result(Outcome outcome, String worker, Optional<Throwable> cause) {
    close();
    if (rounds.thrown.isPresent()) {
      Throwable thrown = rounds.thrown.get();
      throw failure(Rounds.message(thrown), thrown);
    }
    if (outcome instanceof Outcome.Failed || ending.result == null) {
      String message = outcome.message();
      String prefix = worker + ": ";
      throw failure(
          message.startsWith(prefix) ? message.substring(prefix.length()) : message,
          cause.orElse(null));
    }
    return ending.result;
  }

  /** Why the last worker has left, while none is there. */
  Optional<Throwable> deserted() {
    return ending.deserted;
  }

  /** With the last good weights. */
  CordeeException failure(String message, Throwable cause) {
    return new CordeeException(message, cause, ending.result);
  }

  @Override
  public void close() {
    if (!isClosed.getAndSet(true)) {
      listeners.close();
    }
  }

  /** Records the result of the job; called on the training's threads. */
  private static final class Ending implements TrainingListener {

    private final Job job;
    private Optional<Measurement> last = Optional.empty();
    private volatile Optional<Throwable> deserted = Optional.empty();

    /** Null before the end, and if a part of the weights is lost. */
    private volatile Result result;

    Ending(Job job) {
      this.job = job;
    }

    @Override
    public void joined(WorkerId worker, int connected) {
      deserted = Optional.empty();
    }

    @Override
    public void left(WorkerId worker, int connected, String why) {
      if (connected == 0) {
        deserted = Optional.of(new CordeeException(worker + ": " + why));
      }
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
        Outcome outcome, int version, String digest, Optional<List<float[]>> weights) {
      double loss =
          last.filter(measured -> measured.round() == version)
              .map(measured -> measured.train().meanLoss())
              .orElse(Double.NaN);
      weights.ifPresent(
          values ->
              result =
                  new Result(
                      job.layout(),
                      Chunks.joined(values, job.layout().parameters()),
                      version,
                      loss,
                      digest,
                      outcome.message()));
      return outcome;
    }
  }

  /** Reports rounds to the user's listener, on a thread of its own. */
  private static final class Rounds implements TrainingListener {

    private volatile Consumer<? super Progress> listener = progress -> {};
    private volatile Consumer<String> fail = reason -> {};
    private volatile Optional<Throwable> thrown = Optional.empty();
    private int rounds;

    static String message(Throwable thrown) {
      return "the listener threw " + thrown;
    }

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
      } catch (Throwable e) { // declared or not
        thrown = Optional.of(e);
        fail.accept(message(e));
      }
    }
  }
}
