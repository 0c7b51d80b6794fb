package io.cordee.cli.server;

import io.cordee.cli.commandline.Errors;
import io.cordee.common.file.WholeFile;
import io.cordee.common.reduce.Shard;
import io.cordee.common.retry.Retry;
import io.cordee.proto.connection.Dial;
import io.cordee.proto.security.AccessException;
import io.cordee.server.run.RunFiles;
import io.cordee.server.training.Outcome;
import java.io.IOException;
import java.net.ConnectException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * That shard 0 has called the job complete, beside the checkpoints of another shard: one that comes
 * later may find nobody to say so. Shard 0 may be back to train further, and is looked for first.
 */
record LastWord(Path file) {

  /** The longest that shard 0 is looked for; it may have to read data before it listens. */
  static final Duration LOOK = Duration.ofSeconds(60);

  static LastWord in(Path folder, Shard shard) {
    Path checkpoints = folder.resolve(RunFiles.CHECKPOINTS);
    return new LastWord(checkpoints.resolve("shard-%d.completed".formatted(shard.number())));
  }

  boolean isThere() {
    return Files.exists(file);
  }

  /** How the job was completed, if shard 0 is gone. */
  Optional<String> ifGone(Dial lead, Duration look) throws IOException, InterruptedException {
    Retry retry = new Retry(look, TimeUnit.NANOSECONDS::sleep);
    for (; ; ) {
      try {
        lead.open(Dial.LIMIT).shutdownNow();
        return Optional.empty();
      } catch (AccessException e) {
        return Optional.empty();
      } catch (ConnectException e) {
        if (!retry.pause()) {
          return Optional.of(Files.readString(file));
        }
      }
    }
  }

  void keep(Outcome outcome) {
    if (outcome instanceof Outcome.Completed) {
      try {
        // A job may be complete before its first checkpoint.
        Files.createDirectories(file.getParent());
        WholeFile.write(file, outcome.message());
      } catch (IOException e) {
        System.err.println("warning: " + Errors.text(e));
      }
    }
  }

  /** The job goes on. */
  void forget() {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      System.err.println("warning: cannot delete " + file + ": " + Errors.text(e));
    }
  }
}
