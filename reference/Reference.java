package reference;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;

/**
 * The whole of Cordee in one file: what a training computes, without what makes it fast or
 * distributed. It prints, round for round, the digests that any team of real processes prints.
 *
 * <pre>
 * java reference/Reference.java               the digits, as `cordee train`
 * java reference/Reference.java adam          the digits, as `cordee train examples/digits-adam.yaml`
 * java reference/Reference.java fashion DIR   ten rounds of examples/fashion-mnist.yaml
 * </pre>
 *
 * <p>All arithmetic is IEEE 754, rounded to nearest, ties to even; {@code Math.fma} is its fused
 * multiply-add. The file uses nothing of Cordee, so that it can be written again in another
 * language. Cordee's kernels are tested against {@link Mlp} bit for bit.
 */
public final class Reference {

  /** P: a part of the job, never derived from the number of workers. */
  private static final int PARTITIONS = 32;

  private static final String DIGITS =
      "worker/src/main/resources/io/cordee/worker/data/digits.csv.gz";

  public static void main(String[] arguments) throws IOException {
    String what = arguments.length == 0 ? "rprop" : arguments[0];
    switch (what) {
      case "rprop" -> train(digits(), Reference::rprop, 0.1f, 50, 64, 32, 10);
      case "adam" -> train(digits(), Reference::adam, 0, 150, 64, 32, 10);
      case "fashion" -> train(fashion(arguments[1]), Reference::rprop, 0.1f, 10, 784, 128, 10);
      default -> throw new IllegalArgumentException("expected nothing, adam or fashion DIR");
    }
  }

  // ---- a training ----

  /** A line per version of the weights: its loss, and the digest of weights and slots. */
  private static void train(Rows rows, Rule rule, float firstSlot, int rounds, int... layers) {
    Mlp model = new Mlp(layers, Mlp.Hidden.TANH, Mlp.Output.SOFTMAX_CROSS_ENTROPY, 0);
    float[] w = model.glorot(1);
    float[] previous = w.clone();
    float[][] slots = new float[2][w.length];
    Arrays.fill(slots[0], firstSlot);
    for (int version = 0; ; version++) {
      Contribution sum = reduce(contributions(model, w, rows), 0, PARTITIONS);
      System.out.printf(
          "round %3d  loss %.7f  digest %s%n",
          version, sum.loss / rows.x.length, digest(version, w, slots));
      if (version == rounds) {
        return;
      }
      float perRow = 1f / rows.x.length;
      float[] next = new float[w.length];
      for (int i = 0; i < w.length; i++) {
        next[i] = finite(rule.step(version + 1, i, perRow * sum.gradient[i], w, previous, slots));
      }
      previous = w;
      w = next;
    }
  }

  /** A node of the reduction tree: sums over the rows of the partitions below it. */
  record Contribution(double loss, float[] gradient) {

    Contribution plus(Contribution right) {
      float[] sum = new float[gradient.length];
      for (int i = 0; i < sum.length; i++) {
        sum[i] = gradient[i] + right.gradient[i];
      }
      return new Contribution(loss + right.loss, sum);
    }
  }

  /** The partitions' gradients. Who computes them, and in which order, cannot matter. */
  private static Contribution[] contributions(Mlp model, float[] w, Rows rows) {
    return IntStream.range(0, PARTITIONS)
        .parallel()
        .mapToObj(
            p -> {
              Rows part = rows.partition(p);
              float[] gradient = new float[w.length];
              return new Contribution(model.partition(w, part.x, part.t, gradient), gradient);
            })
        .toArray(Contribution[]::new);
  }

  /** The fixed binary tree over partitions [from, to): the left child has the first ⌈n/2⌉. */
  private static Contribution reduce(Contribution[] leaves, int from, int to) {
    if (to - from == 1) {
      return leaves[from];
    }
    int middle = from + (to - from + 1) / 2;
    return reduce(leaves, from, middle).plus(reduce(leaves, middle, to));
  }

