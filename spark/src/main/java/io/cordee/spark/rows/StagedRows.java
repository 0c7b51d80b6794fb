package io.cordee.spark.rows;

import io.cordee.worker.data.ExternalRows;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.Path;
import org.apache.spark.util.SerializableConfiguration;

/**
 * Rows in files on storage that driver and executors share, in an order of their own. Each worker
 * reads those of the partitions that it is leased.
 */
public final class StagedRows implements ExternalRows, Serializable {

  private static final long serialVersionUID = 1;

  /** Read at a time. */
  private static final int BLOCK = 1 << 20;

  private final String folder;
  private final SerializableConfiguration hadoop;
  private final StagedFile[] files;
  private final int features;
  private final double shift;
  private final double scale;

  StagedRows(String folder, SerializableConfiguration hadoop, List<StagedFile> files, int features) {
    this(folder, hadoop, files.toArray(StagedFile[]::new), features, 0, 1);
  }

  private StagedRows(
      String folder,
      SerializableConfiguration hadoop,
      StagedFile[] files,
      int features,
      double shift,
      double scale) {
    this.folder = folder;
    this.hadoop = hadoop;
    this.files = files;
    this.features = features;
    this.shift = shift;
    this.scale = scale;
  }

  /** The same rows, their targets less {@code shift} and divided by {@code scale}. */
  public StagedRows standardized(double shift, double scale) {
    return new StagedRows(folder, hadoop, files, features, shift, scale);
  }

  /** What targets are less of. */
  public double shift() {
    return shift;
  }

  /** What they are divided by. */
  public double scale() {
    return scale;
  }

  /** The mean of the labels; the same bits however the rows were partitioned. */
  public double labelMean() {
    return sum(true) / count();
  }

  /** Their standard deviation; 1 if they are all the same. */
  public double labelDeviation() {
    double mean = labelMean();
    double variance = sum(false) / count() - mean * mean;
    return variance > 0 ? Math.sqrt(variance) : 1;
  }

  /** Each part of the order is in one file. */
  private double sum(boolean ofLabels) {
    double sum = 0;
    for (int part = 0; part < 1 << StagedFile.BITS; part++) {
      for (StagedFile file : files) {
        sum += (ofLabels ? file.labels : file.squares)[part];
      }
    }
    return sum;
  }

  @Override
  public long count() {
    long count = 0;
    for (StagedFile file : files) {
      count += file.rows;
    }
    return count;
  }

  @Override
  public int features() {
    return features;
  }

  @Override
  public boolean isSparse() {
    long listed = 0;
    for (StagedFile file : files) {
      listed += file.listed;
    }
    return listed < count() * features / 4;
  }

  @Override
  public void read(long from, int count, Sink into) throws IOException {
    long first = 0;
    for (StagedFile file : files) {
      long start = Math.max(from, first);
      long end = Math.min(from + count, first + file.rows);
      if (start < end) {
        read(file, start - first, (int) (end - start), into);
      }
      first += file.rows;
    }
  }

  private void read(StagedFile file, long from, int count, Sink into) throws IOException {
    Path path = new Path(folder, file.name);
    try (FSDataInputStream in = path.getFileSystem(hadoop.value()).open(path, BLOCK)) {
      long[] starts = starts(in, file.index + from * Long.BYTES, count);
      in.seek(starts[0]);
      byte[] block = new byte[0];
      for (int row = 0; row < count; ) {
        int next = row + 1;
        while (next < count && starts[next + 1] - starts[row] <= BLOCK) {
          next++;
        }
        int bytes = Math.toIntExact(starts[next] - starts[row]);
        block = block.length < bytes ? new byte[bytes] : block;
        in.readFully(block, 0, bytes);
        put(ByteBuffer.wrap(block, 0, bytes).order(ByteOrder.LITTLE_ENDIAN), next - row, into);
        row = next;
      }
    } catch (EOFException e) {
      throw new IOException(path + " is cut short", e);
    } catch (FileNotFoundException e) {
      throw new IOException(
          path
              + ": no such file on this executor; set stagingDir to a folder that the driver and all"
              + " executors share",
          e);
    }
  }

  private static long[] starts(FSDataInputStream in, long at, int count) throws IOException {
    in.seek(at);
    byte[] bytes = new byte[(count + 1) * Long.BYTES];
    new DataInputStream(in).readFully(bytes);
    long[] starts = new long[count + 1];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asLongBuffer().get(starts);
    return starts;
  }

  private void put(ByteBuffer rows, int count, Sink into) {
    for (int row = 0; row < count; row++) {
      double label = PackedRow.unpack(rows, into);
      into.target(0, (label - shift) / scale);
      into.endRow();
    }
  }
}
