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
}
