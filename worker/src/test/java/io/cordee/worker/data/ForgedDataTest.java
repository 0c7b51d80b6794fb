package io.cordee.worker.data;

import static io.cordee.worker.data.DataFiles.assertRefused;
import static io.cordee.worker.data.DataFiles.folder;
import static io.cordee.worker.data.DataFiles.gzip;
import static io.cordee.worker.data.DataFiles.idx;
import static io.cordee.worker.data.DataFiles.model;
import static io.cordee.worker.data.DataFiles.write;
import static io.cordee.worker.data.NpyFiles.npy;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.luben.zstd.Zstd;
import com.sun.management.ThreadMXBean;
import io.cordee.common.job.data.SourceSpec;
import io.cordee.common.job.data.TableFormat;
import io.cordee.common.model.Output;
import io.cordee.worker.data.format.ParquetFile;
import io.cordee.worker.data.rows.DataException;
import io.cordee.worker.data.rows.DataSource;
import io.cordee.worker.data.table.TableSurvey;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.page.DictionaryPage;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that lie, or are damaged, are refused in one line, and cost little. */
class ForgedDataTest {

  private static final long LITTLE = 64L << 20;

  private static Path shared;

  @BeforeContainer
  static void makeFolder() throws IOException {
    shared = Files.createTempDirectory("forged");
  }

  @AfterContainer
  static void removeFolder() throws IOException {
    for (String name : List.of("features", "labels", "text")) {
      Files.deleteIfExists(shared.resolve(name));
    }
    Files.delete(shared);
  }

  @Property(tries = 500)
  void anIdxHeaderThatLies(@ForAll long seed) throws IOException {
    Random random = new Random(seed);
    int[] shape = new int[1 + random.nextInt(4)];
    for (int i = 0; i < shape.length; i++) {
      shape[i] = random.nextInt(3) == 0 ? random.nextInt() : random.nextInt(8);
    }
    byte[] features = damaged(idx(shape, new byte[random.nextInt(100)]), random);
    byte[] labels = damaged(idx(new int[] {shape[0]}, new byte[random.nextInt(20)]), random);
    write(shared, "features", random.nextBoolean() ? gzip(features) : features);
    write(shared, "labels", random.nextBoolean() ? gzip(labels) : labels);
    int inputs = Math.max(1, Arrays.stream(shape).skip(1).reduce(1, (a, b) -> a * b));
    assertReadOrRefused(
        new SourceSpec.Idx("features", "labels", 255), shared, Math.min(inputs, 1 << 20));
  }

