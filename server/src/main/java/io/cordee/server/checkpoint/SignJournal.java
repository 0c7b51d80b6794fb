package io.cordee.server.checkpoint;

import io.cordee.common.checkpoint.CheckpointHeader;
import io.cordee.common.checkpoint.JournalWriter;
import io.cordee.common.checkpoint.RoundMark;
import io.cordee.server.round.SignStep;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The journal of a shard's steps, from one checkpoint to the next. Where it cannot be written, it
 * ends, and begins again with the next checkpoint. Used by one thread.
 */
final class SignJournal {

  private static final long FORCE_NANOS = TimeUnit.SECONDS.toNanos(1);

  @FunctionalInterface
  private interface Entry {
    void writeTo(JournalWriter journal) throws IOException;
  }

  private final CheckpointFolder folder;
  private final Consumer<String> warn;
  private Optional<JournalWriter> writer = Optional.empty();
  private long lastForced = System.nanoTime();

  SignJournal(CheckpointFolder folder, Consumer<String> warn) {
    this.folder = folder;
    this.warn = warn;
  }

  /** Begins a file with the steps after the version of this header. */
  void begin(CheckpointHeader from) {
    close();
    try {
      writer = Optional.of(JournalWriter.create(folder.journal(from.mark().version()), from));
    } catch (IOException e) {
      failed(e);
    }
  }

  void append(int chunk, SignStep step) {
    append(to -> to.signs(step.version(), chunk, step.lossRose(), step.packed()));
  }

  void endRound(RoundMark mark) {
    append(to -> to.round(mark));
    long now = System.nanoTime();
    if (now - lastForced > FORCE_NANOS) {
      append(JournalWriter::force);
      lastForced = now;
    }
  }

  private void append(Entry entry) {
    try {
      if (writer.isPresent()) {
        entry.writeTo(writer.get());
      }
    } catch (IOException e) {
      failed(e);
    }
  }

  private void failed(IOException e) {
    close();
    warn.accept(
        "cannot write the sign journal in %s: %s; training continues, and the journal with the next checkpoint"
            .formatted(folder.path(), Checkpoints.reason(e)));
  }

  void close() {
    try {
      if (writer.isPresent()) {
        writer.get().close();
      }
    } catch (IOException e) {
      warn.accept("cannot close a sign journal: " + Checkpoints.reason(e));
    }
    writer = Optional.empty();
  }
}
