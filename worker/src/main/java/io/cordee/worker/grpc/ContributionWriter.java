package io.cordee.worker.grpc;

import io.cordee.common.wire.GradientFormat;
import io.cordee.function.Sums;
import io.cordee.proto.frame.FloatPayload;
import io.cordee.proto.frame.Frame;
import io.cordee.proto.frame.Payload;
import io.cordee.proto.message.TallyCodec;
import io.cordee.proto.v1.Contribution.Encoding;
import io.cordee.proto.v1.WorkerMessage;
import io.cordee.worker.link.Contribution;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Encodes the sums at a node as messages, one or several chunks per message. Any thread may call.
 */
final class ContributionWriter {

  private ContributionWriter() {}

  static Frame<WorkerMessage> write(Contribution whole, int first, int count) {
    WorkerMessage message =
        WorkerMessage.newBuilder()
            .setContribution(
                io.cordee.proto.v1.Contribution.newBuilder()
                    .setVersion(whole.version())
                    .setNode(whole.node())
                    .setChunk(first)
                    .setChunks(count)
                    .setHolding(whole.holding().number())
                    .setEncoding(Encoding.valueOf(whole.format().name()))
                    .setTally(TallyCodec.writeCounts(whole.tally())))
            .build();
    List<Payload> data =
        IntStream.range(first, first + count).mapToObj(chunk -> encode(whole, chunk)).toList();
    return new Frame<>(message, Payload.joined(data));
  }

  /** The gradient's sums, then the curvature's if any. */
  private static Payload encode(Contribution whole, int chunk) {
    Sums sums = whole.sums();
    GradientFormat format = whole.format();
    int from = whole.holding().from(chunk);
    int size = whole.holding().size(chunk);
    int more = sums.width() - 1;
    if (format == GradientFormat.FLOAT32) {
      return FloatPayload.of(
          List.of(
              new FloatPayload.Range(sums.gradient(), from, size),
              new FloatPayload.Range(sums.extra(), from * more, size * more)));
    }
    int first = format.bytes(size);
    byte[] bytes = new byte[first + format.bytes(size * more)];
    format.encode(sums.gradient(), from, size, bytes, 0);
    format.encode(sums.extra(), from * more, size * more, bytes, first);
    return Payload.of(bytes);
  }
}