  /** What is stored never leads to ∞ − ∞ or 0 · ∞ later. */
  private static float finite(float x) {
    return Math.max(-Float.MAX_VALUE, Math.min(Float.MAX_VALUE, x));
  }

  // ---- optimizers, in the lecture's letters ----

  /** Turns the mean gradient of a round, and two slots per parameter, into the next weights. */
  private interface Rule {

    /**
     * The next weight i.
     *
     * @param t the round, counted from 1
     * @param g the mean gradient of parameter i
     * @param previous the weights of the version before
     * @param slots updated
     */
    float step(int t, int i, float g, float[] w, float[] previous, float[][] slots);
  }

  /**
   * The lecture's Rprop. While the derivative keeps its sign, η grows by α; when the sign flips, a
   * minimum was overshot: back to the previous location, and from there again in the old direction
   * by βη. The round after a flip knows no previous sign, so that η stays as it is.
   */
  private static float rprop(int t, int i, float g, float[] w, float[] previous, float[][] slots) {
    float[] η = slots[0];
    float[] sign = slots[1];
    float s = Math.signum(g) + 0f; // never −0
    if (s * sign[i] < 0) {
      η[i] = Math.max(0.5f * η[i], 1e-6f);
      float back = previous[i] - sign[i] * η[i];
      sign[i] = 0;
      return back;
    }
    if (s * sign[i] > 0) {
      η[i] = Math.min(1.2f * η[i], 0.1f);
    }
    sign[i] = s;
    return w[i] - s * η[i];
  }

  /**
   * Adam: m ← δm + (1 − δ)g, v ← γv + (1 − γ)g², w ← w − η m̂ / (√v̂ + ε), with η / (1 − δᵗ) and 1
   * / (1 − γᵗ) rounded to float.
   */
  private static float adam(int t, int i, float g, float[] w, float[] previous, float[][] slots) {
    float δ = 0.9f;
    float γ = 0.999f;
    float rate = finite(0.01f / (float) (1 - StrictMath.pow(δ, t)));
    float toMeanSquare = 1 / (float) (1 - StrictMath.pow(γ, t));
    float[] m = slots[0];
    float[] v = slots[1];
    m[i] = finite(δ * m[i] + (1 - δ) * g);
    v[i] = finite(γ * v[i] + (1 - γ) * finite(g * g));
    float root = (float) Math.sqrt(finite(toMeanSquare * v[i]));
    return w[i] - rate * finite(m[i] / (root + 1e-8f));
  }

  // ---- the gradient of a partition ----

  /**
   * A multilayer perceptron: one row after the other, one number after the other, in float.
   *
   * @param units inputs, hidden layers, outputs
   * @param offset added to a sigmoid's derivative, usually 0
   */
  public record Mlp(int[] units, Hidden hidden, Output output, float offset) {

    /** Activations of hidden units. */
    public enum Hidden {
      TANH,
      SIGMOID,
      RELU,
      LEAKY_RELU,
      ELU,
      SOFTPLUS,
      GELU
    }

    /** Output units and loss. */
    public enum Output {
      SOFTMAX_CROSS_ENTROPY,
      SOFTMAX_SQUARED_ERROR,
      SIGMOID_CROSS_ENTROPY,
      SIGMOID_SQUARED_ERROR,
      LINEAR_SQUARED_ERROR
    }

    /** The length of the parameter vector. */
    public int parameters() {
      return weights(units.length);
    }

    /** Where the weights [out, in] of layer l begin, counted from 1; its biases [out] follow. */
    private int weights(int l) {
      int at = 0;
      for (int below = 1; below < l; below++) {
        at += (units[below - 1] + 1) * units[below];
      }
      return at;
    }

    private int biases(int l) {
      return weights(l) + units[l - 1] * units[l];
    }

