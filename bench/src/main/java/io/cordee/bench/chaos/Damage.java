package io.cordee.bench.chaos;

import io.cordee.common.checkpoint.CheckpointHeader;
import io.cordee.common.checkpoint.CheckpointReader;
import io.cordee.common.random.SplitMix64;
import io.cordee.common.reduce.Shard;
import io.cordee.common.run.RoundRow;
import io.cordee.server.checkpoint.CheckpointFolder;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Tears files of a shard that is down: cuts them short, flips bits, loses their end. Fair: there is
 * always a round left of which every shard has a sound checkpoint, and the metrics all rows before.
 *
 * @param folder of the checkpoints
 */
record Damage(Path folder, Rows rows, Path metrics, int shards) {

  private static final int MOST_BITS = 8;

  /** What was done to the newest sound checkpoint of a shard; empty if it is needed. */
  Optional<String> tearCheckpoint(int shard, SplitMix64 random) throws IOException {
    NavigableMap<Integer, Path> sound = sound(shard);
    if (sound.isEmpty()) {
      return Optional.empty();
    }
    NavigableSet<Integer> common = common();
    common.remove(sound.lastKey());
    return common.isEmpty()
        ? Optional.empty()
        : Optional.of(tear(sound.lastEntry().getValue(), random));
  }

  /**
   * What was lost of the end of the metrics, as in a power failure; empty if all of it is needed.
   */
  Optional<String> tearMetrics(SplitMix64 random) throws IOException {
    NavigableSet<Integer> common = common();
    if (common.isEmpty()) {
      return Optional.empty();
    }
    int needed = 0;
    for (String line : Files.readAllLines(metrics)) {
      boolean isHeader = line.equals(rows.table().header());
      if (!isHeader
          && rows.parse(line).map(RoundRow::round).orElse(Integer.MAX_VALUE) >= common.first()) {
        break;
      }
      needed += line.length() + 1;
    }
    try (RandomAccessFile file = new RandomAccessFile(metrics.toFile(), "rw")) {
      int length = Math.toIntExact(file.length());
      if (needed >= length) {
        return Optional.empty();
      }
      int at = needed + random.nextInt(length - needed);
      file.setLength(at);
      return Optional.of(metrics.getFileName() + ": cut to " + at + " of " + length + " bytes");
    }
  }

  private static String tear(Path file, SplitMix64 random) throws IOException {
    try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
      int length = Math.toIntExact(bytes.length());
      int at = random.nextInt(Math.max(1, length));
      String what;
      switch (random.nextInt(3)) {
        case 0 -> {
          bytes.setLength(at);
          what = "cut to " + at + " of " + length + " bytes";
        }
        case 1 -> {
          // As when the power fails before blocks have reached the disk.
          bytes.seek(at);
          bytes.write(new byte[length - at]);
          what = "nothing but zeros from byte " + at + " of " + length;
        }
        default -> {
          int bits = 1 + random.nextInt(MOST_BITS);
          for (int i = 0; i < bits && length > 0; i++) {
            flip(bytes, random.nextInt(length), random.nextInt(Byte.SIZE));
          }
          what = bits + " bits of " + length + " bytes flipped";
        }
      }
      return file.getFileName() + ": " + what;
    }
  }

  private static void flip(RandomAccessFile bytes, int at, int bit) throws IOException {
    bytes.seek(at);
    int value = bytes.read();
    bytes.seek(at);
    bytes.write(value ^ 1 << bit);
  }

  /** The rounds of which every shard has a sound checkpoint. */
  private NavigableSet<Integer> common() throws IOException {
    NavigableSet<Integer> common = new TreeSet<>(sound(0).keySet());
    for (int shard = 1; shard < shards; shard++) {
      common.retainAll(sound(shard).keySet());
    }
    return common;
  }

  private NavigableMap<Integer, Path> sound(int shard) throws IOException {
    NavigableMap<Integer, Path> sound = files(shard).checkpoints();
    Set<Integer> versions = new HashSet<>(Set.of(CheckpointHeader.WHOLE, 0));
    sound.forEach((version, file) -> addIfSound(version, file, versions));
    sound.keySet().retainAll(versions);
    return sound;
  }

  private static void addIfSound(int version, Path file, Set<Integer> sound) {
    try (CheckpointReader reader = CheckpointReader.open(file)) {
      reader.read();
      if (sound.contains(reader.header().base())) {
        sound.add(version);
      }
    } catch (IOException e) {
      return; // Torn before, or just deleted by its owner.
    }
  }

  private CheckpointFolder files(int shard) {
    return new CheckpointFolder(folder, new Shard(shard, shards));
  }
}
