package io.cordee.worker.model;

import io.cordee.common.model.Mlp;
import io.cordee.function.Rows;
import io.cordee.worker.math.ElementFunctions;
import io.cordee.worker.math.Matrix;
import io.cordee.worker.math.MatrixProduct;
import io.cordee.worker.math.Panels;
import io.cordee.worker.math.SparseProduct;
import io.cordee.worker.math.SparseRows;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A few rows on their way through the network and back. Owns the memory for {@code capacity} rows;
 * nothing of their size is allocated afterwards. Not thread-safe.
 *
 * <p>Layers count from 1; layer 0 is the input. Arrays are [rows, units of the layer], row-major.
 */
final class MicroBatch {

  private final MatrixProduct product = new MatrixProduct();
  private final ElementFunctions functions = new ElementFunctions();
  private final HiddenUnits hidden;
  private final float offset;
  private final OutputUnits output;
  private final List<Dense> layers;
  private final Embedding embedding;
  private final int capacity;

  /** a of each layer: the features, unless all rows are sparse; hidden activations, outputs. */
  private final float[][] activations;

  /** Of hidden layers, the argument of their derivatives: a before dropout, or z. */
  private final float[][] raw;

  private final Optional<Dropout> dropout;

  /** True if dropout applies to the current rows. */
  private boolean isNoisy;

  /** ∂E/∂z of each layer; of layer 0 those of inputs that come from tables. */
  private final float[][] deltas;

  /** The last layer's weighted sums, as {@link OutputUnits#activate} leaves them. */
  private final float[] scores;

  private final float[] targets;

  /** Multiplied by which rows are added up. */
  private final float[] ones;

  /** Wᵀ of each layer, and W. */
  private final Panels[] packedForward;

  private final Panels[] packedBackward;

  /** The rows, for a pass that reads them so, and the first one that is multiplied now. */
  private Optional<SparseRows> sparse = Optional.empty();

  private int from;
  private SparseProduct sparseProduct;

  private int rows;

  MicroBatch(Mlp model, int capacity, double rate) {
    this.capacity = capacity;
    this.dropout = rate > 0 ? Optional.of(new Dropout(rate, model.depth())) : Optional.empty();
    layers = Dense.layersOf(model);
    embedding = new Embedding(model, product);
    hidden = HiddenUnits.of(model.activation());
    offset = (float) model.derivativeOffset();
    output = OutputUnits.of(model, capacity, functions);
    activations = new float[layers.size() + 1][];
    deltas = new float[layers.size() + 1][];
    raw = new float[layers.size()][];
    for (int l = 1; l <= layers.size(); l++) {
      activations[l] = newArray(l);
      deltas[l] = newArray(l);
      if (l < layers.size()) {
        boolean isOther = dropout.isPresent() || hidden.keepsSums();
        raw[l] = isOther ? newArray(l) : activations[l];
      }
    }
    deltas[0] = newArrayOf(embedding.width());
    scores = newArray(layers.size());
    targets = newArray(layers.size());
    ones = new float[capacity];
    Arrays.fill(ones, 1);
    packedForward = new Panels[layers.size() + 1];
    packedBackward = new Panels[layers.size() + 1];
    for (int l = 1; l <= layers.size(); l++) {
      packedForward[l] = product.newPanels();
      packedBackward[l] = product.newPanels();
    }
  }

  private float[] newArrayOf(int units) {
    long elements = (long) capacity * units;
    if (elements > MatrixProduct.LONGEST) {
      throw new IllegalArgumentException(
          "%s rows times a layer of %s units exceed 2^31 numbers".formatted(capacity, units));
    }
    return MatrixProduct.newArray((int) elements);
  }

  int rows() {
    return rows;
  }

  int depth() {
    return layers.size();
  }

  Dense layer(int l) {
    return layers.get(l - 1);
  }

  HiddenUnits hidden() {
    return hidden;
  }

  OutputUnits output() {
    return output;
  }

  /** The argument of a hidden layer's derivatives. */
  float[] kept(int l) {
    return raw[l];
  }

  ElementFunctions functions() {
    return functions;
  }

  float[] activations(int l) {
    return activations[l];
  }

  float[] deltas(int l) {
    return deltas[l];
  }

  float[] outputs() {
    return activations[layers.size()];
  }

  float[] targets() {
    return targets;
  }

  /** For one micro-batch of layer l's units. */
  float[] newArray(int l) {
    return newArrayOf(l == 0 ? layer(1).in() : layer(l).out());
  }

  /**
   * Begins a pass.
   *
   * @param areSame whether the parameters are those of the last pass
   */
  void begin(boolean areSame) {
    sparse = Optional.empty();
    if (areSame) {
      return;
    }
    for (int l = 1; l <= layers.size(); l++) {
      packedForward[l].clear();
      packedBackward[l].clear();
    }
    if (sparseProduct != null) {
      sparseProduct.clear();
    }
  }

  /** Has the first layer read sparse rows in this pass, if that is faster. */
  void readSparse(float[] parameters, Rows source, boolean again) {
    boolean areBlocks =
        capacity == SparseRows.BLOCK || source.count() <= Math.min(capacity, SparseRows.BLOCK);
    if (!embedding.isEmpty() && areBlocks) {
      embedding.begin(parameters, source);
      return;
    }
    sparse =
        areBlocks
            ? ListedRows.of(source, again && product.isFast()).filter(product::suits)
            : Optional.empty();
    if (sparse.isPresent()) {
      Dense first = layer(1);
      if (sparseProduct == null) {
        sparseProduct = product.newSparseProduct(first.out());
      }
      sparseProduct.begin(first.weights(parameters), source.features(), again);
    } else if (layer(1).isTable() || !embedding.isEmpty()) {
      throw new IllegalStateException("rows of a table are multiplied as lists");
    }
  }

