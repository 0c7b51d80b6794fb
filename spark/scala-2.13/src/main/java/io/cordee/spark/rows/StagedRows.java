package io.cordee.spark.rows;

import io.cordee.worker.data.rows.ExternalRows;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.Serializable;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.Path;
import org.apache.spark.util.SerializableConfiguration;

/**
 * Rows in files on storage that driver and executors share, in an order of their own. Each worker
 * reads those of the partitions that it is leased.
 */
public final class StagedRows implements ExternalRows, Serializable {

  private static final long serialVersionUID = 1;
  private static final int BUFFER = 1 << 20;

  private final String folder;
  private final SerializableConfiguration hadoop;
  private final StagedFile[] files;
  private final int features;
  private final double shift;
  private final double scale;

  StagedRows(
      String folder, SerializableConfiguration hadoop, List<StagedFile> files, int features) {
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

  /** The folder of the files, if it is one of a file system that is mounted. */
  public Optional<java.nio.file.Path> mounted() {
    URI at = new Path(folder).toUri();
    return "file".equals(at.getScheme())
        ? Optional.of(java.nio.file.Path.of(at.getPath()))
        : Optional.empty();
  }

  /** Subtracted from each target. */
  public double shift() {
    return shift;
  }

  /** By which it is divided then. */
  public double scale() {
    return scale;
  }

  /** The same rows, their targets standardized as those of {@code training} rows are. */
  public StagedRows standardizedAs(StagedRows training) {
    Moments labels = training.labels();
    return new StagedRows(folder, hadoop, files, features, labels.mean(), labels.deviation());
  }

  /** The label of all rows, if it is the same. */
  public OptionalDouble onlyLabel() {
    Moments labels = labels();
    return labels.areSame() ? OptionalDouble.of(labels.mean()) : OptionalDouble.empty();
  }

  private Moments labels() {
    Moments labels = new Moments();
    for (int part = 0; part < 1 << StagedFile.BITS; part++) {
      // Only one of the files has rows of this part.
      for (StagedFile file : files) {
        labels.add(file.labels[part]);
      }
    }
    return labels;
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
    long first = from / StagedFile.BLOCK;
    int blocks = (int) ((from + count + StagedFile.BLOCK - 1) / StagedFile.BLOCK - first);
    try (FSDataInputStream in = path.getFileSystem(hadoop.value()).open(path, BUFFER)) {
      long[] starts = starts(in, file.index + first * Long.BYTES, blocks);
      in.seek(starts[0]);
      long row = first * StagedFile.BLOCK;
      for (int block = 0; block < blocks; block++) {
        if (Thread.currentThread().isInterrupted()) {
          throw new IOException("interrupted while reading " + path);
        }
        byte[] bytes = new byte[Math.toIntExact(starts[block + 1] - starts[block])];
        in.readFully(bytes);
        ByteBuffer rows = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        for (; rows.hasRemaining() && row < from + count; row++) {
          if (row < from) {
            PackedRow.skip(rows);
          } else {
            put(rows, into);
          }
        }
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

  private static long[] starts(FSDataInputStream in, long at, int blocks) throws IOException {
    in.seek(at);
    byte[] bytes = new byte[(blocks + 1) * Long.BYTES];
    in.readFully(bytes);
    long[] starts = new long[blocks + 1];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asLongBuffer().get(starts);
    return starts;
  }

  private void put(ByteBuffer row, Sink into) {
    double label = PackedRow.unpack(row, into);
    into.target(0, (label - shift) / scale);
    into.endRow();
  }
}
