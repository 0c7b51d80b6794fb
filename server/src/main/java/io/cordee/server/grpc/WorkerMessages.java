package io.cordee.server.grpc;

import io.cordee.common.job.Columns;
import io.cordee.common.reduce.ReductionTree;
import io.cordee.common.text.OutsideText;
import io.cordee.proto.frame.Frame;
import io.cordee.proto.v1.WorkerMessage;
import io.cordee.server.observe.Encoding;
import io.cordee.server.round.Contribution;
import io.cordee.server.team.WorkerId;
import io.cordee.server.training.Training;
import io.grpc.Status;
import java.util.Optional;

/**
 * Deals with what workers say: refuses what is malformed or was not asked for, and turns the rest
 * into calls of the training. Proto types end here.
 */
final class WorkerMessages {

  private static final int LONGEST_ARITHMETIC = 100;
  private static final int LONGEST_FAILURE = 1000;

  private final GrpcTeam team;
  private final Part part;
  private final ContributionReader contributions;
  private final WorkerMessageCheck check;

  WorkerMessages(GrpcTeam team, Part part, ContributionReader contributions) {
    this.team = team;
    this.part = part;
    this.contributions = contributions;
    this.check = new WorkerMessageCheck(contributions);
  }

  void received(WorkerStream stream, Frame<WorkerMessage> frame) {
    Optional<Status> refusal =
        check
            .refusal(stream.worker().isPresent(), frame)
            .or(() -> refusalOfUnasked(stream, frame.message()));
    if (refusal.isPresent()) {
      stream.refuse(refusal.get());
      stream.drain();
      return;
    }
    WorkerMessage message = frame.message();
    if (message.getBodyCase() == WorkerMessage.BodyCase.HELLO) {
      team.hello(stream, message.getHello());
      stream.takeAnother();
      return;
    }
    WorkerId worker = stream.worker().orElseThrow();
    stream.heard();
    if (message.getBodyCase() == WorkerMessage.BodyCase.CONTRIBUTION) {
      count(stream, message.getContribution(), frame.payload().size());
      Contribution contribution = contributions.read(message.getContribution(), frame.received());
      ChunkThreads.run(
          frame.payload().size(),
          () -> {
            try {
              team.run(training -> training.contributed(worker, contribution));
            } finally {
              stream.takeAnother();
            }
          });
      return;
    }
    dealWith(stream, worker, message);
    stream.takeAnother();
  }

  /** A node's rows are the same in each of its chunks; they are counted with shard 0's first. */
  private void count(WorkerStream stream, io.cordee.proto.v1.Contribution header, int bytes) {
    Encoding encoding =
        switch (header.getEncoding()) {
          case BFLOAT16 -> Encoding.BFLOAT16;
          case INT8 -> Encoding.INT8;
          default -> Encoding.FLOAT32;
        };
    long rows = header.getChunk() == 0 ? header.getTally().getRows() : 0;
    stream.received(encoding, bytes, header.getVersion(), rows);
  }

  private void dealWith(WorkerStream stream, WorkerId worker, WorkerMessage message) {
    switch (message.getBodyCase()) {
      case DATA_FOUND ->
          team.run(
              training ->
                  training.foundData(
                      worker,
                      new Training.DataFound(
                          message.getDataFound().getTrainRows(),
                          message.getDataFound().getTestRows(),
                          OutsideText.printable(
                              message.getDataFound().getArithmetic(), LONGEST_ARITHMETIC),
                          new Columns(
                              message.getDataFound().getColumns(),
                              message.getDataFound().getTargets()))));
      case PREPARED ->
          team.run(training -> training.prepared(worker, message.getPrepared().getPlan()));
      case EVALUATED ->
          team.run(
              training ->
                  training.evaluated(
                      worker,
                      message.getEvaluated().getVersion(),
                      message.getEvaluated().getSlice(),
                      ContributionReader.tally(message.getEvaluated().getTally())));
      case DIFFERS ->
          team.run(
              training ->
                  training.differs(
                      worker,
                      message.getDiffers().getVersion(),
                      part.own(message.getDiffers().getChunk())));
      case HEARTBEAT -> team.run(training -> training.heard(worker));
      case SUBSCRIBE -> team.run(training -> training.subscribed(worker));
      case FAILURE ->
          team.run(
              training ->
                  training.failed(
                      worker,
                      OutsideText.printable(message.getFailure().getMessage(), LONGEST_FAILURE)));
      case GOODBYE -> {
        team.run(training -> training.left(worker));
        stream.refuse(Status.OK);
        stream.drain();
      }
      default -> throw new IllegalStateException("a message that was not refused");
    }
  }

  /** Whether something comes that the worker has not been asked for. */
  private Optional<Status> refusalOfUnasked(WorkerStream stream, WorkerMessage message) {
    Optional<String> refusal = Optional.empty();
    // It is shard 0 that asks; the others only know who listens to them.
    if (message.hasContribution() && part.shard().leads()) {
      ReductionTree.Span span = contributions.span(message.getContribution());
      refusal =
          stream
              .partitions()
              .refusal(message.getContribution().getVersion(), span.from(), span.to());
    } else if (message.hasEvaluated()) {
      int slice = message.getEvaluated().getSlice();
      refusal = stream.slices().refusal(message.getEvaluated().getVersion(), slice, slice + 1);
    } else if (message.hasDiffers() && part.shard().leads() && !stream.hasBeenAsked()) {
      refusal = Optional.of("this worker has not been sent any chunk that could differ");
    }
    return refusal.map(Status.INVALID_ARGUMENT::withDescription);
  }
}
