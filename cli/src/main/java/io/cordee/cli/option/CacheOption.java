package io.cordee.cli.option;

import io.cordee.cli.commandline.CommandException;
import io.cordee.worker.data.RowCache;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import picocli.CommandLine.Option;

public final class CacheOption {

  @Option(
      names = "--cache",
      paramLabel = "DIR",
      description =
          "Where rows of large files are prepared, for the next start to read nothing else (default: CORDEE_CACHE, else cordee in XDG_CACHE_HOME or ~/.cache).")
  private Optional<Path> folder = Optional.empty();

  /** Said by this process, which may open the same rows more than once. */
  private final Set<String> said = ConcurrentHashMap.newKeySet();

  /**
   * @param print receives what takes long
   */
  public RowCache cache(Consumer<String> print) {
    Consumer<String> once = line -> Optional.of(line).filter(said::add).ifPresent(print);
    RowCache cache = RowCache.in(folder, once);
    if (Files.isRegularFile(cache.folder())) {
      throw CommandException.wrongUse(
          cache.folder() + " is a file; expected a folder for the cache");
    }
    return cache;
  }

  /** For another process. */
  public List<String> arguments() {
    return folder.map(path -> List.of("--cache", path.toString())).orElse(List.of());
  }
}
