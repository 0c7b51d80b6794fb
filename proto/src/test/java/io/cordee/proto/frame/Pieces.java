package io.cordee.proto.frame;

import io.grpc.HasByteBuffer;
import io.grpc.KnownLength;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;

/** A message as a socket delivers it, in buffers of any size; reads and skips may stop early. */
final class Pieces extends InputStream implements HasByteBuffer, KnownLength {

  private final Deque<ByteBuffer> pieces = new ArrayDeque<>();
  private final boolean hasByteBuffers;
  private final Random random;

  private Pieces(byte[] bytes, int largest, boolean hasByteBuffers, long seed) {
    this.hasByteBuffers = hasByteBuffers;
    this.random = new Random(seed);
    for (int at = 0; at < bytes.length; ) {
      int size = Math.min(1 + random.nextInt(largest), bytes.length - at);
      pieces.add(piece(bytes, at, size));
      at += size;
    }
  }

  private ByteBuffer piece(byte[] bytes, int at, int size) {
    ByteBuffer piece =
        random.nextBoolean() ? ByteBuffer.allocateDirect(size) : ByteBuffer.allocate(size);
    return piece.put(bytes, at, size).flip();
  }

  /** With access to its buffers, of up to {@code largest} bytes. */
  static Pieces of(byte[] bytes, int largest, long seed) {
    return new Pieces(bytes, largest, true, seed);
  }

  static Pieces withoutBuffers(byte[] bytes, int largest, long seed) {
    return new Pieces(bytes, largest, false, seed);
  }

  @Override
  public boolean byteBufferSupported() {
    return hasByteBuffers;
  }

  @Override
  public ByteBuffer getByteBuffer() {
    if (!hasByteBuffers) {
      throw new UnsupportedOperationException();
    }
    ByteBuffer piece = current();
    return piece == null ? null : piece.asReadOnlyBuffer();
  }

  private ByteBuffer current() {
    while (!pieces.isEmpty() && !pieces.getFirst().hasRemaining()) {
      pieces.removeFirst();
    }
    return pieces.peekFirst();
  }

  @Override
  public int available() {
    return pieces.stream().mapToInt(ByteBuffer::remaining).sum();
  }

  @Override
  public int read() {
    ByteBuffer piece = current();
    return piece == null ? -1 : piece.get() & 0xFF;
  }

  @Override
  public int read(byte[] into, int offset, int length) {
    if (length == 0) {
      return 0;
    }
    ByteBuffer piece = current();
    if (piece == null) {
      return -1;
    }
    int count = some(Math.min(length, piece.remaining()));
    piece.get(into, offset, count);
    return count;
  }

  @Override
  public long skip(long wanted) {
    ByteBuffer piece = current();
    if (piece == null || wanted <= 0) {
      return 0;
    }
    int count = some((int) Math.min(wanted, piece.remaining()));
    piece.position(piece.position() + count);
    return count;
  }

  private int some(int most) {
    return random.nextInt(4) == 0 ? 1 + random.nextInt(most) : most;
  }
}
