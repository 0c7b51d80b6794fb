package io.cordee.proto.frame;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.List;

/** The bulk data of a message, its field {@code data}. Nothing is copied before it is written. */
public interface Payload {

  Payload NONE = of(new byte[0]);

  /** Bytes. */
  int size();

  /** Writes {@link #size} bytes; their source must not change meanwhile. */
  void writeTo(OutputStream out) throws IOException;

  /** The bytes that are written; not to be modified. */
  default byte[] toBytes() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(size());
    try {
      writeTo(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /** The same data, independent of their source. */
  default Payload settled() {
    return of(toBytes());
  }

  static Payload joined(List<? extends Payload> parts) {
    if (parts.size() == 1) {
      return parts.get(0);
    }
    if (parts.stream().allMatch(FloatPayload.class::isInstance)) {
      return FloatPayload.joined(parts.stream().map(FloatPayload.class::cast).toList());
    }
    return new Payload() {
      @Override
      public int size() {
        return parts.stream().mapToInt(Payload::size).sum();
      }

      @Override
      public void writeTo(OutputStream out) throws IOException {
        for (Payload part : parts) {
          part.writeTo(out);
        }
      }
    };
  }

  /** These bytes; the array is kept, not copied. */
  static Payload of(byte[] bytes) {
    return new Payload() {
      @Override
      public int size() {
        return bytes.length;
      }

      @Override
      public void writeTo(OutputStream out) throws IOException {
        out.write(bytes);
      }

      @Override
      public byte[] toBytes() {
        return bytes;
      }
    };
  }
}
