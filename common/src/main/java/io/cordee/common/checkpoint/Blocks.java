package io.cordee.common.checkpoint;

import java.nio.ByteBuffer;

/** The checksum of a checkpoint's block. */
final class Blocks {

  private Blocks() {}

  static int crc(int chunk, ByteBuffer content) {
    return FileFront.crc(ByteBuffer.allocate(Integer.BYTES).putInt(0, chunk), content);
  }
}
