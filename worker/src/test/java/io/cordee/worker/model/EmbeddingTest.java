package io.cordee.worker.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.cordee.common.model.Activation;
import io.cordee.common.model.IdTable;
import io.cordee.common.model.Mlp;
import io.cordee.common.reduce.Subvector;
import io.cordee.function.Rows;
import io.cordee.function.Sums;
import io.cordee.worker.data.rows.FeatureBuilder;
import io.cordee.worker.data.rows.Features;
import io.cordee.worker.math.RowLists;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Against weights times rows of tables, added up one by one. */
class EmbeddingTest {

  private static final int NUMBERS = 2;

  private static final List<IdTable> TABLES =
      List.of(new IdTable("a", 7, 3), new IdTable("b", 40, 5));

  private static final int ROWS = 7 + 40;

  private static final Mlp DENSE =
      Cases.model(List.of(3 + 5 + NUMBERS, 4, 3), Activation.TANH, Cases.Head.values()[0]);

  private static final Mlp MODEL = DENSE.with(TABLES);
  private static final int HEAD = DENSE.layout().parameters();

  /**
   * Rows as the network takes them.
   *
   * @param rows whose features are the numbers
   */
  private record Listed(Rows rows, Features ids) implements ForwardingRows {
    @Override
    public Optional<int[]> touched() {
      return ids.touched();
    }

    @Override
    public List<RowLists> tables() {
      return ids.tables();
    }
  }

  /** The weight of each row of a table that a row of data names; rows are numbered through. */
  private static List<SortedMap<Integer, Float>> ids(int count, Random random, boolean isSingle) {
    return IntStream.range(0, count)
        .mapToObj(
            row -> {
              SortedMap<Integer, Float> named = new TreeMap<>();
              if (isSingle) {
                named.put(random.nextInt(7), 1f);
                named.put(7 + random.nextInt(40), 1f);
                return named;
              }
              for (int left = random.nextInt(5); left > 0; left--) {
                named.put(random.nextInt(ROWS), 0.1f + random.nextFloat());
              }
              return named;
            })
        .toList();
  }

  private static Listed listed(List<SortedMap<Integer, Float>> ids, Cases.ArrayRows numbers) {
    FeatureBuilder builder = FeatureBuilder.ofTable(MODEL).make("rows", ids.size(), MODEL.inputs());
    for (SortedMap<Integer, Float> row : ids) {
      row.forEach((id, weight) -> builder.put(NUMBERS + id, weight));
      builder.endRow();
    }
    return new Listed(numbers, builder.build());
  }

  /** The parameter that a row of a table begins at. */
  private static int place(int row) {
    return HEAD + (row < 7 ? row * 3 : 7 * 3 + (row - 7) * 5);
  }

  /** What a dense network is given instead. */
  private static float[] inputs(
      List<SortedMap<Integer, Float>> ids, float[] numbers, float[] parameters) {
    int width = DENSE.inputs();
    float[] inputs = new float[ids.size() * width];
    for (int row = 0; row < ids.size(); row++) {
      int start = row * width;
      ids.get(row)
          .forEach(
              (id, weight) -> {
                int to = start + (id < 7 ? 0 : 3);
                for (int k = 0; k < (id < 7 ? 3 : 5); k++) {
                  inputs[to + k] = Math.fma(weight, parameters[place(id) + k], inputs[to + k]);
                }
              });
      System.arraycopy(numbers, row * NUMBERS, inputs, start + 8, NUMBERS);
    }
    return inputs;
  }

  private static Network network(Mlp model) {
    return Network.of(model, Network.MICRO_BATCH, OptionalDouble.empty(), 1);
  }

  private static Sums sums(Mlp model, float[] parameters, Rows rows) {
    Sums sums = new Sums(parameters.length, 1);
    network(model).accumulate(parameters, rows, sums);
    return sums;
  }

  @Property(tries = 40)
  void whatTablesGiveIsInputOfADenseNetwork(
      @ForAll @IntRange(min = 1, max = 600) int count,
      @ForAll long seed,
      @ForAll boolean isSingle) {
    Random random = new Random(seed);
    List<SortedMap<Integer, Float>> ids = ids(count, random, isSingle);
    float[] parameters = Cases.parameters(MODEL, seed);
    float[] numbers = Cases.random(seed, count * NUMBERS, -1, 1);
    float[] targets = Cases.labelledRows(DENSE, count, seed).t();
    Listed rows = listed(ids, new Cases.ArrayRows(count, NUMBERS, 3, numbers, targets, true));
    float[] inputs = inputs(ids, numbers, parameters);
    Rows dense = new Cases.ArrayRows(count, DENSE.inputs(), 3, inputs, targets, true);
    float[] head = Arrays.copyOf(parameters, HEAD);

    float[] expected = new float[count * 3];
    network(DENSE).predict(head, dense, expected);
    float[] found = new float[count * 3];
    network(MODEL).predict(parameters, rows, found);
    assertArrayEquals(expected, found);
    Sums sums = sums(MODEL, parameters, rows);
    assertArrayEquals(sums(DENSE, head, dense).gradient(), Arrays.copyOf(sums.gradient(), HEAD));

    Subvector part =
        Subvector.of(MODEL.table().orElseThrow(), parameters.length, rows.touched().orElseThrow());
    float[] own = new float[part.values()];
    part.take(parameters, own);
    float[] ofPart = new float[parameters.length];
    part.put(sums(MODEL, own, rows).gradient(), ofPart);
    assertArrayEquals(sums.gradient(), ofPart);
  }

  /** By differences, in double. */
  @Property(tries = 10)
  void gradientsOfTablesAreThoseOfTheLoss(
      @ForAll @IntRange(min = 1, max = 300) int count,
      @ForAll long seed,
      @ForAll boolean isSingle) {
    Random random = new Random(seed);
    List<SortedMap<Integer, Float>> ids = ids(count, random, isSingle);
    float[] parameters = Cases.parameters(MODEL, seed);
    float[] numbers = Cases.random(seed, count * NUMBERS, -1, 1);
    float[] targets = Cases.labelledRows(DENSE, count, seed).t();
    Cases.ArrayRows data = new Cases.ArrayRows(count, NUMBERS, 3, numbers, targets, true);
    float[] found = sums(MODEL, parameters, listed(ids, data)).gradient();
    ReferenceNetwork reference = new ReferenceNetwork(DENSE);
    double[] head = Cases.toDoubles(Arrays.copyOf(parameters, HEAD));
    float[] inputs = inputs(ids, numbers, parameters);
    double step = 1e-5;
    for (int id : new int[] {random.nextInt(7), 7 + random.nextInt(40)}) {
      for (int k = 0; k < (id < 7 ? 3 : 5); k++) {
        double expected = 0;
        double size = 0;
        for (int row = 0; row < count; row++) {
          float weight = ids.get(row).getOrDefault(id, 0f);
          double[] input = Cases.toDoubles(Arrays.copyOfRange(inputs, row * 10, (row + 1) * 10));
          int at = k + (id < 7 ? 0 : 3);
          double before = input[at];
          input[at] = before + step;
          double above = reference.loss(head, input, data.target(row));
          input[at] = before - step;
          double slope = (above - reference.loss(head, input, data.target(row))) / (2 * step);
          expected += weight * slope;
          size += Math.abs(weight * slope);
        }
        assertEquals(expected, found[place(id) + k], 1e-5 * size + 1e-7);
      }
    }
  }
}
