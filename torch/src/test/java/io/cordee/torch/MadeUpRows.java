package io.cordee.torch;

import io.cordee.function.Rows;
import java.util.OptionalLong;
import java.util.Random;

final class MadeUpRows implements Rows {

  private final int features;
  private final int outputs;
  private final boolean labelled;
  private final OptionalLong noise;
  private final float[] x;
  private final float[] t;

  private MadeUpRows(
      int features, int outputs, boolean labelled, OptionalLong noise, float[] x, float[] t) {
    this.features = features;
    this.outputs = outputs;
    this.labelled = labelled;
    this.noise = noise;
    this.x = x;
    this.t = t;
  }

  /** With labels: one-hot, or 0 and 1 of a single output. */
  static MadeUpRows labelled(long seed, int count, int features, int outputs) {
    Random random = new Random(seed);
    float[] t = new float[count * outputs];
    for (int row = 0; row < count; row++) {
      if (outputs == 1) {
        t[row] = random.nextInt(2);
      } else {
        t[row * outputs + random.nextInt(outputs)] = 1;
      }
    }
    return new MadeUpRows(
        features, outputs, true, OptionalLong.empty(), gaussian(random, count * features), t);
  }

  static MadeUpRows values(long seed, int count, int features, int outputs) {
    Random random = new Random(seed);
    float[] x = gaussian(random, count * features);
    return new MadeUpRows(
        features, outputs, false, OptionalLong.empty(), x, gaussian(random, count * outputs));
  }

  MadeUpRows withNoise(long seed) {
    return new MadeUpRows(features, outputs, labelled, OptionalLong.of(seed), x, t);
  }

  /** The same with targets that are shares of classes, of different weight. */
  MadeUpRows smoothed() {
    float[] smooth = t.clone();
    for (int i = 0; i < smooth.length; i++) {
      smooth[i] = (0.1f + 0.8f * smooth[i]) * (1 + i / outputs % 3);
    }
    return new MadeUpRows(features, outputs, labelled, noise, x, smooth);
  }

  private static float[] gaussian(Random random, int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  float feature(int row, int index) {
    return x[row * features + index];
  }

  float target(int row, int index) {
    return t[row * outputs + index];
  }

  @Override
  public int count() {
    return x.length / features;
  }

  @Override
  public long index(int row) {
    return row;
  }

  @Override
  public OptionalLong noise() {
    return noise;
  }

  @Override
  public int features() {
    return features;
  }

  @Override
  public void copyFeatures(int from, int count, float[] into) {
    System.arraycopy(x, from * features, into, 0, count * features);
  }

  @Override
  public void copyTargets(int from, int count, float[] into) {
    System.arraycopy(t, from * outputs, into, 0, count * outputs);
  }

  @Override
  public boolean labelled() {
    return labelled;
  }
}
