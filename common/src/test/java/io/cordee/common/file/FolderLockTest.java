package io.cordee.common.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderLockTest {

  @TempDir private Path folder;

  @Test
  void oneAtATimeHoldsIt() throws IOException {
    Path file = folder.resolve("lock");
    FolderLock first = FolderLock.take(file, "taken");
    Path otherName = Files.createSymbolicLink(folder.resolve("x"), folder).resolve("lock");
    for (Path name : new Path[] {file, otherName, file}) {
      assertEquals(
          "taken",
          assertThrows(IOException.class, () -> FolderLock.take(name, "taken")).getMessage());
    }
    first.close();
    FolderLock.take(file, "taken").close();
  }

  @Test
  void whatCannotBeMadeCanBeTriedAgain() throws IOException {
    Path file = folder.resolve("nowhere").resolve("lock");
    for (int i = 0; i < 2; i++) {
      assertThrows(IOException.class, () -> FolderLock.take(file, "taken"));
    }
    Files.createDirectory(file.getParent());
    FolderLock.take(file, "taken").close();
  }
}
