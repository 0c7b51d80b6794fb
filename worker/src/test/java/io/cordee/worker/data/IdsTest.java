package io.cordee.worker.data;

import static io.cordee.worker.data.DataFiles.assertRefused;
import static io.cordee.worker.data.DataFiles.features;
import static io.cordee.worker.data.DataFiles.folder;
import static io.cordee.worker.data.DataFiles.model;
import static io.cordee.worker.data.DataFiles.write;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.cordee.common.job.data.Columns;
import io.cordee.common.job.data.DataSpec;
import io.cordee.common.job.data.IdColumn;
import io.cordee.common.job.data.IdColumn.Pool;
import io.cordee.common.job.data.Preprocessing;
import io.cordee.common.job.data.SourceSpec;
import io.cordee.common.job.data.Split;
import io.cordee.common.job.data.TableFormat;
import io.cordee.common.model.IdTable;
import io.cordee.common.model.Mlp;
import io.cordee.common.model.Output;
import io.cordee.worker.data.rows.DataSource;
import io.cordee.worker.data.rows.PartitionRows;
import io.cordee.worker.data.rows.Partitions;
import io.cordee.worker.data.table.TableCounts;
import io.cordee.worker.math.ListedFloats;
import io.cordee.worker.math.SingleIds;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IdsTest {

  private static final String TRAIN =
      "kind,town,words,x\n0,Bern,a b a,1\n1,Ulm,,2\n0,Bern,c b,3\n1,Rom,b,4\n";

  private static final IdColumn TOWN = new IdColumn(2, 2, 2, "", Pool.SUM, false);
  private static final IdColumn WORDS = new IdColumn(1, 4, 1, " ", Pool.MEAN, false);

  private static final SourceSpec.Table SPEC =
      new SourceSpec.Table(
          "rows.csv",
          new TableFormat.Csv(true, ','),
          Optional.of("kind"),
          List.of(),
          List.of(),
          List.of(),
          List.of(),
          1,
          Optional.empty(),
          Optional.empty(),
          List.of());

  @TempDir private Path folder;

  /** Words first, and then towns. */
  private static Map<String, IdColumn> ids(IdColumn words, IdColumn towns) {
    Map<String, IdColumn> ids = new LinkedHashMap<>();
    ids.put("words", words);
    ids.put("town", towns);
    return ids;
  }

  private static Mlp modelOf(Map<String, IdColumn> ids, int numbers) {
    int inputs = numbers + ids.values().stream().mapToInt(IdColumn::dim).sum();
    return ((Mlp) model(inputs, 2, Output.SOFTMAX))
        .with(
            ids.entrySet().stream()
                .map(it -> new IdTable(it.getKey(), it.getValue().rows(), it.getValue().dim()))
                .toList());
  }

  private void file(String text) {
    try {
      write(folder, SPEC.file(), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private DataSource train(String text, Map<String, IdColumn> ids) {
    file(text);
    Preprocessing wanted = Preprocessing.NONE.with(ids);
    DataSource raw = DataSources.open(SPEC, modelOf(ids, 1), folder(folder), wanted);
    return raw.preprocessed(wanted, Partitions.of(raw, 2));
  }

  /** For each row of data the weights of rows of tables, numbered through. */
  private static List<SortedMap<Integer, Float>> listed(PartitionRows rows) {
    int[] touched = rows.touched().orElseThrow();
    List<SortedMap<Integer, Float>> all = new ArrayList<>();
    for (int row = 0; row < rows.count(); row++) {
      SortedMap<Integer, Float> weights = new TreeMap<>();
      int before = 0;
      for (var table : rows.tables()) {
        if (table instanceof SingleIds single) {
          int[] singles = single.all();
          weights.put(touched[before + singles[row]], 1f);
          before += Arrays.stream(singles).max().getAsInt() + 1;
          continue;
        }
        ListedFloats lists = (ListedFloats) table;
        int[] features = lists.features().array();
        for (int p = lists.starts().get(row); p < lists.starts().get(row + 1); p++) {
          weights.put(touched[before + features[p]], lists.values().get(p));
        }
        int most = Arrays.stream(features).max().orElse(-1);
        before += most + 1;
      }
      all.add(weights);
    }
    return all;
  }

  @Test
  void idsBecomeRowsOfTablesAndOtherColumnsNumbers() {
    PartitionRows rows = train(TRAIN, ids(WORDS, TOWN)).read(0, 4);
    assertArrayEquals(new float[] {1, 2, 3, 4}, features(rows));
    // Words: row 0 of unknown ones, then a, b, c. Towns: row 4 of rare ones, then Bern.
    assertEquals(
        List.of(
            Map.of(1, 2 / 3f, 2, 1 / 3f, 5, 1f),
            Map.of(4, 1f),
            Map.of(2, 0.5f, 3, 0.5f, 5, 1f),
            Map.of(2, 1f, 4, 1f)),
        listed(rows));
    assertArrayEquals(new int[] {1, 2, 3, 4, 5}, rows.touched().orElseThrow());
    PartitionRows some = train(TRAIN, ids(WORDS, TOWN)).read(1, 2);
    assertArrayEquals(new int[] {4}, some.touched().orElseThrow());
  }

  @Test
  void anIdThatTheTrainingRowsLackTakesTheRowOfRareOnes() {
    Columns known = train(TRAIN, ids(WORDS, TOWN)).columns();
    file("words,x,kind,town\na z z,1,0,Oslo\nb,2,1,\n");
    DataSource others = DataSources.open(SPEC, modelOf(ids(WORDS, TOWN), 1), folder(folder), known);
    assertEquals(
        List.of(Map.of(0, 2 / 3f, 1, 1 / 3f, 4, 1f), Map.of(2, 1f, 4, 1f)),
        listed(others.read(0, 2)));
  }

  /** By the published XXH64 of "a" and "abc". */
  @Test
  void aHashIsThatOfTheTextAsUtf8() {
    IdColumn hashed = new IdColumn(2, 1000, 1, "", Pool.SUM, true);
    PartitionRows rows =
        train("kind,town,words,x\n0,a,w,1\n1,abc,w,2\n", ids(WORDS.withRows(2), hashed)).read(0, 2);
    assertEquals(
        List.of(
            2 + (int) Long.remainderUnsigned(0xD24EC4F1A98C6E5BL, 1000),
            2 + (int) Long.remainderUnsigned(0x44BC2CF5AD770999L, 1000)),
        listed(rows).stream().map(SortedMap::lastKey).toList());
  }

  @Test
  void rowsOfTablesAreCountedInTheTrainingRows() {
    file(TRAIN + "0,Bern,d,5\n1,Ulm,d,6\n0,Rom,e,7\n1,Rom,e,8\n");
    Map<String, IdColumn> ids = ids(WORDS.withRows(1), TOWN.withRows(1));
    Preprocessing wanted = Preprocessing.NONE.with(ids);
    Optional<Split> split = Optional.of(new Split(0, 0.5, 3, false, 0, 1));
    for (Optional<Split> part : List.of(Optional.<Split>empty(), split)) {
      DataSpec data = new DataSpec("", SPEC, Optional.empty(), Optional.empty(), part, wanted);
      TableCounts counts = DataSources.counts(SPEC, modelOf(ids, 1), folder(folder), data);
      assertEquals(1 + 1 + 2, counts.inputs());
      Map<String, IdColumn> whole =
          ids(WORDS.withRows(counts.rows().get("words")), TOWN.withRows(counts.rows().get("town")));
      DataSource raw =
          DataSources.open(SPEC, modelOf(whole, 1), folder(folder), Preprocessing.NONE.with(whole));
      DataSource train = part.map(it -> raw.split(it).train()).orElse(raw);
      train.preprocessed(Preprocessing.NONE.with(whole), Partitions.of(train, 1));
      if (part.isEmpty()) {
        assertEquals(Map.of("words", 6, "town", 4), counts.rows());
      }
    }
  }

  @Test
  void theColumnWhoseIdsTakeTooManyCharactersIsNamed() {
    StringBuilder text = new StringBuilder("kind,town,words,x\n0,Bern,a,1\n1,Bern,a,2\n");
    for (int i = 0; i < 1000; i++) {
      text.append("0,Bern,%s%d,3\n".formatted("w".repeat(600), i));
    }
    assertRefused(
        () -> train(text.toString(), ids(WORDS, TOWN)),
        "takes more than 524288 characters, column 'words' the most of all; ids take less with a larger"
            + " min_count or with hash");
  }

  @Test
  void otherNumbersOfRowsAndMissingIdsAreRefused() {
    assertRefused(
        () -> train(TRAIN, ids(WORDS, TOWN.withRows(3))),
        "expected 3 rows for the ids of town, as the job says; found 2");
    assertRefused(
        () -> train(TRAIN + "0,,a,5\n", ids(WORDS, TOWN)),
        "line 6, column 'town': expected an id; found none");
    Map<String, IdColumn> other = Map.of("city", TOWN);
    assertRefused(
        () -> train(TRAIN, other), "expected the data.ids column 'city'; found kind, town, words");
    assertRefused(
        () -> train(TRAIN, Map.of("twon", TOWN)),
        "found kind, town, words, x; did you mean 'town'?");
    Map<String, IdColumn> twice = ids(WORDS, TOWN);
    twice.put("1", TOWN);
    assertRefused(() -> train(TRAIN, twice), "to name each column once; found town, 1");
  }

  @Test
  void aColumnWhoseNameStandsTwiceIsNamedByItsIndex() {
    String text = "kind,town,town,words,x\n0,Bern,a,a,1\n1,Ulm,b,,2\n0,Bern,a,c b,3\n";
    assertRefused(
        () -> train(text, ids(WORDS, TOWN)),
        "rows.csv: column 'town' is there twice, at 1 and 2; name it by its index");
    file(text);
    Preprocessing texts =
        new Preprocessing(
            Preprocessing.NONE.usual(),
            Map.of(),
            List.of("town"),
            Preprocessing.Unknown.ERROR,
            Preprocessing.Unlabelled.ERROR,
            false,
            Map.of());
    DataSource raw = DataSources.open(SPEC, model(5, 2, Output.SOFTMAX), folder(folder), texts);
    assertRefused(
        () -> raw.preprocessed(texts, Partitions.of(raw, 2)),
        "column 'town' is there twice, at 1 and 2; name it by its index");
  }

  /** As in {@code features}. */
  @Test
  void aNameGoesBeforeAnIndex() {
    Map<String, IdColumn> ids = new LinkedHashMap<>();
    ids.put("words", WORDS);
    ids.put("3", TOWN);
    String text = TRAIN.replace("town", "3");
    assertEquals(
        listed(train(TRAIN, ids(WORDS, TOWN)).read(0, 4)), listed(train(text, ids).read(0, 4)));
  }

  @Test
  void aColumnThatIsNoFeatureIsRefusedWithTheKeyThatSaysSo() {
    file(TRAIN);
    for (var why :
        Map.of(
                "town", "features does not list; add it there, or leave it out here",
                "words", "ignore lists; leave it out of one of the two",
                "kind", "is the label or a target; leave it out here")
            .entrySet()) {
      SourceSpec.Table some =
          new SourceSpec.Table(
              SPEC.file(),
              SPEC.format(),
              SPEC.label(),
              List.of(),
              List.of("x"),
              List.of("words"),
              List.of(),
              1,
              Optional.empty(),
              Optional.empty(),
              List.of());
      Map<String, IdColumn> ids = Map.of(why.getKey(), TOWN);
      Preprocessing wanted = Preprocessing.NONE.with(ids);
      DataSource raw = DataSources.open(some, modelOf(ids, 1), folder(folder), wanted);
      assertRefused(
          () -> raw.preprocessed(wanted, Partitions.of(raw, 2)),
          "data.ids names the column '%s', which %s".formatted(why.getKey(), why.getValue()));
    }
  }
}