    /** Weights uniform within ±√(6 / (in + out)), drawn in the order of the layout; biases 0. */
    float[] glorot(long seed) {
      float[] w = new float[parameters()];
      int drawn = 0;
      for (int l = 1; l < units.length; l++) {
        double range = Math.sqrt(6.0 / ((double) units[l - 1] + units[l]));
        for (int i = weights(l); i < biases(l); i++) {
          w[i] = (float) ((2 * random(seed, ++drawn) - 1) * range);
        }
      }
      return w;
    }

    /** SplitMix64 (Steele, Lea & Flood, OOPSLA 2014): the nth number of a seed, in [0, 1). */
    private static double random(long seed, int n) {
      long z = seed + n * 0x9E3779B97F4A7C15L;
      z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
      z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
      return ((z ^ z >>> 31) >>> 11) * 0x1p-53;
    }

    /** The outputs of a row. */
    public float[] predict(float[] w, float[] x) {
      float[][] a = new float[units.length][];
      forward(w, columns(w), x, a.clone(), a);
      return a[a.length - 1];
    }

    /** Adds the gradient of a partition's rows to sums that are 0; returns their loss. */
    public double partition(float[] w, float[][] x, float[][] t, float[] sums) {
      float[][][] columns = columns(w);
      double loss = 0;
      for (int row = 0; row < x.length; row++) {
        loss += addRow(w, columns, x[row], t[row], sums);
      }
      for (int i = 0; i < sums.length; i++) {
        sums[i] += 0f; // there is no −0
      }
      return loss;
    }

    /** The weights by layer and input: [l][in][out]. */
    private float[][][] columns(float[] w) {
      float[][][] columns = new float[units.length][][];
      for (int l = 1; l < units.length; l++) {
        columns[l] = new float[units[l - 1]][units[l]];
        for (int at = 0; at < units[l - 1] * units[l]; at++) {
          columns[l][at % units[l - 1]][at / units[l - 1]] = w[weights(l) + at];
        }
      }
      return columns;
    }

    /**
     * Fills in each layer's weighted sums z and outputs a, of which a[0] is the row. Each sum is a
     * chain of fused multiply-adds of its own: from the unit's bias on, in the order of the inputs.
     */
    private void forward(float[] w, float[][][] columns, float[] x, float[][] z, float[][] a) {
      a[0] = x;
      for (int l = 1; l < units.length; l++) {
        z[l] = Arrays.copyOfRange(w, biases(l), biases(l) + units[l]);
        for (int j = 0; j < units[l - 1]; j++) {
          add(a[l - 1][j], columns[l][j], 0, z[l], 0, units[l]);
        }
        a[l] = l < units.length - 1 ? map(z[l], this::activate) : outputs(z[l]);
      }
    }

    /** One link of many chains: y ← fma(factor, x, y). */
    private static void add(float factor, float[] x, int xFrom, float[] y, int yFrom, int count) {
      for (int i = 0; i < count; i++) {
        y[yFrom + i] = Math.fma(factor, x[xFrom + i], y[yFrom + i]);
      }
    }

    /** Adds the gradient of one row; errors add up over the units above, in order. */
    private double addRow(float[] w, float[][][] columns, float[] x, float[] t, float[] sums) {
      float[][] z = new float[units.length][];
      float[][] a = new float[units.length][];
      forward(w, columns, x, z, a);
      int last = units.length - 1;
      float[] δ = errors(a[last], t);
      for (int l = last; l >= 1; l--) {
        int in = units[l - 1];
        float[] below = new float[in];
        for (int i = 0; i < units[l]; i++) {
          sums[biases(l) + i] += δ[i];
          add(δ[i], a[l - 1], 0, sums, weights(l) + i * in, in);
          if (l > 1) {
            add(δ[i], w, weights(l) + i * in, below, 0, in);
          }
        }
        for (int j = 0; l > 1 && j < in; j++) {
          below[j] = flush(below[j] * slope(z[l - 1][j], a[l - 1][j]));
        }
        δ = below;
      }
      return loss(z[last], t);
    }

