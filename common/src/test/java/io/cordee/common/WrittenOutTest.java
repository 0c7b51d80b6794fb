package io.cordee.common;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.common.job.Regularization;
import io.cordee.common.job.RowCounts;
import io.cordee.common.job.data.Columns;
import io.cordee.common.job.data.IdColumn;
import io.cordee.common.job.data.Preprocessing;
import io.cordee.common.job.data.TableEncoding;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

/** What is written out over all components of a record leaves none of them out. */
class WrittenOutTest {

  /** The first, each time with one component of the second. */
  private static <T extends Record> List<T> variants(T first, T second) throws Exception {
    RecordComponent[] components = first.getClass().getRecordComponents();
    Class<?>[] types = new Class<?>[components.length];
    for (int i = 0; i < types.length; i++) {
      types[i] = components[i].getType();
    }
    var constructor = first.getClass().getDeclaredConstructor(types);
    List<T> variants = new ArrayList<>();
    for (int varied = -1; varied < types.length; varied++) {
      Object[] values = new Object[types.length];
      for (int i = 0; i < types.length; i++) {
        values[i] = components[i].getAccessor().invoke(i == varied ? second : first);
      }
      @SuppressWarnings("unchecked")
      T variant = (T) constructor.newInstance(values);
      variants.add(variant);
    }
    return variants;
  }

  @Test
  void equalsSeesEveryComponent() throws Exception {
    RowCounts first = new RowCounts(1, 2, 3);
    List<RowCounts> variants = variants(first, new RowCounts(4, 5, 6));
    assertEquals(first, variants.get(0));
    assertEquals(first.hashCode(), variants.remove(0).hashCode());
    variants.forEach(it -> assertNotEquals(first, it));
  }

  @Test
  void noneAndNothingSeeEveryComponent() throws Exception {
    List<Preprocessing> tables =
        variants(
            Preprocessing.NONE,
            new Preprocessing(
                Preprocessing.scaled(Preprocessing.Scale.MINMAX).usual(),
                Map.of("a", Preprocessing.scaled(Preprocessing.Scale.MINMAX).usual()),
                List.of("b"),
                Preprocessing.Unknown.OTHER,
                Preprocessing.Unlabelled.DROP,
                true,
                Map.of("c", new IdColumn(1, 2, 1, "", IdColumn.Pool.SUM, false))));
    assertTrue(tables.remove(0).isNone());
    tables.forEach(it -> assertFalse(it.isNone(), it::toString));

    Preprocessing.Column usual = Preprocessing.NONE.usual();
    List<Preprocessing.Column> unusual =
        variants(
            usual,
            new Preprocessing.Column(
                Optional.of(Preprocessing.Scale.MINMAX),
                Optional.of(Preprocessing.Missing.MEAN),
                Optional.of(true)));
    assertEquals(usual, unusual.remove(0));
    for (Preprocessing.Column each : unusual) {
      Preprocessing table =
          new Preprocessing(
              each,
              Map.of(),
              List.of(),
              Preprocessing.Unknown.ERROR,
              Preprocessing.Unlabelled.ERROR,
              false,
              Map.of());
      assertFalse(table.isNone(), table::toString);
    }

    List<TableEncoding> encodings =
        variants(
            TableEncoding.NONE,
            new TableEncoding(
                List.of(new TableEncoding.Texts(List.of("a"), false)),
                List.of(TableEncoding.Range.UNIT)));
    assertTrue(encodings.remove(0).isNone());
    encodings.forEach(it -> assertFalse(it.isNone(), it::toString));

    List<Regularization> kinds =
        variants(Regularization.NONE, new Regularization(0.1, 0.1, true, List.of(1.0)));
    assertTrue(kinds.remove(0).isNone());
    kinds.forEach(it -> assertFalse(it.isNone(), it::toString));

    List<Columns> columns =
        variants(
            Columns.UNKNOWN,
            new Columns(
                "a",
                "b",
                new TableEncoding(List.of(), List.of(TableEncoding.Range.UNIT)),
                "c",
                "d"));
    assertTrue(columns.remove(0).areNothing());
    columns.forEach(it -> assertFalse(it.areNothing(), it::toString));
  }

  private static void assertDifferent(List<? extends TableEncoding.Column> variants) {
    for (TableEncoding.Column variant : variants) {
      Optional<String> difference =
          columns(variants.get(0), List.of()).difference(columns(variant, List.of()));
      assertEquals(variant != variants.get(0), difference.isPresent(), variant::toString);
    }
  }

  private static Columns columns(TableEncoding.Column column, List<TableEncoding.Range> targets) {
    return Columns.UNKNOWN.encoded(new TableEncoding(List.of(column), targets));
  }

  @Test
  void columnsDifferInEveryComponent() throws Exception {
    TableEncoding.Range range = new TableEncoding.Range(0.0, 1);
    List<TableEncoding.Range> ranges = variants(range, new TableEncoding.Range(-0.0, 2));
    TableEncoding.Numbers numbers = new TableEncoding.Numbers(range, OptionalDouble.empty(), false);
    assertDifferent(
        variants(numbers, new TableEncoding.Numbers(ranges.get(1), OptionalDouble.of(0), true)));
    assertDifferent(
        variants(numbers, new TableEncoding.Numbers(ranges.get(2), OptionalDouble.of(0), true)));
    assertDifferent(
        variants(
            new TableEncoding.Texts(List.of("a"), false),
            new TableEncoding.Texts(List.of("b"), true)));
    assertDifferent(List.of(numbers, new TableEncoding.Texts(List.of("a"), false)));
    for (TableEncoding.Range other : ranges) {
      assertEquals(
          !other.equals(range),
          columns(numbers, List.of(range))
              .difference(columns(numbers, List.of(other)))
              .isPresent());
    }
    assertTrue(columns(numbers, List.of()).difference(columns(numbers, ranges)).isPresent());
  }
}