  /** Ends a pass that summed the gradient. */
  void finish(float[] gradient) {
    sparse.ifPresent(ignored -> sparseProduct.end(layer(1).weights(gradient)));
    sparse = Optional.empty();
  }

  void forward(float[] parameters, Rows source, int from, int count, OptionalLong noise) {
    rows = count;
    isNoisy = noise.isPresent() && dropout.isPresent();
    this.from = from;
    if (sparse.isEmpty()) {
      if (activations[0] == null) {
        activations[0] = newArray(0);
      }
      embedding.fill(source, from, count, activations[0]);
    }
    int last = layers.size();
    for (int l = 1; l <= last; l++) {
      Dense layer = layer(l);
      float[] z = l < last ? raw[l] : scores;
      fillRows(z, parameters, layer.bias(), layer.out());
      addWeighted(l, activations[l - 1], parameters, z);
      if (l < last) {
        passOn(l, noise);
      }
    }
    output.activate(scores, outputs(), rows);
  }

  /** From the weighted sums of a hidden layer to the next one's input. */
  private void passOn(int l, OptionalLong noise) {
    int width = layer(l).out();
    if (hidden.keepsSums()) {
      System.arraycopy(raw[l], 0, activations[l], 0, rows * width);
      hidden.activate(functions, activations[l], rows * width);
      if (isNoisy) {
        dropOut(l, noise.getAsLong(), activations[l]);
      }
      return;
    }
    hidden.activate(functions, raw[l], rows * width);
    if (isNoisy) {
      dropOut(l, noise.getAsLong(), raw[l]);
    } else if (raw[l] != activations[l]) {
      System.arraycopy(raw[l], 0, activations[l], 0, rows * width);
    }
  }

  private void dropOut(int l, long noise, float[] units) {
    dropout.orElseThrow().apply(noise, l, from, rows, layer(l).out(), units, activations[l]);
  }

  /** z ← z + below · Wᵀ, with the weights of layer l. */
  void addWeighted(int l, float[] below, float[] parameters, float[] z) {
    Dense layer = layer(l);
    Matrix inputs = Matrix.of(below, layer.in());
    Matrix sums = Matrix.of(z, layer.out());
    if (l == 1 && sparse.isPresent()) {
      sparseProduct.addSums(sparse.get(), from, rows, sums);
      return;
    }
    Matrix transposed = layer.weights(parameters).transposed();
    product.add(rows, layer.out(), layer.in(), inputs, transposed, packedForward[l], sums);
  }

  void loadTargets(Rows source, int from) {
    source.copyTargets(from, rows, targets);
  }

  double loss(int row) {
    return output.loss(scores, outputs(), targets, row);
  }

  /** gradient ← gradient + the sum over these rows. */
  void backward(float[] parameters, float[] gradient) {
    int last = layers.size();
    output.errors(outputs(), targets, deltas[last], rows);
    ElementFunctions.flush(deltas[last], rows * layer(last).out());
    for (int l = last; l >= 1; l--) {
      addOuterProducts(l, deltas[l], activations[l - 1], gradient);
      if (l > 1) {
        propagate(l, parameters, layer(l).in());
        int count = rows * layer(l).in();
        if (isNoisy) {
          dropout.get().applyBack(l - 1, deltas[l - 1], count);
        }
        hidden.multiplyBySlope(functions, raw[l - 1], offset, deltas[l - 1], count);
      }
    }
    if (!embedding.isEmpty()) {
      propagate(1, parameters, embedding.width());
      embedding.addGradient(from, rows, deltas[0], gradient);
    }
  }

  /** sums of layer l ← sums + (leftᵀ·right for its weights, column sums of left for its biases). */
  void addOuterProducts(int l, float[] left, float[] right, float[] sums) {
    Dense layer = layer(l);
    Matrix errors = Matrix.of(left, layer.out());
    if (l == 1 && sparse.isPresent()) {
      sparseProduct.addGradient(sparse.get(), from, rows, errors);
    } else {
      Matrix inputs = Matrix.of(right, layer.in());
      product.add(layer.out(), layer.in(), rows, errors.transposed(), inputs, layer.weights(sums));
    }
    Matrix biases = Matrix.of(sums, layer.bias(), layer.out());
    product.add(1, layer.out(), rows, Matrix.of(ones, rows), errors, biases);
  }

  /** below ← above · W, with weights laid out as those of layer l in a parameter vector. */
  void propagate(int l, float[] above, float[] parameters, float[] below) {
    Dense layer = layer(l);
    Arrays.fill(below, 0, rows * layer.in(), 0);
    Matrix errors = Matrix.of(above, layer.out());
    Matrix into = Matrix.of(below, layer.in());
    product.add(rows, layer.in(), layer.out(), errors, layer.weights(parameters), into);
  }

  /** The same for errors of layer l and the parameters of this pass, for the first units below. */
  private void propagate(int l, float[] parameters, int width) {
    Dense layer = layer(l);
    Arrays.fill(deltas[l - 1], 0, rows * width, 0);
    Matrix errors = Matrix.of(deltas[l], layer.out());
    Matrix into = Matrix.of(deltas[l - 1], width);
    Matrix weights = layer.weights(parameters);
    product.add(rows, width, layer.out(), errors, weights, packedBackward[l], into);
  }

  /** Copies one row into each row, doubling what is there. */
  private void fillRows(float[] into, float[] row, int rowFrom, int width) {
    System.arraycopy(row, rowFrom, into, 0, width);
    int total = rows * width;
    for (int filled = width; filled < total; filled *= 2) {
      System.arraycopy(into, 0, into, filled, Math.min(filled, total - filled));
    }
  }
}
