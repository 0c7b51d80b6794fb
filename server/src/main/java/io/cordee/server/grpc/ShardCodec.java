package io.cordee.server.grpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.cordee.common.text.OutsideText;
import io.cordee.common.wire.FloatCodec;
import io.cordee.proto.message.JobEnd;
import io.cordee.proto.v1.Apply;
import io.cordee.proto.v1.Collect;
import io.cordee.proto.v1.Failure;
import io.cordee.proto.v1.Finished;
import io.cordee.proto.v1.LeadMessage;
import io.cordee.proto.v1.SendWeights;
import io.cordee.proto.v1.ShardChunk;
import io.cordee.proto.v1.ShardMessage;
import io.cordee.proto.v1.ShardSquares;
import io.cordee.proto.v1.ShardStepped;
import io.cordee.proto.v1.TrainedOn;
import io.cordee.server.round.CollectedChunk;
import io.cordee.server.training.Outcome;
import io.cordee.server.training.ShardOrder;
import io.cordee.server.training.ShardReport;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Consumer;

/** Writes and reads the coordinator's orders and the shards' reports. */
final class ShardCodec {

  private static final int LONGEST_REASON = 1000;
  private static final int LONGEST_FAILURE = 1000;
  private static final int LONGEST_ROWS = 300;

  private ShardCodec() {}

  // ---- orders ----

  static LeadMessage write(ShardOrder order) {
    LeadMessage.Builder to = LeadMessage.newBuilder();
    if (order instanceof ShardOrder.Apply apply) {
      Apply.Builder round =
          Apply.newBuilder()
              .setVersion(apply.version())
              .setMeanLoss(apply.meanLoss())
              .setSeconds(apply.seconds())
              .setKeep(apply.isKept());
      apply.norm().ifPresent(round::setNorm);
      to.setApply(round);
    } else if (order instanceof ShardOrder.TrainedOn which) {
      to.setTrainedOn(TrainedOn.newBuilder().setRows(which.rows()));
    } else if (order instanceof ShardOrder.SendWeights which) {
      to.setSendWeights(SendWeights.newBuilder().setVersion(which.version()));
    } else if (order instanceof ShardOrder.Collect which) {
      to.setCollect(Collect.newBuilder().setVersion(which.version()));
    } else if (order instanceof ShardOrder.Finished finished) {
      to.setFinished(finished.outcome().how().finished(finished.outcome().message()));
    } else {
      throw new IllegalStateException("no case for " + order);
    }
    return to.build();
  }

  /**
   * @throws IllegalArgumentException if it is none, or invalid
   */
  static ShardOrder order(LeadMessage message) {
    return switch (message.getBodyCase()) {
      case APPLY -> order(message.getApply());
      case TRAINED_ON ->
          new ShardOrder.TrainedOn(
              OutsideText.printable(message.getTrainedOn().getRows(), LONGEST_ROWS));
      case SEND_WEIGHTS -> new ShardOrder.SendWeights(message.getSendWeights().getVersion());
      case COLLECT -> new ShardOrder.Collect(message.getCollect().getVersion());
      case FINISHED -> new ShardOrder.Finished(outcome(message.getFinished()));
      default -> throw new IllegalArgumentException("unknown message");
    };
  }

  private static Outcome outcome(Finished finished) {
    return Outcome.of(
        JobEnd.of(finished), OutsideText.printable(finished.getMessage(), LONGEST_REASON));
  }

  private static ShardOrder order(Apply apply) {
    if (!(apply.getNorm() >= 0
        && apply.getNorm() <= Double.MAX_VALUE
        && Double.isFinite(apply.getMeanLoss())
        && apply.getSeconds() >= 0)) {
      throw new IllegalArgumentException("invalid numbers in " + apply);
    }
    return new ShardOrder.Apply(
        apply.getVersion(),
        OptionalDouble.of(apply.getNorm()),
        apply.getMeanLoss(),
        apply.getSeconds(),
        apply.getKeep());
  }

  // ---- reports ----

  /** Writes what shard 0 needs to hear of another shard; weights chunk by chunk. */
  static void write(ShardReport report, Consumer<ShardMessage> to) {
    ShardMessage.Builder message = ShardMessage.newBuilder();
    if (report instanceof ShardReport.Stepped stepped) {
      ShardStepped.Builder body = ShardStepped.newBuilder().setVersion(stepped.version());
      Arrays.stream(stepped.checksums()).forEach(body::addChecksums);
      to.accept(message.setStepped(body).build());
    } else if (report instanceof ShardReport.Squares squares) {
      ShardSquares.Builder body = ShardSquares.newBuilder().setVersion(squares.version());
      Arrays.stream(squares.ofChunks()).forEach(body::addSquares);
      to.accept(message.setSquares(body).build());
    } else if (report instanceof ShardReport.Weights weights) {
      int number = weights.firstChunk();
      for (CollectedChunk chunk : weights.chunks()) {
        ShardChunk.Builder body =
            ShardChunk.newBuilder()
                .setVersion(weights.version())
                .setChunk(number++)
                .setChecksum(chunk.checksum());
        Arrays.stream(chunk.hashes()).forEach(body::addHashes);
        chunk.weights().ifPresent(values -> body.setData(bytes(values, 0, values.length)));
        to.accept(message.setChunk(body).build());
      }
    } else if (report instanceof ShardReport.Failed failed) {
      to.accept(message.setFailure(Failure.newBuilder().setMessage(failed.message())).build());
    } else if (report instanceof ShardReport.Measured
        || report instanceof ShardReport.Lacks
        || report instanceof ShardReport.Lost) {
      // Shard 0 counts rows itself, greets the shard, and sees that a connection ends.
      return;
    } else {
      throw new IllegalStateException("no case for " + report);
    }
  }

  static ByteString bytes(float[] values, int from, int count) {
    byte[] bytes = new byte[count * Float.BYTES];
    FloatCodec.encode(values, from, count, bytes, 0);
    return UnsafeByteOperations.unsafeWrap(bytes);
  }

  /** Returns the weights of a chunk; none for one that nobody has touched. */
  static float[] floats(ShardChunk chunk) {
    ByteString data = chunk.getData();
    float[] values = new float[data.size() / Float.BYTES];
    FloatCodec.decode(data.asReadOnlyByteBuffer(), values, 0, values.length);
    return values;
  }

  /** Reads a report that was checked. */
  static ShardReport report(int shard, ShardMessage message) {
    return switch (message.getBodyCase()) {
      case STEPPED ->
          new ShardReport.Stepped(
              message.getStepped().getVersion(),
              message.getStepped().getChecksumsList().stream().mapToLong(c -> c).toArray());
      case SQUARES ->
          new ShardReport.Squares(
              message.getSquares().getVersion(),
              message.getSquares().getSquaresList().stream().mapToDouble(d -> d).toArray());
      case CHUNK -> {
        ShardChunk chunk = message.getChunk();
        Optional<float[]> weights = Optional.of(floats(chunk)).filter(all -> all.length > 0);
        long[] hashes = chunk.getHashesList().stream().mapToLong(hash -> hash).toArray();
        yield new ShardReport.Weights(
            chunk.getVersion(),
            chunk.getChunk(),
            List.of(new CollectedChunk(weights, hashes, chunk.getChecksum())));
      }
      case FAILURE -> {
        String why = OutsideText.printable(message.getFailure().getMessage(), LONGEST_FAILURE);
        yield new ShardReport.Failed("shard " + shard + ": " + why);
      }
      default -> throw new IllegalStateException("a message that was not refused");
    };
  }
}
