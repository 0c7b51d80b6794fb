package io.cordee.worker.data;

import static io.cordee.worker.data.DataFiles.assertRefused;
import static io.cordee.worker.data.DataFiles.write;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
  void aMissingFileOfFashionMnistSaysWhatFetchesIt() {
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
}
