package io.cordee.server.observe;

import io.cordee.server.observe.QueuedListener.WhenFull;
import io.cordee.server.training.Outcome;
import io.cordee.server.training.RoundListener;
import io.cordee.server.training.TrainingListener;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Several listeners, notified in the order in which they were added. Nothing that a person or a
 * disk does may stop a round: a listener that may block gets a queue and a thread of its own.
 */
public final class Listeners extends Relay implements AutoCloseable {

  private static final int CAPACITY = 1 << 16;

  /** How long a display may take to show the end. */
  private static final Duration SHOWING = Duration.ofSeconds(5);

  private final Duration showing;
  private final List<TrainingListener> listeners = new ArrayList<>();
  private final List<QueuedListener> queues = new ArrayList<>();

  public Listeners() {
    this(SHOWING);
  }

  Listeners(Duration showing) {
    this.showing = showing;
  }

  /** Adds a listener that is called on the training's threads, and never blocks. */
  public Listeners add(TrainingListener listener) {
    listeners.add(listener);
    return this;
  }

  /**
   * Adds a listener that writes what must not be lost, on its own thread. Should its disk hang for
   * 65,536 rounds, the next one waits.
   */
  public Listeners addKeeping(String thread, TrainingListener listener) {
    return add(thread, listener, WhenFull.WAIT);
  }

  /**
   * Adds a listener that informs people, on its own thread: when the queue is full, the oldest rows
   * are left out.
   */
  public Listeners addTelling(String thread, TrainingListener listener) {
    return add(thread, listener, WhenFull.DROP);
  }

  private Listeners add(String thread, TrainingListener listener, WhenFull whenFull) {
    QueuedListener queued = new QueuedListener(thread, listener, whenFull, CAPACITY, showing);
    queues.add(queued);
    return add(queued);
  }

  /** Waits until everything to be kept so far has been written. */
  public void drain() {
    queues.forEach(QueuedListener::drain);
  }

  /**
   * Returns when all have been told everything, in the order in which they were added. Those that
   * inform people are given up after a few seconds: a terminal may be paused.
   */
  @Override
  public void close() {
    queues.forEach(QueuedListener::close);
  }

  /** At most one of them listens within rounds. */
  @Override
  public RoundListener withinRounds() {
    return listeners.stream()
        .map(TrainingListener::withinRounds)
        .filter(rounds -> rounds != RoundListener.NONE)
        .reduce(
            (one, other) -> {
              throw new IllegalStateException("two listeners within rounds: " + one + ", " + other);
            })
        .orElse(RoundListener.NONE);
  }

  @Override
  public boolean takesWeights(int version) {
    return listeners.stream().anyMatch(listener -> listener.takesWeights(version));
  }

  /** Not by way of a queue, where many vectors might wait. */
  @Override
  public void weights(int version, List<float[]> weights) {
    listeners.forEach(listener -> listener.weights(version, weights));
  }

  @Override
  void pass(Consumer<TrainingListener> event) {
    listeners.forEach(event);
  }

  /** Each gets the outcome that the one before it returned. */
  @Override
  public Outcome ended(
      Outcome outcome, int version, String digest, Optional<List<float[]>> weights) {
    Outcome last = outcome;
    for (TrainingListener listener : listeners) {
      last = listener.ended(last, version, digest, weights);
    }
    return last;
  }
}
