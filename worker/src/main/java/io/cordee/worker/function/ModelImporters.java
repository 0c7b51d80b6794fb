package io.cordee.worker.function;

import io.cordee.function.ModelImporter;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Readers and writers of other libraries' model files: on the class path, in plugins, and our own.
 */
public final class ModelImporters {

  private ModelImporters() {}

  /**
   * By the file's name.
   *
   * @throws FunctionException if a plugin, or libtorch where the name asks for it, cannot be loaded
   */
  public static Optional<ModelImporter> of(Path file) {
    return first(importer -> importer.accepts(file), TorchScript.isNameOf(file));
  }

  /**
   * By {@code export}'s name of the format.
   *
   * @throws FunctionException if a plugin, or libtorch where it is wanted, cannot be loaded
   */
  public static Optional<ModelImporter> of(String format) {
    return first(importer -> importer.format().equals(format), format.equals(TorchScript.NAME));
  }

  /** Installed ones first; libtorch, which may have to be fetched, last. */
  private static Optional<ModelImporter> first(
      Predicate<ModelImporter> wanted, boolean isTorchScript) {
    Optional<ModelImporter> installed =
        first(wanted, Thread.currentThread().getContextClassLoader());
    return installed.isEmpty() && isTorchScript ? first(wanted, TorchScript.loader()) : installed;
  }

  private static Optional<ModelImporter> first(
      Predicate<ModelImporter> wanted, ClassLoader loader) {
    try {
      return Services.of(ModelImporter.class, loader).stream().filter(wanted).findFirst();
    } catch (IllegalStateException e) {
      throw new FunctionException("a plugin cannot be loaded: %s", e.getMessage());
    }
  }
}
