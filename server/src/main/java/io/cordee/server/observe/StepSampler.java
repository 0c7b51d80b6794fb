package io.cordee.server.observe;

import io.cordee.common.model.ModelSpec;
import io.cordee.common.reduce.Chunks;
import io.cordee.function.Layout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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

  /** Every {@code stride}-th parameter of a layer, and what is counted of them in this round. */
  private static final class Place {
    private final String name;
    private final int offset;
    private final int stride;

    /** Each is written and read by the thread that steps its chunk. */
    private final float[] before;

    // Guarded by this place; at the end of a round nobody writes them.
    private final long[] bins = new long[StepFigures.BINS];
    private int shrunk;
    private int grown;
    private int seen;

    Place(String name, int offset, int stride, int count) {
      this.name = name;
      this.offset = offset;
      this.stride = stride;
      this.before = new float[count];
    }

    /** The first parameter of the sample that is not before this one. */
    private int from(int parameter) {
      return Math.max(0, Math.min(before.length, ceilDiv(parameter - offset, stride)));
    }

    synchronized void clear() {
      Arrays.fill(bins, 0);
      shrunk = 0;
      grown = 0;
      seen = 0;
    }

    /** Takes down the step sizes of a chunk that holds the parameters [first, end). */
    void keep(float[] η, int first, int end) {
      for (int k = from(first), to = from(end); k < to; k++) {
        before[k] = η[offset + k * stride - first];
      }
    }

    /** Counts them when the chunk has been stepped. */
    synchronized void count(float[] η, int first, int end) {
      int from = from(first);
      int to = from(end);
      for (int k = from; k < to; k++) {
        float is = η[offset + k * stride - first];
        bins[StepFigures.bin(is)]++;
        shrunk += is < before[k] ? 1 : 0;
        grown += is > before[k] ? 1 : 0;
      }
      seen += Math.max(0, to - from);
    }

    synchronized StepFigures.Layer layer() {
      int samples = Math.max(1, seen);
      double flips = (double) shrunk / samples;
      return new StepFigures.Layer(name, flips, (double) grown / samples, median(), samples);
    }

    private double median() {
      long below = 0;
      for (int bin = 0; bin < bins.length; bin++) {
        below += bins[bin];
        if (2 * below >= seen) {
          return StepFigures.middle(bin);
        }
      }
      return Double.NaN;
    }
  }

  private final List<Place> places = new ArrayList<>();
  private volatile boolean isLooking;
  private long lookedLast;
  private boolean hasLooked;
  private volatile Optional<StepFigures> latest = Optional.empty();

  /**
   * @param parameters that this server has, from the first on
   */
  StepSampler(ModelSpec model, int parameters) {
    Map<String, Integer> ends = layerEnds(model.layout());
    int most = Math.max(LEAST_PER_LAYER, MOST / ends.size());
    int from = 0;
    for (Map.Entry<String, Integer> layer : ends.entrySet()) {
      int to = Math.min(parameters, layer.getValue());
      if (from < to) {
        // Odd, so that what repeats every few parameters is not seen in one of its phases alone.
        int stride = ceilDiv(to - from, most) | 1;
        int count = ceilDiv(to - from, stride);
        places.add(new Place(layer.getKey(), from, stride, count));
      }
      from = to;
    }
  }

  /** Where each layer ends: tensors that lie together and are named alike up to the last dot. */
  private static Map<String, Integer> layerEnds(Layout layout) {
    Map<String, Integer> ends = new LinkedHashMap<>();
    String before = "";
    for (Layout.Tensor tensor : layout.tensors()) {
      String layer = tensor.name().replaceFirst("\\.[^.]*$", "");
      if (ends.containsKey(layer) && !layer.equals(before)) {
        layer = tensor.name(); // a table, behind everything else
      }
      before = layer;
      ends.put(layer, tensor.offset() + tensor.size());
    }
    return ends;
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
      places.forEach(Place::clear);
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
      places.forEach(place -> place.keep(η, chunks.from(chunk), chunks.to(chunk)));
    }
  }

  /** As {@link #before}, for chunks that have been stepped. */
  void after(IntFunction<float[]> sizes, Chunks chunks, List<Integer> stepped) {
    if (!isLooking) {
      return;
    }
    for (int chunk : stepped) {
      float[] η = sizes.apply(chunk);
      places.forEach(place -> place.count(η, chunks.from(chunk), chunks.to(chunk)));
    }
  }

  /** Ends the round; returns the figures if it was sampled and stepped. */
  synchronized Optional<StepFigures> roundEnded(int version) {
    if (!isLooking) {
      return Optional.empty();
    }
    isLooking = false;
    if (places.stream().allMatch(place -> place.seen == 0)) {
      return Optional.empty();
    }
    long[] all = new long[StepFigures.BINS];
    for (Place place : places) {
      Arrays.setAll(all, bin -> all[bin] + place.bins[bin]);
    }
    List<StepFigures.Layer> layers = places.stream().map(Place::layer).toList();
    latest = Optional.of(new StepFigures(version + 1, layers, all));
    return latest;
  }

  Optional<StepFigures> latest() {
    return latest;
  }
}
