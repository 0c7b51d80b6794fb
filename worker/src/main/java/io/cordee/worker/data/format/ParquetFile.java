package io.cordee.worker.data.format;

import io.cordee.common.text.OutsideText;
import io.cordee.worker.data.rows.DataException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.StreamCorruptedException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.page.DictionaryPage;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.crypto.ParquetCryptoRuntimeException;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.io.LocalInputFile;
import org.apache.parquet.schema.LogicalTypeAnnotation.DecimalLogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Type;

public record ParquetFile(Path path, MessageType schema) implements TableFile {

  public static final String MAGIC = "PAR1";
  private static final String MAGIC_IF_ENCRYPTED = "PARE";
  private static final int LONGEST_REASON = 200;

  /** Digits of a decimal: as many as 256 bits have. */
  private static final int MOST_DIGITS = 76;

  /** By its first bytes, or by its name. */
  public static boolean isOne(Path path) {
    return path.toString().toLowerCase(Locale.ROOT).endsWith(".parquet")
        || Files.isRegularFile(path) && isOne(Input.file(path));
  }

  /** By its first bytes: no column of CSV has such a name. */
  public static boolean isOne(Input input) {
    String start = input.start(MAGIC.length() + 1);
    return start.startsWith(MAGIC)
        && start.length() > MAGIC.length()
        && start.charAt(MAGIC.length()) < ' '
        && !Character.isWhitespace(start.charAt(MAGIC.length()));
  }

  /**
   * @throws DataException if it cannot be read
   */
  public static ParquetFile of(Path path) {
    requireMagic(path);
    try (ParquetFileReader reader = reader(path)) {
      ParquetFile file = new ParquetFile(path, reader.getFileMetaData().getSchema());
      file.requireNames();
      file.requireSound(reader.getRowGroups());
      return file;
    } catch (IOException | RuntimeException | StackOverflowError e) {
      throw unusable(path.toString(), "a footer", e);
    }
  }

  private void requireNames() {
    Set<String> names = new HashSet<>();
    for (String name : first()) {
      if (!names.add(name)) {
        throw DataException.of(
            path + ": expected columns of different names", "'" + name + "' twice");
      }
    }
  }

  /** Refuses what would be counted, or allocated, before it is found to be missing. */
  private void requireSound(List<BlockMetaData> groups) throws IOException {
    long length = Files.size(path);
    for (BlockMetaData group : groups) {
      for (ColumnChunkMetaData chunk : group.getColumns()) {
        ColumnDescriptor column = schema.getColumnDescription(chunk.getPath().toArray());
        if (column.getMaxRepetitionLevel() == 0 && chunk.getValueCount() != group.getRowCount()) {
          throw new StreamCorruptedException(
              "%s has %d values in %d rows"
                  .formatted(chunk.getPath(), chunk.getValueCount(), group.getRowCount()));
        }
        if (column.getPrimitiveType().getLogicalTypeAnnotation()
                instanceof DecimalLogicalTypeAnnotation decimal
            && decimal.getPrecision() > MOST_DIGITS) {
          throw new StreamCorruptedException(
              "%s has %d digits; at most %d are allowed"
                  .formatted(chunk.getPath(), decimal.getPrecision(), MOST_DIGITS));
        }
        long start = chunk.getStartingPos();
        long size = chunk.getTotalSize();
        if (start < 0 || size < 0 || start > length - size) {
          throw new StreamCorruptedException("it is shorter than what it should hold");
        }
      }
    }
  }

  /** Memory for a dictionary's entries is allocated before they are read. */
  public static void requireSound(DictionaryPage page) throws IOException {
    if (page != null && page.getDictionarySize() > page.getUncompressedSize()) {
      throw new StreamCorruptedException(
          "a dictionary of %d entries has %d bytes"
              .formatted(page.getDictionarySize(), page.getUncompressedSize()));
    }
  }

  private static void requireMagic(Path path) {
    if (Files.notExists(path)) {
      throw DataException.unreadable(path.toString(), new NoSuchFileException(path.toString()));
    }
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "r")) {
      if (file.length() == 0) {
        throw new DataException("%s is empty; expected a Parquet file", path);
      }
      String start = magic(file, 0);
      if (start.equals(MAGIC_IF_ENCRYPTED)) {
        throw encrypted(path.toString());
      }
      if (!start.equals(MAGIC)) {
        throw new DataException(
            "%s: expected a Parquet file, which begins with %s; found other bytes: is it CSV, or packed as a whole?",
            path, MAGIC);
      }
      if (file.length() <= 2 * MAGIC.length() || !magic(file, file.length() - 4).equals(MAGIC)) {
        throw new DataException(
            "%s is cut short: expected a Parquet file, which ends with %s; copy it again",
            path, MAGIC);
      }
    } catch (IOException e) {
      throw DataException.unreadable(path.toString(), e);
    }
  }

  private static String magic(RandomAccessFile file, long at) throws IOException {
    byte[] bytes = new byte[MAGIC.length()];
    file.seek(at);
    int read = Math.max(0, file.read(bytes));
    return new String(bytes, 0, read, StandardCharsets.ISO_8859_1);
  }

  private static DataException encrypted(String path) {
    return new DataException(path + " is encrypted; expected a Parquet file that is not");
  }

  private static ParquetFileReader reader(Path path) throws IOException {
    return ParquetFileReader.open(
        new LocalInputFile(path),
        ParquetReadOptions.builder(new PlainParquetConfiguration())
            .withCodecFactory(new ParquetCodecs(path.toString()))
            .usePageChecksumVerification()
            .build());
  }

  /**
   * For a file that the library cannot decode; its own messages are for its developers.
   *
   * @param place the file, and where in it
   * @param what is there
   */
  static DataException unusable(String place, String what, Throwable cause) {
    Throwable root = cause;
    while (root.getCause() != null && !(root instanceof DataException)) {
      root = root.getCause();
    }
    if (root instanceof DataException known) {
      return known;
    }
    if (cause instanceof ParquetCryptoRuntimeException) {
      return encrypted(place);
    }
    String found =
        root instanceof StreamCorruptedException // thrown here
            ? OutsideText.printable(root.getMessage(), LONGEST_REASON)
            : what + " that cannot be decoded";
    return DataException.of(
        place + ": expected a Parquet file that is not damaged", found + "; copy it again");
  }

  @Override
  public String name() {
    return path.toString();
  }

  @Override
  public List<String> first() {
    return schema.getFields().stream().map(Type::getName).toList();
  }

  @Override
  public boolean hasCells(int column) {
    Type type = schema.getType(column);
    return type.isPrimitive() && !type.isRepetition(Type.Repetition.REPEATED);
  }

  @Override
  public CellReader open(RowStart from) throws IOException {
    try {
      return new ParquetReader(this, reader(path), from.line());
    } catch (RuntimeException | StackOverflowError e) {
      throw unusable(path.toString(), "a footer", e);
    }
  }
}
