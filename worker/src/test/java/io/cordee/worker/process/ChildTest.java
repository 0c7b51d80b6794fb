package io.cordee.worker.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The shell that a function process runs under, without a worker. */
class ChildTest {

  @TempDir Path folder;

  @Test
  void theShellRemovesTheFolderOfAWorkerThatDiesWithoutAWord() throws Exception {
    Path shared = Files.createDirectory(folder.resolve("shared"));
    Files.createFile(shared.resolve("socket-1"));
    awaitKilled(shared, "");
    assertTrue(Files.notExists(shared), "the shell left the folder");
  }

  @Test
  void theShellLeavesTheFolderOfAWorkerThatEndsTheChild() throws Exception {
    Path shared = Files.createDirectory(folder.resolve("shared"));
    awaitKilled(shared, "end\n");
    assertTrue(Files.exists(shared), "the shell removed the folder");
  }

  /** Ends the shell's input behind this word. */
  private static void awaitKilled(Path shared, String word)
      throws IOException, InterruptedException {
    Process shell =
        new ProcessBuilder("/bin/sh", "-c", Child.WATCHED, "sh", shared.toString(), "sleep", "600")
            .start();
    try (OutputStream input = shell.getOutputStream()) {
      input.write(word.getBytes(StandardCharsets.US_ASCII));
    }
    assertTrue(shell.waitFor(20, TimeUnit.SECONDS), "the shell waits for its child");
    assertEquals(128 + 9, shell.exitValue());
  }
}
