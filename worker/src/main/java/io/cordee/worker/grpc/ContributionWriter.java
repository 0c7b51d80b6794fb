package io.cordee.worker.grpc;

import io.cordee.common.job.Tally;
import io.cordee.common.reduce.Chunks;
import io.cordee.common.wire.Uplink;
import io.cordee.function.Sums;
import io.cordee.proto.frame.Frame;
import io.cordee.proto.frame.Payload;
import io.cordee.proto.message.TallyCodec;
import io.cordee.proto.v1.Contribution;
import io.cordee.proto.v1.Contribution.Encoding;
import io.cordee.proto.v1.WorkerMessage;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Encodes the sums at a node as messages, one or several chunks per message. Any thread may call.
 */
final class ContributionWriter {

  private final Encoding encoding;
  private final ChunkEncoder encoder;

  ContributionWriter(Uplink uplink) {
    this.encoding =
        switch (uplink) {
          case FLOAT32 -> Encoding.FLOAT32;
          case BFLOAT16 -> Encoding.BFLOAT16;
          case INT8 -> Encoding.INT8;
        };
    this.encoder = ChunkEncoder.of(uplink);
  }

  /**
   * Call once per chunk, node and version.
   *
   * @param sums not to change until the message is written
   */
  Frame<WorkerMessage> write(
      int version, int node, Tally tally, Sums sums, Chunks chunks, int first, int count) {
    WorkerMessage message =
        WorkerMessage.newBuilder()
            .setContribution(
                Contribution.newBuilder()
                    .setVersion(version)
                    .setNode(node)
                    .setChunk(first)
                    .setChunks(count)
                    .setEncoding(encoding)
                    .setTally(TallyCodec.writeCounts(tally)))
            .build();
    List<Payload> data =
        IntStream.range(first, first + count)
            .mapToObj(chunk -> encoder.encode(version, node, sums, chunks, chunk))
            .toList();
    return new Frame<>(message, Payload.joined(data));
  }
}
