package io.cordee.common.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.common.checkpoint.JournalReader.Entry;
import io.cordee.common.reduce.Chunks;
import io.cordee.common.reduce.Shard;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalFileTest {

  private static final CheckpointHeader HEADER =
      new CheckpointHeader(
          "name: a\n", Shard.WHOLE, new RoundMark(7, 0.25, 1), new Chunks(10, 4, 1), 4);

  @TempDir private Path temp;

  private Path written() throws IOException {
    Path file = temp.resolve("a.journal");
    try (JournalWriter writer = JournalWriter.create(file, HEADER)) {
      for (int version = 8; version < 11; version++) {
        for (int chunk = 2; chunk >= 0; chunk--) {
          writer.signs(version, chunk, version == 9, new byte[] {(byte) version, (byte) chunk});
        }
        writer.round(new RoundMark(version, 1.0 / version, version));
      }
      writer.force();
    }
    return file;
  }

  private static List<String> entries(Path file) throws IOException {
    List<String> entries = new ArrayList<>();
    try (JournalReader reader = JournalReader.open(file)) {
      for (Optional<Entry> entry = reader.next(); entry.isPresent(); entry = reader.next()) {
        entries.add(
            entry.get() instanceof Entry.ChunkSigns signs
                ? signs.version()
                    + " "
                    + signs.chunk()
                    + " "
                    + signs.lossRose()
                    + Arrays.toString(signs.packed())
                : entry.get().toString());
      }
    }
    return entries;
  }

  @Test
  void whatIsAppendedIsReadAgain() throws IOException {
    List<String> entries = entries(written());
    assertEquals(12, entries.size());
    assertEquals("9 2 true[9, 2]", entries.get(4));
    assertEquals(new Entry.RoundEnd(new RoundMark(10, 0.1, 10)).toString(), entries.get(11));
    try (JournalReader reader = JournalReader.open(temp.resolve("a.journal"))) {
      assertEquals(HEADER, reader.header());
    }
  }

  @Test
  void aTornTailEndsItAtTheLastWholeEntry() throws IOException {
    Path file = written();
    List<String> all = entries(file);
    byte[] sound = Files.readAllBytes(file);
    int seen = all.size();
    for (int length = sound.length - 1; seen > 0; length--) {
      Files.write(file, Arrays.copyOf(sound, length));
      List<String> left = entries(file);
      assertEquals(all.subList(0, left.size()), left);
      assertTrue(left.size() == seen || left.size() == seen - 1, "at length " + length);
      seen = left.size();
    }
  }

  @Test
  void aFlippedBitEndsItBeforeTheEntryThatHasIt() throws IOException {
    Path file = written();
    List<String> all = entries(file);
    byte[] sound = Files.readAllBytes(file);
    int front = sound.length - 3 * (3 * (5 + 11 + 4) + 5 + 20 + 4);
    for (int bit = 8 * front; bit < 8 * sound.length; bit++) {
      byte[] damaged = sound.clone();
      damaged[bit / 8] ^= (byte) (1 << bit % 8);
      Files.write(file, damaged);
      List<String> left = entries(file);
      assertTrue(left.size() < all.size(), "bit " + bit);
      assertEquals(all.subList(0, left.size()), left);
    }
  }
}
