package io.cordee.worker.data.rows;

import io.cordee.common.file.Draft;
import io.cordee.common.file.WholeFile;
import io.cordee.common.job.data.TableEncoding;
import io.cordee.common.kernel.Xxh64;
import io.cordee.common.model.IdTable;
import io.cordee.common.model.ModelSpec;
import io.cordee.worker.math.ByteScale;
import io.cordee.worker.math.ListedFloats;
import io.cordee.worker.math.RowLists;
import io.cordee.worker.math.SingleIds;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.MappedByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The rows of a partition in a file, as kernels want them. Little-endian: a header of {@value
 * #HEADER} bytes, eight each; then, from a multiple of eight bytes on each, the ids that are
 * touched, numbers beside ids, which tables have single ids, these ids, the lists' starts and
 * features (of each other table), all values, and the targets.
 */
public final class PreparedFile {

  private static final long MAGIC = 0x3173776f72647243L; // "Crdrows1"

  private static final int HEADER = 128;

  /** What its features are; lists are of all inputs, of those touched, or of rows of tables. */
  private enum Kind {
    BYTES,
    FLOATS,
    LISTS,
    TOUCHED,
    IDS
  }

  /**
   * What of its rows is not in a file.
   *
   * @param scale of features that are bytes
   * @param ranges of targets
   */
  public record Form(ModelSpec model, ByteScale scale, List<TableEncoding.Range> ranges) {}

  /**
   * @param sum of the rows
   * @param check of all bytes behind the header
   */
  private record Header(
      Kind kind,
      int count,
      int width,
      int touched,
      boolean labelled,
      int outputs,
      long sum,
      long check) {

    /** Longs. */
    static final int LENGTH = 9;

    private static Header of(PartitionRows rows, Features features, long check) {
      int touched = features.touched().map(ids -> ids.length).orElse(0);
      Kind kind =
          features instanceof Features.Bytes
              ? Kind.BYTES
              : features instanceof Features.Floats
                  ? Kind.FLOATS
                  : features instanceof Features.Ids
                      ? Kind.IDS
                      : features.touched().isPresent() ? Kind.TOUCHED : Kind.LISTS;
      Targets targets = rows.targets();
      return new Header(
          kind,
          rows.count(),
          features.width(),
          touched,
          targets.labelled(),
          targets.width(),
          rows.checksum(),
          check);
    }

    long[] words() {
      return new long[] {
        MAGIC, kind.ordinal(), count, width, touched, labelled ? 1 : 0, outputs, sum, check
      };
    }

    /** Empty if this is not a header. */
    static Optional<Header> of(ByteBuffer file) {
      if (file.capacity() < HEADER) {
        return Optional.empty();
      }
      long[] words = new long[LENGTH];
      file.asLongBuffer().get(words);
      return words[0] == MAGIC && file.getLong(LENGTH * Long.BYTES) == Xxh64.hash(words)
          ? Optional.of(
              new Header(
                  Kind.values()[(int) words[1]],
                  (int) words[2],
                  (int) words[3],
                  (int) words[4],
                  words[5] == 1,
                  (int) words[6],
                  words[7],
                  words[8]))
          : Optional.empty();
    }
  }

  private PreparedFile() {}

  /**
   * Replaces a file as a whole, or not at all.
   *
   * @return its bytes
   */
  static long write(Path file, PartitionRows rows) throws IOException {
    Features features = rows.kept();
    try (Draft draft = Draft.of(file)) {
      BlockWriter body = new BlockWriter(draft.channel().position(HEADER));
      if (features.touched().isPresent()) {
        body.put(IntBuffer.wrap(features.touched().get()));
      }
      if (features instanceof Features.Sparse lists) {
        body.put((ListedFloats) lists.values());
      } else if (features instanceof Features.Ids ids) {
        body.put(((Features.Floats) ids.numbers()).values());
        List<RowLists> tables = ids.tables();
        int[] areSingle = tables.stream().mapToInt(it -> it instanceof SingleIds ? 1 : 0).toArray();
        body.put(IntBuffer.wrap(areSingle));
        for (RowLists table : tables) {
          if (table instanceof SingleIds single && single.column() == 0) {
            body.put(single.ids()); // of all columns
          }
        }
        for (RowLists table : tables) {
          if (table instanceof ListedFloats lists) {
            body.put(lists);
          }
        }
      } else if (features instanceof Features.Floats floats) {
        body.put(floats.values());
      } else if (features instanceof Features.Bytes bytes) {
        body.put(bytes.values());
      } else {
        throw new IllegalStateException("no case for " + features);
      }
      if (rows.targets() instanceof Targets.Classes classes) {
        body.put(classes.indices());
      } else if (rows.targets() instanceof Targets.Values values) {
        body.put(values.values());
      } else if (!(rows.targets() instanceof Targets.None)) {
        throw new IllegalStateException("no case for " + rows.targets());
      }
      long[] words = Header.of(rows, features, body.end()).words();
      ByteBuffer header = ByteBuffer.allocate(HEADER).order(ByteOrder.LITTLE_ENDIAN);
      header.asLongBuffer().put(words).put(Xxh64.hash(words));
      draft.channel().position(0);
      WholeFile.writeAll(header, draft.channel());
      long bytes = draft.channel().size();
      draft.commit();
      return bytes;
    }
  }

  /** Goes through a file from section to section. */
  private static final class Sections {

    private final Path path;
    private final MappedByteBuffer file;
    private int at = HEADER;

    Sections(Path path, MappedByteBuffer file) {
      this.path = path;
      this.file = file;
    }

    Optional<FileSection> first(int length) {
      return Optional.of(new FileSection(path, file, HEADER, length));
    }

    ByteBuffer next(int elements, int each) {
      int length = Math.multiplyExact(elements, each);
      ByteBuffer section = file.slice(at, length).order(ByteOrder.LITTLE_ENDIAN);
      at += (length + Long.BYTES - 1) / Long.BYTES * Long.BYTES;
      return section;
    }

    IntBuffer ints(int count) {
      return next(count, Integer.BYTES).asIntBuffer();
    }

    FloatBuffer floats(int count) {
      return next(count, Float.BYTES).asFloatBuffer();
    }
  }

  /**
   * Looks at all of a mapped file.
   *
   * @param sum of the rows that it is to have
   * @return empty if it is damaged, or has other rows
   */
  static Optional<PartitionRows> rows(Path file, MappedByteBuffer mapped, long sum, Form form) {
    return Header.of(mapped)
        .filter(header -> header.sum() == sum && header.check() == check(mapped))
        .map(header -> rows(header, new Sections(file, mapped), form));
  }

  private static long check(ByteBuffer file) {
    int blocks = (int) ((file.capacity() - HEADER + BlockWriter.BLOCK - 1L) / BlockWriter.BLOCK);
    return Xxh64.hash(
        IntStream.range(0, blocks)
            .map(block -> HEADER + block * BlockWriter.BLOCK)
            .mapToLong(
                from ->
                    BlockWriter.hash(
                        file, from, Math.min(BlockWriter.BLOCK, file.capacity() - from)))
            .toArray());
  }

  private static PartitionRows rows(Header header, Sections file, Form form) {
    Features features = features(header, file, form);
    int count = header.count();
    Targets targets =
        header.labelled()
            ? new Targets.Classes(
                header.outputs(), ClassLabels.of(form.model(), List.of()), file.ints(count))
            : new Targets.Values(
                header.outputs(), file.floats(count * header.outputs()), form.ranges());
    return new PartitionRows(count, features, targets);
  }

  private static Features features(Header header, Sections file, Form form) {
    int all = header.count() * header.width();
    return switch (header.kind()) {
      case BYTES ->
          new Features.Bytes(header.width(), file.next(all, 1), form.scale(), file.first(all));
      case FLOATS ->
          new Features.Floats(header.width(), file.floats(all), file.first(Float.BYTES * all));
      case IDS -> {
        IntBuffer touched = file.ints(header.touched());
        Features.Floats numbers =
            new Features.Floats(header.width(), file.floats(all), Optional.empty());
        IntBuffer areSingle = file.ints(form.model().ids().size());
        int columns = IntStream.range(0, areSingle.capacity()).map(areSingle::get).sum();
        IntBuffer matrix = file.ints(Math.multiplyExact(header.count(), columns));
        int column = 0;
        List<Features.Sparse> tables = new ArrayList<>();
        int from = 0;
        int end = 0;
        for (IdTable table : form.model().ids()) {
          end += table.rows();
          int to = from;
          while (to < header.touched() && touched.get(to) < end) {
            to++;
          }
          IntBuffer ids = touched.slice(from, to - from);
          tables.add(
              areSingle.get(tables.size()) == 1
                  ? new Features.Sparse(
                      to - from, new SingleIds(matrix, columns, column++), Optional.of(ids))
                  : lists(header.count(), to - from, Optional.of(ids), file));
          from = to;
        }
        yield new Features.Ids(numbers, tables);
      }
      case LISTS -> lists(header.count(), header.width(), Optional.empty(), file);
      case TOUCHED ->
          lists(header.count(), header.width(), Optional.of(file.ints(header.touched())), file);
    };
  }

  private static Features.Sparse lists(
      int count, int width, Optional<IntBuffer> inputs, Sections file) {
    IntBuffer starts = file.ints(count + 1);
    int listed = starts.get(count);
    ListedFloats lists = new ListedFloats(starts, file.ints(listed), file.floats(listed));
    return new Features.Sparse(width, lists, inputs);
  }
}
