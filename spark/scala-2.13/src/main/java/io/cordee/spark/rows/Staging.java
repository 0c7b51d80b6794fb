package io.cordee.spark.rows;

import io.cordee.common.kernel.Xxh64;
import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.spark.Partitioner;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.util.SerializableConfiguration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.Tuple2;

/**
 * Writes the rows of a DataFrame, which is read once, into a folder, in an order that depends on
 * the rows alone. What trains on them later does not touch the DataFrame: a lost executor costs the
 * others nothing.
 */
public final class Staging implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Staging.class);

  private final Path folder;
  private final SerializableConfiguration hadoop;
  private final FileSystem files;

  public record Rows(StagedRows train, Optional<StagedRows> validation) {}

  /**
   * @param folder made anew, and removed when this is closed
   * @throws IOException if it cannot be made
   */
  public Staging(Path folder, SerializableConfiguration hadoop) throws IOException {
    this.hadoop = hadoop;
    this.files = folder.getFileSystem(hadoop.value());
    this.folder = files.makeQualified(folder);
    try {
      // Access to the folder is access to the rows.
      FileSystem.mkdirs(files, folder, new FsPermission("700"));
    } catch (IOException e) {
      throw new IOException(
          "%s cannot be made (%s); set stagingDir to a folder that driver and executors share"
              .formatted(folder, e.getMessage()),
          e);
    }
    // A task that is not cancelled yet may still write.
    files.deleteOnExit(folder);
  }

  /**
   * @param rows of a label (double), features (vector), whether to validate on it (boolean) and, if
   *     rows are ordered by an id, its hash (long)
   * @param tasks the least number of tasks that write
   * @param classes labels are indices below this; 0 for any finite number
   * @throws IllegalArgumentException if a row is wrong
   */
  public Rows write(Dataset<Row> rows, int tasks, int features, int classes) {
    boolean isById = rows.columns().length > 3;
    int bits = Math.min(StagedFile.BITS, bits(tasks));
    String into = folder.toString();
    SerializableConfiguration conf = hadoop;
    JavaPairRDD<RowKey, Boolean> ordered =
        rows.javaRDD()
            .mapToPair(row -> new Tuple2<>(key(row, isById), true))
            .repartitionAndSortWithinPartitions(new ByHash(bits));
    List<StagedFile[]> written =
        ordered
            .mapPartitions(
                sorted ->
                    List.<StagedFile[]>of(write(sorted, into, conf, features, classes)).iterator())
            .collect();
    written.stream()
        .flatMap(Arrays::stream)
        .map(file -> file.problem)
        .filter(problem -> problem != null)
        .findFirst()
        .ifPresent(
            problem -> {
              throw new IllegalArgumentException(problem);
            });
    StagedRows train = rows(written, 0, features);
    StagedRows validation = rows(written, 1, features);
    if (train.count() == 0) {
      throw new IllegalArgumentException("the DataFrame has no rows to train on");
    }
    return new Rows(train, Optional.of(validation).filter(it -> it.count() > 0));
  }

  private static int bits(int tasks) {
    return Integer.SIZE - Integer.numberOfLeadingZeros(Math.max(1, tasks) - 1);
  }

  private StagedRows rows(List<StagedFile[]> written, int which, int features) {
    List<StagedFile> some = new ArrayList<>();
    written.stream().map(both -> both[which]).filter(file -> file.rows > 0).forEach(some::add);
    return new StagedRows(folder.toString(), hadoop, some, features);
  }

  private static RowKey key(Row row, boolean isById) {
    double label = row.isNullAt(0) ? Double.NaN : row.getDouble(0);
    byte[] packed = PackedRow.pack(label, row.isNullAt(1) ? null : (Vector) row.get(1));
    boolean isHeldOut = !row.isNullAt(2) && row.getBoolean(2);
    return new RowKey(isById ? row.getLong(3) : hash(packed), isHeldOut, packed);
  }

  private static long hash(byte[] row) {
    long[] words = new long[(row.length + Long.BYTES - 1) / Long.BYTES];
    ByteBuffer.wrap(Arrays.copyOf(row, words.length * Long.BYTES))
        .order(ByteOrder.LITTLE_ENDIAN)
        .asLongBuffer()
        .get(words);
    return Xxh64.hash(words);
  }

  private static StagedFile[] write(
      Iterator<Tuple2<RowKey, Boolean>> sorted,
      String folder,
      SerializableConfiguration hadoop,
      int features,
      int classes)
      throws IOException {
    TaskContext task = TaskContext.get();
    // A second attempt writes files of its own.
    String name = "%05d-%d".formatted(task.partitionId(), task.taskAttemptId());
    Path into = new Path(folder);
    FileSystem files = into.getFileSystem(hadoop.value());
    StagedFile[] written = {new StagedFile(), new StagedFile()};
    try (Writer train = new Writer(files, into, "train-" + name, written[0]);
        Writer validation = new Writer(files, into, "validation-" + name, written[1])) {
      while (sorted.hasNext()) {
        RowKey key = sorted.next()._1();
        String problem = problem(key.row, features, classes);
        if (problem != null) {
          written[0].problem = problem;
          break;
        }
        (key.isHeldOut ? validation : train).add(key);
      }
    }
    return written;
  }

  private static String problem(byte[] row, int features, int classes) {
    double label = PackedRow.label(row);
    int found = PackedRow.features(row);
    if (found != features) {
      return "expected %d features in each row, the first number of layers; found a row with %s"
          .formatted(features, found == 0 ? "none (null)" : found);
    }
    if (!Double.isFinite(label)) {
      return "expected a finite number as the label of each row; found null or " + label;
    }
    if (classes > 0 && (label != Math.rint(label) || label < 0 || label >= classes)) {
      return "expected labels to be class indices from 0 to %d, as layers end with %d; found %s"
          .formatted(classes - 1, classes, label);
    }
    int wrong = PackedRow.firstNotFinite(row);
    return wrong < 0
        ? null
        : "expected finite features that fit a float; found a row whose feature %d (from 0) is not"
            .formatted(wrong);
  }

  /** Writes rows, then the offset of each block. */
  private static final class Writer implements AutoCloseable {

    private final FileSystem files;
    private final Path path;
    private final StagedFile file;
    private OutputStream out;
    private long[] starts = new long[1024];

    private int blocks;
    private long at;

    Writer(FileSystem files, Path folder, String name, StagedFile file) {
      this.files = files;
      this.path = new Path(folder, name);
      this.file = file;
      file.name = name;
    }

    void add(RowKey key) throws IOException {
      if (out == null) {
        out = new BufferedOutputStream(files.create(path, true), 1 << 16);
      }
      if (file.rows % StagedFile.BLOCK == 0) {
        starts = blocks == starts.length ? Arrays.copyOf(starts, 2 * blocks) : starts;
        starts[blocks++] = at;
      }
      out.write(key.row);
      at += key.row.length;
      file.labels[key.part(StagedFile.BITS)].add(PackedRow.label(key.row));
      file.listed += PackedRow.listed(key.row);
      file.rows++;
    }

    @Override
    public void close() throws IOException {
      if (out == null) {
        return;
      }
      try (DataOutputStream index = new DataOutputStream(out)) {
        file.index = at;
        for (int block = 0; block < blocks; block++) {
          index.writeLong(Long.reverseBytes(starts[block]));
        }
        index.writeLong(Long.reverseBytes(at));
      }
    }
  }

  /** Parts of the order, of equal size where hashes are spread evenly. */
  private static final class ByHash extends Partitioner {

    private static final long serialVersionUID = 1;
    private final int bits;

    ByHash(int bits) {
      this.bits = bits;
    }

    @Override
    public int numPartitions() {
      return 1 << bits;
    }

    @Override
    public int getPartition(Object key) {
      return ((RowKey) key).part(bits);
    }
  }

  /** Removes the folder, even on an interrupted thread. */
  @Override
  public void close() {
    boolean isInterrupted = Thread.interrupted();
    try {
      files.delete(folder, true);
    } catch (IOException e) {
      LOG.warn("{} could not be removed: {}", folder, e.getMessage());
    } finally {
      if (isInterrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
