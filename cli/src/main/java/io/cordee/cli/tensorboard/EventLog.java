package io.cordee.cli.tensorboard;

import io.cordee.cli.process.JavaProcess;
import io.cordee.common.run.Measure;
import io.cordee.common.run.RoundRow;
import io.cordee.formats.tensorboard.Event;
import io.cordee.formats.tensorboard.SessionLog;
import io.cordee.formats.tensorboard.Summary;
import io.cordee.server.training.Measurement;
import io.cordee.server.training.Outcome;
import io.cordee.server.training.TrainingListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * A training's metrics as TensorBoard reads them: a step per row of {@code metrics.csv}, with the
 * same numbers in single precision.
 *
 * <p>It never harms the training: what cannot be written is a warning, and is tried again as long
 * as little waits. Events are written every second, so that a process that is killed leaves all but
 * its last second.
 */
public final class EventLog implements TrainingListener, AutoCloseable {

  private static final String VERSION = "brain.Event:2";
  private static final Duration PAUSE = Duration.ofSeconds(1);

  /** Some 20,000 rounds. */
  private static final int MOST_WAITING = 4 << 20;

  private final Path folder;
  private final Clock clock;
  private Consumer<String> warn = warning -> {};
  private Optional<EventFile> file = Optional.empty();
  private Instant written = Instant.MIN;
  private boolean isInTrouble;

  /** Rows from this round on are repeated, after a resume. */
  private OptionalInt again = OptionalInt.empty();

  /** {@code folder} is this run's alone; a resumed run adds another file to it. */
  public EventLog(Path folder, Clock clock) {
    this.folder = folder;
    this.clock = clock;
  }

  /** Begins a file, and its folder if need be; {@code warnings} gets what cannot be written. */
  public synchronized void begin(Consumer<String> warnings) {
    warn = warnings;
    try {
      Files.createDirectories(folder);
      // Two processes that write to one folder do not meet.
      String writer = JavaProcess.here("cordee");
      EventFile begun = EventFile.create(folder, clock.instant().getEpochSecond(), writer);
      file = Optional.of(begun);
      begun.append(event(0).setFileVersion(VERSION).build());
      write();
    } catch (IOException e) {
      warn.accept(
          "cannot write TensorBoard events to %s: %s; training continues without them"
              .formatted(folder, reason(e)));
    }
  }

  private Event.Builder event(long step) {
    return Event.newBuilder().setWallTime(clock.millis() / 1000.0).setStep(step);
  }

  @Override
  public synchronized void resumed(int version) {
    again = OptionalInt.of(version);
  }

  @Override
  public synchronized void measured(Measurement measurement) {
    if (file.isEmpty()) {
      return;
    }
    again.ifPresent(this::forget);
    again = OptionalInt.empty();
    Summary.Builder summary = Summary.newBuilder();
    RoundRow row = measurement.row();
    Stream.concat(Measure.all().stream(), Stream.of(Measure.ROWS_PER_SECOND))
        .filter(row::has)
        .forEach(measure -> put(measure, row.value(measure), summary));
    file.get().append(event(measurement.round()).setSummary(summary).build());
    if (!clock.instant().isBefore(written.plus(PAUSE))) {
      write();
    }
  }

  /** Tells TensorBoard to forget the rows that it has from this round on: the first is here. */
  private void forget(int version) {
    SessionLog start = SessionLog.newBuilder().setStatus(SessionLog.SessionStatus.START).build();
    file.ifPresent(to -> to.append(event(version).setSessionLog(start).build()));
  }

  /** Under a tag such as {@code loss/validation}: TensorBoard shows what begins alike together. */
  private static void put(Measure measure, double value, Summary.Builder into) {
    String tag = measure.column().replaceFirst("^(train|validation|test)_(.*)$", "$2/$1");
    into.addValue(Summary.Value.newBuilder().setTag(tag).setSimpleValue((float) value));
  }

  private void write() {
    if (file.isEmpty()) {
      return;
    }
    EventFile to = file.get();
    written = clock.instant();
    try {
      to.write();
      isInTrouble = false;
    } catch (IOException e) {
      if (!isInTrouble) {
        warn.accept(
            "cannot write %s: %s; keeping events in memory and retrying"
                .formatted(to.path(), reason(e)));
      }
      isInTrouble = true;
      if (to.waiting() > MOST_WAITING) {
        warn.accept("too many TensorBoard events wait to be written; dropping them");
        to.drop();
      }
    }
  }

  private static String reason(IOException e) {
    return e.getMessage() == null
        ? e.toString()
        : e.getClass().getSimpleName() + " " + e.getMessage();
  }

  @Override
  public synchronized Outcome ended(
      Outcome outcome, int version, String digest, Optional<List<float[]>> weights) {
    write();
    return outcome;
  }

  @Override
  public synchronized void close() {
    write();
    try {
      if (file.isPresent()) {
        file.get().close();
      }
    } catch (IOException e) {
      warn.accept("cannot close TensorBoard events: " + reason(e));
    }
    file = Optional.empty();
  }
}
