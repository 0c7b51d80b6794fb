package io.cordee.common.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
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
  void draftsOfTheSameFileThatKilledProcessesLeftAreDeleted() throws IOException {
    FileTime old = FileTime.from(Instant.now().minusSeconds(120));
    Path dead = Files.createFile(folder.resolve(".a.txt." + UUID.randomUUID() + ".tmp"));
    Path another = Files.createFile(folder.resolve(".b.txt." + UUID.randomUUID() + ".tmp"));
    Files.setLastModifiedTime(dead, old);
    Files.setLastModifiedTime(another, old);
    try (Draft written = Draft.of(folder.resolve("a.txt"))) {
      assertFalse(Files.exists(dead));
      List<Path> before = files();
      assertEquals(2, before.size(), "the draft, and that of another file");
      for (Path draft : before) {
        Files.setLastModifiedTime(draft, old);
      }
      WholeFile.write(folder.resolve("a.txt"), "second");
      assertEquals(3, files().size(), "one that is still written stays");
      written.commit();
    }
    assertEquals(Set.of(folder.resolve("a.txt"), another), Set.copyOf(files()));
  }

  @Test
  void aProcessThatEndsLeavesNoDrafts() throws IOException {
    try (Draft written = Draft.of(folder.resolve("a.txt"));
        Draft open = Draft.of(folder.resolve("b.txt"))) {
      written.commit();
      Draft.deleteOpen();
      assertEquals(List.of(folder.resolve("a.txt")), files());
      assertThrows(IOException.class, open::commit);
    }
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.toList();
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
