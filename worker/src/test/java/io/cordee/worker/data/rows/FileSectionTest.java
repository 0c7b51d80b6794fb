package io.cordee.worker.data.rows;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.worker.math.ByteScale;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileSectionTest {

  private static final int START = 128;
  private static final int WIDTH = 16;
  private static final int ROWS = 1 << 12;
  private static final int BYTES = Float.BYTES * WIDTH * ROWS;

  @TempDir private Path folder;
  private Path file;

  /** Random bytes before a hole, which is in memory only once it is read. */
  @BeforeEach
  void write() throws IOException {
    file = folder.resolve("rows");
    byte[] some = new byte[BYTES / 2];
    new Random(1).nextBytes(some);
    Files.write(file, some);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.allocate(1), START + BYTES - 1);
    }
  }

  private FileSection section() throws IOException {
    try (FileChannel channel = FileChannel.open(file)) {
      MappedByteBuffer mapped = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size());
      return new FileSection(file, mapped, START);
    }
  }

  private static ByteBuffer bytes(FileSection section) {
    return section.mapped().slice(START, BYTES).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static Features floats(FileSection section, boolean isRead) {
    return new Features.Floats(
        WIDTH, bytes(section).asFloatBuffer(), Optional.of(section).filter(it -> isRead));
  }

  private static int[] pass(Features features, int rows) {
    int[] all = new int[ROWS * WIDTH];
    for (int from = 0; from < ROWS; from += rows) {
      int count = Math.min(rows, ROWS - from);
      float[] into = new float[count * WIDTH];
      features.copy(from, count, into);
      for (int i = 0; i < into.length; i++) {
        all[from * WIDTH + i] = Float.floatToRawIntBits(into[i]);
      }
    }
    return all;
  }

  @Test
  void rowsThatAreNotInMemoryAreReadWithTheBitsOfTheMapping() throws IOException {
    FileSection section = section();
    assertEquals(Optional.of(bytes(section).slice(8, 40)), section.read(8, 40));
    for (int rows : new int[] {1, 256, 1000, ROWS}) {
      assertArrayEquals(pass(floats(section, false), rows), pass(floats(section, true), rows));
    }
  }

  @Test
  void bytesThatAreNotInMemoryAreReadWithTheBitsOfTheMapping() throws IOException {
    FileSection section = section();
    ByteScale scale = new ByteScale(7);
    assertTrue(section.read(0, 1).isPresent());
    assertArrayEquals(
        pass(new Features.Bytes(WIDTH, bytes(section), scale, Optional.empty()), 100),
        pass(new Features.Bytes(WIDTH, bytes(section), scale, Optional.of(section)), 100));
  }

  @Test
  void rowsOfAFileThatIsDeletedAreCopiedFromTheMapping() throws IOException {
    FileSection section = section();
    Files.delete(file);
    int[] read = pass(floats(section, true), 256);
    assertArrayEquals(pass(floats(section, false), 256), read);
  }
}
