package io.cordee.cli.tensorboard;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.cordee.formats.tensorboard.Event;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Reads TensorFlow's records as their description says, and checks both checksums of each. */
public final class Records {

  private Records() {}

  /** All events of a file, which has to end with a whole record. */
  public static List<Event> read(Path file) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    List<Event> events = new ArrayList<>();
    while (bytes.hasRemaining()) {
      byte[] length = new byte[8];
      bytes.get(bytes.position(), length);
      byte[] data = new byte[Math.toIntExact(bytes.getLong())];
      assertEquals(masked(length), bytes.getInt(), "checksum of the length");
      bytes.get(data);
      assertEquals(masked(data), bytes.getInt(), "checksum of the data");
      events.add(Event.parseFrom(data));
    }
    return events;
  }

  private static int masked(byte[] data) {
    int crc = crc32c(data);
    return ((crc >>> 15) | (crc << 17)) + 0xa282ead8;
  }

  /** Bit by bit, by Castagnoli's polynomial, reflected. */
  static int crc32c(byte[] data) {
    int crc = -1;
    for (byte b : data) {
      crc ^= b & 0xff;
      for (int bit = 0; bit < 8; bit++) {
        crc = (crc >>> 1) ^ ((crc & 1) * 0x82f63b78);
      }
    }
    return ~crc;
  }
}
