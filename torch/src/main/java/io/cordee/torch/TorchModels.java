package io.cordee.torch;

import io.cordee.function.Layout;
import io.cordee.function.ModelImporter;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.OptionalInt;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.JitModule;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** Reads and writes the parameters of TorchScript files. */
public final class TorchModels implements ModelImporter {

  /** The class or target of a row, where nothing says how many there are. */
  private static final int ONE = 1;

  /** How much larger a written module may be. */
  private static final int SLACK = 64 << 10;

  @Override
  public String format() {
    return "torchscript";
  }

  @Override
  public boolean accepts(Path file) {
    String name = file.getFileName().toString();
    return name.endsWith(".pt") || name.endsWith(".pth") || name.endsWith(".ts");
  }

  @Override
  public Imported read(Path file, OptionalInt inputs) {
    try (TorchModule module = new TorchModule(file)) {
      float[] parameters = new float[module.layout().parameters()];
      Libtorch.run(() -> module.parameters().get(parameters));
      OptionalInt outputs =
          inputs.isPresent() ? outputsOf(file, module, inputs.getAsInt()) : OptionalInt.empty();
      return new Imported(module.layout(), parameters, outputs);
    }
  }

  /** What cannot be trained is refused, as far as that shows without a job. */
  private static OptionalInt outputsOf(Path file, TorchModule module, int inputs) {
    try (Retained retained = new Retained()) {
      OptionalInt outputs = outputs(module, inputs);
      Objective objective =
          outputs.isEmpty() || module.arguments() > 1 || module.predicts()
              ? new OwnLoss()
              : OutputLoss.SQUARED_ERROR;
      TorchMicroBatch batch =
          Libtorch.call(
              false,
              () -> new TorchMicroBatch(retained, ModuleProbe.ROWS, inputs, outputs.orElse(ONE)));
      try {
        ModuleProbe.of(module, objective, batch);
      } catch (IllegalArgumentException e) {
        // Without outputs, it may have wanted other targets than were made up for it.
        if (outputs.isPresent() || !(e.getCause() instanceof TorchException)) {
          throw e;
        }
      }
      return outputs;
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
    } catch (TorchException e) {
      throw new IllegalArgumentException(
          "%s: it fails on rows of %d features: %s".formatted(file, inputs, e.getMessage()), e);
    }
  }

  /** Empty if it has a loss alone. */
  private static OptionalInt outputs(TorchModule module, int inputs) {
    if (module.arguments() != 1 && !module.predicts()) {
      return OptionalInt.empty();
    }
    return Libtorch.call(
        false,
        () -> {
          module.setTraining(false);
          Tensor rows = torch.zeros(ModuleProbe.ROWS, inputs);
          IValue returned = module.predicts() ? module.predict(rows) : module.forward(rows);
          if (!module.predicts() && OwnLoss.isReturned(returned)) {
            return OptionalInt.empty();
          }
          return OptionalInt.of((int) OutputLoss.perRow(returned, ModuleProbe.ROWS).size(1));
        });
  }

  @Override
  public void write(Path model, Layout layout, float[] parameters, Path into) throws IOException {
    Path draft = into.resolveSibling(into.getFileName() + ".part");
    try {
      requireRoom(Files.size(model), draft);
      Libtorch.run(() -> write(model, layout, parameters, draft.toString()));
      Files.move(draft, into, StandardCopyOption.REPLACE_EXISTING);
    } catch (TorchException e) {
      throw new IOException(e.getMessage(), e);
    } finally {
      Files.deleteIfExists(draft);
    }
  }

  /**
   * Writes as many bytes as the module will have, and some more: libtorch aborts the process where
   * the disk is full.
   *
   * @throws IOException if it is
   */
  private static void requireRoom(long bytes, Path draft) throws IOException {
    try (OutputStream out = Files.newOutputStream(draft)) {
      byte[] zeros = new byte[SLACK];
      for (long written = 0; written < bytes + SLACK; written += SLACK) {
        out.write(zeros);
      }
    }
  }

  /** Into a module of its own: each view of a shared vector would be saved with all of it. */
  private static void write(Path model, Layout layout, float[] parameters, String into) {
    JitModule module = TorchModule.load(model);
    Map<String, Tensor> tensors = Parameters.tensors(module);
    Parameters.layout(tensors)
        .differenceFrom(layout)
        .ifPresent(
            difference -> {
              throw new IllegalArgumentException(
                  "%s is not the module that was trained: %s".formatted(model, difference));
            });
    try (Retained retained = new Retained()) {
      Block block = new Block(retained, parameters.length);
      block.set(parameters, parameters.length);
      for (Layout.Tensor place : layout.tensors()) {
        Tensor tensor = tensors.get(place.name());
        tensor.detach().copy_(block.view(place.offset(), tensor.sizes().vec().get()));
      }
    }
    module.eval(); // as it is used from now on
    module.save(into);
  }
}
