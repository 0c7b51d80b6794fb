package io.cordee.server.grpc;

import io.cordee.common.job.Columns;
import io.cordee.proto.connection.Connections;
import io.cordee.proto.frame.Frame;
import io.cordee.proto.v1.DataFound;
import io.cordee.proto.v1.Hello;
import io.cordee.proto.v1.WorkerMessage;
import io.grpc.Status;
import java.util.Optional;

/**
 * What can be said of a worker's message without knowing how far the training is. The rest is
 * checked by the training.
 */
final class WorkerMessageCheck {

  private static final int MOST_THREADS = 4096;

  /** So that rows times partitions stay within 64 bits. */
  private static final long MOST_ROWS = 1L << 42;

  private final ContributionReader contributions;

  WorkerMessageCheck(ContributionReader contributions) {
    this.contributions = contributions;
  }

  /**
   * Why a message cannot be dealt with; empty if it can.
   *
   * @param hasGreeted whether the stream's Hello has been taken
   */
  Optional<Status> refusal(boolean hasGreeted, Frame<WorkerMessage> frame) {
    WorkerMessage message = frame.message();
    int size = message.getSerializedSize() + frame.payload().size();
    WorkerMessage.BodyCase body = message.getBodyCase();
    if (size > Connections.MAX_MESSAGE) {
      return refusal(
          Status.RESOURCE_EXHAUSTED,
          "a message has at most " + Connections.MAX_MESSAGE + " bytes; found " + size);
    }
    if (body == WorkerMessage.BodyCase.HELLO) {
      return refusal(hasGreeted, message.getHello());
    }
    if (!hasGreeted) {
      return refusal(Status.FAILED_PRECONDITION, "the first message is Hello; found " + body);
    }
    return switch (body) {
      case DATA_FOUND -> refusal(message.getDataFound());
      case CONTRIBUTION -> contributions.refusal(message.getContribution(), frame.payload().size());
      case BODY_NOT_SET ->
          refusal(Status.INVALID_ARGUMENT, "a message without a body that is known here");
      default -> Optional.empty();
    };
  }

  private static Optional<Status> refusal(boolean hasGreeted, Hello hello) {
    if (hasGreeted) {
      return refusal(Status.FAILED_PRECONDITION, "a second Hello on one stream");
    }
    if (hello.getProtocol() != Connections.PROTOCOL) {
      return refusal(
          Status.FAILED_PRECONDITION,
          "this server speaks protocol "
              + Connections.PROTOCOL
              + ", the worker "
              + hello.getProtocol()
              + "; run the same version of Cordee on both sides");
    }
    if (hello.getThreads() < 1 || hello.getThreads() > MOST_THREADS) {
      return refusal(
          Status.INVALID_ARGUMENT,
          "threads must be 1 to " + MOST_THREADS + "; found " + hello.getThreads());
    }
    return Optional.empty();
  }

  private static Optional<Status> refusal(DataFound found) {
    if (found.getTrainRows() < 1 || found.getTrainRows() > MOST_ROWS) {
      return refusal(
          Status.INVALID_ARGUMENT,
          "training rows must be 1 to " + MOST_ROWS + "; found " + found.getTrainRows());
    }
    if (found.getTestRows() < 0 || found.getTestRows() > MOST_ROWS) {
      return refusal(
          Status.INVALID_ARGUMENT,
          "test rows must be 0 to " + MOST_ROWS + "; found " + found.getTestRows());
    }
    int names = Math.max(found.getColumns().length(), found.getTargets().length());
    if (names > Columns.LONGEST) {
      return refusal(
          Status.INVALID_ARGUMENT,
          "names of columns take at most " + Columns.LONGEST + " characters; found " + names);
    }
    return Optional.empty();
  }

  private static Optional<Status> refusal(Status status, String description) {
    return Optional.of(status.withDescription(description));
  }
}
