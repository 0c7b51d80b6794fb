package io.cordee.worker.data;

import com.google.gson.Gson;
import com.google.gson.JsonParseException;
import io.cordee.common.file.WholeFile;
import io.cordee.common.job.data.Columns;
import io.cordee.common.job.data.TableEncoding;
import io.cordee.common.kernel.Xxh64;
import io.cordee.worker.data.rows.DataSource;
import io.cordee.worker.data.rows.PartitionStore;
import io.cordee.worker.data.rows.Partitions;
import io.cordee.worker.data.rows.SeenRows;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/**
 * What is known of a job's rows without reading them, as JSON after a line with its checksum. It is
 * written when all prepared rows are in their files.
 *
 * @param encoding of the columns, which are without it otherwise
 * @param remark for users; may be empty
 * @param what these rows are, for people
 */
record Survey(
    String features,
    String targets,
    String encoding,
    String classes,
    String split,
    List<Part> parts,
    String remark,
    String what) {

  private static final String FILE = "survey";
  private static final Gson JSON = new Gson();

  /**
   * The rows of a store.
   *
   * @param ofFile a bit for each row of the file, in bytes as Base64; empty if these are all
   * @param index as of {@link DataSource#index}
   */
  record Part(
      JobRows.Role role, long rows, int partitions, SeenRows seen, String ofFile, long[] index) {

    static Part of(JobRows.Role role, PartitionStore store, SeenRows seen) {
      DataSource source = store.source();
      byte[] bits = source.part().map(BitSet::toByteArray).orElse(new byte[0]);
      String ofFile = Base64.getEncoder().encodeToString(bits);
      Partitions cut = store.partitions();
      return new Part(role, cut.rows(), cut.count(), seen, ofFile, source.index());
    }

    DataSource of(DataSource file) {
      byte[] bits = Base64.getDecoder().decode(ofFile);
      return file.known(
          Optional.of(BitSet.valueOf(bits)).filter(some -> !some.isEmpty()), rows, index);
    }

    Partitions cut() {
      return new Partitions(rows, partitions);
    }
  }

  static Survey of(Columns columns, List<Part> parts, String remark, String what) {
    return new Survey(
        columns.features(),
        columns.targets(),
        columns.encoding().toText(),
        columns.classes(),
        columns.split(),
        parts,
        remark,
        what);
  }

  Optional<Part> part(JobRows.Role role) {
    return parts.stream().filter(part -> part.role() == role).findFirst();
  }

  Columns columns() {
    return new Columns(features, targets, TableEncoding.parse(encoding), classes, split);
  }

  /** Empty if there is none, or it is damaged. */
  static Optional<Survey> read(Path folder) throws IOException {
    try {
      return readSummed(folder.resolve(FILE)).map(text -> JSON.fromJson(text, Survey.class));
    } catch (JsonParseException e) {
      return Optional.empty();
    }
  }

  void write(Path folder) throws IOException {
    writeSummed(folder.resolve(FILE), JSON.toJson(this));
  }

  /** The text after its checksum; empty if there is none, or it is damaged. */
  static Optional<String> readSummed(Path file) throws IOException {
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      String[] parts = Files.readString(file).split("\n", 2);
      return Optional.of(parts[parts.length - 1]).filter(text -> parts[0].equals(sum(text)));
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }

  static void writeSummed(Path file, String text) throws IOException {
    WholeFile.write(file, sum(text) + "\n" + text);
  }

  private static String sum(String text) {
    return "%016x".formatted(Xxh64.hash(text.chars().asLongStream().toArray()));
  }
}
