package io.cordee.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.cli.process.Ended;
import io.cordee.cli.process.InFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class CacheTest extends InFolder {

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
    Path file = write("file", "");
    clear(file).expect(2, file + " is a file; expected a folder");
  }

  @Test
  void aFolderThatCannotBeWrittenIsSaidOnce() throws IOException {
    String rows = "0.125,0\n1.125,1\n".repeat(270_000);
    write("rows.csv", rows);
    Path job = folder.resolve("job.yaml");
    Files.writeString(
        job,
        "{model: {layers: [1, 2]}, data: {train: {format: csv, file: rows.csv, label: 1,"
            + " header: false}}, optimizer: rprop, stop: {rounds: 1}}");
    Path below = write("file", "").resolve("below");
    Ended ended =
        Typed.run(
            "train",
            job.toString(),
            "--in-process",
            "--data=" + folder,
            "--cache=" + below,
            "--out=" + folder.resolve("run"));
    ended.expectSuccess();
    String told = ended.out() + ended.err();
    assertEquals(2, told.split("rows cannot be prepared", -1).length, told);
  }

  private static Ended clear(Path cache) {
    return Typed.run("cache", "--clear", "--cache=" + cache);
  }
}
