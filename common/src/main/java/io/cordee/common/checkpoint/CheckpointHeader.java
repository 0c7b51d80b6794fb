package io.cordee.common.checkpoint;

import io.cordee.common.reduce.Chunks;
import io.cordee.common.reduce.Shard;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/**
 * What stands in front of a checkpoint's or a journal's content.
 *
 * @param job as resolved YAML
 * @param shard whose part of the vector it is
 * @param mark of a checkpoint, the version that it holds; of a journal, the one that it begins
 *     after
 * @param chunks of that part
 * @param parts how many vectors there are of each chunk: the weights at the version, those at the
 *     version before, and the rule's slots
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

  /** The same for another version. */
  public CheckpointHeader at(RoundMark other) {
    return new CheckpointHeader(job, shard, other, chunks, parts);
  }

  byte[] toBytes() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeInt(shard.number());
      out.writeInt(shard.count());
      out.writeInt(mark.version());
      out.writeDouble(mark.meanLoss());
      out.writeDouble(mark.seconds());
      out.writeInt(chunks.parameters());
      out.writeInt(chunks.length());
      out.writeInt(chunks.width());
      out.writeInt(parts);
      byte[] yaml = job.getBytes(StandardCharsets.UTF_8);
      out.writeInt(yaml.length);
      out.write(yaml);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
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
