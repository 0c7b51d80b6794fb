package io.cordee.worker.data.rows;

import io.cordee.common.job.data.TableEncoding;
import io.cordee.common.model.ModelSpec;
import io.cordee.worker.math.ByteScale;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Partitions in files, as kernels want them.
 *
 * @param name of the files, before the partition's number
 */
public record PreparedRows(Path folder, String name, PreparedFile.Form form) {

  /**
   * @param scale of features that are bytes
   * @param ranges of targets
   */
  public static PreparedRows of(
      Path folder, String name, ModelSpec model, double scale, List<TableEncoding.Range> ranges) {
    return new PreparedRows(
        folder, name, new PreparedFile.Form(model, new ByteScale(scale), ranges));
  }

  Path file(int partition) {
    return folder.resolve(name + "-" + partition + ".rows");
  }

  /** Returns how many bytes that takes. */
  public long write(int partition, StoredRows rows) throws IOException {
    return PreparedFile.write(file(partition), rows);
  }

  /** Empty if its file is not there, is damaged, or has other rows. */
  Optional<StoredRows> map(int partition, long sum) {
    return PreparedFile.map(file(partition), sum, form);
  }
}
