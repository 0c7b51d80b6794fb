package io.cordee.common.reduce;

import java.nio.FloatBuffer;
import java.util.AbstractList;
import java.util.List;
import java.util.function.IntFunction;

/**
 * How a parameter vector is cut into chunks. A function of the job alone, so that every process
 * cuts alike.
 *
 * @param parameters the length of the vector
 * @param length parameters per chunk; the last may have fewer
 * @param width floats that a contribution carries per parameter: 1 for a gradient, 2 with a
 *     diagonal curvature, 1 + parameters with a Hessian
 */
public record Chunks(int parameters, int length, int width) implements Holding {

  private static final int MOST_PARAMETERS = 64 * 1024;
  private static final int MOST_FLOATS = 256 * 1024;

  /** Several cache lines, and a block of int8 gradients. */
  private static final int MULTIPLE = 256;

  /** Shards that any but a tiny vector can be split into. */
  private static final int SHARES = 16;

  /**
   * About a sixteenth of the vector, so that even small ones can be shared: ⌈parameters / 16⌉
   * rounded up to a multiple of 256, at most 65,536 (256 KiB). A vector with a Hessian, which
   * cannot be shared, is cut only where a contribution's chunk would exceed 1 MiB.
   */
  public static Chunks of(int parameters, int width) {
    int preferred = width > parameters ? MOST_PARAMETERS : share(parameters);
    return new Chunks(parameters, Math.max(1, Math.min(preferred, MOST_FLOATS / width)), width);
  }

  private static int share(int parameters) {
    long multiples = (parameters + (long) SHARES * MULTIPLE - 1) / (SHARES * MULTIPLE);
    return (int) Math.min(Math.max(1, multiples) * MULTIPLE, MOST_PARAMETERS);
  }

  /**
   * How many neighbouring chunks share a message at most: as many as are as long as the longest.
   */
  @Override
  public int perMessage() {
    return Math.max(1, Math.min(MOST_PARAMETERS, MOST_FLOATS / width) / length);
  }

  public int count() {
    return (int) (((long) parameters + length - 1) / length);
  }

  @Override
  public int from(int chunk) {
    return chunk * length;
  }

  @Override
  public int to(int chunk) {
    return (int) Math.min((long) (chunk + 1) * length, parameters);
  }

  @Override
  public int number() {
    return 0;
  }

  @Override
  public Chunks chunks() {
    return this;
  }

  @Override
  public int values() {
    return parameters;
  }

  /** The parts as one vector. */
  public static float[] joined(List<float[]> parts, int parameters) {
    FloatBuffer whole = FloatBuffer.allocate(parameters);
    parts.forEach(whole::put);
    return whole.array();
  }

  /** One element per chunk: the kept one, or else one made on each call. */
  public static <T> List<T> list(T[] kept, IntFunction<T> others) {
    return new AbstractList<>() {
      @Override
      public T get(int chunk) {
        return kept[chunk] == null ? others.apply(chunk) : kept[chunk];
      }

      @Override
      public int size() {
        return kept.length;
      }
    };
  }

  /** Floats in a contribution to this chunk: its gradient, then any curvature. */
  public int contributionSize(int chunk) {
    return size(chunk) * width;
  }
}
