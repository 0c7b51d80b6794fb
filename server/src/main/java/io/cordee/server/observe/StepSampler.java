package io.cordee.server.observe;

import io.cordee.common.model.Layout;
import io.cordee.common.model.ModelSpec;
import io.cordee.common.reduce.Chunks;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;

/**
 * Looks at the step sizes before and after a round's steps, in one round per second at most, at
 * parameters that lie evenly over each layer: some {@value #MOST} in all, a few milliseconds' work.
 *
 * <p>Threads that step chunks show them here, each its own.
 *
 * <p>Memory: one float for each parameter of the sample.
 */
final class StepSampler {

  private static final int MOST = 1 << 17;
  private static final int LEAST_PER_LAYER = 64;
  private static final long PAUSE = 1_000_000_000;

  /**
   * Every {@code stride}-th parameter of a layer.
   *
   * @param base where the sample's floats begin
   */
  private record Place(String name, int offset, int stride, int count, int base) {

    /** The first parameter of the sample that is not before this one. */
    int from(int parameter) {
      return Math.max(0, Math.min(count, ceilDiv(parameter - offset, stride)));
    }

    int parameter(int k) {
      return offset + k * stride;
    }
  }

  private final List<Place> places = new ArrayList<>();
  private final float[] before;
  private volatile boolean isLooking;
  private long lookedLast;
  private boolean hasLooked;
  private volatile Optional<StepFigures> latest = Optional.empty();

  // What has been counted of this round, by place; guarded by this.
  private final long[][] bins;
  private final int[] shrunk;
  private final int[] grown;
  private final int[] seen;

  /**
   * @param parameters that this server has, from the first on
   */
  StepSampler(ModelSpec model, int parameters) {
    Layout layout = Layout.of(model);
    int depth = model.depth();
    int most = Math.max(LEAST_PER_LAYER, MOST / depth);
    int base = 0;
    for (int layer = 1; layer <= depth; layer++) {
      // A layer's weights and biases lie together.
      int from = layout.tensors().get(2 * layer - 2).offset();
      int to =
          Math.min(
              parameters,
              layer == depth ? layout.parameters() : layout.tensors().get(2 * layer).offset());
      if (from < to) {
        // Odd, so that what repeats every few parameters is not seen in one of its phases alone.
        int stride = ceilDiv(to - from, most) | 1;
        int count = ceilDiv(to - from, stride);
        places.add(new Place("layer" + layer, from, stride, count, base));
        base += count;
      }
    }
    before = new float[base];
    bins = new long[places.size()][StepFigures.BINS];
    shrunk = new int[places.size()];
    grown = new int[places.size()];
    seen = new int[places.size()];
  }

  private static int ceilDiv(int a, int b) {
    return -Math.floorDiv(-a, b);
  }

  /** A round begins; no chunk is being stepped. */
  synchronized void roundBegan(long now) {
    isLooking = !hasLooked || now - lookedLast >= PAUSE;
    if (isLooking) {
      hasLooked = true;
      lookedLast = now;
      for (int p = 0; p < places.size(); p++) {
        Arrays.fill(bins[p], 0);
        shrunk[p] = 0;
        grown[p] = 0;
        seen[p] = 0;
      }
    }
  }

  /**
   * @param sizes the step sizes of a chunk by its number, from index 0
   * @param stepped the chunks that are about to be
   */
  void before(IntFunction<float[]> sizes, Chunks chunks, List<Integer> stepped) {
    if (!isLooking) {
      return;
    }
    for (int chunk : stepped) {
      float[] η = sizes.apply(chunk);
      int from = chunks.from(chunk);
      for (Place place : places) {
        for (int k = place.from(from), to = place.from(chunks.to(chunk)); k < to; k++) {
          before[place.base() + k] = η[place.parameter(k) - from];
        }
      }
    }
  }

  /** As {@link #before}, for chunks that have been stepped. */
  void after(IntFunction<float[]> sizes, Chunks chunks, List<Integer> stepped) {
    if (!isLooking) {
      return;
    }
    for (int chunk : stepped) {
      float[] η = sizes.apply(chunk);
      for (int p = 0; p < places.size(); p++) {
        count(p, η, chunks.from(chunk), chunks.to(chunk));
      }
    }
  }

  /** Counts those of a place whose parameters lie in a chunk. */
  private synchronized void count(int p, float[] η, int first, int end) {
    Place place = places.get(p);
    int from = place.from(first);
    int to = place.from(end);
    for (int k = from; k < to; k++) {
      float was = before[place.base() + k];
      float is = η[place.parameter(k) - first];
      bins[p][StepFigures.bin(is)]++;
      shrunk[p] += is < was ? 1 : 0;
      grown[p] += is > was ? 1 : 0;
    }
    seen[p] += Math.max(0, to - from);
  }

  /**
   * Every chunk has been stepped.
   *
   * @return what was found, if this is a round that was looked at and stepped
   */
  synchronized Optional<StepFigures> roundEnded(int version) {
    if (!isLooking) {
      return Optional.empty();
    }
    isLooking = false;
    if (Arrays.stream(seen).sum() == 0) {
      return Optional.empty();
    }
    long[] all = new long[StepFigures.BINS];
    List<StepFigures.Layer> layers = new ArrayList<>();
    for (int p = 0; p < places.size(); p++) {
      int samples = Math.max(1, seen[p]);
      layers.add(
          new StepFigures.Layer(
              places.get(p).name(),
              (double) shrunk[p] / samples,
              (double) grown[p] / samples,
              median(bins[p], seen[p]),
              samples));
      for (int bin = 0; bin < all.length; bin++) {
        all[bin] += bins[p][bin];
      }
    }
    latest = Optional.of(new StepFigures(version + 1, layers, all));
    return latest;
  }

  private static double median(long[] bins, int count) {
    long below = 0;
    for (int bin = 0; bin < bins.length; bin++) {
      below += bins[bin];
      if (2 * below >= count) {
        return StepFigures.middle(bin);
      }
    }
    return Double.NaN;
  }

  Optional<StepFigures> latest() {
    return latest;
  }
}
