package io.cordee.worker.fetch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
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
import java.util.OptionalLong;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FashionMnistFetcherTest {

  private static final Duration LONG = Duration.ofSeconds(20);
  private static final Duration SHORT = Duration.ofMillis(200);

  /** Two made-up files; random bytes, so that they do not get smaller when packed. */
  private static final byte[] IMAGES = randomBytes(100_000, 1);

  private static final byte[] LABELS = randomBytes(1000, 2);

  @TempDir Path folder;
  private Path into;
  private Path local;
  private FileServer server;
  private byte[] images;
  private byte[] labels;
  private List<RemoteFile> files;
  private final Log log = new Log();

  /** Writes down what it hears, without the bytes in between. */
  private static final class Log implements FetchListener {
    private final List<String> events = new ArrayList<>();
    private final List<Long> done = new ArrayList<>();
    private OptionalLong total = OptionalLong.empty();

    @Override
    public void present(Path file) {
      events.add("present " + file.getFileName());
    }

    @Override
    public void damaged(Path file, String why) {
      events.add("damaged " + file.getFileName());
    }

    @Override
    public void copied(Path from, Path to) {
      events.add("copied " + to.getFileName());
    }

    @Override
    public void progress(String file, long bytes, OptionalLong ofTotal) {
      if (file.equals("images.gz")) {
        done.add(bytes);
        total = ofTotal;
      }
    }

    @Override
    public void retrying(String file, String why) {
      events.add("retrying " + file);
    }

    @Override
    public void fetched(Path file) {
      events.add("fetched " + file.getFileName());
    }
  }

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
    return new RemoteFile(name, unpacked.length, HexFormat.of().formatHex(sha256));
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

  private FashionMnistFetcher fetcher(URI base, Duration read) {
    return new FashionMnistFetcher(
        base, files, local, new FashionMnistFetcher.Deadlines(LONG, read));
  }

  private void fetch() throws FetchException {
    fetcher(server.address(), LONG).fetch(into, log);
  }

  private FetchException failure(Duration read) {
    return assertThrows(
        FetchException.class, () -> fetcher(server.address(), read).fetch(into, log));
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

  @Test
  void allFilesComeIntoAFolderThatIsMade() throws IOException {
    fetch();
    assertBothFilesAreThereAndNothingElse();
    assertEquals(List.of("images.gz", "labels.gz"), server.requests());
    assertEquals(List.of("fetched images.gz", "fetched labels.gz"), log.events);
  }

  @Test
  void progressRisesFromNothingToTheWholeFile() throws IOException {
    fetch();
    List<Long> sorted = new ArrayList<>(log.done);
    sorted.sort(null);
    assertEquals(sorted, log.done);
    assertEquals(0, log.done.get(0));
    assertEquals(images.length, log.done.get(log.done.size() - 1));
    assertEquals(OptionalLong.of(images.length), log.total);
  }

  @Test
  void anAddressWithoutSlashAtItsEndIsAFolderToo() throws IOException {
    String address = server.address().toString();
    fetcher(URI.create(address.substring(0, address.length() - 1)), LONG).fetch(into, log);
    assertBothFilesAreThereAndNothingElse();
  }

  @Test
  void whatIsThereAndRightIsNotFetchedAgain() throws IOException {
    leave("images.gz", images);
    fetch();
    assertEquals(List.of("labels.gz"), server.requests());
    assertEquals(List.of("present images.gz", "fetched labels.gz"), log.events);
  }

  @Test
  void aFileThatIsTheSamePackedDifferentlyIsRight() throws IOException {
    byte[] packedDifferently = images.clone();
    packedDifferently[4] = 1; // The time in the gzip header.
    leave("images.gz", packedDifferently);
    fetch();
    assertEquals("present images.gz", log.events.get(0));
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
        List.of("damaged images.gz", "fetched images.gz", "damaged labels.gz", "fetched labels.gz"),
        log.events);
  }

  @Test
  void aPartialFileIsGoneOnWith() throws IOException {
    leave("images.gz.part", Arrays.copyOf(images, 40_000));
    fetch();
    assertBothFilesAreThereAndNothingElse();
    assertEquals(List.of("images.gz bytes=40000-", "labels.gz"), server.requests());
    assertEquals(40_000, log.done.get(0));
    assertEquals(OptionalLong.of(images.length), log.total);
  }

  @Test
  void aPartialFileThatIsCompleteOnlyGetsItsName() throws IOException {
    leave("images.gz.part", images);
    fetch();
    assertBothFilesAreThereAndNothingElse();
    assertEquals(List.of("images.gz bytes=" + images.length + "-", "labels.gz"), server.requests());
  }

  @Test
  void aPartialFileOfSomethingElseIsThrownAwayAndAllFetched() throws IOException {
    leave("images.gz.part", randomBytes(40_000, 3));
    leave("labels.gz.part", randomBytes(5000, 4));
    fetch();
    assertBothFilesAreThereAndNothingElse();
    assertEquals(
        List.of("images.gz bytes=40000-", "images.gz", "labels.gz bytes=5000-", "labels.gz"),
        server.requests());
  }

  @Test
  void aServerThatIgnoresRangesIsReadFromTheStart() throws IOException {
    leave("images.gz.part", Arrays.copyOf(images, 40_000));
    server.answerNext(FileServer::wholeFile);
    fetch();
    assertBothFilesAreThereAndNothingElse();
    assertEquals(List.of("fetched images.gz", "fetched labels.gz"), log.events);
    assertEquals(0, log.done.get(0));
  }

  @Test
  void aServerThatSendsAnotherRangeIsAskedForAll() throws IOException {
    leave("images.gz.part", Arrays.copyOf(images, 40_000));
    server.answerNext(
        (exchange, file) -> {
          exchange.getResponseHeaders().set("Content-Range", "bytes 0-9/" + file.length);
          exchange.sendResponseHeaders(206, 10);
          exchange.getResponseBody().write(file, 0, 10);
        });
    fetch();
    assertBothFilesAreThereAndNothingElse();
    assertEquals(List.of("images.gz bytes=40000-", "images.gz", "labels.gz"), server.requests());
  }

  @Test
  void aCutConnectionIsTakenUpWhereItBroke() throws IOException {
    server.answerNext(FileServer.cutAfter(30_000), FileServer.cutAfter(20_000));
    fetch();
    assertBothFilesAreThereAndNothingElse();
    assertEquals(
        List.of("images.gz", "images.gz bytes=30000-", "images.gz bytes=50000-", "labels.gz"),
        server.requests());
    assertEquals(
        List.of(
            "retrying images.gz", "retrying images.gz", "fetched images.gz", "fetched labels.gz"),
        log.events);
  }

  @Test
  void aConnectionThatBringsNothingMoreIsGivenUpAndWhatCameIsKept() throws IOException {
    server.answerNext(FileServer.cutAfter(30_000), FileServer.cutAfter(0));
    FetchException failure = failure(LONG);
    assertTrue(failure.getMessage().contains("images.gz"), failure.getMessage());
    assertEquals(30_000, Files.size(into.resolve("images.gz.part")));
    assertFalse(Files.exists(into.resolve("images.gz")));
    fetch();
    assertBothFilesAreThereAndNothingElse();
  }

  @Test
  void aServerThatStallsIsGivenUpAfterTheDeadline() {
    server.answerNext(server.stallAfter(0));
    assertTrue(failure(SHORT).getMessage().contains("nothing came for 200 ms"));
  }

  @Test
  void aServerThatNeverAnswersIsGivenUpAfterTheDeadline() {
    server.answerNext(server.silence());
    assertTrue(failure(SHORT).getMessage().contains("timed out"));
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
    FetchException failure = failure(LONG);
    assertTrue(failure.getMessage().contains("SHA-256"), failure.getMessage());
    assertTrue(failure.getMessage().contains(files.get(0).unpackedSha256()));
    try (Stream<Path> left = Files.list(into)) {
      assertEquals(0, left.count());
    }
  }

  @Test
  void aFileThatUnpacksToMoreThanExpectedIsRefused() throws IOException {
    server.serve("images.gz", gzip(new byte[IMAGES.length + 1]));
    assertTrue(failure(LONG).getMessage().contains("more than the expected 100000 bytes"));
  }

  @Test
  void whatIsNoGzipFileIsRefused() {
    server.serve("images.gz", "<html>Please log in</html>".getBytes(StandardCharsets.UTF_8));
    assertTrue(failure(LONG).getMessage().contains("cannot be unpacked"));
  }

  @Test
  void aFailureSaysWhatHappenedAndWhatToDoByHand() {
    server.answerNext(FileServer.status(404));
    String message = failure(LONG).getMessage();
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
    FetchException failure =
        assertThrows(FetchException.class, () -> fetcher(gone, LONG).fetch(into, log));
    assertTrue(failure.getMessage().contains("ConnectException"), failure.getMessage());
  }

  @Test
  void aTargetThatIsNoFolderIsAFailureToo() throws IOException {
    Files.createDirectories(into.getParent());
    Files.writeString(into, "a file");
    assertTrue(failure(LONG).getMessage().contains("FileAlreadyExists"));
  }

  @Test
  void filesOnThisMachineAreCopiedInsteadOfFetched() throws IOException {
    Files.write(local.resolve("images.gz"), images);
    fetch();
    assertBothFilesAreThereAndNothingElse();
    assertEquals(List.of("labels.gz"), server.requests());
    assertEquals(List.of("copied images.gz", "fetched labels.gz"), log.events);
  }

  @Test
  void filesOnThisMachineThatAreWrongAreFetched() throws IOException {
    Files.write(local.resolve("images.gz"), Arrays.copyOf(images, 100));
    fetch();
    assertBothFilesAreThereAndNothingElse();
    assertEquals(List.of("fetched images.gz", "fetched labels.gz"), log.events);
  }

  @Test
  void addressesThatAreNotHttpAreRefused() {
    for (String address : List.of("ftp://example.org/", "fashion", "file:///tmp/")) {
      assertThrows(
          IllegalArgumentException.class, () -> FashionMnistFetcher.from(URI.create(address)));
    }
  }

  @Test
  void thePublishedFilesHaveTheLengthsThatTheirShapesMake() {
    List<Long> expected = List.of(16 + 60_000L * 784, 8 + 60_000L, 16 + 10_000L * 784, 8 + 10_000L);
    assertEquals(
        expected, FashionMnistFetcher.FILES.stream().map(RemoteFile::unpackedBytes).toList());
  }
}
