package io.cordee.worker.grpc;

import io.cordee.common.reduce.Shard;
import io.cordee.common.text.OutsideText;
import io.cordee.proto.frame.ReceivedPayload;
import io.cordee.proto.v1.Parameters;
import io.cordee.proto.v1.ServerMessage;
import io.cordee.proto.v1.Welcome;
import io.cordee.worker.link.ChunkSink;
import io.cordee.worker.link.ServerSays;
import io.cordee.worker.link.VectorData;
import java.util.BitSet;
import java.util.List;
import java.util.OptionalLong;

/** Turns what the server says, once it has been checked, into the worker's own records. */
final class ServerMessageReader {

  static final int LONGEST_TEXT = 1000;

  private ServerMessageReader() {}

  /** What is said besides chunks. */
  static ServerSays says(ServerMessage message) {
    return switch (message.getBodyCase()) {
      case WELCOME ->
          new ServerSays.Welcome(
              OutsideText.name(message.getWelcome().getName()),
              message.getWelcome().getJob(),
              shard(message.getWelcome()));
      case PREPARE ->
          new ServerSays.Prepare(
              message.getPrepare().getPlan(), set(message.getPrepare().getPartitionsList()));
      case LEASE ->
          new ServerSays.Lease(
              message.getLease().getVersion(), set(message.getLease().getPartitionsList()));
      case EVALUATE ->
          new ServerSays.Evaluate(
              message.getEvaluate().getVersion(), set(message.getEvaluate().getSlicesList()));
      case FINISHED ->
          new ServerSays.Finished(
              message.getFinished().getCompleted(),
              OutsideText.printable(message.getFinished().getMessage(), LONGEST_TEXT));
      default -> throw new IllegalStateException("a message that was not taken for a misfit");
    };
  }

  /** A chunk; its data are valid until whoever receives it returns. */
  static ChunkSink.Chunk chunk(Parameters parameters, ReceivedPayload data) {
    OptionalLong checksum =
        parameters.hasChecksum() ? OptionalLong.of(parameters.getChecksum()) : OptionalLong.empty();
    ChunkSink.Content content =
        switch (parameters.getKind()) {
          case EVALUATION_POINT -> new ChunkSink.Content.EvaluationPoint();
          case WEIGHTS -> new ChunkSink.Content.Weights();
          case SIGNS -> new ChunkSink.Content.SignsOf(parameters.getLossRose(), checksum);
          case STATE -> new ChunkSink.Content.State(parameters.getPart(), checksum);
          default -> throw new IllegalStateException("a kind that was not taken for a misfit");
        };
    return new ChunkSink.Chunk(
        parameters.getVersion(), parameters.getChunk(), content, new ReceivedData(data));
  }

  private record ReceivedData(ReceivedPayload payload) implements VectorData {
    @Override
    public int size() {
      return payload.size();
    }

    @Override
    public void read(float[] into, int at, int count) {
      payload.read(into, at, count);
    }

    @Override
    public void read(byte[] into) {
      payload.read(into);
    }
  }

  private static Shard shard(Welcome welcome) {
    return new Shard(welcome.getShard(), Math.max(1, welcome.getShards()));
  }

  private static BitSet set(List<Integer> elements) {
    BitSet set = new BitSet();
    for (int element : elements) {
      set.set(element);
    }
    return set;
  }
}
