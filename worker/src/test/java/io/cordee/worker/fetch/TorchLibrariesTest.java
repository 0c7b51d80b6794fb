package io.cordee.worker.fetch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TorchLibrariesTest {

  private static final byte[] LARGE = randomBytes(300_000, 1);
  private static final byte[] SMALL = randomBytes(1000, 2);

  @TempDir Path folder;
  private Path cache;
  private Path repository;
  private FileServer server;
  private List<Library> libraries;
  private final List<String> said = new ArrayList<>();
  private final Queue<String> shown = new ConcurrentLinkedQueue<>();

  private static byte[] randomBytes(int count, long seed) {
    byte[] bytes = new byte[count];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  private static Library library(String path, byte[] bytes) throws GeneralSecurityException {
    byte[] sha256 = MessageDigest.getInstance("SHA-256").digest(bytes);
    return new Library(path, bytes.length, HexFormat.of().formatHex(sha256));
  }

  @BeforeEach
  void start() throws IOException, GeneralSecurityException {
    cache = folder.resolve("cache/torch");
    repository = Files.createDirectory(folder.resolve("repository"));
    libraries = List.of(library("a/1/large-1.jar", LARGE), library("b/1/small-1.jar", SMALL));
    server = new FileServer();
    server.serve("a/1/large-1.jar", LARGE);
    server.serve("b/1/small-1.jar", SMALL);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private List<Path> find(URI base) throws IOException {
    return new TorchLibraries(
            base, libraries, repository, cache, Duration.ofSeconds(20), said::add, shown::add)
        .find();
  }

  private void requireBoth(List<Path> found) throws IOException {
    assertEquals(2, found.size());
    assertArrayEquals(LARGE, Files.readAllBytes(found.get(0)));
    assertArrayEquals(SMALL, Files.readAllBytes(found.get(1)));
  }

  private List<String> cached() throws IOException {
    try (Stream<Path> files = Files.list(cache)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void whatIsNowhereIsFetchedOnce() throws IOException {
    List<Path> found = find(server.address());
    requireBoth(found);
    assertEquals(found, find(server.address()));
    assertEquals(List.of("large-1.jar", "small-1.jar"), server.requests());
    assertEquals(
        List.of("fetching libtorch once, 0.3 MB, from " + server.address() + " into " + cache),
        said);
    assertTrue(shown.contains("large-1.jar: 0.3 of 0.3 MB"), shown.toString());
    assertEquals(List.of("large-1.jar", "lock", "small-1.jar"), cached());
  }

  @Test
  void whatMavenHasIsTakenFromThere() throws IOException {
    Path ofMaven = repository.resolve("a/1/large-1.jar");
    Files.createDirectories(ofMaven.getParent());
    Files.write(ofMaven, LARGE);
    List<Path> found = find(server.address());
    requireBoth(found);
    assertEquals(ofMaven, found.get(0));
    assertEquals(List.of("small-1.jar"), server.requests());
  }

  @Test
  void aFileThatIsCutShortIsNotTaken() throws IOException {
    Path ofMaven = repository.resolve("a/1/large-1.jar");
    Files.createDirectories(ofMaven.getParent());
    Files.write(ofMaven, Arrays.copyOf(LARGE, 200_000));
    Files.createDirectories(cache);
    Files.write(cache.resolve("small-1.jar"), Arrays.copyOf(SMALL, 200));
    requireBoth(find(server.address()));
    assertEquals(List.of("large-1.jar", "small-1.jar"), server.requests());
  }

  @Test
  void anotherFileOfThatSizeIsRefused() throws IOException {
    server.serve("a/1/large-1.jar", randomBytes(LARGE.length, 4));
    String message = assertThrows(IOException.class, () -> find(server.address())).getMessage();
    assertTrue(
        message.contains("large-1.jar does not match its expected size or SHA-256"), message);
    assertEquals(List.of("lock"), cached());
  }

  @Test
  void withoutANetworkItSaysWhatToDo() {
    URI base = server.address();
    server.close();
    String message = assertThrows(IOException.class, () -> find(base)).getMessage();
    assertEquals(
        "cannot fetch libtorch into %s: no connection to 127.0.0.1 (is there a network?). By hand: in a checkout, mvn -Ptorch package; elsewhere, download %sa/1/large-1.jar, %sb/1/small-1.jar into that folder"
            .formatted(cache, base, base),
        message);
  }

  @Test
  void aFileThatIsNotThereIsSaidSo() {
    libraries = List.of(new Library("c/1/none-1.jar", 10, ""));
    String message = assertThrows(IOException.class, () -> find(server.address())).getMessage();
    assertTrue(message.contains("the server answered with status 404"), message);
  }

  @Test
  void platformsAreThoseOfJavaCpp() {
    assertEquals("linux-x86_64", TorchLibraries.platform("Linux", "amd64"));
    assertEquals("macosx-arm64", TorchLibraries.platform("Mac OS X", "aarch64"));
    assertEquals("windows-x86_64", TorchLibraries.platform("Windows 11", "amd64"));
  }

  @Test
  void eachPlatformHasSix() throws IOException {
    for (String platform : new String[] {"linux-x86_64", "macosx-arm64", "macosx-x86_64"}) {
      List<Library> found = TorchLibraries.of(platform);
      assertEquals(6, found.size());
      assertTrue(found.stream().anyMatch(it -> it.name().endsWith("-" + platform + ".jar")));
    }
  }

  @Test
  void anotherPlatformIsRefused() {
    assertEquals(
        "Cordee has no libtorch for linux-arm64; it has one for linux-x86_64, macosx-arm64,"
            + " macosx-x86_64",
        assertThrows(IOException.class, () -> TorchLibraries.of("linux-arm64")).getMessage());
  }

  @Test
  void versionsAreThoseOfTheBuild() throws IOException {
    String pom = Files.readString(Path.of("../pom.xml"));
    for (Library library : TorchLibraries.of("linux-x86_64")) {
      String[] path = library.path().split("/");
      String property = path[2] + ".version>" + path[3] + "<";
      assertTrue(pom.contains(property), property);
    }
  }
}
