package io.cordee.worker.data;

import static io.cordee.worker.data.DataFiles.assertRefused;
import static io.cordee.worker.data.DataFiles.write;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.common.job.Job;
import io.cordee.common.job.file.JobFile;
import io.cordee.worker.data.rows.DataException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataFolderTest {

  @TempDir Path root;

  @Test
  void aFileInTheJobsFolderComesBeforeOneInTheRoot() throws IOException {
    Files.createDirectory(root.resolve("job"));
    write(root, "rows.csv", "1");
    assertEquals(root.resolve("rows.csv"), new DataFolder(root, "job").find("rows.csv"));
    write(root.resolve("job"), "rows.csv", "1");
    assertEquals(root.resolve("job/rows.csv"), new DataFolder(root, "job").find("rows.csv"));
  }

  @Test
  void anAbsolutePathIsTakenAsItIs() throws IOException {
    write(root, "rows.csv", "1");
    Path file = root.resolve("rows.csv").toAbsolutePath();
    assertEquals(file, new DataFolder(Path.of("elsewhere"), "job").find(file.toString()));
  }

  @Test
  void aMissingFileIsRefusedNamingEveryPlaceThatWasLookedAt() {
    assertRefused(
        () -> new DataFolder(root, "job").find("rows.csv"),
        root.resolve("job/rows.csv").toString(),
        root.resolve("rows.csv").toString(),
        "--data DIR");
  }

  @Test
  void aMissingFileOfADataSetSaysWhatFetchesIt() {
    assertRefused(
        () -> new DataFolder(root, "flights").find("flights.csv"),
        "cordee data flights fetches it");
    assertRefused(
        () -> new DataFolder(root, "fashion-mnist").find("train-images-idx3-ubyte.gz"),
        root.resolve("fashion-mnist/train-images-idx3-ubyte.gz").toString(),
        "cordee data fashion-mnist fetches it");
  }

  @Test
  void aDirectoryIsNoDataFile() throws IOException {
    Files.createDirectory(root.resolve("rows"));
    assertRefused(() -> new DataFolder(root, "").find("rows"), "is a directory");
  }

  @Test
  void aNameThatNoFileCanHaveIsRefused() {
    assertRefused(() -> new DataFolder(root, "").find("a\0b"), "is no file name");
  }

  @Test
  void aPipeOrADeviceIsNoDataFile() {
    assertRefused(() -> new DataFolder(root, "").find("/dev/null"), "/dev/null", "expected a file");
  }

  // ---- jobs from elsewhere ----

  private DataFolder below(Path... roots) {
    return new DataFolder(List.of(roots), "job", DataFolder.Reach.BELOW_ROOTS);
  }

  @Test
  void whatIsOutsideOfTheRootsIsRefusedWhetherItIsThereOrNot() throws IOException {
    Path data = Files.createDirectories(root.resolve("data/job")).getParent();
    Files.createDirectory(root.resolve("else"));
    write(root.resolve("else"), "there", "1");
    Files.createSymbolicLink(data.resolve("link"), root.resolve("else/there"));
    Files.createSymbolicLink(data.resolve("job/links"), root.resolve("else"));
    for (String there :
        List.of("../../else/there", "links/there", root.resolve("else/there").toString())) {
      String not = there.replace("there", "not");
      for (String file : List.of(there, not)) {
        assertRefused(() -> below(data).find(file), file, "outside of this worker's data folder");
      }
    }
    assertRefused(() -> below(data).find("link"), "link", "outside of this worker's data folder");
  }

  @Test
  void whatIsBelowARootMayBeNamedInAnyWay() throws IOException {
    Path data = Files.createDirectories(root.resolve("data/job")).getParent();
    write(data, "rows.csv", "1");
    Files.createSymbolicLink(data.resolve("job/link"), data.resolve("rows.csv"));
    Files.createSymbolicLink(root.resolve("alias"), data);
    for (String file :
        List.of("rows.csv", "../rows.csv", "link", data.resolve("rows.csv").toString())) {
      assertTrue(Files.isSameFile(data.resolve("rows.csv"), below(data).find(file)));
      assertTrue(
          Files.isSameFile(data.resolve("rows.csv"), below(root.resolve("alias")).find(file)));
    }
  }

  @Test
  void aFileMayBeNamedFromTheFolderThatHoldsTheRoot() throws IOException {
    Path data = Files.createDirectories(root.resolve("data/job")).getParent();
    write(data, "rows.csv", "1");
    write(root, "data.csv", "1");
    write(root, "beside.csv", "1");
    assertEquals(data.resolve("rows.csv"), below(data).find("data/rows.csv"));
    assertRefused(() -> below(data).find("data/none.csv"), data.resolve("none.csv").toString());
    for (String file : List.of("data/../beside.csv", "data.csv", "beside.csv")) {
      assertThrows(DataException.class, () -> below(data).find(file), file);
    }
    Files.createDirectory(data.resolve("data"));
    write(data.resolve("data"), "rows.csv", "1");
    assertEquals(data.resolve("data/rows.csv"), below(data).find("data/rows.csv"));
  }

  @Test
  void aRootThatIsNotThereHoldsNothing() {
    assertRefused(() -> below(root.resolve("nowhere")).find("rows.csv"), "not found", "nowhere");
  }

  @Test
  void theRootsOfAJobOfOnesOwnHoldWhateverItNames() throws IOException {
    Path data = Files.createDirectories(root.resolve("data/job")).getParent();
    Path other = Files.createDirectories(root.resolve("disk/other"));
    write(data, "rows.csv", "1");
    write(root, "beside.csv", "1");
    write(other, "large.csv", "1");
    Files.createSymbolicLink(data.resolve("job/large.csv"), other.resolve("large.csv"));
    for (String file :
        List.of("rows.csv", "../beside.csv", "large.csv", other.resolve("large.csv").toString())) {
      Job job =
          JobFile.parse(
              "model: {layers: [1, 2]}\ndata: {folder: job, train: {format: csv, header: false, file: '"
                  + file
                  + "', label: 0}}",
              "job",
              List.of());
      DataFolder given =
          new DataFolder(DataFolder.rootsFor(job, data), "job", DataFolder.Reach.BELOW_ROOTS);
      assertEquals(
          new DataFolder(data, "job").find(file).toRealPath(), given.find(file).toRealPath());
    }
  }
}
