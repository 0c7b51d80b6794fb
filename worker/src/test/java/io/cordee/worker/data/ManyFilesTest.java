package io.cordee.worker.data;

import static io.cordee.worker.data.DataFiles.assertRefused;
import static io.cordee.worker.data.DataFiles.features;
import static io.cordee.worker.data.DataFiles.folder;
import static io.cordee.worker.data.DataFiles.gzip;
import static io.cordee.worker.data.DataFiles.model;
import static io.cordee.worker.data.DataFiles.targets;
import static io.cordee.worker.data.DataFiles.write;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.common.job.Job;
import io.cordee.common.job.data.SourceSpec;
import io.cordee.common.job.data.TableFormat;
import io.cordee.common.job.file.JobFile;
import io.cordee.common.model.Output;
import io.cordee.worker.data.rows.DataException;
import io.cordee.worker.data.rows.DataSource;
import io.cordee.worker.data.rows.PartitionRows;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ManyFilesTest {

  @TempDir Path root;

  /** Five rows, in order: the number, and a label that only the last file has. */
  @BeforeEach
  void writeParts() throws IOException {
    Path parts = Files.createDirectory(root.resolve("parts"));
    write(parts, "part-2.csv", "x,y\n4,a\n5,b\n");
    write(parts, "part-0.csv", "x,y\n1,a\n2,a\n");
    write(parts, "part-1.csv.gz", gzip("x,y\n3,a\n"));
    write(parts, "_SUCCESS", "");
    write(parts, "part-3.csv", "");
    write(parts, ".part-0.csv.crc", "sum");
  }

  /** What is read of files in which all before some rows was overwritten meanwhile. */
  @ParameterizedTest
  @ValueSource(strings = {"csv", "libsvm"})
  void rowsAreReadFromWhereTheyAre(String format) throws IOException {
    Path large = Files.createDirectory(root.resolve("large"));
    int rows = 40_000;
    for (int file = 0; file < 2; file++) {
      StringBuilder text = new StringBuilder(format.equals("csv") ? "x,y\n" : "");
      for (int i = 0; i < rows; i++) {
        String row = format.equals("csv") ? "\n%d,\"\n%s%d\"\r\n" : "%3$d 1:%1$d # %2$s\u00e9\r\n";
        text.append(row.formatted(i, "y".repeat(100), i % 2));
      }
      write(large, file + "", text.toString());
    }
    DataSource source =
        format.equals("csv")
            ? open("large")
            : DataSources.open(
                new SourceSpec.LibSvm("large", List.of(), 1),
                model(1, 2, Output.SOFTMAX),
                folder(root));
    assertEquals(2 * rows, source.rows());
    DataSource known = source.known(Optional.empty(), 2 * rows, source.index());
    long expected = source.read(rows + 30_000, rows + 31_000).checksum();
    write(large, "0", "");
    byte[] text = Files.readAllBytes(large.resolve("1"));
    Arrays.fill(text, format.equals("csv") ? 4 : 0, text.length / 2, (byte) '"');
    Files.write(large.resolve("1"), text);
    assertEquals(expected, known.read(rows + 30_000, rows + 31_000).checksum());
  }

  private DataSource open(String file) {
    SourceSpec.Table table =
        new SourceSpec.Table(
            file,
            TableFormat.Csv.USUAL,
            Optional.of("y"),
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            1,
            Optional.empty(),
            Optional.empty(),
            List.of());
    return DataSources.open(table, model(1, 2, Output.SOFTMAX), folder(root));
  }

  @ParameterizedTest
  @ValueSource(strings = {"parts", "parts/part-*", "parts/part-?.csv*"})
  void filesAreReadInTheOrderOfTheirNames(String file) {
    DataSource source = open(file);
    assertEquals(5, source.rows());
    assertEquals(List.of("a", "b"), source.columns().classNames());
    PartitionRows all = source.all();
    assertArrayEquals(new float[] {1, 2, 3, 4, 5}, features(all));
    assertArrayEquals(new float[] {1, 0, 1, 0, 1, 0, 1, 0, 0, 1}, targets(all, 2));
    assertArrayEquals(new float[] {2, 3, 4}, features(source.read(1, 4)), "across borders");
  }

  /** Files are read by several threads, a small one by one. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ", split: {validation: 0.2, test: 0.3}",
        ", split: {test: 0.3, stratify: false}, ids: {town: {dim: 2, rows: 8, min_count: 2}}",
      })
  void severalThreadsFindWhatOneFinds(String more) throws IOException {
    String header = "town,kind,x,z,y\n";
    Path many = Files.createDirectory(root.resolve("many"));
    StringBuilder all = new StringBuilder(header);
    for (int file = 0; file < 5; file++) {
      StringBuilder text = new StringBuilder();
      for (int i = 0; i < 20 + 3 * file; i++) {
        int row = all.length() + text.length();
        String x = row % 11 == 0 ? "" : 0.1 * row * row + "";
        text.append(
            "t%d,k%d,%s,%s,%s\n".formatted(i % 7, i % 3, x, 1e-3 / row, "ab".charAt(i % 2)));
      }
      write(many, "part-" + file, header + text);
      all.append(text);
    }
    write(root, "all", all.toString());
    JobRows expected = rows("all", more);
    JobRows found = rows("many", more);
    assertEquals(expected.columns(), found.columns());
    assertArrayEquals(
        expected.stores().map(store -> Arrays.toString(store.checksums(0))).toArray(),
        found.stores().map(store -> Arrays.toString(store.checksums(0))).toArray());
  }

  @Test
  void tooManyTextsAreRefusedThoughNoThreadFindsTooMany() throws IOException {
    Path many = Files.createDirectory(root.resolve("many"));
    for (int file = 0; file < 2; file++) {
      StringBuilder text = new StringBuilder("town,kin'd,x,z,y\n");
      for (int i = 0; i < 501; i++) {
        text.append("t,k%d,1,%d,%s\n".formatted(501 * file + i, i, "ab".charAt(i % 2)));
      }
      write(many, "part-" + file, text.toString());
    }
    assertRefused(
        () -> rows("many", "", "\"kin'd\", town"),
        "many: expected at most 1000 different texts in column 'kin'd'; found more; take it out of"
            + " preprocess.categories and write data.ids: {'kin''d': {dim: 16}}");
  }

  /** As by one thread, though the later file has many. */
  @Test
  void theFirstWrongRowsAreNamedWhicheverThreadReadsThem() throws IOException {
    Path many = Files.createDirectory(root.resolve("many"));
    for (int file = 0; file < 2; file++) {
      StringBuilder text = new StringBuilder("town,kind,x,z,y\n");
      for (int i = 0; i < 100; i++) {
        boolean isWrong = file == 0 ? i % 50 == 49 : i < 50;
        text.append("t,k,1,%s,%s\n".formatted(isWrong ? "z" + i : "1", "ab".charAt(i % 2)));
      }
      write(many, "part-" + file, text.toString());
    }
    String refusal = assertThrows(DataException.class, () -> rows("many", "")).getMessage();
    List<String> lines = refusal.lines().toList();
    assertEquals(21, lines.size(), refusal);
    assertTrue(lines.get(1).contains("part-0, line 101"), refusal);
    assertTrue(lines.get(19).contains("part-1, line 19"), refusal);
    assertEquals("more than that are not looked for", lines.get(20));
  }

  private JobRows rows(String file, String more) {
    return rows(file, more, more.contains("ids") ? "kind" : "kind, town");
  }

  private JobRows rows(String file, String more, String categories) {
    boolean hasIds = more.contains("ids");
    Job job =
        JobFile.parse(
            "model: {%s}\npartitions: 5\ndata: {train: {format: csv, file: %s, label: y}%s, preprocess: {scale: standardize, missing: drop, categories: [%s]}}"
                .formatted(
                    hasIds ? "inputs: 7, layers: [2]" : "layers: [12, 2]", file, more, categories),
            "job",
            List.of());
    return JobRows.of(job, folder(root), RowCache.NONE);
  }

  @Test
  void aPatternMayHaveASingleFile() {
    assertEquals(2, open("parts/part-2*").rows());
  }

  @Test
  void aWrongCellIsNamedByItsOwnFile() throws IOException {
    write(root.resolve("parts"), "part-2.csv", "x,y\n4,a\nfive,b\n");
    DataSource source = open("parts");
    String refusal = assertThrows(DataException.class, source::all).getMessage();
    assertTrue(refusal.contains("part-2.csv, line 3"), refusal);
  }

  @Test
  void otherColumnsAreRefused() throws IOException {
    write(root.resolve("parts"), "part-2.csv", "z,y\n4,a\n5,b\n");
    assertRefused(
        () -> open("parts"), "part-2.csv: expected the columns of ", "part-0.csv", "found z");
  }

  @Test
  void aPatternWithoutFilesIsMissing() {
    assertRefused(() -> open("parts/other-*.csv"), "parts/other-*.csv not found", "--data DIR");
    assertRefused(() -> open("nowhere/*.csv"), "nowhere/*.csv not found");
  }

  @Test
  void aLinkOutOfTheDataFolderIsNotFollowed() throws IOException {
    Path data = Files.createDirectory(root.resolve("data"));
    Files.createSymbolicLink(data.resolve("a.csv"), root.resolve("parts/part-0.csv"));
    DataFolder folder = new DataFolder(List.of(data), "", DataFolder.Reach.BELOW_ROOTS);
    assertRefused(() -> folder.findAll("*.csv"), "outside of this worker's data folder");
    assertRefused(() -> folder.findAll("../parts"), "outside of this worker's data folder");
  }

  @Test
  void theFirstPlaceCountsWhetherItIsAFileOrAFolder() throws IOException {
    Path early = Files.createDirectory(root.resolve("early"));
    write(early, "parts", "x,y\n9,a\n");
    DataFolder folder = new DataFolder(List.of(early, root), "", DataFolder.Reach.ANY_FILE);
    assertEquals(List.of(folder.find("parts")), folder.findAll("parts"));
  }

  @Test
  void aFolderWithoutFilesIsRefused() throws IOException {
    Files.createDirectory(root.resolve("empty"));
    assertRefused(() -> open("empty"), "empty is a folder without files");
    write(root.resolve("empty"), "part.csv", "");
    assertRefused(() -> open("empty"), "part.csv has no rows");
  }

  @Test
  void aJobOfOnesOwnMayHaveFilesOfAFolderOrAPatternByLinks() throws IOException {
    Path data = Files.createDirectory(root.resolve("data"));
    Path links = Files.createDirectory(data.resolve("links"));
    Files.createSymbolicLink(links.resolve("a.csv"), root.resolve("parts/part-0.csv"));
    for (String file : List.of("links", "links/*.csv")) {
      Job job =
          JobFile.parse(
              "model: {layers: [1, 2]}\ndata: {train: {format: csv, file: '"
                  + file
                  + "', label: y}}",
              "job",
              List.of());
      DataFolder folder =
          new DataFolder(DataFolder.rootsFor(job, data), "", DataFolder.Reach.BELOW_ROOTS);
      assertEquals(List.of(links.resolve("a.csv")), folder.findAll(file));
    }
  }
}
