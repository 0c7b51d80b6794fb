package io.cordee.cli.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FreshFolderTest {

  @TempDir private Path temp;

  @Test
  void whoeverComesAtTheSameTimeGetsAFolderOfItsOwn() throws Exception {
    Callable<Path> claim = () -> FreshFolder.claim(temp.resolve("runs"), "20261125-090000").path();
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      Set<Path> claimed = new HashSet<>();
      for (Future<Path> each :
          threads.invokeAll(
              new ArrayList<>(List.of(claim, claim, claim, claim, claim, claim, claim, claim)))) {
        claimed.add(each.get());
      }
      assertEquals(8, claimed.size(), claimed::toString);
      assertTrue(claimed.contains(temp.resolve("runs/20261125-090000")), claimed::toString);
      assertTrue(claimed.contains(temp.resolve("runs/20261125-090000-8")), claimed::toString);
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void aFolderThatNothingCameOfIsGoneAgainWithItsLog() throws IOException {
    Path path;
    try (FreshFolder folder = FreshFolder.claim(temp, "run")) {
      path = folder.path();
      Files.writeString(path.resolve("run.log"), "nothing new");
    }
    assertFalse(Files.exists(path));
  }

  @Test
  void aLogThatIsReferredToStays() throws IOException {
    try (FreshFolder folder = FreshFolder.claim(temp, "run")) {
      Files.writeString(folder.path().resolve("run.log"), "why");
      folder.keepLog();
    }
    assertEquals("why", Files.readString(temp.resolve("run/run.log")));
  }

  @Test
  void aRunStaysWhole() throws IOException {
    try (FreshFolder folder = FreshFolder.claim(temp, "run")) {
      Files.writeString(folder.path().resolve("run.log"), "fine");
      Files.writeString(folder.path().resolve("metrics.csv"), "round");
    }
    assertTrue(Files.exists(temp.resolve("run/run.log")));
  }

  @Test
  void whatWasThereBeforeStays() throws IOException {
    Path empty = Files.createDirectory(temp.resolve("empty"));
    FreshFolder.given(empty).close();
    assertTrue(Files.isDirectory(empty));
    Path logged = Files.createDirectory(temp.resolve("logged"));
    Files.writeString(logged.resolve("run.log"), "before");
    FreshFolder.given(logged).close();
    assertEquals("before", Files.readString(logged.resolve("run.log")));
  }
}
