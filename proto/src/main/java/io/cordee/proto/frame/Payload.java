package io.cordee.proto.frame;

import java.io.IOException;
import java.io.OutputStream;

/** The bulk data of a message, its field {@code data}. Nothing is copied before it is written. */
public interface Payload {

  /** No data. */
  Payload NONE = of(new byte[0]);

  /** Bytes. */
  int size();

  /** Writes {@link #size} bytes; their source must not change meanwhile. */
  void writeTo(OutputStream out) throws IOException;

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
    };
  }
}
