package io.cordee.torch;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.JitModule;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * What libtorch itself takes for a round, without Cordee: the gradient of cross-entropy over the
 * first rows of Fashion-MNIST, which lie in its tensors already, in micro-batches, by one thread.
 * Prints the milliseconds of each round.
 *
 * <p>Arguments: a TorchScript file, the folder of the data, rows, rows of a micro-batch, rounds.
 */
final class EngineLoop {

  private static final int INPUTS = 784;
  private static final long SUM = 2;
  private static final long NO_CLASS = -100;

  private final JitModule module;
  private final Tensor features;
  private final Tensor labels;
  private final int rows;
  private final int microBatch;

  private EngineLoop(Path file, Path folder, int rows, int microBatch) throws IOException {
    this.rows = rows;
    this.microBatch = microBatch;
    Retained retained = new Retained();
    byte[] pixels = read(folder.resolve("train-images-idx3-ubyte.gz"), 16, rows * INPUTS);
    byte[] classes = read(folder.resolve("train-labels-idx1-ubyte.gz"), 8, rows);
    module = Libtorch.call(true, () -> retained.retain(TorchModule.load(file)));
    features = Libtorch.call(false, () -> retained.retain(floats(pixels)));
    labels = Libtorch.call(false, () -> retained.retain(longs(classes)));
  }

  private static byte[] read(Path file, int header, int count) throws IOException {
    try (InputStream in = new GZIPInputStream(Files.newInputStream(file))) {
      in.skipNBytes(header);
      return in.readNBytes(count);
    }
  }

  private static Tensor floats(byte[] pixels) {
    float[] values = new float[pixels.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = (pixels[i] & 0xff) / 255f;
    }
    Tensor tensor = torch.zeros(values.length / INPUTS, INPUTS);
    new FloatPointer(tensor.data_ptr()).put(values);
    return tensor;
  }

  private static Tensor longs(byte[] classes) {
    long[] values = new long[classes.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = classes[i];
    }
    Tensor tensor = torch.zeros(values.length).to(ScalarType.Long);
    new LongPointer(tensor.data_ptr()).put(values);
    return tensor;
  }

  private double round() {
    double losses = 0;
    for (int from = 0; from < rows; from += microBatch) {
      int at = from;
      losses += Libtorch.call(true, () -> step(at, Math.min(microBatch, rows - at)));
    }
    return losses;
  }

  private double step(int from, int count) {
    IValueVector arguments = new IValueVector(new IValue(features.narrow(0, from, count)));
    Tensor outputs = module.forward(arguments).toTensor();
    Tensor loss =
        torch.nll_loss(
            outputs.log_softmax(1),
            labels.narrow(0, from, count),
            new TensorOptional(),
            SUM,
            NO_CLASS);
    outputs.detach().argmax(new LongOptional(1), false);
    loss.backward();
    return loss.item_double();
  }

  public static void main(String[] args) throws IOException {
    EngineLoop loop =
        new EngineLoop(
            Path.of(args[0]),
            Path.of(args[1]),
            Integer.parseInt(args[2]),
            Integer.parseInt(args[3]));
    for (int round = 0; round < Integer.parseInt(args[4]); round++) {
      long start = System.nanoTime();
      loop.round();
      System.out.printf(Locale.ROOT, "%.3f%n", (System.nanoTime() - start) / 1e6);
    }
  }
}
