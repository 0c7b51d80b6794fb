package io.cordee.worker.process;

import io.cordee.worker.function.FunctionException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;

/**
 * Writes and reads messages: the length of what follows the header and the kind, both of 4 bytes,
 * then fields of 8 bytes and at last, of some kinds, a text in UTF-8. Little-endian.
 */
final class Message {

  static final int HELLO = 1;
  static final int OPEN = 2;
  static final int READY = 3;
  static final int COMPUTE = 4;
  static final int MEASURE = 5;
  static final int DONE = 6;
  static final int CHECKSUM = 7;
  static final int FAILED = 8;
  static final int IDS = 9;

  private static final int HEADER = 8;

  /** The longest message that a child may send: a text for people. */
  private static final int LONGEST = 1 << 20;

  /** The longest one of the ids of some rows. */
  private static final int LONGEST_OF_IDS = 1 << 28;

  private final int kind;
  private final ByteBuffer body;

  private Message(int kind, ByteBuffer body) {
    this.kind = kind;
    this.body = body;
  }

  /** Writes a message of these fields, and of a text if it is not empty. */
  static void write(WritableByteChannel to, int kind, String text, long... fields)
      throws IOException {
    byte[] words = text.getBytes(StandardCharsets.UTF_8);
    int length = Math.addExact(Long.BYTES * fields.length, words.length);
    ByteBuffer all = allocate(HEADER + length).putInt(length).putInt(kind);
    for (long field : fields) {
      all.putLong(field);
    }
    all.put(words).flip();
    while (all.hasRemaining()) {
      to.write(all);
    }
  }

  /**
   * Reads the next message.
   *
   * @throws EOFException if the child has ended, or closed the connection
   * @throws FunctionException if it is no message
   */
  static Message read(InputStream from) throws IOException {
    ByteBuffer header = filled(from, HEADER);
    int length = header.getInt();
    int kind = header.getInt();
    int longest = kind == IDS ? LONGEST_OF_IDS : LONGEST;
    if (length < 0 || length > longest || kind < HELLO || kind > IDS) {
      throw new FunctionException(
          "the function process sent what is no message: expected at most %d bytes of kind 1 to 9;"
              + " found %d of kind %d",
          longest, length, kind);
    }
    return new Message(kind, filled(from, length));
  }

  private static ByteBuffer filled(InputStream from, int length) throws IOException {
    byte[] read = from.readNBytes(length);
    if (read.length < length) {
      throw new EOFException();
    }
    return ByteBuffer.wrap(read).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static ByteBuffer allocate(int length) {
    return ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
  }

  int kind() {
    return kind;
  }

  /** Returns the kind of message that answers a question. */
  static int answerTo(int question) {
    return switch (question) {
      case OPEN -> READY;
      case COMPUTE, MEASURE -> DONE;
      case CHECKSUM, IDS -> question;
      default -> throw new IllegalArgumentException("no question: " + question);
    };
  }

  /**
   * Returns the next field.
   *
   * @throws FunctionException if the message is too short
   */
  long next() {
    requireField();
    return body.getLong();
  }

  double nextDouble() {
    requireField();
    return body.getDouble();
  }

  private void requireField() {
    if (body.remaining() < Long.BYTES) {
      throw new FunctionException(
          "the function process sent a message of kind %d that is too short", kind);
    }
  }

  /** Returns the rest as a text. */
  String text() {
    return StandardCharsets.UTF_8.decode(body).toString();
  }
}
