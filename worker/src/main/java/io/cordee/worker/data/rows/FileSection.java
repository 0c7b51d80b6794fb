package io.cordee.worker.data.rows;

import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A section of a mapped file. Reading what is not in memory takes two thirds of the time that
 * faulting it in does. Any thread may call; each that reads keeps a block of direct memory.
 *
 * @param start of the section in the file
 * @param length in bytes
 */
record FileSection(Path file, MappedByteBuffer mapped, int start, int length) {

  private static final int BLOCK = 1 << 20;

  /** What a thread reads at present. */
  private static final class Pass {

    /** Null between passes. */
    private FileSection section;

    /** Empty if all is to be copied from the mapping. */
    private Optional<FileChannel> channel = Optional.empty();

    private ByteBuffer block = ByteBuffer.allocate(0);

    void begin(FileSection wanted) throws IOException {
      close();
      section = wanted;
      if (!wanted.mapped.isLoaded()) {
        channel = Optional.of(FileChannel.open(wanted.file));
      }
    }

    void read(long from, int length, Consumer<ByteBuffer> into) throws IOException {
      if (block.capacity() == 0) {
        block = ByteBuffer.allocateDirect(BLOCK).order(ByteOrder.LITTLE_ENDIAN);
      }
      for (int done = 0; done < length; done += block.limit()) {
        block.clear().limit(Math.min(BLOCK, length - done));
        while (block.hasRemaining()) {
          if (channel.get().read(block, from + done + block.position()) < 0) {
            throw new EOFException();
          }
        }
        into.accept(block.flip());
      }
    }

    void close() {
      try {
        if (channel.isPresent()) {
          channel.get().close();
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      channel = Optional.empty();
    }
  }

  private static final ThreadLocal<Pass> LATEST = ThreadLocal.withInitial(Pass::new);

  /**
   * Reads bytes of the section, block by block.
   *
   * @param from 0 begins a pass, which the last byte ends
   * @return false if they are to be copied from the mapping, all of them
   */
  boolean read(int from, int count, Consumer<ByteBuffer> into) {
    Pass pass = LATEST.get();
    try {
      if (pass.section != this || from == 0) {
        pass.begin(this);
      }
      boolean isRead = pass.channel.isPresent();
      if (isRead) {
        pass.read((long) start + from, count, into);
      }
      if (from + count == length) {
        pass.close();
        pass.section = null;
      }
      return isRead;
    } catch (IOException e) { // the file may be deleted, the mapping stays
      pass.close();
      return false;
    }
  }
}