    private float activate(float z) {
      return switch (hidden) {
        case TANH -> tanh(z);
        case SIGMOID -> sigmoid(z);
        case RELU -> Math.max(0, z);
        case LEAKY_RELU -> z > 0 ? z : 0.01f * z;
        case ELU -> z > 0 ? z : exp(z) - 1;
        case SOFTPLUS -> Math.max(0, z) + (float) StrictMath.log1p(exp(-Math.abs(z)));
        case GELU -> 0.5f * z * (1 + tanh(inner(z)));
      };
    }

    /** f′(z) of a hidden unit, by a = f(z) where that is enough. */
    private float slope(float z, float a) {
      return switch (hidden) {
        case TANH -> Math.fma(-a, a, 1);
        case SIGMOID -> Math.fma(a, 1 - a, offset);
        case RELU -> a > 0 ? 1 : 0;
        case LEAKY_RELU -> a > 0 ? 1 : 0.01f;
        case ELU -> a > 0 ? 1 : a + 1;
        case SOFTPLUS -> (float) -StrictMath.expm1(-a);
        case GELU -> geluSlope(z);
      };
    }

    private static final float C = (float) Math.sqrt(2 / Math.PI);
    private static final float K = 0.044715f;

    /** GELU's tanh approximation: z/2 · (1 + tanh(C(z + Kz³))). */
    private static float inner(float z) {
      return C * Math.fma(K * z * z, z, z);
    }

    private static float geluSlope(float z) {
      float t = tanh(inner(z));
      float rest = Math.abs(inner(z)) < 9.1f ? Math.fma(-t, t, 1) : 0;
      return Math.fma(0.5f * z * rest, C * Math.fma(3 * K * z, z, 1), 0.5f * (1 + t));
    }

    private float[] outputs(float[] z) {
      return switch (output) {
        case SOFTMAX_CROSS_ENTROPY, SOFTMAX_SQUARED_ERROR -> {
          float[] e = map(shifted(z), Mlp::exp);
          float scale = (float) (1 / sum(e));
          yield map(e, each -> flush(each * scale));
        }
        case SIGMOID_CROSS_ENTROPY, SIGMOID_SQUARED_ERROR -> map(z, Mlp::sigmoid);
        case LINEAR_SQUARED_ERROR -> map(z, each -> each + 0f); // never −0
      };
    }

    /** −Σ t·ln y = Σ t·(ln Σ exp(z) − z), 0 for other losses than softmax's. */
    private double loss(float[] scores, float[] t) {
      if (output != Output.SOFTMAX_CROSS_ENTROPY) {
        return 0;
      }
      float[] z = shifted(scores);
      double logOfSum = StrictMath.log(sum(map(z, Mlp::exp)));
      double loss = 0;
      for (int i = 0; i < z.length; i++) {
        loss += t[i] == 0 ? 0 : t[i] * (logOfSum - z[i]);
      }
      return loss;
    }

    /** Less the largest, so that no exponential overflows and one is 1. */
    private static float[] shifted(float[] z) {
      float[] sorted = z.clone();
      Arrays.sort(sorted);
      return map(z, each -> each - sorted[z.length - 1]);
    }

    private static double sum(float[] y) {
      double sum = 0;
      for (float each : y) {
        sum += each;
      }
      return sum;
    }

    private static float[] map(float[] from, UnaryOperator<Float> function) {
      float[] to = new float[from.length];
      for (int i = 0; i < to.length; i++) {
        to[i] = function.apply(from[i]);
      }
      return to;
    }

    /** ∂E/∂z of the outputs. */
    private float[] errors(float[] y, float[] t) {
      float total = 0;
      float mean = 0;
      for (int i = 0; i < y.length; i++) {
        total += t[i];
        mean += (y[i] - t[i]) * y[i];
      }
      float[] δ = new float[y.length];
      for (int i = 0; i < y.length; i++) {
        δ[i] =
            flush(
                switch (output) {
                  case SOFTMAX_CROSS_ENTROPY -> total * y[i] - t[i];
                  case SOFTMAX_SQUARED_ERROR -> y[i] * ((y[i] - t[i]) - mean);
                  case SIGMOID_SQUARED_ERROR -> (y[i] - t[i]) * (y[i] * (1 - y[i]) + offset);
                  case SIGMOID_CROSS_ENTROPY, LINEAR_SQUARED_ERROR -> y[i] - t[i];
                });
      }
      return δ;
    }

