package io.cordee.worker;

import io.cordee.common.job.Job;
import io.cordee.common.job.JobException;
import io.cordee.common.job.JobFile;
import io.cordee.worker.compute.DivergenceException;
import io.cordee.worker.compute.HeldRows;
import io.cordee.worker.compute.JobWork;
import io.cordee.worker.data.DataException;
import io.cordee.worker.link.LinkException;
import io.cordee.worker.link.ServerLink;
import io.cordee.worker.link.ServerSays;
import io.cordee.worker.math.MatrixProduct;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A worker: does what the server says until the job is over. It has nothing of its own but the data
 * folder; what it is to train comes over the wire.
 */
public final class Worker {

  private static final Logger LOG = LoggerFactory.getLogger(Worker.class);

  private final ServerLink server;
  private final String name;
  private final int threads;
  private final Path data;

  /** How the job ended, as the server told it. */
  public record End(boolean completed, String message) {}

  /**
   * @param name for people; the server makes it unique
   * @param threads compute threads
   * @param data the folder that the job's files are looked for in
   */
  public Worker(ServerLink server, String name, int threads, Path data) {
    this.server = server;
    this.name = name;
    this.threads = threads;
    this.data = data;
  }

  /**
   * Works until the job is over.
   *
   * @throws LinkException if the connection is lost, or the server refuses this worker
   */
  public End run() {
    server.hello(name, threads);
    ServerSays.Welcome welcome = expectWelcome();
    try {
      Job job = JobFile.parse(welcome.job(), "the server's job", List.of());
      LOG.info("job {} as {}, {} threads", job.name(), welcome.name(), threads);
      return train(job);
    } catch (LinkException e) {
      throw e;
    } catch (RuntimeException | Error e) {
      report(e);
      return awaitEnd();
    }
  }

  private ServerSays.Welcome expectWelcome() {
    ServerSays first = server.receive();
    if (first instanceof ServerSays.Welcome welcome) {
      return welcome;
    }
    throw new LinkException("the server did not greet; is it a Cordee server?");
  }

  private End train(Job job) {
    HeldRows rows = new HeldRows(job, data);
    try (JobWork work = new JobWork(job, rows, threads, server, this::report)) {
      server.deliverChunksTo(work);
      server.contributeAs(job.wire().uplink());
      MatrixProduct product = MatrixProduct.of(job.compute());
      LOG.info("matrix products by {}", product.describe());
      server.dataFound(rows.trainRows(), rows.testRows(), product.arithmetic());
      for (; ; ) {
        ServerSays said = server.receive();
        if (said instanceof ServerSays.Prepare prepare) {
          rows.hold(prepare.partitions());
          server.prepared(prepare.plan());
        } else if (said instanceof ServerSays.Evaluate evaluate) {
          work.evaluate(evaluate);
        } else if (said instanceof ServerSays.Lease lease) {
          work.compute(lease);
        } else if (said instanceof ServerSays.Finished finished) {
          return takeLeave(finished);
        } else {
          throw new LinkException("the server greets twice");
        }
      }
    }
  }

  /** After a failure was reported: the server ends the job. */
  private End awaitEnd() {
    for (; ; ) {
      if (server.receive() instanceof ServerSays.Finished finished) {
        return takeLeave(finished);
      }
    }
  }

  private End takeLeave(ServerSays.Finished finished) {
    LOG.info("the job is over: {}", finished.message());
    server.goodbye();
    return new End(finished.completed(), finished.message());
  }

  /** Tells the server why this worker cannot go on. */
  private void report(Throwable cause) {
    String message = cause.getMessage() == null ? cause.toString() : cause.getMessage();
    if (cause instanceof DataException
        || cause instanceof JobException
        || cause instanceof DivergenceException) {
      LOG.error(message);
    } else {
      LOG.error("this worker cannot go on", cause);
    }
    server.failure(message);
  }
}
