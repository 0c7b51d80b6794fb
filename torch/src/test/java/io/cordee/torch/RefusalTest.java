package io.cordee.torch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.function.FunctionContext;
import io.cordee.function.FunctionProvider;
import io.cordee.function.GradientFunction;
import io.cordee.function.Layout;
import io.cordee.function.Sums;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What does not fit is refused by one line that says what was expected and found. */
class RefusalTest {

  private static final FunctionProvider PROVIDER = new TorchScriptProvider();
  private static final String LOSS = "cross-entropy";

  private static void refused(FunctionContext job, String... parts) {
    String message =
        assertThrows(IllegalArgumentException.class, () -> PROVIDER.create(job)).getMessage();
    for (String part : parts) {
      assertTrue(message.contains(part), message);
    }
    assertFalse(message.contains("\n"), message);
  }

  private static FunctionContext job(String name, int inputs, int outputs) {
    return Models.job(name, LOSS, inputs, outputs);
  }

  private static FunctionContext ofFile(Path file) {
    return new FunctionContext(
        Models.layout("mlp"), Map.of(), Optional.of(file), 4, 3, Optional.of(LOSS));
  }

  @Test
  void aMissingFile(@TempDir Path folder) {
    refused(ofFile(folder.resolve("net.pt")), "net.pt: there is no such file");
  }

  @Test
  void aFileOfAnotherKind(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("net.pt"), "weights");
    refused(
        ofFile(file),
        "net.pt is not a TorchScript file that libtorch 2.10.0 can read",
        "not a ZIP archive",
        "torch.jit.script(model).save");
  }

  @Test
  void buffersThatTrainingChanges() {
    refused(
        job("batch-norm", 4, 3),
        "batch-norm.pt: training changes its buffers",
        "norm.num_batches_tracked, norm.running_var",
        "GroupNorm or LayerNorm");
  }

  @Test
  void parametersOfAnotherType() {
    FunctionContext job = Models.job(Models.layout("mlp"), "double", LOSS, 4, 3, Map.of());
    refused(job, "double.pt: expected parameters of float32; found hidden.weight of Double");
  }

  /** Refusing a job of another layout is up to the caller. */
  @Test
  void aLayoutIsThatOfTheModule() {
    FunctionContext job = Models.job(Models.layout("mlp-1"), "mlp", LOSS, 4, 3, Map.of());
    try (GradientFunction function = PROVIDER.create(job)) {
      assertEquals(Models.layout("mlp"), function.layout());
    }
  }

  @Test
  void rowsOfAnotherWidth() {
    refused(
        job("mlp", 7, 3),
        "mlp.pt: it fails on rows of 7 features and 3 targets",
        "mat1 and mat2 shapes cannot be multiplied (2x7 and 4x5)");
  }

  @Test
  void outputsThatTheDataHasNot() {
    refused(job("mlp", 4, 10), "expected 10 outputs, as the job's data has; found 3");
  }

  @Test
  void aLossThatIsNone() {
    refused(
        Models.job("mlp", "hinge", 4, 3),
        "a TorchScript model's loss is one of cross-entropy, squared-error, or its own; found"
            + " hinge");
  }

  @Test
  void aLossForAModuleThatHasItsOwn() {
    refused(job("own-loss", 4, 3), "with model.loss, forward takes the features alone; found 2");
  }

  @Test
  void aModuleWithoutALoss() {
    refused(
        Models.job("mlp", null, 4, 3),
        "without model.loss, forward must return the sum of the rows' losses; found a tensor of"
            + " shape");
  }

  @Test
  void aMeanOfLosses() {
    refused(
        Models.job("mean-loss", null, 4, 3),
        "forward returns the mean of the rows' losses; expected their sum (reduction='sum')");
  }

  @Test
  void settingsThatThereAreNot() {
    Layout layout = Models.layout("mlp");
    refused(
        Models.job(layout, "mlp", LOSS, 4, 3, Map.of("microbatch", "3")),
        "a TorchScript model has the setting micro_batch; found microbatch");
    refused(
        Models.job(layout, "mlp", LOSS, 4, 3, Map.of("micro_batch", "0")),
        "micro_batch must be a number of rows from 1 on; found 0");
  }

  @Test
  void secondDerivatives() {
    MadeUpRows rows = MadeUpRows.labelled(1, 3, 4, 3);
    float[] at = Models.parameters("mlp");
    try (GradientFunction function = Models.function("mlp", LOSS)) {
      String message =
          assertThrows(
                  IllegalArgumentException.class,
                  () -> function.accumulate(at, rows, new Sums(at.length, 2)))
              .getMessage();
      assertEquals(
          "a TorchScript model gives no second derivatives; choose another rule than newton",
          message);
    }
  }

  @Test
  void outputsOfALossAlone() {
    try (GradientFunction function =
        PROVIDER.create(Models.job("loss-alone", null, Models.INPUTS, 0))) {
      assertThrows(
          UnsupportedOperationException.class,
          () ->
              function.predict(
                  Models.parameters("loss-alone"), MadeUpRows.values(1, 3, 4, 0), new float[0]));
    }
  }
}
