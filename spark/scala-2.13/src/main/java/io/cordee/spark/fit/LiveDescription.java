package io.cordee.spark.fit;

import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.TimeUnit;
import org.apache.spark.JobExecutionStatus;
import org.apache.spark.SparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerEvent;
import org.apache.spark.status.JobDataWrapper;
import org.apache.spark.status.api.v1.JobData;
import org.apache.spark.util.kvstore.KVStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.Option;

/**
 * Tells how far a training is while its Spark job runs: in the driver's log, and in the job's
 * description in Spark's UI.
 *
 * <p>Spark reads a description when a job is submitted, and publishes accumulators when a task
 * ends. So this changes the record of the job from which the UI is made, by way of the queue whose
 * thread alone writes that record. When the job ends, Spark puts its own description back.
 */
final class LiveDescription extends SparkListener implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(LiveDescription.class);
  private static final long SHOWN_EVERY = TimeUnit.SECONDS.toNanos(1);
  private static final long LOGGED_EVERY = TimeUnit.SECONDS.toNanos(5);

  /** A job's new description, on its way through Spark's queue. */
  private record Changed(LiveDescription by, int job, String text) implements SparkListenerEvent {
    /** Such events are not in Spark's event log, which the history server reads. */
    @Override
    public boolean logEvent() {
      return false;
    }
  }

  private final SparkContext context;
  private final String begun;
  private long shownAt = System.nanoTime() - SHOWN_EVERY;
  private long loggedAt = System.nanoTime();

  /** False once this Spark has turned out to keep its jobs in another way. */
  private volatile boolean isPossible = true;

  /**
   * @param begun the description that the job was submitted with
   */
  LiveDescription(SparkContext context, String begun) {
    this.context = context;
    this.begun = begun;
    ifPossible(() -> context.listenerBus().addToStatusQueue(this));
  }

  /**
   * Tells how far the training is, unless it has just been told. Called often, by one thread.
   *
   * @param jobs of the training
   */
  void tell(String progress, List<Integer> jobs) {
    long now = System.nanoTime();
    if (now - loggedAt >= LOGGED_EVERY) {
      loggedAt = now;
      LOG.info(progress);
    }
    if (now - shownAt >= SHOWN_EVERY) {
      shownAt = now;
      String text = begun + ": " + progress;
      ifPossible(
          () -> jobs.forEach(job -> context.listenerBus().post(new Changed(this, job, text))));
    }
  }

  /** On the thread that writes the records of jobs. */
  @Override
  public void onOtherEvent(SparkListenerEvent event) {
    if (event instanceof Changed changed && changed.by == this) {
      ifPossible(() -> change(context.statusStore().store(), changed));
    }
  }

  private static void change(KVStore records, Changed changed) {
    try {
      JobDataWrapper record = records.read(JobDataWrapper.class, changed.job);
      if (record.info().status() == JobExecutionStatus.RUNNING) {
        JobData described = with(changed.text, record.info());
        records.write(
            new JobDataWrapper(described, record.skippedStages(), record.sqlExecutionId()));
      }
    } catch (NoSuchElementException e) {
      LOG.debug("job {} has no record, or not yet", changed.job);
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static JobData with(String description, JobData job) {
    return new JobData(
        job.jobId(),
        job.name(),
        Option.apply(description),
        job.submissionTime(),
        job.completionTime(),
        job.stageIds(),
        job.jobGroup(),
        job.jobTags(),
        job.status(),
        job.numTasks(),
        job.numActiveTasks(),
        job.numCompletedTasks(),
        job.numSkippedTasks(),
        job.numFailedTasks(),
        job.numKilledTasks(),
        job.numCompletedIndices(),
        job.numActiveStages(),
        job.numCompletedStages(),
        job.numSkippedStages(),
        job.numFailedStages(),
        job.killedTasksSummary());
  }

  /** Changes it by an interface of Spark that is not public: without it, training goes on. */
  private void ifPossible(Runnable change) {
    if (!isPossible) {
      return;
    }
    try {
      change.run();
    } catch (LinkageError | RuntimeException e) {
      isPossible = false;
      LOG.warn("the rounds cannot be shown in Spark's UI, but here: {}", e.toString());
    }
  }

  @Override
  public void close() {
    context.removeSparkListener(this);
  }
}