    /** What is not larger than 1e-30 counts as 0 where it arises, so that denormals stay rare. */
    public static float flush(float x) {
      return Math.abs(x) <= 1e-30f ? Math.copySign(0f, x) : x;
    }

    /** An odd rational function of degree 9 over 8; ±1 beyond ±9.1. */
    public static float tanh(float z) {
      float x = Math.max(-9.1f, Math.min(9.1f, z));
      float u = x * x;
      float p = polynomial(u, 1.3176147e-8f, 2.0480185e-5f, 0.003487751f, 0.13374425f, 1);
      float q = polynomial(u, 7.703479e-7f, 3.2728212e-4f, 0.025847161f, 0.4670774f, 1);
      return Math.max(-1, Math.min(1, x * p / q));
    }

    /** Of x ≤ 0; for others as for 0. */
    public static float exp(float x) {
      float bounded = Math.max(-70, Math.min(0, x));
      float round = 0x1.8p23f; // adding it leaves an integer in the lowest bits
      float k = Math.fma(bounded, 1.4426950408889634f, round) - round;
      float r = Math.fma(-k, -2.1219444005469057e-4f, Math.fma(-k, 0.693359375f, bounded));
      float e = polynomial(r, 0.0013814539f, 0.008368745f, 0.04166839f, 0.16666521f, 0.49999994f);
      float power = 1 + Math.fma(r * r, e, r);
      return flush(Float.isNaN(x) ? x : Math.scalb(power, (int) k));
    }

    /** 1 / (1 + exp(−z)), by exp of a number that is not positive. */
    public static float sigmoid(float z) {
      float e = exp(-Math.abs(z));
      float numerator = Math.max(e, Math.min(1, z * 1e38f)); // 1 for z > 0
      return numerator / (1 + e);
    }

    /** Horner's scheme, the highest coefficient first. */
    private static float polynomial(float x, float... coefficients) {
      float sum = coefficients[0];
      for (int i = 1; i < coefficients.length; i++) {
        sum = Math.fma(sum, x, coefficients[i]);
      }
      return sum;
    }
  }

  // ---- the digest ----

  /** The hash of the chunks' hashes, each over a range of the weights and of every slot. */
  private static String digest(int version, float[] w, float[][] slots) {
    // A sixteenth of the vector, rounded up to a multiple of 256.
    int length = Math.min((w.length + 16 * 256 - 1) / (16 * 256) * 256, 65_536);
    List<Long> hashes = new ArrayList<>(List.of((long) version));
    for (int from = 0; from < w.length; from += length) {
      int to = Math.min(from + length, w.length);
      List<Long> chunk = new ArrayList<>(List.of(hash(w, from, to)));
      for (float[] slot : slots) {
        chunk.add(hash(slot, from, to));
      }
      hashes.add(hash(chunk));
    }
    return String.format("%016x", hash(hashes));
  }

  private static long hash(float[] a, int from, int to) {
    ByteBuffer bytes = littleEndian((to - from) * Float.BYTES);
    bytes.asFloatBuffer().put(a, from, to - from);
    return xxh64(bytes);
  }

  private static long hash(List<Long> a) {
    ByteBuffer bytes = littleEndian(a.size() * Long.BYTES);
    a.forEach(bytes::putLong);
    return xxh64(bytes.rewind());
  }

