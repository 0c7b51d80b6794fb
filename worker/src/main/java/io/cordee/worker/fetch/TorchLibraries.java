package io.cordee.worker.fetch;

import io.cordee.common.file.Resource;
import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * The jars of libtorch for this machine: in the local Maven repository, or else in a cache of
 * Cordee's, fetched on first use.
 *
 * @param base the address of a Maven repository
 * @param repository the local Maven repository
 * @param silence how long a server may send nothing
 * @param say receives a line for each event
 * @param status receives the progress
 */
public record TorchLibraries(
    URI base,
    List<Library> libraries,
    Path repository,
    Path cache,
    Duration silence,
    Consumer<String> say,
    Consumer<String> status) {

  private static final URI MAVEN_CENTRAL = URI.create("https://repo.maven.apache.org/maven2/");
  private static final String LIST = "torch-libraries.txt";
  private static final String ALL = "all";
  private static final String JAVACPP_CACHE = "org.bytedeco.javacpp.cachedir";

  /**
   * @throws IOException if there are none for this machine
   */
  public static TorchLibraries ofThisMachine(Consumer<String> say, Consumer<String> status)
      throws IOException {
    String home = System.getProperty("user.home");
    String caches =
        Optional.ofNullable(System.getenv("XDG_CACHE_HOME"))
            .filter(text -> !text.isEmpty())
            .orElse(home + "/.cache");
    String repository = System.getProperty("maven.repo.local", home + "/.m2/repository");
    List<Library> libraries =
        of(platform(System.getProperty("os.name"), System.getProperty("os.arch")));
    return new TorchLibraries(
        MAVEN_CENTRAL,
        libraries,
        Path.of(repository),
        Path.of(caches, "cordee", "torch", version(libraries)),
        Duration.ofSeconds(30),
        say,
        status);
  }

  /** In JavaCPP's terms. */
  static String platform(String system, String processor) {
    String name = system.toLowerCase(Locale.ROOT);
    return (name.startsWith("mac") ? "macosx" : name.split(" ")[0])
        + "-"
        + (processor.equals("aarch64") ? "arm64" : processor.replace("amd64", "x86_64"));
  }

  /**
   * @throws IOException if there are none for a platform
   */
  static List<Library> of(String platform) throws IOException {
    List<String[]> lines =
        Resource.read(TorchLibraries.class, LIST).lines().map(line -> line.split(" ")).toList();
    if (lines.stream().noneMatch(line -> line[0].equals(platform))) {
      throw new IOException(
          "Cordee has no libtorch for %s; it has one for %s"
              .formatted(
                  platform,
                  lines.stream()
                      .map(line -> line[0])
                      .filter(name -> !name.equals(ALL))
                      .distinct()
                      .collect(Collectors.joining(", "))));
    }
    return lines.stream()
        .filter(line -> line[0].equals(ALL) || line[0].equals(platform))
        .map(line -> new Library(line[1], Long.parseLong(line[2]), line[3]))
        .toList();
  }

  private static String version(List<Library> libraries) {
    String[] path = libraries.get(0).path().split("/");
    return path[path.length - 2];
  }

  /**
   * Loads classes from Cordee's own jar for TorchScript and the libraries. A process can load
   * native code in only one such loader.
   *
   * @param own Cordee's jar
   * @throws IOException if a library cannot be fetched: why, and what to do by hand
   */
  public URLClassLoader loader(Path own, ClassLoader parent) throws IOException {
    List<URL> urls = new ArrayList<>(List.of(own.toUri().toURL()));
    for (Path library : find()) {
      urls.add(library.toUri().toURL());
    }
    // Where JavaCPP unpacks native libraries.
    if (System.getProperty(JAVACPP_CACHE) == null) {
      System.setProperty(JAVACPP_CACHE, cache.resolve("native").toString());
    }
    return new URLClassLoader(urls.toArray(URL[]::new), parent);
  }

  /**
   * Fetches missing jars, while other processes wait.
   *
   * @throws IOException if one cannot be fetched: why, and what to do by hand
   */
  public List<Path> find() throws IOException {
    if (!missing().isEmpty()) {
      try {
        Files.createDirectories(cache);
        fetchAlone();
      } catch (IOException e) {
        throw new IOException(advice(e), e);
      }
    }
    List<Path> found = new ArrayList<>();
    for (Library library : libraries) {
      Path cached = cache.resolve(library.name());
      found.add(library.isAt(cached) ? cached : repository.resolve(library.path()));
    }
    return found;
  }

  private List<Library> missing() throws IOException {
    List<Library> missing = new ArrayList<>();
    for (Library library : libraries) {
      if (!library.isAt(cache.resolve(library.name()))
          && !library.isAt(repository.resolve(library.path()))) {
        missing.add(library);
      }
    }
    return missing;
  }

  private void fetchAlone() throws IOException {
    try (FileChannel channel =
            FileChannel.open(
                cache.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = channel.lock()) {
      List<Library> missing = lock.isValid() ? missing() : List.of();
      if (!missing.isEmpty()) {
        say.accept(
            String.format(
                Locale.ROOT,
                "fetching libtorch once, %.1f MB, from %s into %s",
                missing.stream().mapToLong(Library::bytes).sum() / 1e6,
                base,
                cache));
      }
      Download download = new Download(silence, status);
      for (Library library : missing) {
        Path target = cache.resolve(library.name());
        download.bring(base.resolve(library.path()), target, library.bytes(), library::wrongWith);
      }
    }
  }

  private String advice(IOException e) throws IOException {
    return "cannot fetch libtorch into %s: %s. By hand: in a checkout, mvn -Ptorch package; elsewhere, download %s into that folder"
        .formatted(
            cache,
            Download.reason(e),
            missing().stream()
                .map(library -> base.resolve(library.path()).toString())
                .collect(Collectors.joining(", ")));
  }
}
