package io.cordee.worker;

import io.cordee.common.job.Job;
import io.cordee.common.job.RowCounts;
import io.cordee.common.job.data.Columns;
import io.cordee.common.job.file.JobException;
import io.cordee.common.job.file.JobFile;
import io.cordee.common.model.Words;
import io.cordee.common.text.OutOfMemory;
import io.cordee.proto.message.JobEnd;
import io.cordee.proto.message.Numbers;
import io.cordee.proto.v1.Finished;
import io.cordee.proto.v1.ServerMessage;
import io.cordee.proto.v1.Welcome;
import io.cordee.proto.v1.WorkerMessage;
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
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
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
  private final Welcome welcome;
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
    this.scope = new LogScope(welcome.getName());
  }

  /**
   * @throws LinkException if the connection is lost, or ended by the server
   */
  Worker.End run() {
    scope.enter();
    try (Pulse pulse = new Pulse(server)) {
      pulse.start();
      Job job = JobFile.parse(welcome.getJob(), "the server's job", List.of());
      scope.job(job.name());
      LOG.info(
          "job {} as {}, {} thread{}",
          job.name(),
          welcome.getName(),
          threads,
          threads == 1 ? "" : "s");
      return train(job, rows.of(welcome.getJob(), job));
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

  /** Returns whether the log says why it has failed. */
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
      tellOfData(work, held);
      for (; ; ) {
        ServerMessage message = server.receive();
        switch (message.getBodyCase()) {
          case PREPARE -> {
            work.hold(Numbers.set(message.getPrepare().getPartitionsList()));
            send(it -> it.getPreparedBuilder().setPlan(message.getPrepare().getPlan()));
          }
          case EVALUATE -> {
            int version = message.getEvaluate().getVersion();
            scope.round(version);
            work.evaluate(version, Numbers.set(message.getEvaluate().getSlicesList()));
          }
          case LEASE -> {
            int version = message.getLease().getVersion();
            scope.round(version);
            onRound.accept(version);
            work.compute(version, Numbers.set(message.getLease().getPartitionsList()));
          }
          case FINISHED -> {
            return takeLeave(message.getFinished());
          }
          default ->
              throw new LinkException(
                  "expected a plan, work or the end of the job; the server sent a %s"
                      .formatted(Words.of(message.getBodyCase())));
        }
      }
    }
  }

  /** Tells the server what the job's data look like from here, after a checksum of each part. */
  private void tellOfData(JobWork work, HeldRows held) {
    server.checksums(held.checksums());
    RowCounts rows = held.counts();
    Columns columns = held.columns();
    int room = held.room(work.bytes(threads));
    send(
        it ->
            it.getDataFoundBuilder()
                .setTrainRows(rows.train())
                .setValidationRows(rows.validation())
                .setTestRows(rows.test())
                .setArithmetic(work.arithmetic())
                .setColumns(columns.features())
                .setTargets(columns.targets())
                .setEncoding(columns.encoding().toText())
                .setClasses(columns.classes())
                .setSplit(columns.split())
                .setRoom(room));
  }

  private void send(Consumer<WorkerMessage.Builder> body) {
    WorkerMessage.Builder message = WorkerMessage.newBuilder();
    body.accept(message);
    server.send(message.build());
  }

  /** After a failure was reported: the server ends the job, or goes on without this worker. */
  private Worker.End awaitEnd() {
    for (; ; ) {
      try {
        ServerMessage message = server.receive();
        if (message.hasFinished()) {
          return takeLeave(message.getFinished());
        }
      } catch (LinkException e) {
        throw sentAway(e);
      } catch (InvalidMessageException e) {
        LOG.error(e.getMessage()); // besides what has failed before
      }
    }
  }

  private Worker.End takeLeave(Finished finished) {
    JobEnd how = JobEnd.of(finished);
    LOG.atInfo()
        .addKeyValue("event", "over")
        .addKeyValue("outcome", how.name().toLowerCase(Locale.ROOT))
        .log("the job is over: {}", finished.getMessage());
    send(it -> it.getGoodbyeBuilder());
    return new Worker.End(how, finished.getMessage());
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
      tellOfFailure(isServerOurs ? data.getMessage() : data.withoutContent(), false);
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
    tellOfFailure(message, cause instanceof DivergenceException);
  }

  private void tellOfFailure(String message, boolean isForAll) {
    send(it -> it.getFailureBuilder().setMessage(message).setForAll(isForAll));
  }
}
