package io.cordee.server.grpc;

import io.cordee.common.reduce.Chunks;
import io.cordee.common.reduce.Shard;
import io.cordee.proto.connection.Connections;
import io.cordee.proto.v1.ShardChunk;
import io.cordee.proto.v1.ShardHello;
import io.cordee.proto.v1.ShardMessage;
import io.cordee.proto.v1.ShardSquares;
import io.grpc.Status;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What can be said of a shard's message without knowing how far the training is. The rest is
 * checked by the training.
 *
 * @param shards how many there are
 * @param all the chunks of the whole vector
 */
record ShardMessageCheck(int shards, Chunks all) {

  /**
   * Why a message cannot be dealt with; empty if it can.
   *
   * @param from the shard's number, once its hello has been taken
   */
  Optional<Status> refusal(OptionalInt from, ShardMessage message) {
    if (message.hasHello()) {
      return from.isPresent()
          ? Optional.of(Status.FAILED_PRECONDITION.withDescription("a second hello on one stream"))
          : refusal(message.getHello(), shards).map(Status.FAILED_PRECONDITION::withDescription);
    }
    if (from.isEmpty()) {
      return Optional.of(
          Status.FAILED_PRECONDITION.withDescription(
              "the first message is a shard's hello; found " + message.getBodyCase()));
    }
    Shard shard = new Shard(from.getAsInt(), shards);
    Optional<String> refusal =
        switch (message.getBodyCase()) {
          case STEPPED -> refusalOfChecksums(shard, message.getStepped().getChecksumsCount());
          case SQUARES -> refusal(shard, message.getSquares());
          case CHUNK -> refusal(shard, message.getChunk());
          case FAILURE, HEARTBEAT -> Optional.empty();
          default -> Optional.of("a message without a body that is known here");
        };
    return refusal.map(Status.INVALID_ARGUMENT::withDescription);
  }

  /** Why a shard is not one of this job's; empty if it is. */
  static Optional<String> refusal(ShardHello hello, int shards) {
    int shard = hello.getShard();
    if (hello.getProtocol() != Connections.PROTOCOL) {
      return Optional.of(
          "this server speaks protocol "
              + Connections.PROTOCOL
              + ", the shard "
              + hello.getProtocol()
              + "; run the same version of Cordee on both sides");
    }
    return hello.getShards() != shards || shard < 1 || shard >= shards
        ? Optional.of(
            "this is shard 0/" + shards + "; found shard " + shard + "/" + hello.getShards())
        : Optional.empty();
  }

  private int chunksOf(Shard shard) {
    return shard.endChunk(all) - shard.firstChunk(all);
  }

  private Optional<String> refusalOfChecksums(Shard shard, int found) {
    return found == 0 || found == chunksOf(shard)
        ? Optional.empty()
        : Optional.of(
            String.format(
                "shard %s has %d chunks, and no checksum or one for each; found %d",
                shard, chunksOf(shard), found));
  }

  private Optional<String> refusal(Shard shard, ShardSquares squares) {
    if (squares.getSquaresCount() != chunksOf(shard)) {
      return Optional.of(
          String.format(
              "shard %s has %d chunks, and a sum of squares for each; found %d",
              shard, chunksOf(shard), squares.getSquaresCount()));
    }
    return squares.getSquaresList().stream()
        .filter(sum -> !(sum >= 0 && sum <= Double.MAX_VALUE))
        .findFirst()
        .map(sum -> "a sum of squares is finite and not below 0; found " + sum);
  }

  private Optional<String> refusal(Shard shard, ShardChunk chunk) {
    int first = shard.firstChunk(all);
    int end = shard.endChunk(all);
    if (chunk.getChunk() < first || chunk.getChunk() >= end) {
      return Optional.of(
          String.format(
              "shard %s has chunks %d to %d; found chunk %d",
              shard, first, end - 1, chunk.getChunk()));
    }
    int bytes = all.size(chunk.getChunk()) * Float.BYTES;
    return chunk.getData().size() == bytes
        ? Optional.empty()
        : Optional.of(
            String.format(
                "chunk %d has %d bytes; found %d",
                chunk.getChunk(), bytes, chunk.getData().size()));
  }
}
