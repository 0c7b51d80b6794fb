package io.cordee.worker.function;

import io.cordee.worker.fetch.TorchLibraries;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Cordee's own plugin for TorchScript files. It ships as a small jar; libtorch is fetched on first
 * use.
 */
public final class TorchScript {

  /** The name of the function in jobs, and of the format in {@code export}. */
  public static final String NAME = "torchscript";

  private static final List<String> ENDINGS = List.of(".pt", ".pth", ".ts");

  private static final Logger LOG = LoggerFactory.getLogger(TorchScript.class);

  /** The module of its jar; programs have the library's, which contains this class too. */
  private static final String OWN_MODULE = "cordee-worker";

  private static final long PAUSE = TimeUnit.SECONDS.toNanos(5);

  /** A process can load native code only once. */
  private static Optional<ClassLoader> loader = Optional.empty();

  private TorchScript() {}

  static boolean isNameOf(Path file) {
    return ENDINGS.stream().anyMatch(file.getFileName().toString()::endsWith);
  }

  /**
   * @throws FunctionException if it, or libtorch, is unavailable: why, and what to do by hand
   */
  public static ClassLoader loader() {
    return loader(LOG::info);
  }

  /**
   * As above.
   *
   * @param say receives a line at the start of a download, and every few seconds until its end
   */
  public static synchronized ClassLoader loader(Consumer<String> say) {
    if (loader.isEmpty()) {
      try {
        loader =
            Optional.of(
                TorchLibraries.ofThisMachine(say, nowAndThen(say))
                    .loader(jar(), TorchScript.class.getClassLoader()));
      } catch (IOException e) {
        throw new FunctionException(e.getMessage());
      }
    }
    return loader.get();
  }

  private static Consumer<String> nowAndThen(Consumer<String> say) {
    AtomicLong next = new AtomicLong(System.nanoTime() + PAUSE);
    return line -> {
      long due = next.get();
      long now = System.nanoTime();
      if (now - due >= 0 && next.compareAndSet(due, now + PAUSE)) {
        say.accept(line);
      }
    };
  }

  /** Beside this class's jar where Cordee is installed; in a checkout, where Maven puts it. */
  private static Path jar() throws IOException {
    Path own = own();
    List<Path> folders =
        Stream.of("torch", "../torch/target", "../../torch/target", "../../../torch/target")
            .map(below -> own.getParent().resolve(below).normalize())
            .filter(Files::isDirectory)
            .toList();
    for (Path folder : folders) {
      try (Stream<Path> files = Files.list(folder)) {
        Optional<Path> jar =
            files
                .filter(it -> it.getFileName().toString().matches("cordee-torch.*\\.jar"))
                .findAny();
        if (jar.isPresent()) {
          return jar.get();
        }
      }
    }
    boolean isWorkerModule =
        Files.isDirectory(own) || own.getFileName().toString().startsWith(OWN_MODULE);
    throw new IOException(
        isWorkerModule
            ? "no cordee-torch.jar beside %s; reinstall Cordee, or build it with mvn package"
                .formatted(own)
            : "TorchScript needs the cordee command; the library does not include it");
  }

  private static Path own() {
    try {
      return Path.of(TorchScript.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
