package io.cordee.worker;

import io.cordee.common.job.Job;
import io.cordee.worker.compute.HeldRows;
import io.cordee.worker.data.DataFolder;
import io.cordee.worker.data.RowCache;
import io.cordee.worker.data.rows.ExternalRows;
import io.cordee.worker.function.FunctionProviders;
import io.cordee.worker.process.FunctionProcesses;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Rows and gradient functions that a worker has for whatever job its server names.
 *
 * @param rows opens those of a job; throws a {@link io.cordee.worker.data.rows.DataException} if
 *     they are missing or do not fit
 */
public record Resources(Function<Job, HeldRows> rows, FunctionProviders functions) {

  /**
   * Files, with the functions that are installed.
   *
   * @param folders where a job's files are looked for; the server cannot have others opened
   * @param cache where rows are prepared
   * @param processes children that compute gradients instead, and may hold the rows; the caller
   *     closes them
   */
  public static Resources of(
      List<Path> folders, RowCache cache, Optional<FunctionProcesses> processes) {
    return new Resources(
        job ->
            new HeldRows(
                job,
                new DataFolder(
                    folders,
                    job.data().folder(),
                    DataFolder.Reach.BELOW_ROOTS,
                    processes.map(its -> its.rows(job)).orElse(ExternalRows.Finder.EMPTY)),
                cache),
        processes.map(FunctionProviders::only).orElseGet(FunctionProviders::installed));
  }

  /** Rows and functions of the program that this worker runs in. */
  public static Resources of(ExternalRows.Finder rows, FunctionProviders functions) {
    DataFolder folder = DataFolder.without(rows);
    return new Resources(job -> new HeldRows(job, folder, RowCache.NONE), functions);
  }
}
