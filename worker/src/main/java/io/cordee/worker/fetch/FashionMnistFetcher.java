package io.cordee.worker.fetch;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Brings the four files of Fashion-MNIST into a folder: from Debian's package where it is
 * installed, otherwise from a server. Whatever it puts under a file's name is complete and right.
 *
 * <p>Checksums are of what the files unpack to. Debian's package holds the published files without
 * the name and time in their gzip headers; with those put back, they have the MD5 sums that the
 * data set's authors publish.
 */
public final class FashionMnistFetcher {

  /** Where the authors publish the files. */
  public static final URI PUBLISHED =
      URI.create("http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/");

  /** Where Debian's package {@code dataset-fashion-mnist} puts them. */
  public static final Path DEBIAN_FOLDER = Path.of("/usr/share/datasets/fashion-mnist");

  public static final List<RemoteFile> FILES =
      List.of(
          new RemoteFile(
              "train-images-idx3-ubyte.gz",
              47_040_016,
              "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888"),
          new RemoteFile(
              "train-labels-idx1-ubyte.gz",
              60_008,
              "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9"),
          new RemoteFile(
              "t10k-images-idx3-ubyte.gz",
              7_840_016,
              "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b"),
          new RemoteFile(
              "t10k-labels-idx1-ubyte.gz",
              10_008,
              "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34"));

  /**
   * How long to wait.
   *
   * @param connect for a connection
   * @param read for an answer, and for every further piece of it
   */
  public record Deadlines(Duration connect, Duration read) {
    public static final Deadlines USUAL =
        new Deadlines(Duration.ofSeconds(15), Duration.ofSeconds(30));
  }

  private final URI base;
  private final List<RemoteFile> files;
  private final Path localFolder;
  private final Deadlines deadlines;

  /** Fetches the published files from a server that has them below {@code base}. */
  public static FashionMnistFetcher from(URI base) {
    return new FashionMnistFetcher(base, FILES, DEBIAN_FOLDER, Deadlines.USUAL);
  }

  /**
   * Fetches other files, or otherwise.
   *
   * @param base an http or https address to which file names are appended
   * @param localFolder where the files may be on this machine already
   * @throws IllegalArgumentException if the address is not http or https
   */
  public FashionMnistFetcher(
      URI base, List<RemoteFile> files, Path localFolder, Deadlines deadlines) {
    if (base.getHost() == null || !List.of("http", "https").contains(base.getScheme())) {
      throw new IllegalArgumentException(
          "expected an address like " + PUBLISHED + "; found " + base);
    }
    this.base = base.toString().endsWith("/") ? base : URI.create(base + "/");
    this.files = List.copyOf(files);
    this.localFolder = localFolder;
    this.deadlines = deadlines;
  }

  /**
   * Brings all files into a folder, which is made if need be.
   *
   * @throws FetchException if one of them cannot be had; what has come of it stays, and the next
   *     call goes on from there
   */
  public void fetch(Path into, FetchListener listener) throws FetchException {
    HttpClient client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(deadlines.connect())
            .followRedirects(HttpClient.Redirect.NORMAL)
            .build();
    for (RemoteFile file : files) {
      try {
        Files.createDirectories(into);
        if (!isPresent(file, into, listener) && !copyLocal(file, into, listener)) {
          download(client, file, into, listener);
        }
      } catch (IOException e) {
        throw failed(file, into, e instanceof FetchException ? e.getMessage() : Reasons.of(e), e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw failed(file, into, "interrupted", e);
      }
    }
  }

  private static boolean isPresent(RemoteFile file, Path into, FetchListener listener) {
    Path target = into.resolve(file.name());
    if (Files.notExists(target)) {
      return false;
    }
    Optional<String> wrong = file.wrongWith(target);
    wrong.ifPresentOrElse(why -> listener.damaged(target, why), () -> listener.present(target));
    return wrong.isEmpty();
  }

  private boolean copyLocal(RemoteFile file, Path into, FetchListener listener) throws IOException {
    Path local = localFolder.resolve(file.name());
    if (Files.notExists(local)) {
      return false;
    }
    Path part = part(file, into);
    Files.copy(local, part, StandardCopyOption.REPLACE_EXISTING);
    Optional<String> wrong = file.wrongWith(part);
    if (wrong.isPresent()) {
      Files.delete(part);
      return false;
    }
    Path target = into.resolve(file.name());
    Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
    listener.copied(local, target);
    return true;
  }

  private void download(HttpClient client, RemoteFile file, Path into, FetchListener listener)
      throws IOException, InterruptedException {
    Path part = part(file, into);
    URI address = base.resolve(file.name());
    Download download =
        new Download(client, address, file.name(), part, deadlines.read(), listener);
    boolean resumed = Files.exists(part);
    download.run();
    Optional<String> wrong = file.wrongWith(part);
    if (wrong.isPresent() && resumed) {
      // What an earlier process left may have been the start of something else.
      listener.damaged(part, wrong.get());
      Files.delete(part);
      download.run();
      wrong = file.wrongWith(part);
    }
    if (wrong.isPresent()) {
      Files.delete(part);
      throw new FetchException("what came is not the file: " + wrong.get());
    }
    Path target = into.resolve(file.name());
    Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
    listener.fetched(target);
  }

  private static Path part(RemoteFile file, Path into) {
    return into.resolve(file.name() + ".part");
  }

  private FetchException failed(RemoteFile file, Path into, String why, Exception cause) {
    String names = files.stream().map(RemoteFile::name).collect(Collectors.joining(", "));
    return new FetchException(
        String.format(
            "cannot fetch %s into %s: %s. By hand: on Debian, apt-get install"
                + " dataset-fashion-mnist, and run this again (its files are in %s); elsewhere,"
                + " download %s from %s into %s",
            base.resolve(file.name()), into, why, localFolder, names, base, into),
        cause);
  }
}
