package io.cordee.worker.data.rows;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
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
import java.util.HashSet;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class FileSectionTest {

  private static final int START = 128;
  private static final int WIDTH = 16;
  private static final int ROWS = 40_000;
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
      return new FileSection(file, mapped, START, BYTES);
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
    int width = features.width();
    int[] all = new int[ROWS * width];
    for (int from = 0; from < ROWS; from += rows) {
      int count = Math.min(rows, ROWS - from);
      float[] into = new float[count * width];
      features.copy(from, count, into);
      for (int i = 0; i < into.length; i++) {
        all[from * width + i] = Float.floatToRawIntBits(into[i]);
      }
    }
    return all;
  }

  @Test
  void rowsThatAreNotInMemoryAreReadWithTheBitsOfTheMapping() throws IOException {
    for (int rows : new int[] {1, 256, 1000, ROWS}) {
      write();
      FileSection section = section();
      int[] read = pass(floats(section, true), rows);
      assertArrayEquals(pass(floats(section, false), rows), read);
    }
  }

  @Test
  void moreThanABlockIsReadInOrder() throws IOException {
    FileSection section = section();
    ByteBuffer read = ByteBuffer.allocate(BYTES - 8);
    Set<Integer> capacities = new HashSet<>();
    assertTrue(
        section.read(
            8,
            BYTES - 8,
            block -> {
              capacities.add(block.capacity());
              read.put(block);
            }));
    assertEquals(Set.of(1 << 20), capacities);
    assertEquals(bytes(section).slice(8, BYTES - 8), read.flip());
  }

  @Test
  void bytesThatAreNotInMemoryAreReadWithTheBitsOfTheMapping() throws IOException {
    ByteScale scale = new ByteScale(7);
    for (int rows : new int[] {100, ROWS}) {
      write();
      FileSection section = section();
      Features mapped =
          new Features.Bytes(Float.BYTES * WIDTH, bytes(section), scale, Optional.empty());
      int[] read =
          pass(
              new Features.Bytes(Float.BYTES * WIDTH, bytes(section), scale, Optional.of(section)),
              rows);
      assertArrayEquals(pass(mapped, rows), read);
    }
  }

  /** Whether this process has the file open; mappings do not count. */
  private boolean isOpen() throws IOException {
    try (Stream<Path> links = Files.list(Path.of("/proc/self/fd"))) {
      return links.anyMatch(link -> Files.isRegularFile(link) && isSame(link));
    }
  }

  private boolean isSame(Path link) {
    try {
      return Files.isSameFile(link, file);
    } catch (IOException e) { // closed since
      return false;
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void theFileIsOpenUntilThePassEnds() throws IOException {
    FileSection section = section();
    assertTrue(section.read(0, BYTES - 1, read -> {}));
    assertTrue(isOpen());
    section.read(BYTES - 1, 1, read -> {});
    assertFalse(isOpen());
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void theFileIsClosedWhenItCannotBeRead() throws IOException {
    FileSection section = section();
    assertTrue(section.read(0, BYTES / 4, read -> {}));
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(BYTES / 2);
    }
    assertFalse(section.read(BYTES / 4, BYTES / 2, read -> {}));
    assertFalse(isOpen());
  }

  @Test
  void rowsOfAFileThatIsDeletedAreCopiedFromTheMapping() throws IOException {
    FileSection section = section();
    Files.delete(file);
    int[] read = pass(floats(section, true), 256);
    assertArrayEquals(pass(floats(section, false), 256), read);
  }
}
