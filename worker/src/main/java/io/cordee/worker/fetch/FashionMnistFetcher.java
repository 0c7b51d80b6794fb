package io.cordee.worker.fetch;

import io.cordee.common.file.WholeFile;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Copies the four files of Fashion-MNIST into a folder: from Debian's package if installed,
 * otherwise from a server.
 *
 * @param base an http or https address to which file names are appended
 * @param localFolder where the files may already be
 * @param silence how long a server may send nothing
 * @param say receives a line for each event
 * @param status receives the progress of a file
 */
public record FashionMnistFetcher(
    URI base,
    List<RemoteFile> files,
    Path localFolder,
    Duration silence,
    Consumer<String> say,
    Consumer<String> status) {

  /** Where the authors publish the files. */
  public static final URI PUBLISHED =
      URI.create("http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/");

  /**
   * Where Debian's package {@code dataset-fashion-mnist} puts them: the published files without the
   * name and time in their gzip headers. With those restored, they have the authors' MD5 sums.
   */
  public static final Path DEBIAN_FOLDER = Path.of("/usr/share/datasets/fashion-mnist");

  public static final List<RemoteFile> FILES =
      List.of(
          new RemoteFile(
              "train-images-idx3-ubyte.gz",
              "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888"),
          new RemoteFile(
              "train-labels-idx1-ubyte.gz",
              "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9"),
          new RemoteFile(
              "t10k-images-idx3-ubyte.gz",
              "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b"),
          new RemoteFile(
              "t10k-labels-idx1-ubyte.gz",
              "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34"));

  /** Twice the largest file. */
  private static final int MOST_BYTES = 50_000_000;

  public FashionMnistFetcher {
    base = Download.folder(base, PUBLISHED);
  }

  public FashionMnistFetcher(URI base, Consumer<String> say, Consumer<String> status) {
    this(base, FILES, DEBIAN_FOLDER, Duration.ofSeconds(30), say, status);
  }

  /**
   * Creates the folder if needed.
   *
   * @throws IOException if one of them cannot be fetched: why, and what to do by hand
   */
  public void fetch(Path into) throws IOException {
    for (RemoteFile file : files) {
      try {
        Files.createDirectories(into);
        bring(file, into.resolve(file.name()));
      } catch (IOException e) {
        String names = files.stream().map(RemoteFile::name).collect(Collectors.joining(", "));
        throw new IOException(
            String.format(
                "cannot fetch %s into %s: %s. By hand: on Debian, apt-get install"
                    + " dataset-fashion-mnist, and run this again (its files are in %s); elsewhere,"
                    + " download %s from %s into %s",
                base.resolve(file.name()),
                into,
                Download.reason(e),
                localFolder,
                names,
                base,
                into),
            e);
      }
    }
  }

  private void bring(RemoteFile file, Path target) throws IOException {
    Download download = new Download(silence, say, status);
    if (download.has(target, file)) {
      return;
    }
    Path local = localFolder.resolve(file.name());
    if (Files.exists(local) && file.wrongWith(local).isEmpty()) {
      WholeFile.write(target, Files.readAllBytes(local));
      say.accept(target + " copied from " + local);
      return;
    }
    download.bring(base.resolve(file.name()), target, MOST_BYTES, file);
  }
}
