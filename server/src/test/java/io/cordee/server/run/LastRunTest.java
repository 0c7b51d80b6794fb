package io.cordee.server.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.common.job.file.Found;
import io.cordee.common.job.file.JobFile;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LastRunTest {

  @TempDir private Path temp;

  private Path runs;
  private Path link;

  @BeforeEach
  void makeRuns() throws IOException {
    runs = Files.createDirectory(temp.resolve("runs"));
    link = runs.resolve("last");
  }

  private Path folder(String name) throws IOException {
    return Files.createDirectories(runs.resolve(name));
  }

  private Path target() throws IOException {
    return Files.readSymbolicLink(link);
  }

  private static RunFolder begun(Path folder) throws IOException {
    RunFolder run =
        RunFolder.create(
            folder,
            JobFile.parse("model: {layers: [64, 10]}\ndata: digits", "job", List.of()),
            Found.NOTHING);
    run.linkAsLast();
    return run;
  }

  @Test
  void theLinkLeadsToTheRunThatWasBegunLastWhereverItsFolderIsMovedTo() throws IOException {
    LastRun.of(folder("a"));
    LastRun.of(folder("b"));

    assertEquals(Path.of("b"), target());
    try (Stream<Path> files = Files.list(runs)) {
      assertEquals(3, files.count(), "no draft of the link is left");
    }
  }

  @Test
  void aRunOfWhichNothingCameGivesTheLinkBack() throws IOException {
    LastRun.of(folder("a"));
    RunFolder run = begun(runs.resolve("b"));
    assertEquals(Path.of("b"), target());
    run.close();

    assertEquals(Path.of("a"), target());
  }

  @Test
  void ofAFirstRunOfWhichNothingCameNoLinkIsLeft() throws IOException {
    begun(runs.resolve("a")).close();

    assertFalse(Files.exists(link, LinkOption.NOFOLLOW_LINKS));
  }

  @Test
  void aRunThatWasBegunMeanwhileKeepsTheLink() throws IOException {
    RunFolder run = begun(runs.resolve("a"));
    LastRun.of(folder("b"));
    run.close();

    assertEquals(Path.of("b"), target());
  }

  @Test
  void aFolderOrFileOfThatNameStaysAsItIs() throws IOException {
    Files.createDirectory(link);
    assertEquals(Optional.empty(), LastRun.of(folder("a")));
    assertTrue(Files.isDirectory(link, LinkOption.NOFOLLOW_LINKS));

    Files.delete(link);
    Files.writeString(link, "mine");
    assertEquals(Optional.empty(), LastRun.of(folder("a")));
    assertEquals("mine", Files.readString(link));
  }

  @Test
  void aRunElsewhereHasNoLink() throws IOException {
    begun(temp.resolve("a")).close();

    assertFalse(Files.exists(temp.resolve("last"), LinkOption.NOFOLLOW_LINKS));
  }

  @Test
  void noRunFailsWhereThereAreNoLinks() throws IOException {
    try (FileSystem zip =
        FileSystems.newFileSystem(temp.resolve("a.zip"), Map.of("create", "true"))) {
      Path run = Files.createDirectories(zip.getPath("/runs/a"));

      assertEquals(Optional.empty(), LastRun.of(run));
      assertFalse(Files.exists(run.resolveSibling("last"), LinkOption.NOFOLLOW_LINKS));
    }
  }

  @Test
  void aNewRunDoesNotTakeTheNameOfTheLink() throws IOException {
    String why =
        link
            + ": expected a folder of the run's own; this name is kept for a link to the last run:"
            + " choose another with --out";
    assertEquals(why, assertThrows(IOException.class, () -> begun(link)).getMessage());
    LastRun.of(folder("a"));
    assertEquals(why, assertThrows(IOException.class, () -> begun(link)).getMessage());
  }

  @Test
  void theLinkIsFollowedToTheRunSoThatAnotherOneMayBeginMeanwhile() throws IOException {
    LastRun.of(folder("a"));

    assertEquals(runs.resolve("a"), LastRun.followed(link));
    assertEquals(runs.resolve("a"), LastRun.followed(runs.resolve("a")));
    assertEquals(Path.of("last"), LastRun.followed(Path.of("last")), "there is none");
  }
}
