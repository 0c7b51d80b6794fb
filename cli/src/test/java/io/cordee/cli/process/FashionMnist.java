package io.cordee.cli.process;

import io.cordee.worker.fetch.FashionMnistFetcher;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Where Fashion-MNIST is on this machine; installs Debian's package if it is nowhere. */
final class FashionMnist {

  private static final Path FETCHED = Path.of("..", "data", "fashion-mnist");

  private FashionMnist() {}

  static Path folder() {
    return Stream.of(FashionMnistFetcher.DEBIAN_FOLDER, FETCHED)
        .filter(FashionMnist::isThere)
        .findFirst()
        .map(folder -> folder.toAbsolutePath().normalize())
        .orElseGet(FashionMnist::installedFolder);
  }

  static Path installedFolder() {
    Path folder = FashionMnistFetcher.DEBIAN_FOLDER;
    if (isThere(folder)
        || (run("apt-get", "update")
            && run("apt-get", "install", "-y", "dataset-fashion-mnist")
            && isThere(folder))) {
      return folder;
    }
    throw new AssertionError(
        "Fashion-MNIST is not in "
            + folder
            + ": install Debian's package dataset-fashion-mnist, as root"
            + " (apt-get install dataset-fashion-mnist)");
  }

  private static boolean isThere(Path folder) {
    return FashionMnistFetcher.FILES.stream()
        .allMatch(file -> Files.isReadable(folder.resolve(file.name())));
  }

  private static boolean run(String... command) {
    try {
      ProcessBuilder builder = new ProcessBuilder(List.of(command));
      builder.environment().put("DEBIAN_FRONTEND", "noninteractive");
      Process process =
          builder.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
      if (process.waitFor(5, TimeUnit.MINUTES)) {
        return process.exitValue() == 0;
      }
      process.destroyForcibly();
      return false;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
