package io.cordee.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.function.FunctionContext;
import io.cordee.function.FunctionProvider;
import io.cordee.function.GradientFunction;
import io.cordee.function.Layout;
import io.cordee.function.ModelImporter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class TorchModelsTest {

  private final ModelImporter models = new TorchModels();

  @Test
  void bothAreFound() {
    assertEquals(
        "torchscript", ServiceLoader.load(ModelImporter.class).findFirst().orElseThrow().format());
    assertEquals(
        "torchscript", ServiceLoader.load(FunctionProvider.class).findFirst().orElseThrow().name());
  }

  @Test
  void namesAndShapesAreThoseOfPyTorch() throws IOException {
    ModelImporter.Imported mlp = models.read(Models.file("mlp"), OptionalInt.of(4));
    assertEquals(
        "hidden.weight [5, 4], hidden.bias [5], output.weight [3, 5], output.bias [3]",
        String.join(
            ", ", mlp.layout().tensors().stream().map(t -> t.name() + " " + t.shape()).toList()));
    assertEquals(43, mlp.parameters().length);
    assertEquals(OptionalInt.of(3), mlp.outputs());
  }

  @Test
  void aTensorOfTwoNamesIsOne() {
    assertEquals(
        "first.weight, first.bias, second.bias, output.weight, output.bias",
        String.join(", ", Models.layout("tied").tensors().stream().map(t -> t.name()).toList()));
  }

  @Test
  void outputsAreThoseOfPredictOrNotKnown() throws IOException {
    OptionalInt four = OptionalInt.of(4);
    assertEquals(OptionalInt.of(3), models.read(Models.file("own-loss"), four).outputs());
    assertEquals(OptionalInt.empty(), models.read(Models.file("loss-alone"), four).outputs());
    assertEquals(
        OptionalInt.empty(), models.read(Models.file("mlp"), OptionalInt.empty()).outputs());
  }

  @Test
  void inputsOfAnotherWidthAreRefused() {
    String message =
        assertThrows(
                IllegalArgumentException.class,
                () -> models.read(Models.file("mlp"), OptionalInt.of(9)))
            .getMessage();
    assertTrue(message.contains("mlp.pt: it fails on rows of 9 features: mat1 and mat2"), message);
  }

  @Test
  void whatCannotBeTrainedIsRefused() {
    assertRefused("batch-norm", "batch-norm.pt: training changes its buffers norm.num_batches");
    assertRefused("mean-loss", "mean-loss.pt: forward returns the mean of the rows' losses");
  }

  private void assertRefused(String name, String words) {
    String message =
        assertThrows(
                IllegalArgumentException.class,
                () -> models.read(Models.file(name), OptionalInt.of(4)))
            .getMessage();
    assertTrue(message.contains(words), message);
  }

  @Test
  void otherParametersAreReadAgain(@TempDir Path folder) throws IOException {
    for (String name : new String[] {"mlp", "cnn", "tied", "frozen"}) {
      Path into = folder.resolve(name + ".pt");
      float[] parameters = Models.parameters(name);
      for (int i = 0; i < parameters.length; i++) {
        parameters[i] = parameters[i] * 2 + i;
      }
      models.write(Models.file(name), Models.layout(name), parameters, into);
      assertArrayEquals(parameters, models.read(into, OptionalInt.empty()).parameters());
      assertTrue(Files.size(into) < Files.size(Models.file(name)) + 5000, name);
    }
    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(4, files.count());
    }
  }

  @Test
  void whatIsWrittenComputesTheSame(@TempDir Path folder) throws IOException {
    float[] trained = Models.parameters("cnn");
    trained[3] += 0.5f;
    Path into = folder.resolve("trained.pt");
    models.write(Models.file("cnn"), Models.layout("cnn"), trained, into);
    MadeUpRows rows = MadeUpRows.labelled(1, 5, 16, 3);
    FunctionContext ofWritten =
        new FunctionContext(
            Models.layout("cnn"), Map.of(), Optional.of(into), 16, 3, Optional.of("cross-entropy"));
    float[] expected = new float[15];
    float[] found = new float[15];
    try (GradientFunction before =
            new TorchScriptProvider().create(Models.job("cnn", "cross-entropy", 16, 3));
        GradientFunction after = new TorchScriptProvider().create(ofWritten)) {
      before.predict(trained, rows, expected);
      float[] written = models.read(into, OptionalInt.empty()).parameters();
      assertArrayEquals(trained, written);
      after.predict(written, rows, found);
    }
    // On some processors libtorch rounds by how tensors are aligned, which differs between files.
    assertArrayEquals(expected, found, 1e-6f);
  }

  /** With as many parameters. */
  @Test
  void parametersOfAnotherModelAreRefused(@TempDir Path folder) {
    Map<String, List<Integer>> shapes = new LinkedHashMap<>();
    Models.layout("mlp").tensors().forEach(tensor -> shapes.put(tensor.name(), tensor.shape()));
    shapes.put("hidden.weight", List.of(4, 5));
    Path into = folder.resolve("x.pt");
    String message =
        assertThrows(
                IllegalArgumentException.class,
                () -> models.write(Models.file("mlp"), Layout.of(shapes), new float[43], into))
            .getMessage();
    assertEquals(
        Models.file("mlp")
            + " is not the module that was trained: its tensor 1 is hidden.weight of shape [5, 4],"
            + " and the job's is hidden.weight of shape [4, 5]",
        message);
    assertTrue(Files.notExists(into));
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aFullDiskIsNoticedByUs(@TempDir Path folder) throws IOException {
    Path into = folder.resolve("x.pt");
    Files.createSymbolicLink(folder.resolve("x.pt.part"), Path.of("/dev/full"));
    IOException e =
        assertThrows(
            IOException.class,
            () ->
                models.write(
                    Models.file("mlp"), Models.layout("mlp"), Models.parameters("mlp"), into));
    assertEquals("No space left on device", e.getMessage());
    assertTrue(Files.notExists(into));
  }

  @Test
  void arithmeticNamesLibraryProcessorAndModel() {
    String arithmetic =
        new TorchScriptProvider().arithmetic(Models.job("mlp", "cross-entropy", 4, 3));
    assertTrue(
        arithmetic.matches("libtorch 2\\.10\\.0 \\w+, OpenBLAS [A-Z0-9]+, model [0-9a-f]{8}"),
        arithmetic);
  }
}
