package io.cordee.worker.data.rows;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Partitions in files, as kernels want them.
 *
 * @param name of the files, before the partition's number
 */
public record PreparedRows(Path folder, String name, PreparedFile.Form form) {

  Path file(int partition) {
    return folder.resolve(name + "-" + partition + ".rows");
  }

  /**
   * @throws IOException if the disk has less room
   */
  void requireRoom(long bytes) throws IOException {
    Files.createDirectories(folder);
    long room = folder.toFile().getUsableSpace();
    if (bytes > room) {
      throw new IOException(
          "they take about %,d MB; its disk has %,d MB".formatted(bytes >> 20, room >> 20));
    }
  }

  /** Returns how many bytes that takes. */
  public long write(int partition, PartitionRows rows) throws IOException {
    Files.createDirectories(folder);
    return PreparedFile.write(file(partition), rows);
  }

  /** Empty if there is no such file. Stays readable after the file is deleted. */
  Optional<MappedByteBuffer> map(int partition) {
    try (FileChannel file = FileChannel.open(file(partition))) {
      MappedByteBuffer mapped = file.map(FileChannel.MapMode.READ_ONLY, 0, file.size());
      mapped.order(ByteOrder.LITTLE_ENDIAN);
      return Optional.of(mapped);
    } catch (IOException | IllegalArgumentException e) {
      return Optional.empty(); // the latter of what is larger than 2 GiB
    }
  }

  /** Empty if the content is damaged, or has other rows. */
  Optional<PartitionRows> rows(int partition, MappedByteBuffer mapped, long sum) {
    return PreparedFile.rows(file(partition), mapped, sum, form);
  }
}
