package io.cordee.worker.function;

import io.cordee.function.ModelImporter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.function.Predicate;

/**
 * Readers and writers of other libraries' model files: on the class path, in plugins, and our own.
 */
public final class ModelImporters {

  private ModelImporters() {}

  /** The one for a file, by its name. */
  public static Optional<ModelImporter> of(Path file) {
    return first(importer -> importer.accepts(file));
  }

  /** The one for a format, as {@code export} calls it. */
  public static Optional<ModelImporter> of(String format) {
    return first(importer -> importer.format().equals(format));
  }

  private static Optional<ModelImporter> first(Predicate<ModelImporter> wanted) {
    return load(ServiceLoader.load(ModelImporter.class)).stream()
        .filter(wanted)
        .findFirst()
        .or(
            () ->
                load(ServiceLoader.load(ModelImporter.class, TorchScript.loader())).stream()
                    .filter(wanted)
                    .findFirst());
  }

  private static List<ModelImporter> load(ServiceLoader<ModelImporter> services) {
    List<ModelImporter> found = new ArrayList<>();
    services.forEach(found::add);
    return found;
  }
}
