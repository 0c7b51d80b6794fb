package io.cordee.worker.data;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Files as NumPy writes them. */
final class NpyFiles {

  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};

  private NpyFiles() {}

  /** Of version 1.0. */
  static byte[] npy(String type, String shape, byte[] elements) {
    return join(header(1, dictionary(type, shape)), elements);
  }

  static String dictionary(String type, String shape) {
    return "{'descr': '%s', 'fortran_order': False, 'shape': %s, }".formatted(type, shape);
  }

  /** A header that ends at a multiple of 64 bytes. */
  static byte[] header(int version, String dictionary) {
    int prefix = MAGIC.length + 2 + (version == 1 ? 2 : 4);
    int length = (prefix + dictionary.length() + 1 + 63) / 64 * 64 - prefix;
    String padded = dictionary + " ".repeat(length - dictionary.length() - 1) + "\n";
    ByteBuffer header = ByteBuffer.allocate(prefix + length).order(ByteOrder.LITTLE_ENDIAN);
    header.put(MAGIC).put((byte) version).put((byte) 0);
    if (version == 1) {
      header.putShort((short) length);
    } else {
      header.putInt(length);
    }
    return header.put(padded.getBytes(StandardCharsets.ISO_8859_1)).array();
  }

  static byte[] join(byte[] first, byte[] second) {
    return ByteBuffer.allocate(first.length + second.length).put(first).put(second).array();
  }

  static byte[] bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return bytes;
  }

  static byte[] floats(ByteOrder order, float... values) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(order);
    bytes.asFloatBuffer().put(values);
    return bytes.array();
  }

  static byte[] doubles(ByteOrder order, double... values) {
    ByteBuffer bytes = ByteBuffer.allocate(8 * values.length).order(order);
    bytes.asDoubleBuffer().put(values);
    return bytes.array();
  }

  /** The lower bytes of each of the values. */
  static byte[] integers(ByteOrder order, int size, long... values) {
    ByteBuffer bytes = ByteBuffer.allocate(size * values.length);
    for (long value : values) {
      for (int i = 0; i < size; i++) {
        int shift = order == ByteOrder.LITTLE_ENDIAN ? i : size - 1 - i;
        bytes.put((byte) (value >> 8 * shift));
      }
    }
    return bytes.array();
  }
}
