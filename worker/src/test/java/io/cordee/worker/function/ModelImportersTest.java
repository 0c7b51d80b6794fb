package io.cordee.worker.function;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.cordee.function.Layout;
import io.cordee.function.ModelImporter;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Without libtorch: an importer that asked for it would fail. */
class ModelImportersTest {

  private static final Path OWN = Path.of("net.own.pt");

  @TempDir private Path plugins;

  public static final class Own implements ModelImporter {
    @Override
    public String format() {
      return "own";
    }

    @Override
    public boolean accepts(Path file) {
      return file.equals(OWN);
    }

    @Override
    public Imported read(Path file, OptionalInt inputs) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void write(Path model, Layout layout, float[] parameters, Path into) {
      throw new UnsupportedOperationException();
    }
  }

  private <T> T withPlugin(String className, Supplier<T> work) throws IOException {
    Path services = Files.createDirectories(plugins.resolve("META-INF/services"));
    Files.writeString(services.resolve(ModelImporter.class.getName()), className);
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    try (URLClassLoader loader = new URLClassLoader(new URL[] {plugins.toUri().toURL()}, before)) {
      thread.setContextClassLoader(loader);
      return work.get();
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  @Test
  void onesThatAreInstalledComeBeforeTorchScript() throws IOException {
    String name = Own.class.getName();
    assertInstanceOf(Own.class, withPlugin(name, () -> ModelImporters.of(OWN)).orElseThrow());
    assertInstanceOf(Own.class, withPlugin(name, () -> ModelImporters.of("own")).orElseThrow());
  }

  @Test
  void whatIsNotTorchScriptIsNobodys() {
    assertEquals(Optional.empty(), ModelImporters.of(Path.of("net.onnx")));
    assertEquals(Optional.empty(), ModelImporters.of("onnx"));
  }

  @Test
  void oneThatCannotBeLoadedIsSaidInALine() {
    String message =
        assertThrows(
                FunctionException.class,
                () -> withPlugin("missing.Importer", () -> ModelImporters.of(OWN)))
            .getMessage();
    assertEquals(
        "a plugin cannot be loaded: %s: %s: Provider missing.Importer not found"
            .formatted(
                plugins.resolve("META-INF/services/io.cordee.function.ModelImporter"),
                ModelImporter.class.getName()),
        message);
  }
}
