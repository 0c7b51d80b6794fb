package io.cordee.bench.wire;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SocketChannel;

/** Moves a {@code float[]} over a plain socket, through one direct buffer of 256 KiB. */
final class Floats {

  private static final int STAGING = 256 << 10;

  private final SocketChannel socket;
  private final ByteBuffer staging =
      ByteBuffer.allocateDirect(STAGING).order(ByteOrder.LITTLE_ENDIAN);

  Floats(SocketChannel socket) {
    this.socket = socket;
  }

  void send(float[] values) throws IOException {
    int sent = 0;
    while (sent < values.length) {
      int count = Math.min(STAGING / Float.BYTES, values.length - sent);
      staging.clear();
      staging.asFloatBuffer().put(values, sent, count);
      staging.limit(count * Float.BYTES);
      while (staging.hasRemaining()) {
        socket.write(staging);
      }
      sent += count;
    }
  }

  void receive(float[] values) throws IOException {
    int received = 0;
    staging.clear();
    while (received < values.length) {
      staging.limit((int) Math.min(STAGING, (long) (values.length - received) * Float.BYTES));
      if (socket.read(staging) < 0) {
        throw new EOFException("the other side has closed the connection");
      }
      staging.flip();
      int count = staging.remaining() / Float.BYTES;
      staging.asFloatBuffer().get(values, received, count);
      staging.position(count * Float.BYTES);
      staging.compact(); // part of a float may be left
      received += count;
    }
  }
}