  @Property(tries = 500)
  void aNumpyFileThatIsDamaged(@ForAll long seed) throws IOException {
    Random random = new Random(seed);
    String type = List.of("|u1", "<f4", ">i2", "|b1", "<f8").get(random.nextInt(5));
    long rows = random.nextInt(4) == 0 ? random.nextLong() & Long.MAX_VALUE : random.nextInt(8);
    byte[] features = npy(type, "(%d, 3)".formatted(rows), new byte[random.nextInt(200)]);
    byte[] labels = npy("<i4", "(%d,)".formatted(rows), new byte[4 * random.nextInt(8)]);
    features = damaged(features, random);
    write(shared, "features", random.nextBoolean() ? gzip(features) : features);
    write(shared, "labels", random.nextBoolean() ? gzip(labels) : labels);
    assertReadOrRefused(
        new SourceSpec.Npy("features", Optional.of("labels"), Optional.empty(), 1), shared, 3);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aPackedIdxFileThatAnnouncesMoreThanItCanHold(boolean isGzip, @TempDir Path folder)
      throws IOException {
    byte[] features = idx(new int[] {1 << 30, 2}, new byte[100]);
    write(folder, "features", isGzip ? gzip(features) : Zstd.compress(features));
    write(folder, "labels", gzip(idx(new int[] {1 << 30}, new byte[100])));
    assertRefused(
        () ->
            DataSources.open(
                new SourceSpec.Idx("features", "labels", 255),
                model(2, 3, Output.SOFTMAX),
                folder(folder)),
        "announces 1073741824 rows",
        "as small as it is packed");
  }

  @Property(tries = 500)
  void aTextThatIsDamaged(@ForAll long seed) throws IOException {
    Random random = new Random(seed);
    boolean isCsv = random.nextBoolean();
    StringBuilder text = new StringBuilder();
    for (int row = 0; row < 1 + random.nextInt(6); row++) {
      text.append(isCsv ? "0.5,1e3,-2,1\n" : "1 1:0.5 2:1e3 3:-2\n");
    }
    byte[] bytes = damaged(text.toString().getBytes(StandardCharsets.UTF_8), random);
    write(shared, "text", random.nextInt(4) == 0 ? gzip(bytes) : bytes);
    assertReadOrRefused(isCsv ? csv() : new SourceSpec.LibSvm("text", List.of(), 1), shared, 3);
  }

  @Property(tries = 300)
  void noiseThatIsSaidToBeText(@ForAll byte[] noise, @ForAll boolean isCsv) throws IOException {
    write(shared, "text", noise);
    assertReadOrRefused(isCsv ? csv() : new SourceSpec.LibSvm("text", List.of(), 1), shared, 3);
  }

  /** Written by this library, whose pages have checksums, and by another, whose have none. */
  @Property(tries = 500)
  void aParquetFileThatIsDamaged(@ForAll long seed) throws IOException {
    Random random = new Random(seed);
    switch (random.nextInt(3)) {
      case 0 ->
          ParquetFiles.write(
              shared.resolve("text"),
              "required float a; optional binary b (STRING); required boolean y;",
              random.nextBoolean() ? CompressionCodecName.SNAPPY : CompressionCodecName.ZSTD,
              List.of(List.of("0.5", "1e3", "1"), List.of("1.5", "", "0")));
      case 1 -> copy("duckdb-gzip.parquet");
      default -> copy("duckdb-v2.parquet");
    }
    byte[] whole = Files.readAllBytes(shared.resolve("text"));
    boolean isOwn = new String(whole, StandardCharsets.ISO_8859_1).contains("parquet-mr");
    write(shared, "text", damaged(whole, random));
    assertReadOrRefused(
        new SourceSpec.Table(
            "text",
            new TableFormat.Parquet(),
            Optional.of(isOwn ? "y" : "bool"),
            List.of(),
            isOwn ? List.of("a", "b") : List.of("int", "long", "double", "small", "large"),
            List.of(),
            List.of(),
            1,
            Optional.empty(),
            Optional.empty(),
            List.of()),
        shared,
        isOwn ? 2 : 5);
  }

  /** No memory is allocated for what a few bytes announce. */
  @Test
  void whatAParquetFileCannotHoldIsRefused(@TempDir Path folder) throws IOException {
    ParquetFiles.write(
        folder.resolve("text"),
        "required binary x (DECIMAL(2000000000,1999999999)); required int32 y;",
        CompressionCodecName.UNCOMPRESSED,
        List.of(List.of("1", "0")));
    SourceSpec spec =
        new SourceSpec.Table(
            "text",
            new TableFormat.Parquet(),
            Optional.of("y"),
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            1,
            Optional.empty(),
            Optional.empty(),
            List.of());
    assertRefused(
        () -> DataSources.open(spec, model(1, 2, Output.SOFTMAX), folder(folder)).rows(),
        "text",
        "has 2000000000 digits; at most 76 are allowed");
    DictionaryPage page = new DictionaryPage(BytesInput.empty(), 0, 2_000_000_000, Encoding.PLAIN);
    assertThrows(IOException.class, () -> ParquetFile.requireSound(page));
  }

  /** A plain decoder recurses at each level, or allocates the whole list. */
  @Test
  void aParquetFooterThatIsNestedDeepOrAnnouncesAListWithoutEndIsRefused(@TempDir Path folder)
      throws IOException {
    byte[] nested = new byte[200_000];
    Arrays.fill(nested, (byte) 0xfc); // a field that the format does not have, with a structure
    nested[0] = 0x15; // the version
    nested[1] = 2;
    byte[] list = {0x15, 2, 0x19, (byte) 0xfc, -1, -1, -1, -1, 7};
    for (byte[] footer : List.of(nested, list)) {
      ByteBuffer file = ByteBuffer.allocate(footer.length + 12).order(ByteOrder.LITTLE_ENDIAN);
      byte[] magic = ParquetFile.MAGIC.getBytes(StandardCharsets.US_ASCII);
      file.put(magic).put(footer).putInt(footer.length).put(magic);
      write(folder, "text", file.array());
      long allocated =
          allocated(
              () ->
                  assertRefused(
                      () -> TableSurvey.of(folder.resolve("text"), Optional.empty()),
                      folder.resolve("text")
                          + ": expected a Parquet file that is not damaged; found a footer that cannot"
                          + " be decoded; copy it again"));
      assertTrue(allocated < LITTLE, () -> allocated + " bytes were allocated");
    }
  }

  /** A few hundred KiB that would be a row of hundreds of MiB. */
  @Tag("slow")
  @Test
  void aPackedTextWithoutLineEndsIsNotReadToItsEnd(@TempDir Path folder) throws IOException {
    byte[] piece = new byte[1 << 20];
    Arrays.fill(piece, (byte) '1');
    Path text = folder.resolve("text");
    for (String start : List.of("1 1:", "\"", "1")) {
      try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(text))) {
        out.write(start.getBytes(StandardCharsets.UTF_8));
        for (int i = 0; i < 300; i++) {
          out.write(piece);
        }
      }
      SourceSpec spec =
          start.startsWith("1 ") ? new SourceSpec.LibSvm("text", List.of(), 1) : csv();
      long allocated =
          allocated(
              () -> {
                assertRefused(
                    () ->
                        DataSources.open(spec, model(3, 2, Output.SOFTMAX), folder(folder)).rows(),
                    text.toString(),
                    start.startsWith("1 ") ? ", after row 0: " : ", line 1: ",
                    "expected rows of at most 16777216 characters");
                assertRefused(
                    () -> TableSurvey.of(text, Optional.empty()),
                    text.toString(),
                    "expected rows of at most 16777216 characters");
              });
      assertTrue(allocated < 8 * LITTLE, () -> allocated + " bytes were allocated");
    }
  }

  @Test
  void aPackedFileThatIsCutShortOrDamagedIsRefusedInTheseWords(@TempDir Path folder)
      throws IOException {
    Random random = new Random(1);
    StringBuilder rows = new StringBuilder();
    for (int i = 0; i < 20_000; i++) {
      rows.append("%d 1:%d\n".formatted(i % 2, random.nextInt()));
    }
    byte[] whole = gzip(rows.toString());
    byte[] damaged = whole.clone();
    Arrays.fill(damaged, whole.length / 2, whole.length / 2 + 100, (byte) 0xff);
    SourceSpec spec = new SourceSpec.LibSvm("text", List.of(), 1);
    for (byte[] each : List.of(Arrays.copyOf(whole, whole.length / 2), damaged)) {
      write(folder, "text", each);
      assertRefused(
          () -> DataSources.open(spec, model(1, 2, Output.SOFTMAX), folder(folder)).rows(),
          folder.resolve("text") + ", after row ",
          ": it is cut short or damaged; copy it again");
    }
  }

  @Test
  void aModelOfManyInputsNeedsLittleMemoryForTheRowsOfLibsvm(@TempDir Path folder)
      throws IOException {
    write(folder, "text", "0 5:1 100000000:2 7:3\n1 5:1 7:1\n");
    SourceSpec spec = new SourceSpec.LibSvm("text", List.of(), 1);
    long allocated =
        allocated(
            () -> {
              DataSource rows =
                  DataSources.open(spec, model(100_000_000, 2, Output.SOFTMAX), folder(folder));
              rows.check();
              assertEquals(2, rows.all().count());
            });
    assertTrue(allocated < LITTLE, () -> allocated + " bytes were allocated");
  }

  private static SourceSpec csv() {
    return new SourceSpec.Table(
        "text",
        new TableFormat.Csv(false, ','),
        Optional.of("3"),
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        1,
        Optional.empty(),
        Optional.empty(),
        List.of());
  }

  private static void copy(String resource) throws IOException {
    try (InputStream in = ForgedDataTest.class.getResourceAsStream(resource)) {
      Files.copy(in, shared.resolve("text"), StandardCopyOption.REPLACE_EXISTING);
    }
  }

  private static byte[] damaged(byte[] whole, Random random) {
    byte[] bytes = whole.clone();
    for (int i = random.nextInt(4); i > 0 && bytes.length > 0; i--) {
      int at = random.nextInt(bytes.length);
      switch (random.nextInt(3)) {
        case 0 -> bytes[at] = (byte) random.nextInt();
        case 1 -> bytes = Arrays.copyOf(bytes, at);
        default -> bytes = Arrays.copyOf(bytes, bytes.length + random.nextInt(5));
      }
    }
    return bytes;
  }

  private static void assertReadOrRefused(SourceSpec spec, Path from, int inputs) {
    long allocated =
        allocated(
            () -> {
              try {
                DataSource source =
                    DataSources.open(spec, model(inputs, 3, Output.SOFTMAX), folder(from));
                int rows = (int) Math.min(Integer.MAX_VALUE, source.rows());
                assertEquals(rows, source.read(0, rows).count());
              } catch (DataException e) {
                assertEquals(1, e.getMessage().lines().count(), e.getMessage());
              }
            });
    assertTrue(allocated < LITTLE, () -> allocated + " bytes were allocated");
  }

  private static long allocated(Runnable work) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    work.run();
    return threads.getCurrentThreadAllocatedBytes() - before;
  }
}
