package io.cordee;

import io.cordee.common.job.Best;
import io.cordee.common.reduce.Chunks;
import io.cordee.common.run.Measure;
import io.cordee.common.run.RoundRow;
import io.cordee.server.observe.Listeners;
import io.cordee.server.run.SavedRun;
import io.cordee.server.team.WorkerId;
import io.cordee.server.training.Measurement;
import io.cordee.server.training.Outcome;
import io.cordee.server.training.TrainingListener;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reports a training to the caller: its progress and its result. */
final class Telling implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Telling.class);

  private final Listeners listeners = new Listeners();
  private final Ending ending;
  private final Snapshots snapshots = new Snapshots();
  private final Rounds rounds;
  private final AtomicBoolean isClosed = new AtomicBoolean();

  Telling(Job job) {
    ending = new Ending(job);
    rounds = new Rounds(snapshots, job.layout().parameters());
    listeners.add(ending).add(snapshots).addTelling("cordee-progress", rounds);
  }

  static OptionalDouble validationLoss(RoundRow row) {
    return row.has(Measure.VALIDATION_LOSS)
        ? OptionalDouble.of(row.value(Measure.VALIDATION_LOSS))
        : OptionalDouble.empty();
  }

  /**
   * Takes the weights of some rounds along from now on.
   *
   * @param every how many rounds apart
   * @throws CordeeException if that is less than 1
   */
  void weightsEvery(int every) {
    snapshots.every = checked(every);
  }

  static int checked(int every) {
    if (every < 1) {
      throw new CordeeException("weightsEvery: expected at least 1 round; found " + every);
    }
    return every;
  }

  /** Takes the best weights of a run before it is resumed. */
  void bestBefore(SavedRun.BestSoFar before) {
    ending.improved(before.best(), List.of(before.weights()));
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
    private Optional<RoundRow> last = Optional.empty();
    private Optional<Best> best = Optional.empty();
    private List<float[]> bestWeights = List.of();
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
      last = Optional.of(measurement.row());
    }

    @Override
    public synchronized void improved(Best better, List<float[]> weights) {
      best = Optional.of(better);
      bestWeights = weights;
    }

    @Override
    public synchronized Outcome ended(
        Outcome outcome, int version, String digest, Optional<List<float[]>> weights) {
      Optional<RoundRow> now = last.filter(row -> row.round() == version);
      double loss = now.map(row -> row.value(Measure.LOSS)).orElse(Double.NaN);
      int parameters = job.layout().parameters();
      Optional<Result.Best> theBest =
          best.map(
              it ->
                  new Result.Best(it.round(), it.figure(), Chunks.joined(bestWeights, parameters)));
      weights.ifPresent(
          values ->
              result =
                  new Result(
                      job.layout(),
                      Chunks.joined(values, parameters),
                      version,
                      loss,
                      digest,
                      outcome.message(),
                      now.map(Telling::validationLoss).orElse(OptionalDouble.empty()),
                      theBest));
      return outcome;
    }
  }

  /** Keeps the weights of the last few rounds that were asked for, until these are told. */
  private static final class Snapshots implements TrainingListener {

    /** A listener that is later than this gets none: no slow one shall fill the memory. */
    private static final int MOST = 2;

    /** 0 if none are asked for. */
    private volatile int every;

    private final Map<Integer, List<float[]>> taken =
        new LinkedHashMap<>() {
          private static final long serialVersionUID = 1;

          @Override
          protected boolean removeEldestEntry(Map.Entry<Integer, List<float[]>> eldest) {
            return size() > MOST;
          }
        };

    @Override
    public boolean takesWeights(int version) {
      int apart = every;
      return apart > 0 && version % apart == 0;
    }

    @Override
    public synchronized void weights(int version, List<float[]> weights) {
      taken.put(version, weights);
    }

    synchronized Optional<List<float[]>> take(int version) {
      return Optional.ofNullable(taken.remove(version));
    }
  }

  /** Reports rounds to the user's listener, on a thread of its own. */
  private static final class Rounds implements TrainingListener {

    private final Snapshots snapshots;
    private final int parameters;

    private volatile Consumer<? super Progress> listener = progress -> {};
    private volatile Consumer<String> fail = reason -> {};
    private volatile Optional<Throwable> thrown = Optional.empty();
    private int rounds;

    Rounds(Snapshots snapshots, int parameters) {
      this.snapshots = snapshots;
      this.parameters = parameters;
    }

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
                measurement.row(), rounds, snapshots.take(measurement.round()), parameters));
      } catch (Throwable e) { // declared or not
        thrown = Optional.of(e);
        fail.accept(message(e));
      }
    }
  }
}
