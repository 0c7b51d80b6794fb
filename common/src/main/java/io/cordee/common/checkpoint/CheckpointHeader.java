package io.cordee.common.checkpoint;

import io.cordee.common.reduce.Chunks;
import io.cordee.common.reduce.Shard;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * The header of a checkpoint.
 *
 * @param job as resolved YAML, with what is known of the rows that it is trained on
 * @param shard whose part of the vector it is
 * @param mark the version
 * @param parts vectors per chunk: the weights at the version, those at the version before, and the
 *     optimizer's slots
 * @param base the version that a checkpoint without the rows untouched since then adds to, 0 for
 *     the start; {@link #WHOLE} if it has all rows
 */
public record CheckpointHeader(
    String job, Shard shard, RoundMark mark, Chunks chunks, int parts, int base) {

  public static final int WHOLE = -1;

  private static final int MAX_PARTS = 64;

  public CheckpointHeader {
    if (parts < 2 || parts > MAX_PARTS) {
      throw new IllegalArgumentException("expected 2 to " + MAX_PARTS + " parts; found " + parts);
    }
    if (mark.version() < 0) {
      throw new IllegalArgumentException("found version " + mark.version());
    }
    if (base < WHOLE || base > WHOLE && base >= mark.version()) {
      throw new IllegalArgumentException(
          "version " + mark.version() + " cannot add to version " + base);
    }
    if (chunks.parameters() < 1 || chunks.length() < 1 || chunks.width() < 1) {
      throw new IllegalArgumentException("found a vector cut as " + chunks);
    }
  }

  /** Makes that of a checkpoint with all rows. */
  public CheckpointHeader(String job, Shard shard, RoundMark mark, Chunks chunks, int parts) {
    this(job, shard, mark, chunks, parts, WHOLE);
  }

  public CheckpointHeader at(RoundMark other) {
    return at(other, WHOLE);
  }

  public CheckpointHeader at(RoundMark other, int otherBase) {
    return new CheckpointHeader(job, shard, other, chunks, parts, otherBase);
  }

  public CheckpointHeader of(String otherJob) {
    return new CheckpointHeader(otherJob, shard, mark, chunks, parts, base);
  }

  byte[] toBytes() {
    byte[] yaml = job.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(9 * Integer.BYTES + 2 * Double.BYTES + yaml.length)
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
        .putInt(base)
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
      int base = in.available() == 0 ? WHOLE : in.readInt(); // older files have none
      return new CheckpointHeader(job, shard, mark, chunks, parts, base);
    }
  }
}
