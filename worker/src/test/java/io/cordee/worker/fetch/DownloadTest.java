package io.cordee.worker.fetch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DownloadTest {

  private static final byte[] FILE = "0123456789".getBytes(StandardCharsets.UTF_8);

  private final Download download = new Download(Duration.ofSeconds(20), done -> {});

  @TempDir private Path folder;
  private Path part;
  private FileServer server;

  @BeforeEach
  void start() throws IOException {
    part = folder.resolve("file.part");
    server = new FileServer();
    server.serve("file", FILE);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private void complete(long bytes) throws IOException, InterruptedException {
    download.complete(server.address().resolve("file"), part, bytes);
  }

  private void refused(long bytes, String message) {
    assertEquals(message, assertThrows(IOException.class, () -> complete(bytes)).getMessage());
  }

  @Test
  void aFileThatIsShorterThanExpectedIsNotAskedForAgainAndAgain() {
    refused(15, "the server sends no more than 10 of 15 bytes");
  }

  @Test
  void anEmptyOneIsNotEither() {
    server.serve("file", new byte[0]);
    refused(15, "the server sends no more than 0 of 15 bytes");
  }

  @Test
  void norIsOneThatIsShorterThanWhatIsThere() throws IOException {
    Files.write(part, new byte[12]);
    refused(15, "the server sends no more than 12 of 15 bytes");
  }

  @Test
  void eachAttemptThatAddsSomethingIsFollowedByAnother() throws IOException, InterruptedException {
    server.answerNext(
        FileServer.cutAfter(2),
        FileServer.cutAfter(4),
        FileServer.cutAfter(6),
        FileServer.cutAfter(8));
    complete(FILE.length);
    assertArrayEquals(FILE, Files.readAllBytes(part));
  }
}
