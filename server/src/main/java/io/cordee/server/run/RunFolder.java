package io.cordee.server.run;

import io.cordee.common.job.Job;
import io.cordee.common.job.JobFile;
import io.cordee.common.job.Tally;
import io.cordee.common.model.ModelFile;
import io.cordee.server.training.Measurement;
import io.cordee.server.training.Outcome;
import io.cordee.server.training.TrainingListener;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The folder of a run: {@code job.yaml}, {@code metrics.csv} and {@code model.safetensors}. */
public final class RunFolder implements TrainingListener, AutoCloseable {

  private static final String HEADER =
      "round,loss,train_accuracy,test_accuracy,seconds,rows_per_second,digest\n";

  private final Path folder;
  private final Job job;
  private final String resolvedJob;
  private final BufferedWriter metrics;

  private RunFolder(Path folder, Job job, String resolvedJob, BufferedWriter metrics) {
    this.folder = folder;
    this.job = job;
    this.resolvedJob = resolvedJob;
    this.metrics = metrics;
  }

  /**
   * Makes the folder, writes the job and starts the metrics.
   *
   * @throws IOException if it cannot be written, or holds the metrics of another run
   */
  public static RunFolder create(Path folder, Job job) throws IOException {
    Files.createDirectories(folder);
    Path metrics = folder.resolve("metrics.csv");
    if (Files.exists(metrics)) {
      throw new IOException(folder + " holds a run already (metrics.csv); choose another folder");
    }
    String resolved = JobFile.write(job);
    Files.writeString(folder.resolve("job.yaml"), resolved);
    BufferedWriter writer =
        Files.newBufferedWriter(metrics, StandardCharsets.UTF_8, StandardOpenOption.CREATE_NEW);
    writer.write(HEADER);
    writer.flush();
    return new RunFolder(folder, job, resolved, writer);
  }

  public Path path() {
    return folder;
  }

  @Override
  public void measured(Measurement measurement) {
    try {
      metrics.write(row(measurement));
      metrics.flush();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + folder.resolve("metrics.csv"), e);
    }
  }

  private String row(Measurement m) {
    String trainAccuracy = accuracy(m.train());
    String testAccuracy = m.test().map(this::accuracy).orElse("");
    String rowsPerSecond =
        m.rowsPerSecond().isPresent()
            ? String.format(Locale.ROOT, "%.1f", m.rowsPerSecond().getAsDouble())
            : "";
    return String.join(
            ",",
            Integer.toString(m.round()),
            Double.toString(m.train().meanLoss()),
            trainAccuracy,
            testAccuracy,
            String.format(Locale.ROOT, "%.6f", m.seconds()),
            rowsPerSecond,
            m.digest())
        + "\n";
  }

  private String accuracy(Tally tally) {
    return job.hasLabels() ? Double.toString(tally.accuracy()) : "";
  }

  @Override
  public Outcome ended(Outcome outcome, int version, String digest, Optional<float[]> weights) {
    if (weights.isEmpty()) {
      return outcome;
    }
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put("job", resolvedJob);
    metadata.put("rounds", Integer.toString(version));
    metadata.put("digest", digest);
    metadata.put("outcome", outcome.message());
    Path file = folder.resolve("model.safetensors");
    try {
      ModelFile.write(file, job.model(), weights.get(), metadata);
      return outcome;
    } catch (IOException e) {
      return new Outcome.Failed(before(outcome) + e.getMessage());
    }
  }

  /** The first reason of a failure must not be lost behind the second. */
  private static String before(Outcome outcome) {
    return outcome instanceof Outcome.Failed ? outcome.message() + "; then " : "";
  }

  @Override
  public void close() throws IOException {
    metrics.close();
  }
}
