package io.cordee.common.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.common.optimizer.ParameterState;
import io.cordee.common.reduce.Chunks;
import io.cordee.common.reduce.Shard;
import io.cordee.common.wire.FloatCodec;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CheckpointFileTest {

  private static final CheckpointHeader HEADER =
      new CheckpointHeader(
          "name: Größe\n", new Shard(1, 3), new RoundMark(50, 0.1, 12.5), new Chunks(10, 4, 1), 3);

  @TempDir private Path temp;

  private final Random random = new Random(1);

  private static float[] part(float[][] vectors, int chunk) {
    Chunks chunks = HEADER.chunks();
    float[] content = new float[chunks.size(chunk) * vectors.length];
    for (int p = 0; p < vectors.length; p++) {
      System.arraycopy(
          vectors[p], chunks.from(chunk), content, p * chunks.size(chunk), chunks.size(chunk));
    }
    return content;
  }

  private float[][] vectors() {
    float[][] vectors = new float[3][10];
    for (float[] vector : vectors) {
      for (int i = 0; i < vector.length; i++) {
        vector[i] = Float.intBitsToFloat(random.nextInt());
      }
    }
    vectors[0][0] = -0f;
    return vectors;
  }

  private Path written(float[][] vectors) throws IOException {
    Path file = temp.resolve("a.checkpoint");
    try (CheckpointWriter writer = CheckpointWriter.create(file, HEADER)) {
      for (int chunk : new int[] {2, 0, 1}) {
        assertFalse(writer.isComplete());
        writer.put(chunk, part(vectors, chunk), ~chunk);
      }
      writer.commit();
    }
    return file;
  }

  private static int[][] bits(float[][] vectors) {
    return Arrays.stream(vectors)
        .map(
            vector -> {
              int[] bits = new int[vector.length];
              for (int i = 0; i < bits.length; i++) {
                bits[i] = Float.floatToRawIntBits(vector[i]);
              }
              return bits;
            })
        .toArray(int[][]::new);
  }

  @Test
  void whatIsWrittenInAnyOrderIsReadAgainBitForBit() throws IOException {
    float[][] vectors = vectors();
    try (CheckpointReader reader = CheckpointReader.open(written(vectors))) {
      assertEquals(HEADER, reader.header());
      assertArrayEquals(bits(vectors), bits(vectors(reader)));
      assertEquals(
          new SavedState(HEADER.mark(), List.of(), List.of(~0L, ~1L, ~2L)).digest(),
          reader.read().digest());
    }
  }

  @Test
  void partsOfChunksAreReadAgainWithTheirRows() throws IOException {
    CheckpointHeader header = HEADER.at(HEADER.mark(), 40);
    Path file = temp.resolve("a.checkpoint");
    List<int[]> rows = List.of(new int[] {3, 1 << 30}, new int[0], new int[] {7});
    try (CheckpointWriter writer = CheckpointWriter.create(file, header)) {
      writer.put(2, rows.get(2), new float[] {1, 2, 3}, 2);
      writer.put(0, rows.get(0), new float[] {1, 2, 3, 4, 5, 6, 7, 8, 9}, 0);
      writer.put(1, rows.get(1), new float[0], 1);
      writer.commit();
    }
    try (CheckpointReader reader = CheckpointReader.open(file)) {
      assertEquals(header, reader.header());
      List<ParameterState> parts = reader.read().chunks();
      for (int chunk = 0; chunk < rows.size(); chunk++) {
        assertArrayEquals(rows.get(chunk), reader.rows().get(chunk));
      }
      assertArrayEquals(new float[] {4, 5, 6}, parts.get(0).next());
      assertEquals(0, parts.get(1).size());
      assertArrayEquals(new float[] {3}, parts.get(2).slots()[0]);
    }
  }

  /** The first one without the checksums of chunks, which are then those of their bits. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void olderFormatsAreReadToo(int format) throws IOException {
    float[][] vectors = vectors();
    byte[] header = HEADER.toBytes();
    byte[] older = Arrays.copyOf(header, header.length - Integer.BYTES);
    ByteBuffer front = ByteBuffer.allocate(20 + older.length);
    front.put(FileFront.KIND.getBytes(StandardCharsets.US_ASCII));
    front.putInt(format).putInt(older.length).put(older);
    front.putInt(FileFront.crc(front.duplicate().flip())).flip();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.write(front.array(), 0, front.limit());
    for (int chunk = 0; chunk < HEADER.chunks().count(); chunk++) {
      float[] content = part(vectors, chunk);
      int length = content.length * Float.BYTES;
      ByteBuffer block = ByteBuffer.allocate(length + 3 * Integer.BYTES);
      FloatCodec.encode(content, 0, content.length, block);
      if (format == 2) {
        block.putLong(~chunk);
      }
      ByteBuffer number = ByteBuffer.allocate(Integer.BYTES).putInt(0, chunk);
      block.putInt(FileFront.crc(number, block.duplicate().flip()));
      bytes.write(block.array(), 0, block.position());
    }
    Path file = Files.write(temp.resolve("older.checkpoint"), bytes.toByteArray());
    try (CheckpointReader reader = CheckpointReader.open(file)) {
      assertEquals(HEADER, reader.header());
      SavedState state = reader.read();
      assertEquals(
          format == 1
              ? new SavedState(HEADER.mark(), state.chunks()).checksums()
              : List.of(~0L, ~1L, ~2L),
          state.checksums());
      assertArrayEquals(bits(vectors), bits(vectors(CheckpointReader.open(file))));
    }
  }

  @Test
  void anUnfinishedOneLeavesNothing() throws IOException {
    try (CheckpointWriter writer = CheckpointWriter.create(temp.resolve("a.checkpoint"), HEADER)) {
      writer.put(0, part(vectors(), 0), 7);
      assertThrows(IllegalStateException.class, writer::commit);
    }
    try (var files = Files.list(temp)) {
      assertEquals(List.of(), files.toList());
    }
  }

  @Test
  void everyFlippedBitIsFound() throws IOException {
    Path file = written(vectors());
    byte[] sound = Files.readAllBytes(file);
    for (int bit = 0; bit < 8 * sound.length; bit++) {
      byte[] damaged = sound.clone();
      damaged[bit / 8] ^= (byte) (1 << bit % 8);
      Files.write(file, damaged);
      IOException found = assertThrows(IOException.class, () -> read(file), "bit " + bit);
      assertTrue(found.getMessage().startsWith(file.toString()), found::getMessage);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0 | 3 | block 0 is of chunk 3; expected one of 0 to 2, each once",
        "48 | 2 | block 1 is of chunk 2; expected one of 0 to 2, each once",
        "4 | -1 | chunk 2: expected 0 to 2 rows and values; found -1 and 2",
        "8 | 3 | chunk 2: expected 0 to 2 rows and values; found 0 and 3",
        "8 | 1 | the checksum of chunk 2 does not match"
      })
  void damageOfABlockIsNamed(int at, int number, String found) throws IOException {
    Path file = written(vectors());
    byte[] bytes = Files.readAllBytes(file);
    int blocks = 10 * 3 * Float.BYTES + 3 * (CheckpointWriter.HEAD + 12);
    ByteBuffer.wrap(bytes).putInt(bytes.length - blocks + at, number);
    Files.write(file, bytes);
    IOException e = assertThrows(CheckpointException.class, () -> read(file));
    assertEquals(file + ": damaged: " + found, e.getMessage());
  }

  @Test
  void everyLengthButItsOwnIsFound() throws IOException {
    Path file = written(vectors());
    byte[] sound = Files.readAllBytes(file);
    for (int length = 0; length < sound.length + 5; length++) {
      if (length != sound.length) {
        Files.write(file, Arrays.copyOf(sound, length));
        assertThrows(CheckpointException.class, () -> read(file));
      }
    }
  }

  private static float[][] vectors(CheckpointReader reader) throws IOException {
    ParameterState whole = ParameterState.joined(reader.read().chunks());
    return Stream.concat(Stream.of(whole.current(), whole.next()), Arrays.stream(whole.slots()))
        .toArray(float[][]::new);
  }

  private static float[][] read(Path file) throws IOException {
    try (CheckpointReader reader = CheckpointReader.open(file)) {
      return vectors(reader);
    }
  }
}
