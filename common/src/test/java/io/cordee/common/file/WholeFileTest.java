package io.cordee.common.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WholeFileTest {

  @TempDir private Path folder;

  @Test
  void whatWasThereIsReplacedAndNothingElseIsLeft() throws IOException {
    Path file = folder.resolve("a.txt");
    WholeFile.write(file, "old");
    WholeFile.write(file, "größer");

    assertEquals("größer", Files.readString(file));
    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(List.of(file), files.toList());
    }
  }

  @Test
  void aFolderThatIsMissingIsNamed() {
    Path file = folder.resolve("x/y/z.html");

    IOException refused = assertThrows(IOException.class, () -> WholeFile.write(file, ""));

    assertEquals(
        "cannot write "
            + file
            + ": there is no folder "
            + file.getParent()
            + "; make it, or choose another",
        refused.getMessage());
  }

  @Test
  void aFolderInItsPlaceIsLeftAlone() throws IOException {
    Path file = Files.createDirectories(folder.resolve("taken"));

    IOException refused = assertThrows(IOException.class, () -> WholeFile.write(file, ""));

    assertEquals(
        "cannot write " + file + ": it is a folder; expected a file, or none",
        refused.getMessage());
  }
}
