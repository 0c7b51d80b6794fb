package io.cordee.torch;

import io.cordee.function.FunctionContext;
import io.cordee.function.FunctionProvider;
import io.cordee.function.GradientFunction;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32;

/** Jobs of {@code model.torchscript}. */
public final class TorchScriptProvider implements FunctionProvider {

  @Override
  public String name() {
    return "torchscript";
  }

  @Override
  public GradientFunction create(FunctionContext job) {
    return new TorchScriptFunction(job);
  }

  /** The library, what it makes of this processor, and the module's checksum. */
  @Override
  public String arithmetic(FunctionContext job) {
    return Libtorch.arithmetic() + job.file().map(file -> ", model " + checksum(file)).orElse("");
  }

  private static String checksum(Path file) {
    CRC32 crc = new CRC32();
    try {
      crc.update(Files.readAllBytes(file));
    } catch (IOException e) {
      throw new IllegalArgumentException(file + " cannot be read: " + e.getMessage(), e);
    }
    return "%08x".formatted(crc.getValue());
  }
}
