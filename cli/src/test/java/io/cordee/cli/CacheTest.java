package io.cordee.cli;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.cli.process.Ended;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CacheTest {

  @TempDir Path folder;

  @Test
  void clearingSaysHowMuchIsDeleted() throws IOException {
    Path rows = Files.createDirectories(folder.resolve("rows").resolve("0".repeat(32)));
    Files.write(rows.resolve("train-0.rows"), new byte[1_500_000]);
    Path sums = Files.createDirectories(folder.resolve("sums"));
    Files.writeString(sums.resolve("one"), "sum");
    String cleared = clear(folder).out();
    assertTrue(cleared.contains("deleted 1.5 MB of prepared rows in " + folder), cleared);
    assertFalse(Files.exists(rows));
    assertFalse(Files.exists(sums.resolve("one")));
    String again = clear(folder).out();
    assertTrue(again.contains("nothing to delete in " + folder), again);
  }

  @Test
  void aFileIsNoCache() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "");
    clear(file).expect(2, file + " is a file; expected a folder");
  }

  private static Ended clear(Path cache) {
    return Typed.run("cache", "--clear", "--cache=" + cache);
  }
}
