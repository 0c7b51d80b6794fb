package io.cordee.cli.serve;

import io.cordee.cli.commandline.CommandException;
import io.cordee.cli.commandline.Errors;
import io.cordee.cli.export.TrainedModel;
import io.cordee.cli.option.ThresholdOption;
import io.cordee.server.run.LastRun;
import io.cordee.worker.data.rows.DataException;
import io.cordee.worker.function.FunctionException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The model that is served: that of a file, also when the file changes. {@link #look} is called by
 * one thread; any may ask for the model.
 */
final class CurrentModel implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(CurrentModel.class);

  /** A file's content as far as its attributes tell it apart. */
  private record Stamp(Path file, long modified, long size, Object key) {}

  private final Path path;
  private final ThresholdOption threshold;
  private final ServeMetrics metrics;
  private volatile ServedModel model;

  /** The content that was last tried. */
  private Optional<Stamp> tried;

  /** The content at the last look. */
  private Optional<Stamp> seen;

  CurrentModel(Path path, ThresholdOption threshold, ServeMetrics metrics) throws IOException {
    this.path = LastRun.followed(path); // a run begun later is another model's
    this.threshold = threshold;
    this.metrics = metrics;
    tried = stamp();
    seen = tried;
    model = ServedModel.read(this.path, threshold);
  }

  ServedModel get() {
    return model;
  }

  /** Takes a new file in once it has not changed since the look before. */
  void look() {
    Optional<Stamp> now = stamp();
    boolean isSettled = now.equals(seen);
    seen = now;
    if (!isSettled || now.equals(tried)) {
      return;
    }
    tried = now;
    ServedModel old = model;
    try {
      model = ServedModel.read(path, threshold);
      metrics.reloaded(true);
      LOG.info("serving {}, sha256 {}, from now on", model.file(), model.sha256());
      if (!model.answersLike(old)) {
        LOG.warn("the new model has other columns or classes than the one before it");
      }
    } catch (IOException | CommandException | DataException | FunctionException e) {
      metrics.reloaded(false);
      LOG.warn("{}; still serving the model with sha256 {}", Errors.text(e), old.sha256());
      return;
    } catch (RuntimeException | LinkageError | StackOverflowError e) { // a plugin's
      metrics.reloaded(false);
      LOG.warn(
          "cannot serve the new file; still serving the model with sha256 {}", old.sha256(), e);
      return;
    }
    try {
      old.close();
    } catch (RuntimeException | LinkageError e) {
      LOG.warn("cannot close the former model", e);
    }
  }

  /** Empty while there is no such file. */
  private Optional<Stamp> stamp() {
    Path file = TrainedModel.file(path);
    try {
      BasicFileAttributes its = Files.readAttributes(file, BasicFileAttributes.class);
      return Optional.of(
          new Stamp(file, its.lastModifiedTime().toMillis(), its.size(), its.fileKey()));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  @Override
  public void close() {
    model.close();
  }
}
