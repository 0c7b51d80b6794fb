package io.cordee.server.grpc;

import io.cordee.proto.frame.FloatPayload;
import io.cordee.proto.frame.Frame;
import io.cordee.proto.frame.Payload;
import io.cordee.proto.v1.Parameters;
import io.cordee.proto.v1.Prepare;
import io.cordee.proto.v1.ServerMessage;
import io.cordee.server.round.Board;
import io.cordee.server.round.ChunkState;
import io.cordee.server.round.Vector;
import java.util.BitSet;
import java.util.function.Consumer;

/** Something to be sent to a worker, made when its stream can take it. */
@FunctionalInterface
interface Outgoing {

  /** Writes it; or nothing, if there is no point in sending it any more. */
  void writeTo(Consumer<Frame<ServerMessage>> stream);

  /** Whether those of its kind that still wait are of no use any more. */
  default boolean replacesOthersOfItsKind() {
    return false;
  }

  /** Whether it is to be sent though the job has ended meanwhile. */
  default boolean isSentAfterTheEnd() {
    return false;
  }

  /** A worker that comes when the job is over is greeted all the same. */
  record Greeting(Frame<ServerMessage> frame) implements Outgoing {
    @Override
    public void writeTo(Consumer<Frame<ServerMessage>> stream) {
      stream.accept(frame);
    }

    @Override
    public boolean isSentAfterTheEnd() {
      return true;
    }
  }

  /**
   * The rows of a plan; a later one takes its place. Made when it is written, as it may be long.
   */
  record Preparation(int plan, BitSet partitions) implements Outgoing {
    @Override
    public void writeTo(Consumer<Frame<ServerMessage>> stream) {
      Prepare.Builder prepare = Prepare.newBuilder().setPlan(plan);
      partitions.stream().forEach(prepare::addPartitions);
      stream.accept(Frame.of(ServerMessage.newBuilder().setPrepare(prepare).build()));
    }

    @Override
    public boolean replacesOthersOfItsKind() {
      return true;
    }
  }

  /**
   * One chunk of a vector at one version. It goes from the vector to the socket when the worker can
   * take it, so that what waits for a slow worker costs no memory. If the chunk has moved on by
   * then, nothing is sent: whoever waited for this version is being sent a later one.
   */
  record Chunk(Board board, Part part, Vector vector, int version, int chunk) implements Outgoing {

    @Override
    public void writeTo(Consumer<Frame<ServerMessage>> stream) {
      board.show(vector, chunk, version, values -> stream.accept(frame(values)));
    }

    private Frame<ServerMessage> frame(float[] values) {
      Parameters.Kind kind =
          switch (vector) {
            case EVALUATION_POINT -> Parameters.Kind.EVALUATION_POINT;
            case WEIGHTS -> Parameters.Kind.WEIGHTS;
          };
      return of(
          Parameters.newBuilder().setVersion(version).setChunk(part.onWire(chunk)).setKind(kind),
          FloatPayload.of(values, 0, values.length));
    }
  }

  /**
   * What a worker needs to replay the steps of a chunk, as it is when the worker can take it: one
   * message for each vector, written together so that they belong together.
   */
  record State(Board board, Part part, int chunk) implements Outgoing {

    @Override
    public void writeTo(Consumer<Frame<ServerMessage>> stream) {
      board.showState(
          chunk,
          state -> {
            for (int index = 0; index < state.vectors().size(); index++) {
              stream.accept(frame(state, index));
            }
          });
    }

    private Frame<ServerMessage> frame(ChunkState state, int index) {
      float[] vector = state.vectors().get(index);
      Parameters.Builder header =
          Parameters.newBuilder()
              .setVersion(state.version())
              .setChunk(part.onWire(chunk))
              .setKind(Parameters.Kind.STATE)
              .setPart(index);
      if (index == 0) {
        header.setChecksum(state.checksum());
      }
      return of(header, FloatPayload.of(vector, 0, vector.length));
    }
  }

  /** A part of the vector. */
  static Frame<ServerMessage> of(Parameters.Builder header, Payload payload) {
    return new Frame<>(ServerMessage.newBuilder().setParameters(header).build(), payload);
  }
}
