package io.cordee.proto.frame;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.List;

/** Ranges of float arrays, concatenated: float32, little-endian, bit for bit. */
public final class FloatPayload implements Payload {

  /** The elements [from, from + count) of an array. */
  public record Range(float[] array, int from, int count) {}

  /** A piece that stays in the first-level cache between the array and the socket's buffer. */
  private static final class Scratch {
    static final int FLOATS = 4096;

    final byte[] bytes = new byte[FLOATS * Float.BYTES];
    final FloatBuffer floats =
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
  }

  private static final ThreadLocal<Scratch> SCRATCH = ThreadLocal.withInitial(Scratch::new);

  private final List<Range> ranges;

  private FloatPayload(List<Range> ranges) {
    this.ranges = ranges;
  }

  public static FloatPayload of(float[] array, int from, int count) {
    return new FloatPayload(List.of(new Range(array, from, count)));
  }

  public static FloatPayload of(List<Range> ranges) {
    return new FloatPayload(List.copyOf(ranges));
  }

  static FloatPayload joined(List<FloatPayload> parts) {
    return new FloatPayload(parts.stream().flatMap(part -> part.ranges.stream()).toList());
  }

  @Override
  public int size() {
    int floats = 0;
    for (Range range : ranges) {
      floats += range.count();
    }
    return Math.multiplyExact(floats, Float.BYTES);
  }

  @Override
  public void writeTo(OutputStream out) throws IOException {
    Scratch scratch = SCRATCH.get();
    for (Range range : ranges) {
      int end = range.from() + range.count();
      for (int at = range.from(); at < end; at += Scratch.FLOATS) {
        int count = Math.min(Scratch.FLOATS, end - at);
        scratch.floats.put(0, range.array(), at, count);
        out.write(scratch.bytes, 0, count * Float.BYTES);
      }
    }
  }

  @Override
  public FloatPayload settled() {
    float[] copy = new float[size() / Float.BYTES];
    copy(0, copy, 0, copy.length);
    return of(copy, 0, copy.length);
  }

  /** Copies the floats from {@code first} on into {@code into[at, at + count)}. */
  void copy(int first, float[] into, int at, int count) {
    int skipped = first;
    int done = 0;
    for (Range range : ranges) {
      int here = Math.max(0, Math.min(range.count() - skipped, count - done));
      if (here > 0) {
        System.arraycopy(range.array(), range.from() + skipped, into, at + done, here);
        done += here;
      }
      skipped = Math.max(0, skipped - range.count());
    }
  }

  @Override
  public byte[] toBytes() {
    byte[] bytes = new byte[size()];
    FloatBuffer floats = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    for (Range range : ranges) {
      floats.put(range.array(), range.from(), range.count());
    }
    return bytes;
  }
}
