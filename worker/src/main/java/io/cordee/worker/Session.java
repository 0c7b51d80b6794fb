package io.cordee.worker;

import io.cordee.common.job.Job;
import io.cordee.common.job.file.JobException;
import io.cordee.common.job.file.JobFile;
import io.cordee.common.text.OutOfMemory;
import io.cordee.proto.message.ServerSays;
import io.cordee.proto.message.WorkerSays;
import io.cordee.worker.compute.DivergenceException;
import io.cordee.worker.compute.HeldRows;
import io.cordee.worker.compute.JobWork;
import io.cordee.worker.data.rows.DataException;
import io.cordee.worker.function.FunctionException;
import io.cordee.worker.function.FunctionProviders;
import io.cordee.worker.link.Connector;
import io.cordee.worker.link.InvalidMessageException;
import io.cordee.worker.link.LinkException;
import io.cordee.worker.link.LostLinkException;
import io.cordee.worker.link.RefusedException;
import io.cordee.worker.link.ServerLink;
import io.cordee.worker.math.Kernels;
import java.nio.LongBuffer;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a worker does on one connection. Vectors, leases and compute threads belong to it and end
 * with it: results that come later are sent on a closed connection, and dropped.
 */
final class Session {

  private static final Logger LOG = LoggerFactory.getLogger(Session.class);

  private final ServerLink server;
  private final ServerSays.Welcome welcome;
  private final int threads;
  private final KeptRows rows;
  private final FunctionProviders functions;
  private final boolean isServerOurs;
  private final IntConsumer onRound;
  private final LogScope scope;
  private final AtomicBoolean hasFailed = new AtomicBoolean();
  private volatile Optional<String> failure = Optional.empty();

  Session(
      Connector.Connection connection,
      int threads,
      KeptRows rows,
      FunctionProviders functions,
      boolean isServerOurs,
      IntConsumer onRound) {
    this.functions = functions;
    this.isServerOurs = isServerOurs;
    this.onRound = onRound;
    this.server = connection.server();
    this.welcome = connection.welcome();
    this.threads = threads;
    this.rows = rows;
    this.scope = new LogScope(welcome.name());
  }

  /**
   * @throws LinkException if the connection is lost, or ended by the server
   */
  Worker.End run() {
    scope.enter();
    try (Pulse pulse = new Pulse(server)) {
      pulse.start();
      Job job = JobFile.parse(welcome.job(), "the server's job", List.of());
      scope.job(job.name());
      LOG.info(
          "job {} as {}, {} thread{}",
          job.name(),
          welcome.name(),
          threads,
          threads == 1 ? "" : "s");
      return train(job, rows.of(welcome.job(), job));
    } catch (LinkException e) {
      throw sentAway(e);
    } catch (Throwable e) { // a provider of functions may throw what it does not declare
      report(e);
      return awaitEnd();
    }
  }

  private LinkException sentAway(LinkException e) {
    if (e instanceof LostLinkException || failure.isEmpty()) {
      return e;
    }
    return e instanceof RefusedException
        ? new RefusedException(failure.get())
        : new LinkException(failure.get());
  }

  boolean hasFailed() {
    return hasFailed.get();
  }

  /** Whether the log says why it has failed. */
  boolean hasToldWhy() {
    return failure.isPresent();
  }

  private Worker.End train(Job job, HeldRows held) {
    try (JobWork work =
        new JobWork(job, held, functions, JobWork.threads(threads), server, this::report)) {
      server.deliverChunksTo(work);
      if (work.isNetwork()) {
        LOG.info("matrix products by {}", Kernels.fastest().description());
      }
      long[] checksums = held.checksums();
      server.send(
          new WorkerSays.DataFound(
              held.counts(),
              work.arithmetic(),
              held.columns(),
              LongBuffer.wrap(checksums),
              held.room(work.bytes(threads))));
      for (; ; ) {
        ServerSays said = server.receive();
        if (said instanceof ServerSays.Prepare prepare) {
          work.hold(prepare.partitions());
          server.send(new WorkerSays.Prepared(prepare.plan()));
        } else if (said instanceof ServerSays.Evaluate evaluate) {
          scope.round(evaluate.version());
          work.evaluate(evaluate);
        } else if (said instanceof ServerSays.Lease lease) {
          scope.round(lease.version());
          onRound.accept(lease.version());
          work.compute(lease);
        } else if (said instanceof ServerSays.Finished finished) {
          return takeLeave(finished);
        } else if (said instanceof ServerSays.Welcome) {
          throw new LinkException(
              "expected a plan, work or the end of the job; the server sent a second welcome");
        } else {
          throw new IllegalStateException("no case for " + said);
        }
      }
    }
  }

  /** After a failure was reported: the server ends the job, or goes on without this worker. */
  private Worker.End awaitEnd() {
    for (; ; ) {
      try {
        if (server.receive() instanceof ServerSays.Finished finished) {
          return takeLeave(finished);
        }
      } catch (LinkException e) {
        throw sentAway(e);
      } catch (InvalidMessageException e) {
        LOG.error(e.getMessage()); // besides what has failed before
      }
    }
  }

  private Worker.End takeLeave(ServerSays.Finished finished) {
    LOG.atInfo()
        .addKeyValue("event", "over")
        .addKeyValue("outcome", finished.how().name().toLowerCase(Locale.ROOT))
        .log("the job is over: {}", finished.message());
    server.send(new WorkerSays.Goodbye(""));
    return new Worker.End(finished.how(), finished.message());
  }

  /** Tells the server why this worker cannot continue. Called by the thread that found out. */
  private void report(Throwable cause) {
    if (!hasFailed.compareAndSet(false, true)) {
      return; // what else goes wrong follows from it
    }
    scope.enter();
    if (cause instanceof DataException data) {
      LOG.error(data.getMessage());
      failure = Optional.of(data.getMessage());
      server.send(
          new WorkerSays.Failure(isServerOurs ? data.getMessage() : data.withoutContent(), false));
      return;
    }
    String message =
        OutOfMemory.reason(cause)
            .orElseGet(() -> cause.getMessage() == null ? cause.toString() : cause.getMessage());
    if (cause instanceof FunctionException && cause.getCause() != null) {
      LOG.error(message, cause.getCause());
    } else if (cause instanceof JobException
        || cause instanceof FunctionException
        || cause instanceof InvalidMessageException
        || cause instanceof DivergenceException) {
      LOG.error(message);
    } else {
      LOG.error("this worker cannot go on", cause);
    }
    failure = Optional.of(message);
    server.send(new WorkerSays.Failure(message, cause instanceof DivergenceException));
  }
}