  private static ByteBuffer littleEndian(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static final long P1 = 0x9E3779B185EBCA87L;
  private static final long P2 = 0xC2B2AE3D27D4EB4FL;
  private static final long P3 = 0x165667B19E3779F9L;
  private static final long P4 = 0x85EBCA77C2B2AE63L;
  private static final long P5 = 0x27D4EB2F165667C5L;

  /** XXH64 with seed 0 (Yann Collet, xxHash fast digest algorithm) of a multiple of 4 bytes. */
  @SuppressWarnings("ConstantOverflow") // the primes are added modulo 2^64
  private static long xxh64(ByteBuffer bytes) {
    int length = bytes.remaining();
    long hash = P5;
    if (length >= 32) {
      long[] lanes = {P1 + P2, P2, 0, -P1};
      while (bytes.remaining() >= 32) {
        for (int lane = 0; lane < 4; lane++) {
          lanes[lane] = round(lanes[lane], bytes.getLong());
        }
      }
      hash =
          Long.rotateLeft(lanes[0], 1)
              + Long.rotateLeft(lanes[1], 7)
              + Long.rotateLeft(lanes[2], 12)
              + Long.rotateLeft(lanes[3], 18);
      for (long lane : lanes) {
        hash = (hash ^ round(0, lane)) * P1 + P4;
      }
    }
    hash += length;
    while (bytes.remaining() >= 8) {
      hash = Long.rotateLeft(hash ^ round(0, bytes.getLong()), 27) * P1 + P4;
    }
    if (bytes.hasRemaining()) {
      hash = Long.rotateLeft(hash ^ Integer.toUnsignedLong(bytes.getInt()) * P1, 23) * P2 + P3;
    }
    hash = (hash ^ hash >>> 33) * P2;
    hash = (hash ^ hash >>> 29) * P3;
    return hash ^ hash >>> 32;
  }

  private static long round(long lane, long word) {
    return Long.rotateLeft(lane + word * P2, 31) * P1;
  }

  // ---- rows ----

  /**
   * Rows in their order.
   *
   * @param x [rows][inputs]
   * @param t [rows][outputs], 1 for the class of the label, otherwise 0
   */
  record Rows(float[][] x, float[][] t) {

    /** From p·N/P to before (p+1)·N/P. */
    Rows partition(long p) {
      int from = (int) (p * x.length / PARTITIONS);
      int to = (int) ((p + 1) * x.length / PARTITIONS);
      return new Rows(Arrays.copyOfRange(x, from, to), Arrays.copyOfRange(t, from, to));
    }
  }

  /** The first 1,437 rows of digits.csv.gz: 64 pixels of 0 to 16, then the label. */
  private static Rows digits() throws IOException {
    Rows rows = new Rows(new float[1437][64], new float[1437][10]);
    String text = new String(unzipped(Path.of(DIGITS)), StandardCharsets.US_ASCII);
    String[] lines = text.split("\n");
    for (int row = 0; row < rows.x.length; row++) {
      String[] cells = lines[row].split(",");
      for (int j = 0; j < 64; j++) {
        rows.x[row][j] = (float) (Double.parseDouble(cells[j]) / 16);
      }
      rows.t[row][Integer.parseInt(cells[64])] = 1;
    }
    return rows;
  }

  /** The 60,000 images for training, in the format IDX: bytes, scaled by 255. */
  private static Rows fashion(String folder) throws IOException {
    Rows rows = new Rows(new float[60_000][784], new float[60_000][10]);
    byte[] images = unzipped(Path.of(folder, "train-images-idx3-ubyte.gz"));
    byte[] labels = unzipped(Path.of(folder, "train-labels-idx1-ubyte.gz"));
    for (int row = 0; row < rows.x.length; row++) {
      for (int j = 0; j < 784; j++) {
        rows.x[row][j] = (float) ((images[16 + 784 * row + j] & 0xff) / 255.0);
      }
      rows.t[row][labels[8 + row]] = 1;
    }
    return rows;
  }

  private static byte[] unzipped(Path file) throws IOException {
    try (InputStream in = new GZIPInputStream(Files.newInputStream(file))) {
      return in.readAllBytes();
    }
  }
}
