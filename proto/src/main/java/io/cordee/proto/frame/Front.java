package io.cordee.proto.frame;

import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * The first bytes of a message, read one by one and remembered. Anything unexpected reads as {@link
 * #NOTHING}: the whole message is then left to protobuf's own parser.
 */
final class Front {

  /** No tag and no length. */
  static final int NOTHING = -1;

  private final InputStream in;
  private final int total;
  private final byte[] bytes;
  private int position;

  /**
   * @param most bytes to read at most
   */
  Front(InputStream in, int most) throws IOException {
    this.in = in;
    this.total = in.available();
    this.bytes = new byte[Math.min(most, total)];
  }

  int position() {
    return position;
  }

  /** Bytes of the message that have not been read. */
  int left() {
    return total - position;
  }

  byte[] bytes(int from, int to) {
    return Arrays.copyOfRange(bytes, from, to);
  }

  private boolean next() throws IOException {
    if (position == bytes.length) {
      return false;
    }
    int read = in.read();
    if (read < 0) {
      return false;
    }
    bytes[position++] = (byte) read;
    return true;
  }

  /** A number below 2³¹, which may be a tag or a length. */
  int varint() throws IOException {
    long value = 0;
    for (int shift = 0; shift < 35 && next(); shift += 7) {
      byte last = bytes[position - 1];
      value |= (long) (last & 0x7F) << shift;
      if (last >= 0) {
        return value <= Integer.MAX_VALUE ? (int) value : NOTHING;
      }
    }
    return NOTHING;
  }

  /** Skips a field; returns whether it could. */
  boolean skipField(int tag) throws IOException {
    return switch (tag < 0 ? NOTHING : WireFormat.getTagWireType(tag)) {
      case WireFormat.WIRETYPE_VARINT -> skipVarint();
      case WireFormat.WIRETYPE_FIXED64 -> skip(Long.BYTES);
      case WireFormat.WIRETYPE_FIXED32 -> skip(Integer.BYTES);
      case WireFormat.WIRETYPE_LENGTH_DELIMITED -> skip(varint());
      default -> false;
    };
  }

  private boolean skipVarint() throws IOException {
    for (int i = 0; i < 10 && next(); i++) {
      if (bytes[position - 1] >= 0) {
        return true;
      }
    }
    return false;
  }

  private boolean skip(int count) throws IOException {
    if (count < 0) {
      return false;
    }
    for (int i = 0; i < count; i++) {
      if (!next()) {
        return false;
      }
    }
    return true;
  }
}
