package io.cordee.common.checkpoint;

import io.cordee.common.reduce.Chunks;
import io.cordee.common.reduce.Shard;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * The header of a checkpoint or a journal.
 *
 * @param job as resolved YAML, with what is known of the rows that it is trained on
 * @param shard whose part of the vector it is
 * @param mark a checkpoint's version; the version that a journal begins after
 * @param parts vectors per chunk: the weights at the version, those at the version before, and the
 *     rule's slots
 */
public record CheckpointHeader(String job, Shard shard, RoundMark mark, Chunks chunks, int parts) {

  private static final int MAX_PARTS = 64;

  public CheckpointHeader {
    if (parts < 2 || parts > MAX_PARTS) {
      throw new IllegalArgumentException("expected 2 to " + MAX_PARTS + " parts; found " + parts);
    }
    if (mark.version() < 0) {
      throw new IllegalArgumentException("found version " + mark.version());
    }
    if (chunks.parameters() < 1 || chunks.length() < 1 || chunks.width() < 1) {
      throw new IllegalArgumentException("found a vector cut as " + chunks);
    }
  }

  public CheckpointHeader at(RoundMark other) {
    return new CheckpointHeader(job, shard, other, chunks, parts);
  }

  public CheckpointHeader of(String otherJob) {
    return new CheckpointHeader(otherJob, shard, mark, chunks, parts);
  }

  byte[] toBytes() {
    byte[] yaml = job.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(8 * Integer.BYTES + 2 * Double.BYTES + yaml.length)
        .putInt(shard.number())
        .putInt(shard.count())
        .putInt(mark.version())
        .putDouble(mark.meanLoss())
        .putDouble(mark.seconds())
        .putInt(chunks.parameters())
        .putInt(chunks.length())
        .putInt(chunks.width())
        .putInt(parts)
        .putInt(yaml.length)
        .put(yaml)
        .array();
  }

  /**
   * @throws IOException if it ends too soon
   * @throws IllegalArgumentException if it cannot be
   */
  static CheckpointHeader of(byte[] bytes) throws IOException {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      Shard shard = new Shard(in.readInt(), in.readInt());
      RoundMark mark = new RoundMark(in.readInt(), in.readDouble(), in.readDouble());
      Chunks chunks = new Chunks(in.readInt(), in.readInt(), in.readInt());
      int parts = in.readInt();
      int length = in.readInt();
      if (length < 0 || length > in.available()) {
        throw new IllegalArgumentException("its job would have " + length + " bytes");
      }
      String job = new String(in.readNBytes(length), StandardCharsets.UTF_8);
      return new CheckpointHeader(job, shard, mark, chunks, parts);
    }
  }
}
