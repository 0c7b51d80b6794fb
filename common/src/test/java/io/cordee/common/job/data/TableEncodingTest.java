package io.cordee.common.job.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.common.job.data.IdColumn.Pool;
import io.cordee.common.job.data.TableEncoding.Column;
import io.cordee.common.job.data.TableEncoding.Ids;
import io.cordee.common.job.data.TableEncoding.Numbers;
import io.cordee.common.job.data.TableEncoding.Range;
import io.cordee.common.job.data.TableEncoding.Texts;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TableEncodingTest {

  private static Numbers numbers(double shift, double scale) {
    return new Numbers(new Range(shift, scale), OptionalDouble.empty(), false);
  }

  private static TableEncoding of(Column... columns) {
    return new TableEncoding(List.of(columns), List.of());
  }

  private static final TableEncoding OF_ALL_KINDS =
      new TableEncoding(
          List.of(
              numbers(-0.5, 2),
              new Numbers(new Range(1, 1), OptionalDouble.of(7), true),
              new Texts(List.of("", "a, \"b\"", "ö"), true)),
          List.of(new Range(100, 30)));

  private static final TableEncoding OF_IDS =
      of(
          new Ids(1, new IdColumn(2, 9, 1, ", ", Pool.MEAN, true), List.of()),
          numbers(0, 1),
          new Ids(0, new IdColumn(3, 4, 2, "", Pool.SUM, false), List.of("", "ö")));

  @Test
  void itsTextIsReadToTheSameBits() {
    Random random = new Random(1);
    List<Column> columns = new ArrayList<>();
    for (int i = 0; i < 5_000; i++) {
      columns.add(
          numbers(
              random.nextGaussian() * Math.pow(10, random.nextInt(600) - 300),
              random.nextDouble() * Math.pow(10, random.nextInt(600) - 300) + 1e-320));
    }
    TableEncoding many = new TableEncoding(columns, List.of());
    assertEquals(many, TableEncoding.parse(many.toText()));
    assertEquals(OF_ALL_KINDS, TableEncoding.parse(OF_ALL_KINDS.toText()));
    assertEquals(OF_IDS, TableEncoding.parse(OF_IDS.toText()));
    assertEquals(TableEncoding.NONE, TableEncoding.parse(TableEncoding.NONE.toText()));
    assertEquals("{\"columns\":[{\"shift\":-0.5,\"scale\":2.0}]}", of(numbers(-0.5, 2)).toText());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "x",
        "[]",
        "{\"columns\": 7}",
        "{\"columns\": [7]}",
        "{\"columns\": [{}]}",
        "{\"columns\": [{\"shift\": 1}]}",
        "{\"columns\": [{\"shift\": 1, \"scale\": 0}]}",
        "{\"columns\": [{\"shift\": 1, \"scale\": -1}]}",
        "{\"columns\": [{\"shift\": \"NaN\", \"scale\": 1}]}",
        "{\"columns\": [{\"shift\": 1, \"scale\": 1e999}]}",
        "{\"columns\": [{\"shift\": 1, \"scale\": 1, \"fill\": [1, 2]}]}",
        "{\"columns\": [{\"texts\": [\"a\", \"a\"]}]}",
        "{\"columns\": [{\"texts\": [{}]}]}",
        "{\"columns\": [{\"ids\": {\"table\": 0, \"known\": []}}]}",
        "{\"columns\": [{\"ids\": {\"table\": 0, \"how\": {\"dim\": 1}, \"known\": []}}]}",
        "{\"columns\": [], \"targets\": [{\"shift\": 0}]}",
        "{\"columns\": [{\"shift\": 1, \"scale\": 1}"
      })
  void anotherTextIsRefused(String text) {
    assertThrows(IllegalArgumentException.class, () -> TableEncoding.parse(text));
  }

  @Test
  void columnsBecomeAsManyInputsAsTheyHaveToSay() {
    assertEquals(1 + 2 + 4, OF_ALL_KINDS.inputs());
    assertEquals(2 + 1 + 3, OF_IDS.inputs());
    assertEquals(List.of(0, 1), OF_IDS.ids().stream().map(Ids::table).toList());
    assertEquals("b 2, c 4", OF_ALL_KINDS.words(List.of("a", "b", "c")));
    assertEquals(7, OF_ALL_KINDS.byInput().size());
    assertEquals(
        List.of("a", "b", "b is missing", "c = ", "c = a, \"b\"", "c = ö", "c = other"),
        OF_ALL_KINDS.inputNames(List.of("a", "b", "c")));
  }

  @Test
  void outputsBecomeValuesAgain() {
    float[] outputs = {-1, 0, 0.5f};
    OF_ALL_KINDS.decode(outputs);
    assertArrayEquals(new float[] {70, 100, 115}, outputs);
  }

  @Test
  void theFirstColumnThatDiffersIsNamed() {
    Columns expected = new Columns("a, b", "").encoded(of(numbers(1, 1), numbers(2, 3)));
    Columns found = expected.encoded(of(numbers(1, 1), numbers(2, 4)));
    String difference = expected.difference(found).orElseThrow();
    assertTrue(difference.startsWith("expected column 'b' to be encoded by"), difference);
    String nameless =
        new Columns("", "").encoded(expected.encoding()).difference(found).orElseThrow();
    assertTrue(nameless.startsWith("expected feature 1 (from 0) to be encoded by"), nameless);
    assertTrue(difference.contains("3.0") && difference.contains("4.0"), difference);
    assertEquals(
        Optional.of("expected 2 columns to be encoded; found 0"),
        expected.difference(expected.encoded(TableEncoding.NONE)));
    assertEquals(Optional.empty(), expected.difference(expected));
    Columns named = expected.labelled(List.of("a", "b"));
    assertEquals(
        Optional.of("expected labels that are class indices; found the classes a, b"),
        expected.difference(named));
    assertEquals(
        Optional.of("expected the classes a, b; found labels that are class indices"),
        named.difference(expected));
  }
}
