package io.cordee.cli;

import io.cordee.common.job.Columns;
import io.cordee.common.job.Found;
import io.cordee.common.job.Job;
import io.cordee.common.job.JobException;
import io.cordee.common.job.JobFile;
import io.cordee.common.model.ModelFile;
import io.cordee.server.run.SavedRun;
import io.cordee.worker.model.Network;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * A model file and the job that made it.
 *
 * @param file where it is
 * @param parameters the parameter vector
 * @param metadata what training says of it
 */
record TrainedModel(Path file, Job job, float[] parameters, Map<String, String> metadata) {

  private static final int GRADIENTS_ONLY = 1;

  /** Reads a file that training has written. */
  static TrainedModel read(Path file) throws IOException {
    try {
      ModelFile model = ModelFile.read(file);
      String yaml = model.metadata().get(SavedRun.JOB);
      if (yaml == null) {
        throw CommandException.failed(
            file
                + ": no job in its metadata; expected a model.safetensors that cordee train wrote");
      }
      Job job = JobFile.parse(yaml, file.toString(), List.of());
      if (!job.model().equals(model.model())) {
        throw CommandException.failed(file + ": its model is not that of the job it holds");
      }
      return new TrainedModel(file, job, model.parameters(), model.metadata());
    } catch (JobException e) {
      throw CommandException.failed(e.getMessage());
    }
  }

  /** Of the rows that it was trained on. */
  Columns columns() {
    return new Columns(
        metadata.getOrDefault(Found.COLUMNS, ""), metadata.getOrDefault(Found.TARGETS, ""));
  }

  /** The model, to run on rows. */
  Network network() {
    try {
      return Network.of(
          job.model(), job.compute(), job.microBatch(), OptionalDouble.empty(), GRADIENTS_ONLY);
    } catch (IllegalStateException e) {
      throw CommandException.failed(e.getMessage()); // there is no BLAS here
    }
  }
}
