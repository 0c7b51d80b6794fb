package io.cordee.worker;

import io.cordee.common.job.Job;
import io.cordee.worker.compute.HeldRows;
import java.util.Optional;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The rows that a worker has in memory, kept across connections for the same job. */
final class KeptRows {

  private static final Logger LOG = LoggerFactory.getLogger(KeptRows.class);

  private record Kept(String job, HeldRows rows) {}

  private final Function<Job, HeldRows> open;
  private Optional<Kept> kept = Optional.empty();

  KeptRows(Function<Job, HeldRows> open) {
    this.open = open;
  }

  /**
   * Reuses the kept rows if the job's text is that of the last call.
   *
   * @param yaml the job as the server wrote it
   * @throws io.cordee.worker.data.rows.DataException if its files are not there or do not fit
   */
  HeldRows of(String yaml, Job job) {
    boolean isSame = kept.isPresent() && kept.get().job().equals(yaml);
    if (!isSame) {
      if (kept.isPresent()) {
        LOG.warn("the server has another job now; starting afresh");
        kept = Optional.empty();
      }
      kept = Optional.of(new Kept(yaml, open.apply(job)));
    }
    return kept.get().rows();
  }
}
