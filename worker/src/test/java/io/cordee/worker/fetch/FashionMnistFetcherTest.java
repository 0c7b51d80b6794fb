package io.cordee.worker.fetch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FashionMnistFetcherTest {

  private static final Duration LONG = Duration.ofSeconds(20);
  private static final Duration SHORT = Duration.ofMillis(200);

  /** Two made-up files, of random bytes, since those do not compress. */
  private static final byte[] IMAGES = randomBytes(100_000, 1);

  private static final byte[] LABELS = randomBytes(1000, 2);

  @TempDir Path folder;
  private Path into;
  private Path local;
  private FileServer server;
  private byte[] images;
  private byte[] labels;
  private List<RemoteFile> files;

  /** What was said of each file, with its name instead of its path. */
  private final List<String> said = new ArrayList<>();

  private final Queue<String> shown = new ConcurrentLinkedQueue<>();

  private static byte[] randomBytes(int count, long seed) {
    byte[] bytes = new byte[count];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  private static byte[] gzip(byte[] bytes) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (OutputStream out = new GZIPOutputStream(packed)) {
      out.write(bytes);
    }
    return packed.toByteArray();
  }

  private static RemoteFile remote(String name, byte[] unpacked) throws GeneralSecurityException {
    byte[] sha256 = MessageDigest.getInstance("SHA-256").digest(unpacked);
    return new RemoteFile(name, HexFormat.of().formatHex(sha256));
  }

  @BeforeEach
  void start() throws IOException, GeneralSecurityException {
    into = folder.resolve("data/fashion");
    local = Files.createDirectory(folder.resolve("local"));
    images = gzip(IMAGES);
    labels = gzip(LABELS);
    files = List.of(remote("images.gz", IMAGES), remote("labels.gz", LABELS));
    server = new FileServer();
    server.serve("images.gz", images);
    server.serve("labels.gz", labels);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private void fetch(URI base, Duration silence) throws IOException {
    new FashionMnistFetcher(
            base,
            files,
            local,
            silence,
            line -> said.add(line.replace(into + "/", "").replaceAll("(: | from ).*$", "")),
            shown::add)
        .fetch(into);
  }

  private void fetch() throws IOException {
    fetch(server.address(), LONG);
  }

  private String failure(Duration silence) {
    return assertThrows(IOException.class, () -> fetch(server.address(), silence)).getMessage();
  }

  private void leave(String name, byte[] bytes) throws IOException {
    Files.createDirectories(into);
    Files.write(into.resolve(name), bytes);
  }

  private void assertBothFilesAreThereAndNothingElse() throws IOException {
    assertArrayEquals(images, Files.readAllBytes(into.resolve("images.gz")));
    assertArrayEquals(labels, Files.readAllBytes(into.resolve("labels.gz")));
    try (Stream<Path> found = Files.list(into)) {
      assertEquals(2, found.count());
    }
  }

  private void assertNothingIsThere() throws IOException {
    try (Stream<Path> left = Files.list(into)) {
      assertEquals(List.of(), left.toList());
    }
  }

  @Test
  void allFilesComeIntoAFolderThatIsMade() throws IOException {
    fetch();
    assertBothFilesAreThereAndNothingElse();
    assertEquals(List.of("images.gz", "labels.gz"), server.requests());
    assertEquals(List.of("images.gz fetched", "labels.gz fetched"), said);
  }

  @Test
  void anAddressWithoutSlashAtItsEndIsAFolderToo() throws IOException {
    String address = server.address().toString();
    fetch(URI.create(address.substring(0, address.length() - 1)), LONG);
    assertBothFilesAreThereAndNothingElse();
  }

  @Test
  void whatIsThereAndRightIsNotFetchedAgain() throws IOException {
    leave("images.gz", images);
    fetch();
    assertEquals(List.of("labels.gz"), server.requests());
    assertEquals(List.of("images.gz is there already", "labels.gz fetched"), said);
  }

  @Test
  void aFileThatIsTheSamePackedDifferentlyIsRight() throws IOException {
    byte[] packedDifferently = images.clone();
    packedDifferently[4] = 1; // The time in the gzip header.
    leave("images.gz", packedDifferently);
    fetch();
    assertEquals("images.gz is there already", said.get(0));
  }

  @Test
  void aCorruptFileIsFetchedAgain() throws IOException {
    byte[] corrupt = images.clone();
    corrupt[images.length / 2] ^= 1;
    leave("images.gz", corrupt);
    leave("labels.gz", Arrays.copyOf(labels, 100));
    fetch();
    assertBothFilesAreThereAndNothingElse();
    assertEquals(
        List.of(
            "images.gz is fetched again",
            "images.gz fetched",
            "labels.gz is fetched again",
            "labels.gz fetched"),
        said);
  }

  @Test
  void howFarAFileHasComeIsShown() throws IOException {
    fetch();
    assertTrue(shown.contains("images.gz: 0.1 of 0.1 MB"), shown::toString);
  }

  @Test
  void aFileWhoseConnectionBreaksIsFetchedFromTheStart() throws IOException {
    server.answerNext(FileServer.cutAfter(30_000), FileServer.cutAfter(20_000));
    fetch();
    assertBothFilesAreThereAndNothingElse();
    assertEquals(List.of("images.gz", "images.gz", "images.gz", "labels.gz"), server.requests());
  }

  @Test
  void aConnectionThatBreaksAgainAndAgainIsGivenUpAndNothingIsLeft() throws IOException {
    server.answerNext(
        FileServer.cutAfter(30_000), FileServer.cutAfter(30_000), FileServer.cutAfter(30_000));
    String failure = failure(LONG);
    assertTrue(failure.startsWith("cannot fetch " + server.address() + "images.gz"), failure);
    assertNothingIsThere();
  }

  @Test
  void aServerThatSendsMoreThanAnyFileHasIsGivenUp() {
    server.answerNext(FileServer::endless, FileServer::endless, FileServer::endless);
    String failure = failure(LONG);
    assertTrue(failure.contains("more came than the 50000000 bytes"), failure);
  }

  @Test
  void aServerThatStallsIsGivenUpAfterTheDeadline() {
    server.answerNext(server.stallAfter(0));
    assertTrue(failure(SHORT).contains("nothing came for 200 ms"));
  }

  @Test
  void aServerThatNeverAnswersIsGivenUpAfterTheDeadline() {
    server.answerNext(server.silence());
    assertTrue(failure(SHORT).contains("nothing came for 200 ms"));
  }

  @Test
  void redirectsAreFollowed() throws IOException {
    server.serve("elsewhere", images);
    server.answerNext(FileServer.redirectTo("elsewhere"));
    fetch();
    assertBothFilesAreThereAndNothingElse();
  }

  @Test
  void aWrongChecksumIsRefusedAndNothingIsLeft() throws IOException {
    server.serve("images.gz", gzip(randomBytes(IMAGES.length, 9)));
    String failure = failure(LONG);
    assertTrue(failure.contains("SHA-256"), failure);
    assertTrue(failure.contains(files.get(0).unpackedSha256()), failure);
    assertNothingIsThere();
  }

  @Test
  void whatIsNoGzipFileIsRefused() {
    server.serve("images.gz", "<html>Please log in</html>".getBytes(StandardCharsets.UTF_8));
    assertTrue(failure(LONG).contains("cannot be unpacked"));
  }

  @Test
  void aFailureSaysWhatHappenedAndWhatToDoByHand() {
    server.answerNext(FileServer.status(404));
    String message = failure(LONG);
    for (String part :
        List.of(
            "cannot fetch " + server.address() + "images.gz into " + into,
            "status 404",
            "apt-get install dataset-fashion-mnist",
            local.toString(),
            "download images.gz, labels.gz from " + server.address() + " into " + into)) {
      assertTrue(message.contains(part), () -> "expected \"" + part + "\" in: " + message);
    }
    assertEquals(1, message.lines().count());
  }

  @Test
  void aServerThatIsNotThereIsAFailureToo() {
    URI gone = server.address();
    server.close();
    String failure = assertThrows(IOException.class, () -> fetch(gone, LONG)).getMessage();
    assertTrue(failure.contains("no connection to 127.0.0.1 (is there a network?)"), failure);
  }

  @Test
  void aTargetThatIsNoFolderIsAFailureToo() throws IOException {
    Files.createDirectories(into.getParent());
    Files.writeString(into, "a file");
    assertTrue(failure(LONG).contains("FileAlreadyExists"));
  }

  @Test
  void filesOnThisMachineAreCopiedInsteadOfFetched() throws IOException {
    Files.write(local.resolve("images.gz"), images);
    fetch();
    assertBothFilesAreThereAndNothingElse();
    assertEquals(List.of("labels.gz"), server.requests());
    assertEquals(List.of("images.gz copied", "labels.gz fetched"), said);
  }

  @Test
  void filesOnThisMachineThatAreWrongAreFetched() throws IOException {
    Files.write(local.resolve("images.gz"), Arrays.copyOf(images, 100));
    fetch();
    assertBothFilesAreThereAndNothingElse();
    assertEquals(List.of("images.gz fetched", "labels.gz fetched"), said);
  }

  @Test
  void addressesThatAreNotHttpAreRefused() {
    for (String address : List.of("ftp://example.org/", "fashion", "file:///tmp/")) {
      assertThrows(
          IllegalArgumentException.class,
          () -> new FashionMnistFetcher(URI.create(address), said::add, shown::add));
    }
  }
}
