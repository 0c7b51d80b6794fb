package io.cordee.worker.data.rows;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A section of a mapped file. What is not in memory is read in order in two thirds of the time that
 * page faults take. Any thread may call.
 *
 * @param start of the section in the file
 */
record FileSection(Path file, MappedByteBuffer mapped, int start) {

  /** More is copied from the mapping, so that buffers stay small. */
  private static final int MOST = 16 << 20;

  /** What a thread reads at present. */
  private static final class Pass {

    private FileSection section;

    /** Empty if all is to be copied from the mapping. */
    private Optional<FileChannel> channel = Optional.empty();

    private ByteBuffer block = ByteBuffer.allocate(0);

    void begin(FileSection wanted) throws IOException {
      section = wanted;
      if (channel.isPresent()) {
        channel.get().close();
        channel = Optional.empty();
      }
      if (!wanted.mapped.isLoaded()) {
        channel = Optional.of(FileChannel.open(wanted.file));
      }
    }

    ByteBuffer read(long at, int length) throws IOException {
      if (block.capacity() < length) {
        block = ByteBuffer.allocateDirect(length).order(ByteOrder.LITTLE_ENDIAN);
      }
      block.clear().limit(length);
      while (block.hasRemaining()) {
        if (channel.get().read(block, at + block.position()) < 0) {
          throw new EOFException();
        }
      }
      return block.flip();
    }
  }

  private static final ThreadLocal<Pass> LATEST = ThreadLocal.withInitial(Pass::new);

  /**
   * Bytes of the section, until this thread's next call; empty if they are to be copied from the
   * mapping.
   *
   * @param from 0 begins a pass
   */
  Optional<ByteBuffer> read(int from, int length) {
    Pass pass = LATEST.get();
    try {
      if (pass.section != this || from == 0) {
        pass.begin(this);
      }
      boolean isRead = pass.channel.isPresent() && length <= MOST;
      return isRead ? Optional.of(pass.read((long) start + from, length)) : Optional.empty();
    } catch (IOException e) { // the file may be deleted, the mapping stays
      pass.channel = Optional.empty();
      return Optional.empty();
    }
  }
}
