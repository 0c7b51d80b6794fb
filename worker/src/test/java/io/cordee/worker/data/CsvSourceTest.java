package io.cordee.worker.data;

import static io.cordee.worker.data.DataFiles.assertRefused;
import static io.cordee.worker.data.DataFiles.features;
import static io.cordee.worker.data.DataFiles.folder;
import static io.cordee.worker.data.DataFiles.gzip;
import static io.cordee.worker.data.DataFiles.model;
import static io.cordee.worker.data.DataFiles.targets;
import static io.cordee.worker.data.DataFiles.write;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.luben.zstd.Zstd;
import io.cordee.common.job.data.Columns;
import io.cordee.common.job.data.Preprocessing;
import io.cordee.common.job.data.SourceSpec;
import io.cordee.common.job.data.Split;
import io.cordee.common.job.data.TableEncoding;
import io.cordee.common.job.data.TableEncoding.Numbers;
import io.cordee.common.job.data.TableEncoding.Range;
import io.cordee.common.job.data.TableFormat;
import io.cordee.common.job.file.JobFile;
import io.cordee.common.model.ModelSpec;
import io.cordee.common.model.Output;
import io.cordee.worker.data.format.Input;
import io.cordee.worker.data.rows.DataException;
import io.cordee.worker.data.rows.DataSource;
import io.cordee.worker.data.rows.PartitionRows;
import io.cordee.worker.data.rows.Partitions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CsvSourceTest {

  private static final ModelSpec TWO_TO_TWO = model(2, 2, Output.SOFTMAX);
  private static final String NAMED = "width,kind,height\n1,0,2\n3,1,4\n5,1,6\n";

  @TempDir Path folder;

  private DataSource open(SourceSpec.Table spec, ModelSpec model, String text) {
    try {
      write(folder, spec.file(), text);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return DataSources.open(spec, model, folder(folder));
  }

  private static SourceSpec.Table labelled(boolean header, String label, String... classes) {
    return new SourceSpec.Table(
        "rows.csv",
        new TableFormat.Csv(header, ','),
        Optional.of(label),
        List.of(),
        List.of(),
        List.of(),
        List.of(classes),
        1,
        Optional.empty(),
        Optional.empty(),
        List.of());
  }

  private static SourceSpec.Table valued(boolean header, String... targets) {
    return new SourceSpec.Table(
        "rows.csv",
        new TableFormat.Csv(header, ','),
        Optional.empty(),
        List.of(targets),
        List.of(),
        List.of(),
        List.of(),
        1,
        Optional.empty(),
        Optional.empty(),
        List.of());
  }

  @Test
  void featuresAreAllOtherColumnsInFileOrder() {
    PartitionRows rows = open(labelled(true, "kind"), TWO_TO_TWO, NAMED).read(0, 3);
    assertArrayEquals(new float[] {1, 2, 3, 4, 5, 6}, features(rows));
    assertArrayEquals(new float[] {1, 0, 0, 1, 0, 1}, targets(rows, 2));
    assertTrue(rows.labelled());
  }

  @Test
  void aColumnMayBeGivenByIndexWithOrWithoutHeader() {
    float[] expected = {1, 2, 3, 4, 5, 6};
    String body = NAMED.substring(NAMED.indexOf('\n') + 1);
    DataSource named = open(labelled(true, "1"), TWO_TO_TWO, NAMED);
    assertEquals(3, named.rows());
    assertArrayEquals(expected, features(named.read(0, 3)));
    DataSource bare = open(labelled(false, "1"), TWO_TO_TWO, body);
    assertEquals(3, bare.rows());
    assertArrayEquals(expected, features(bare.read(0, 3)));
  }

  @Test
  void aHeadersNameComesBeforeAnIndex() {
    PartitionRows rows = open(labelled(true, "0"), TWO_TO_TWO, "2,1,0\n7,8,1\n").read(0, 1);
    assertArrayEquals(new float[] {7, 8}, features(rows));
  }

  @Test
  void severalTargetColumnsAreValuesInTheOrderOfTheJob() {
    PartitionRows rows =
        open(valued(true, "height", "width"), model(1, 2, Output.LINEAR), NAMED).read(0, 3);
    assertFalse(rows.labelled());
    assertArrayEquals(new float[] {0, 1, 1}, features(rows));
    assertArrayEquals(new float[] {2, 1, 4, 3, 6, 5}, targets(rows, 2));
  }

  @Test
  void theScaleDividesFeaturesButNotTargets() {
    SourceSpec.Table spec =
        new SourceSpec.Table(
            "rows.csv",
            new TableFormat.Csv(false, ','),
            Optional.empty(),
            List.of("2"),
            List.of(),
            List.of(),
            List.of(),
            16,
            Optional.empty(),
            Optional.empty(),
            List.of());
    PartitionRows rows = open(spec, model(2, 1, Output.LINEAR), "8,-1.5e1,3.25\n").read(0, 1);
    assertArrayEquals(new float[] {0.5f, -0.9375f}, features(rows));
    assertArrayEquals(new float[] {3.25f}, targets(rows, 1));
  }

  @Test
  void classTextsAreIndicesInTheOrderOfTheirList() {
    SourceSpec.Table spec = labelled(false, "2", "setosa", "virginica, big", "other");
    PartitionRows rows =
        open(
                spec,
                model(2, 3, Output.SOFTMAX),
                "1,2,\"virginica, big\"\n\"3\", 4 , setosa\n5,6,other\n")
            .read(0, 3);
    assertArrayEquals(new float[] {0, 1, 0, 1, 0, 0, 0, 0, 1}, targets(rows, 3));
    assertArrayEquals(new float[] {1, 2, 3, 4, 5, 6}, features(rows));
  }

  @Test
  void numericClassTextsAreComparedByValue() {
    PartitionRows rows =
        open(labelled(false, "2", "-1", "1"), TWO_TO_TWO, "0,0,+1\n0,0,-1.0\n").read(0, 2);
    assertArrayEquals(new float[] {0, 1, 1, 0}, targets(rows, 2));
  }

  @Test
  void aModelWithOneOutputHasTwoClasses() {
    PartitionRows rows =
        open(labelled(false, "2", "no", "yes"), model(2, 1, Output.SIGMOID), "0,0,yes\n0,0,no\n")
            .read(0, 2);
    assertTrue(rows.labelled());
    assertArrayEquals(new float[] {1, 0}, targets(rows, 1));
    assertRefused(
        () ->
            open(labelled(false, "2"), model(2, 1, Output.SIGMOID), "0,0,2\n0,0,0\n0,0,1\n")
                .read(0, 1),
        "from 0 to 1",
        "found '2'");
  }

  @Test
  void otherSeparatorsByteOrderMarksEmptyLinesAndWindowsLineEndsAreRead() {
    SourceSpec.Table spec =
        new SourceSpec.Table(
            "rows.csv",
            new TableFormat.Csv(true, '\t'),
            Optional.of("kind"),
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            1,
            Optional.empty(),
            Optional.empty(),
            List.of());
    DataSource source =
        open(spec, TWO_TO_TWO, "\uFEFFkind\twidth\theight\r\n\r\n1\t2\t3\r\n0\t4\t5");
    assertEquals(2, source.rows());
    assertArrayEquals(new float[] {2, 3, 4, 5}, features(source.read(0, 2)));
  }

  @Test
  void packedFilesAreReadLikeOthersWhateverTheirName() throws IOException {
    DataSource plain = open(labelled(true, "kind"), TWO_TO_TWO, NAMED);
    float[] expected = features(plain.read(1, 3));
    write(folder, "rows.csv", gzip(NAMED));
    DataSource packed = DataSources.open(labelled(true, "kind"), TWO_TO_TWO, folder(folder));
    assertEquals(3, packed.rows());
    assertArrayEquals(expected, features(packed.read(1, 3)));
    write(folder, "rows.csv", Zstd.compress(NAMED.getBytes(StandardCharsets.UTF_8)));
    DataSource zstd = DataSources.open(labelled(true, "kind"), TWO_TO_TWO, folder(folder));
    assertEquals(3, zstd.rows());
    assertArrayEquals(expected, features(zstd.read(1, 3)));
    byte[] cut = Zstd.compress(NAMED.getBytes(StandardCharsets.UTF_8));
    write(folder, "rows.csv", Arrays.copyOf(cut, cut.length - 10));
    assertRefused(
        () -> DataSources.open(labelled(true, "kind"), TWO_TO_TWO, folder(folder)).rows(),
        "rows.csv");
  }

  @Test
  void aQuotedFieldMayHoldALineBreak() {
    DataSource source =
        open(labelled(false, "2", "a\nb", "c"), TWO_TO_TWO, "1,2,\"a\nb\"\n3,4,c\n");
    assertEquals(2, source.rows());
    assertArrayEquals(new float[] {3, 4}, features(source.read(1, 2)));
  }

  @Test
  void everySliceEqualsThoseRowsOfTheWholeFile() {
    DataSource source = open(labelled(true, "kind"), TWO_TO_TWO, NAMED);
    assertArrayEquals(new float[] {3, 4}, features(source.read(1, 2)));
    assertArrayEquals(new float[] {3, 4, 5, 6}, features(source.read(1, 3)));
    assertEquals(0, source.read(3, 3).count());
    assertThrows(IndexOutOfBoundsException.class, () -> source.read(0, 4));
  }

  @ParameterizedTest
  @ValueSource(strings = {"NaN", "nan", "Infinity", "-inf", "1e39", "1f", "0x1p3", "", "x", "1,"})
  void whatIsNoFiniteNumberIsNamedWithLineAndColumn(String value) {
    String text = "width,kind,height\n1,0,2\n3,1,\"" + value + "\"\n5,1,6\n";
    DataSource source = open(labelled(true, "kind"), TWO_TO_TWO, text);
    assertRefused(
        () -> source.read(0, 3),
        folder.resolve("rows.csv") + ", line 3, column 'height'",
        "expected a finite 32-bit number; found '" + value + "'");
    assertEquals(1, source.read(2, 3).count(), "other rows stay readable");
  }

  @Test
  void theLastLineIsNumberedRightWithoutALineEnd() {
    assertRefused(
        () -> open(labelled(false, "2"), TWO_TO_TWO, "1,2,0\n1,x,0").read(0, 2),
        "line 2, column 1 (from 0)");
  }

  @Test
  void linesAreNumberedRightAfterEmptyOnes() {
    assertRefused(
        () -> open(labelled(false, "2"), TWO_TO_TWO, "1,2,0\n\n\n1,x,0\n1,2,0\n").read(0, 3),
        "line 4, column 1 (from 0)");
  }

  @Test
  void aTargetThatIsNoNumberIsNamedWithItsColumn() {
    assertRefused(
        () ->
            open(valued(true, "height"), model(2, 1, Output.LINEAR), "width,kind,height\n1,2,?\n")
                .read(0, 1),
        "line 2, column 'height'",
        "found '?'");
  }

  @Test
  void aNameInTheFirstLineSuggestsAHeader() {
    assertRefused(
        () -> open(labelled(false, "1"), TWO_TO_TWO, NAMED).read(0, 1),
        "line 1, column 0 (from 0)",
        "found 'width'",
        "header: true");
  }

  @ParameterizedTest
  @ValueSource(strings = {"2", "-1", "0.5", "yes", "NaN"})
  void aLabelThatIsNoClassIndexIsRefused(String label) {
    assertRefused(
        () ->
            open(
                    labelled(true, "kind"),
                    TWO_TO_TWO,
                    "width,kind,height\n1,0,2\n1,1,2\n1," + label + ",2\n")
                .read(0, 3),
        "line 4, column 'kind'",
        "expected a class index from 0 to 1; found '" + label + "'");
  }

  @Test
  void aLabelThatIsNoneOfTheClassesIsRefused() {
    assertRefused(
        () -> open(labelled(false, "2", "no", "yes"), TWO_TO_TWO, "1,2,maybe\n").read(0, 1),
        "line 1",
        "expected one of the classes no, yes; found 'maybe'");
  }

  @Test
  void aLabelIsTheClassOfTheSameNumberThoughAnotherNameLooksLikeIt() {
    PartitionRows rows =
        open(labelled(false, "1", " 1", "1"), model(1, 2, Output.SOFTMAX), "7,1\n7,1.0\n").all();
    assertArrayEquals(new float[] {0, 1, 0, 1}, targets(rows, 2));
  }

  @Test
  void rowsOfUnequalWidthAreRefused() {
    DataSource source = open(labelled(true, "kind"), TWO_TO_TWO, NAMED + "7,1\n8,0,9,9\n");
    assertRefused(() -> source.read(3, 4), "line 5", "expected 3 columns", "found 2");
    assertRefused(() -> source.read(4, 5), "line 6", "expected 3 columns", "found 4");
  }

  @Test
  void aWidthThatDoesNotFitTheModelIsRefusedWhenOpened() {
    assertRefused(
        () -> open(labelled(true, "kind"), model(3, 2, Output.SOFTMAX), NAMED),
        "expected 3 features per row, the model's inputs; found 2",
        "3 columns, 1 of them the label");
  }

  @Test
  void targetsThatDoNotFitTheModelAreRefusedWhenOpened() {
    assertRefused(
        () -> open(valued(true, "kind"), TWO_TO_TWO, NAMED),
        "expected 2 target columns",
        "found 1");
  }

  @Test
  void classesThatDoNotFitTheModelAreRefusedWhenOpened() {
    assertRefused(
        () -> open(labelled(true, "kind", "a", "b", "c"), TWO_TO_TWO, NAMED),
        "expected 2 classes",
        "found 3: a, b, c");
    assertRefused(
        () -> open(labelled(true, "kind", "1", "1.0"), TWO_TO_TWO, NAMED), "names '1.0' twice");
  }

  @Test
  void aColumnThatIsNotThereIsRefusedWhenOpened() {
    assertRefused(
        () -> open(labelled(true, "kid"), TWO_TO_TWO, NAMED),
        "expected the label or target column 'kid'; found width, kind, height");
    assertRefused(
        () -> open(labelled(false, "3"), TWO_TO_TWO, NAMED),
        "expected the label or target column '3'; found columns 0 to 2");
  }

  @Test
  void aColumnThatIsThereTwiceIsRefusedWhenOpened() {
    assertRefused(
        () -> open(labelled(true, "a"), TWO_TO_TWO, "a,b,a\n1,2,3\n"), "'a' is there twice");
    assertRefused(
        () -> open(valued(true, "kind", "1"), model(1, 2, Output.LINEAR), NAMED),
        "the label or target column '1' is given twice");
  }

  @Test
  void aFileWithoutRowsIsRefused() {
    assertRefused(() -> open(labelled(false, "2"), TWO_TO_TWO, ""), "rows.csv has no rows");
  }

  @ParameterizedTest
  @ValueSource(strings = {"1,\"2,0\n3,4,1\n", "\"1\"x,2,0\n3,4,1\n"})
  void aQuoteThatIsNotClosedAsItShouldBeIsRefused(String rows) {
    assertRefused(
        () -> open(labelled(false, "2"), TWO_TO_TWO, "1,2,0\n" + rows).rows(),
        "rows.csv, line 2: expected a closing quote, and a separator or a line end after it");
  }

  @Test
  void aPackedFileThatWasCutIsRefused() throws IOException {
    write(folder, "rows.csv", Arrays.copyOf(gzip(NAMED), gzip(NAMED).length - 10));
    assertRefused(
        () -> DataSources.open(labelled(true, "kind"), TWO_TO_TWO, folder(folder)).rows(),
        "rows.csv",
        ": it is cut short or damaged; copy it again");
  }

  @Test
  void aMissingFileIsRefused() {
    assertRefused(
        () -> DataSources.open(labelled(true, "kind"), TWO_TO_TWO, folder(folder)),
        "rows.csv not found");
  }

  @Test
  void aFileThatShrinksAfterItWasCountedIsRefused() throws IOException {
    DataSource source = open(labelled(true, "kind"), TWO_TO_TWO, NAMED);
    assertEquals(3, source.rows());
    write(folder, "rows.csv", "width,kind,height\n1,0,2\n");
    assertRefused(() -> source.read(0, 3), "ends after 1 rows");
  }

  @Test
  void rowsThatAreReadAreCountedAsThoseOfTheFile() throws IOException {
    String header = "width,kind,height\n";
    DataSource all = open(labelled(true, "kind"), TWO_TO_TWO, header + "1,0,2\n2,1,3\n".repeat(20));
    DataSource train = all.split(new Split(0, 0.5, 1, true, 0, 1)).train();
    assertEquals(20, train.rows());
    write(folder, "rows.csv", header + "1,0,2\n2,1,3\n".repeat(10));
    assertRefused(() -> train.read(0, 20), "ends after 20 rows");
  }

  private DataSource openUnlabelled(SourceSpec.Table spec, ModelSpec model, String text) {
    try {
      write(folder, spec.file(), text);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return DataSources.openUnlabelled(spec, model, folder(folder), Columns.UNKNOWN);
  }

  @Test
  void unlabelledRowsMayLackTheColumnThatTheHeaderWouldName() {
    DataSource source =
        openUnlabelled(labelled(true, "kind"), TWO_TO_TWO, "width,height\n1,2\n3,4\n");
    assertEquals(2, source.rows());
    PartitionRows rows = source.read(0, 2);
    assertArrayEquals(new float[] {1, 2, 3, 4}, features(rows));
    assertFalse(rows.labelled());
    assertThrows(IllegalStateException.class, () -> targets(rows, 2));
  }

  @Test
  void unlabelledRowsWithoutAHeaderHaveAsManyColumnsAsTheModelHasInputs() {
    for (String label : List.of("0", "1", "2")) {
      assertArrayEquals(
          new float[] {1, 2, 3, 4},
          features(openUnlabelled(labelled(false, label), TWO_TO_TWO, "1,2\n3,4\n").read(0, 2)));
    }
  }

  @Test
  void labelsOfRowsThatAreReadUnlabelledArePassedOverUnchecked() {
    String text = "width,kind,height\n1,?,2\n3,,4\n";
    for (String label : List.of("kind", "1")) {
      PartitionRows rows = openUnlabelled(labelled(true, label), TWO_TO_TWO, text).read(0, 2);
      assertArrayEquals(new float[] {1, 2, 3, 4}, features(rows));
      assertFalse(rows.labelled());
    }
    assertArrayEquals(
        new float[] {1, 2},
        features(openUnlabelled(labelled(false, "1"), TWO_TO_TWO, "1,?,2\n").read(0, 1)));
  }

  @Test
  void targetColumnsMayBeMissingOneByOne() {
    ModelSpec oneToTwo = model(1, 2, Output.LINEAR);
    SourceSpec.Table spec = valued(true, "height", "kind");
    for (String text : List.of("width\n1\n", "width,kind\n1,x\n", "height,width,kind\n,1,\n")) {
      assertArrayEquals(new float[] {1}, features(openUnlabelled(spec, oneToTwo, text).read(0, 1)));
    }
  }

  @Test
  void unlabelledRowsOfAnotherWidthThanTheModelsAreRefused() {
    assertRefused(
        () -> openUnlabelled(labelled(true, "kind"), TWO_TO_TWO, "width,kind\n1,0\n"),
        "expected 2 features per row",
        "found 1 (2 columns, 1 of them the label)");
    assertRefused(
        () -> openUnlabelled(labelled(false, "4"), TWO_TO_TWO, "1,2,3\n"),
        "expected 2 features per row",
        "found 3 (3 columns, 0 of them the label)");
    assertRefused(
        () -> openUnlabelled(labelled(false, "2"), TWO_TO_TWO, "1,2\n1,2,0\n").read(0, 2),
        "line 2",
        "expected 2 columns");
  }

  @Test
  void anUnlabelledRowInTheHeadersPlaceIsNotPassedOver() {
    assertRefused(
        () -> openUnlabelled(labelled(true, "kind"), TWO_TO_TWO, "5.1,3.5\n4.9,3.0\n"),
        "line 1",
        "header: true",
        "only numbers");
  }

  @Test
  void aMissingLabelIsNamedWhereItIsNeeded() {
    assertRefused(
        () -> open(labelled(true, "kind"), TWO_TO_TWO, "width,height\n1,2\n"),
        "expected the label or target column 'kind'; found width, height");
    assertRefused(
        () -> open(labelled(false, "1"), TWO_TO_TWO, "1,2\n3,4\n"),
        "expected 3 columns, the model's 2 inputs and the label; found 2: the label is missing");
    assertRefused(
        () -> open(valued(false, "1"), model(2, 1, Output.LINEAR), "1,2\n3,4\n"),
        "expected 3 columns, the model's 2 inputs and targets; found 2: targets are missing");
  }

  @Test
  void aFileWithoutRowsIsNamedOnce() {
    DataSource empty = open(labelled(true, "kind"), TWO_TO_TWO, "width,kind,height\n");
    DataException refusal =
        assertThrows(DataException.class, () -> Partitions.of(empty, 1), "no rows");
    assertEquals(empty.name() + " has no rows", refusal.getMessage());
  }

  @Test
  void aFileThatCannotBeReadIsNamedOnce() {
    DataException refusal = assertThrows(DataException.class, () -> Input.file(folder));
    assertEquals("cannot read " + folder + ": (Is a directory)", refusal.getMessage());
  }

  @Test
  void columnsAreKnownByTheHeader() {
    assertEquals(
        new Columns("width, height", ""),
        open(labelled(true, "kind"), TWO_TO_TWO, NAMED).columns(),
        "a label with a name is found wherever it is");
    assertEquals(
        new Columns("width, height", "kind"),
        open(labelled(true, "1"), TWO_TO_TWO, NAMED).columns());
    assertEquals(Columns.UNKNOWN, open(labelled(false, "1"), TWO_TO_TWO, "1,0,2\n").columns());
  }

  // ---- columns that are chosen, or known from training ----

  private static SourceSpec.Table chosen(List<String> features, List<String> ignored) {
    return new SourceSpec.Table(
        "rows.csv",
        new TableFormat.Csv(true, ','),
        Optional.of("kind"),
        List.of(),
        features,
        ignored,
        List.of(),
        1,
        Optional.empty(),
        Optional.empty(),
        List.of());
  }

  @Test
  void featuresAreInTheOrderInWhichTheJobNamesThem() {
    String text = "id,width,kind,height\nx,1,0,2\n";
    DataSource source = open(chosen(List.of("height", "1"), List.of()), TWO_TO_TWO, text);
    assertArrayEquals(new float[] {2, 1}, features(source.read(0, 1)));
    assertEquals(Columns.of(List.of("height", "width"), List.of()), source.columns());
  }

  @Test
  void ignoredColumnsMayHoldAnythingOrBeMissing() {
    SourceSpec.Table spec = chosen(List.of(), List.of("id", "note"));
    DataSource source = open(spec, TWO_TO_TWO, "id,width,kind,height\n\"x, y\",1,0,2\nz,3,1,4\n");
    assertArrayEquals(new float[] {1, 2, 3, 4}, features(source.read(0, 2)));
    assertEquals(List.of("id"), source.ignored());
    assertEquals(List.of(List.of("x, y"), List.of("z")), source.ignoredTexts());
  }

  @Test
  void chosenColumnsThatMakeNoSenseAreRefused() {
    assertRefused(
        () -> open(chosen(List.of("width", "depth"), List.of()), TWO_TO_TWO, NAMED),
        "expected the feature column 'depth'; found width, kind, height");
    assertRefused(
        () -> open(chosen(List.of("width", "0"), List.of()), TWO_TO_TWO, NAMED),
        "the feature column '0' is given twice");
    assertRefused(
        () -> open(chosen(List.of("width", "kind"), List.of()), TWO_TO_TWO, NAMED),
        "column 'kind' is given as a feature and as the label or target");
    assertRefused(
        () -> open(chosen(List.of(), List.of("kind")), TWO_TO_TWO, NAMED),
        "column 'kind' is ignored and the label or target");
    assertRefused(
        () -> open(chosen(List.of(), List.of("height")), TWO_TO_TWO, NAMED),
        "found 1 (3 columns, 1 of them the label, 1 ignored)");
  }

  private static final Columns KNOWN = Columns.of(List.of("width", "height"), List.of());

  private DataSource openKnown(
      SourceSpec.Table spec, Columns known, String text, boolean labelled) {
    try {
      write(folder, spec.file(), text);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    DataFolder files = folder(folder);
    return labelled
        ? DataSources.open(spec, TWO_TO_TWO, files, known)
        : DataSources.openUnlabelled(spec, TWO_TO_TWO, files, known);
  }

  @Test
  void columnsOfTrainingAreFoundByNameInAnyOrderAndAmongOthers() {
    String text = "extra,height,kind,width\n?,2,1,1\n";
    for (SourceSpec.Table spec :
        List.of(labelled(true, "kind"), chosen(List.of("width", "height"), List.of()))) {
      for (boolean isLabelled : new boolean[] {true, false}) {
        DataSource source = openKnown(spec, KNOWN, text, isLabelled);
        assertArrayEquals(new float[] {1, 2}, features(source.read(0, 1)));
        assertEquals(Optional.empty(), KNOWN.difference(source.columns()));
      }
    }
    PartitionRows rows = openKnown(labelled(true, "kind"), KNOWN, text, true).read(0, 1);
    assertArrayEquals(new float[] {0, 1}, targets(rows, 2));
    String bare = "height,width\n2,1\n";
    assertArrayEquals(
        new float[] {1, 2},
        features(openKnown(labelled(true, "kind"), KNOWN, bare, false).read(0, 1)));
  }

  @Test
  void columnsOfTrainingThatAreMissingAreNamed() {
    assertRefused(
        () -> openKnown(labelled(true, "kind"), KNOWN, "kind,Width,depth\n0,1,2\n", true),
        "rows.csv: expected the columns of the training rows; width, height are missing;"
            + " found kind, Width, depth");
    assertRefused(
        () -> openKnown(labelled(true, "kind"), KNOWN, "kind,width\n0,1\n", false),
        "height is missing");
    assertRefused(
        () -> openKnown(labelled(true, "kind"), KNOWN, "kind,width,width,height\n0,1,1,1\n", true),
        "found 3 (4 columns, 1 of them the label)");
  }

  /** Its index is that of another column here. */
  @Test
  void aLabelGivenByIndexIsFoundByTheNameThatItHadInTraining() {
    Columns known = Columns.of(List.of("width", "height"), List.of("kind"));
    PartitionRows rows =
        openKnown(labelled(true, "1"), known, "kind,height,width\n1,2,1\n", true).read(0, 1);
    assertArrayEquals(new float[] {1, 2}, features(rows));
    assertArrayEquals(new float[] {0, 1}, targets(rows, 2));
  }

  /** A checksum, names that are there twice, and files without a header cannot be told apart. */
  @Test
  void columnsThatAreCountedNeedTheLabelThatIsCountedToo() {
    SourceSpec.Table spec =
        new SourceSpec.Table(
            "rows.csv",
            new TableFormat.Csv(false, ','),
            Optional.of("0"),
            List.of(),
            List.of(),
            List.of("1"),
            List.of(),
            1,
            Optional.empty(),
            Optional.empty(),
            List.of());
    assertArrayEquals(
        new float[] {5, 6}, features(openUnlabelled(spec, TWO_TO_TWO, "1,x,5,6\n").read(0, 1)));
    assertRefused(
        () -> openUnlabelled(spec, TWO_TO_TWO, "x,5,6\n"),
        "without its label or targets its columns cannot be counted as the job counts them");
  }

  @Test
  void columnsThatHaveNoNamesAreTakenAsTheyStand() {
    Columns twice = Columns.of(List.of("a", "a"), List.of());
    assertArrayEquals(
        new float[] {1, 2},
        features(openKnown(labelled(true, "kind"), twice, "a,kind,a\n1,0,2\n", true).read(0, 1)));
    assertArrayEquals(
        new float[] {1, 2},
        features(openKnown(labelled(false, "1"), KNOWN, "1,0,2\n", true).read(0, 1)));
  }

  // ---- classes that are not listed ----

  private DataSource kinds(ModelSpec model, String... labels) {
    return open(labelled(true, "kind"), model, "kind,x,y\n" + rows(labels));
  }

  private static String rows(String... labels) {
    return Arrays.stream(labels).map(label -> label + ",1,2\n").collect(Collectors.joining());
  }

  @Test
  void classesAreTheLabelsThatThereAreSorted() {
    DataSource words = kinds(TWO_TO_TWO, "yes", "no", "yes", "no");
    assertArrayEquals(new float[] {0, 1, 1, 0, 0, 1, 1, 0}, targets(words.read(0, 4), 2));
    assertEquals(List.of("no", "yes"), words.columns().classNames());

    DataSource numbers = kinds(model(2, 3, Output.SOFTMAX), "10", "9", "8.5", "9.0");
    assertArrayEquals(
        new float[] {0, 0, 1, 0, 1, 0, 1, 0, 0, 0, 1, 0}, targets(numbers.read(0, 4), 3));
    assertEquals(List.of("8.5", "9", "10"), numbers.columns().classNames());

    DataSource single = kinds(model(2, 1, Output.SIGMOID), "b", "a");
    assertArrayEquals(new float[] {1, 0}, targets(single.read(0, 2), 1));
  }

  @Test
  void labelsThatAreClassIndicesNameNothing() {
    DataSource source = kinds(model(2, 3, Output.SOFTMAX), "2", "0", "2");
    assertArrayEquals(new float[] {0, 0, 1, 1, 0, 0, 0, 0, 1}, targets(source.read(0, 3), 3));
    assertEquals(List.of(), source.columns().classNames());
  }

  @Test
  void otherRowsHaveTheClassesOfTraining() throws IOException {
    Columns known = kinds(TWO_TO_TWO, "b", "a").columns();
    write(folder, "rows.csv", "kind,x,y\n" + rows("b", "b"));
    SourceSpec.Table spec = labelled(true, "kind");
    DataSource others = DataSources.open(spec, TWO_TO_TWO, folder(folder), known);
    assertArrayEquals(new float[] {0, 1, 0, 1}, targets(others.read(0, 2), 2));

    write(folder, "rows.csv", "kind,x,y\n" + rows("b", "c"));
    assertRefused(
        () -> DataSources.open(spec, TWO_TO_TWO, folder(folder), known).read(0, 2),
        "line 3, column 'kind': expected one of the classes a, b; found 'c'");
  }

  @Test
  void moreOrFewerLabelsThanClassesAreRefused() {
    assertRefused(
        () -> kinds(TWO_TO_TWO, "a", "b", "c").rows(),
        "rows.csv: expected 2 classes, since the model has 2 outputs; found 3 labels: a, b, c ('c' first occurs in row 2 (from 0))");
    assertRefused(() -> kinds(TWO_TO_TWO, "a").rows(), "found 1 label: a");
    ModelSpec value = model(2, 1, Output.LINEAR);
    String hint = " (for a regression, give targets instead of a label)";
    assertRefused(
        () -> kinds(value, "2.5", "3.5", "4.5").rows(),
        "rows.csv: expected 2 classes, since the model has 1 output; found 3 labels: 2.5, 3.5, 4.5 ('4.5' first occurs in row 2 (from 0))"
            + hint);
    assertRefused(
        () -> kinds(value, "0", "1", "2").read(0, 3),
        "line 4, column 'kind': expected a class index from 0 to 1; found '2'" + hint);
    assertRefused(
        () -> kinds(TWO_TO_TWO, "a", "", "b").read(0, 3),
        "line 3, column 'kind': expected a label; found none; data.preprocess.unlabelled: drop leaves such rows out");
    assertRefused(
        () -> kinds(TWO_TO_TWO, "0", "1", "one").read(0, 3),
        "line 4, column 'kind': expected a class index from 0 to 1; found 'one'");
  }

  // ---- preprocessing ----

  private static final Preprocessing STANDARDIZE =
      Preprocessing.scaled(Preprocessing.Scale.STANDARDIZE);
  private static final Preprocessing MINMAX = Preprocessing.scaled(Preprocessing.Scale.MINMAX);

  private static final String SIZES =
      "kind,small,large,same\n0,0.1,1000,7\n1,0.2,3000,7\n1,0.6,2000,7\n0,0.3,6000,7\n";

  private DataSource preprocessed(Preprocessing wanted, int partitions, String text) {
    DataSource raw = open(labelled(true, "kind"), model(3, 2, Output.SOFTMAX), text);
    return raw.preprocessed(wanted, Partitions.of(raw, partitions));
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 5})
  void aFileThatChangesBetweenTwoPassesIsRefused(int rows) throws IOException {
    DataSource raw = open(labelled(true, "kind"), model(3, 2, Output.SOFTMAX), SIZES);
    Partitions partitions = Partitions.of(raw, 2);
    write(folder, "rows.csv", "kind,small,large,same\n" + "0,1,1,1\n".repeat(rows));
    assertRefused(() -> raw.preprocessed(STANDARDIZE, partitions), "has it changed meanwhile?");
  }

  private static List<Range> ranges(DataSource source) {
    return source.columns().encoding().byInput().stream().map(Numbers::range).toList();
  }

  /** By hand: the means are 0.3 and 3000, the variances 0.14 / 4 and 14e6 / 4. */
  @Test
  void featuresAreStandardizedOverTheTrainingRows() {
    double small = Math.sqrt(0.035);
    double large = Math.sqrt(3.5e6);
    double[] expected = {
      -0.2 / small,
      -2000 / large,
      0, //
      -0.1 / small,
      0,
      0, //
      0.3 / small,
      -1000 / large,
      0, //
      0,
      3000 / large,
      0
    };
    for (int partitions = 1; partitions <= 4; partitions++) {
      DataSource source = preprocessed(STANDARDIZE, partitions, SIZES);
      float[] found = features(source.read(0, 4));
      for (int i = 0; i < expected.length; i++) {
        assertEquals(expected[i], found[i], 1e-6);
      }
      assertEquals(4, source.rows());
    }
  }

  @Test
  void featuresAreBroughtBetweenZeroAndOne() {
    DataSource source = preprocessed(MINMAX, 2, SIZES);
    assertArrayEquals(
        new float[] {0, 0, 0, 0.2f, 0.4f, 0, 1, 0.2f, 0, 0.4f, 1, 0},
        features(source.read(0, 4)),
        1e-6f);
    assertEquals(
        List.of(new Range(0.1, 0.5), new Range(1000, 5000), new Range(7, 1)), ranges(source));
  }

  @Test
  void valuesTooCloseTogetherToTellAreConstant() {
    DataSource source = preprocessed(STANDARDIZE, 1, "kind,a,b,c\n0,0,1,1\n1,1e-170,2,2\n");
    assertEquals(1.0, ranges(source).get(0).scale());
  }

  /** As floats the values would be equal. */
  @Test
  void valuesFarFromZeroKeepTheirDifferences() {
    DataSource source =
        preprocessed(
            STANDARDIZE,
            2,
            "kind,a,b,c\n0,1700000001,1,1\n1,1700000003,2,2\n0,1700000001,3,3\n1,1700000003,4,5\n");
    float[] found = features(source.read(0, 4));
    assertEquals(-1, found[0], 1e-6);
    assertEquals(1, found[3], 1e-6);
  }

  @Test
  void otherRowsAreScaledAsThoseOfTrainingWere() throws IOException {
    Columns known = preprocessed(MINMAX, 2, SIZES).columns();
    ModelSpec model = model(3, 2, Output.SOFTMAX);
    write(folder, "rows.csv", "same,large,small,x\n8,1000,0.6,?\n9,-1e38,0.1,?\n");

    DataSource others =
        DataSources.openUnlabelled(labelled(true, "kind"), model, folder(folder), known);

    assertArrayEquals(new float[] {1, 0, 1, 0, -2e34f, 2}, features(others.read(0, 2)), 1e-6f);
    assertRefused(
        () -> DataSources.openUnlabelled(labelled(true, "kind"), TWO_TO_TWO, folder(folder), known),
        "the model has 2 inputs, but its columns become 3");
  }

  private static final String OF_ALL_KINDS =
      "kind,color,size,weight\n0,red,1,10\n1,blue,,20\n1,red,3,?\n0,green,8,40\n";

  private DataSource encoded(int inputs, String preprocess, String text) {
    Preprocessing wanted = preprocessing(preprocess);
    try {
      write(folder, "rows.csv", text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    DataSource raw =
        DataSources.open(
                labelled(true, "kind"), model(inputs, 2, Output.SOFTMAX), folder(folder), wanted)
            .complete(wanted);
    return raw.preprocessed(wanted, Partitions.of(raw, 2));
  }

  private static Preprocessing preprocessing(String yaml) {
    return JobFile.parse(
            "model: {layers: [2, 2]}\ndata: {train: {format: csv, file: a, label: y}, preprocess: "
                + yaml
                + "}",
            "a.yaml",
            List.of())
        .data()
        .preprocessing();
  }

  /** In the order of the texts: blue, green, red. */
  @Test
  void textsBecomeOneInputEachAndMissingNumbersAreFilled() throws IOException {
    DataSource source =
        encoded(
            6,
            "{categories: [color], missing: median, columns: {weight: {missing: mean, indicator: true}}}",
            OF_ALL_KINDS);
    float mean = 70 / 3f;
    assertArrayEquals(
        new float[] {
          0, 0, 1, 1, 10, 0, //
          1, 0, 0, 3, 20, 0, //
          0, 0, 1, 3, mean, 1, //
          0, 1, 0, 8, 40, 0
        },
        features(source.read(0, 4)));
    Columns known = source.columns();
    ModelSpec model = model(6, 2, Output.SOFTMAX);
    write(folder, "rows.csv", "weight,size,color\nNA,2,red\n");
    DataSource other =
        DataSources.openUnlabelled(labelled(true, "kind"), model, folder(folder), known);
    assertArrayEquals(new float[] {0, 0, 1, 2, mean, 1}, features(other.read(0, 1)));
    write(folder, "rows.csv", "weight,size,color\n1,2,pink\n");
    assertRefused(
        () ->
            DataSources.openUnlabelled(labelled(true, "kind"), model, folder(folder), known)
                .read(0, 1),
        "rows.csv, line 2, column 'color': expected one of blue, green, red; found 'pink'",
        "unknown: other");
  }

  @Test
  void textsThatNoTrainingRowHasMayHaveAnInputOfTheirOwn() throws IOException {
    DataSource source =
        encoded(6, "{categories: [1], unknown: other, missing: mean}", OF_ALL_KINDS);
    write(folder, "rows.csv", "color,size,weight\npink,2,5\n");
    assertArrayEquals(
        new float[] {0, 0, 0, 1, 2, 5},
        features(
            DataSources.openUnlabelled(
                    labelled(true, "kind"),
                    model(6, 2, Output.SOFTMAX),
                    folder(folder),
                    source.columns())
                .read(0, 1)));
  }

  @Test
  void rowsWithoutAValueMayBeDropped() {
    DataSource source = encoded(5, "{categories: [color], missing: drop}", OF_ALL_KINDS);
    assertEquals(2, source.rows());
    assertArrayEquals(new float[] {0, 0, 1, 1, 10, 0, 1, 0, 8, 40}, features(source.read(0, 2)));
    assertRefused(
        () ->
            encoded(4, "{categories: [color], missing: drop}", "kind,color,size,weight\n0,a,,1\n"),
        "every row has a cell without a value");
  }

  /** 29 February 2024 was a Thursday. */
  @Test
  void partsOfDatesAreColumns() throws IOException {
    String rows = "kind,day\n0,2024-02-29 18:30\n1,2023/1/1\n0,2024-12-31T23:59:59.5+01:00\n";
    SourceSpec.Table spec =
        chosen(List.of("day.year", "day.month", "1.weekday", "day.hour"), List.of());
    ModelSpec model = model(4, 2, Output.SOFTMAX);
    DataSource source = open(spec, model, rows);
    float[] expected = {2024, 2, 4, 18, 2023, 1, 7, 0, 2024, 12, 2, 23};
    assertArrayEquals(expected, features(source.read(0, 3)));
    assertEquals(
        List.of("day.year", "day.month", "day.weekday", "day.hour"),
        source.columns().featureNames());
    write(folder, "rows.csv", "other,day\n1,2024-02-29\n");
    DataSource later = DataSources.openUnlabelled(spec, model, folder(folder), source.columns());
    assertArrayEquals(new float[] {2024, 2, 4, 0}, features(later.read(0, 1)));
    assertRefused(
        () -> open(spec, model, rows.replace("2023/1/1", "2023-02-30")).read(0, 3),
        "rows.csv, line 3, column 'day': expected a date, such as 2025-12-31",
        "found '2023-02-30'");
    assertRefused(
        () -> open(chosen(List.of("night.year"), List.of()), model(1, 2, Output.SOFTMAX), rows),
        "expected the feature column 'night.year'");
    // A column with that very name wins.
    assertArrayEquals(
        new float[] {5},
        features(
            open(
                    chosen(List.of("day.year"), List.of()),
                    model(1, 2, Output.SOFTMAX),
                    "kind,day,day.year\n1,2024-01-01,5\n")
                .read(0, 1)));
  }

  @Test
  void rowsWithoutALabelMayBeDropped() throws IOException {
    String rows = "kind,x\na,1\n,2\nb,3\n";
    assertArrayEquals(
        new float[] {1, 3}, features(encoded(1, "{unlabelled: drop}", rows).read(0, 2)));
    assertRefused(() -> encoded(1, "{scale: none}", rows).read(0, 3), "line 3", "expected a label");
    Preprocessing wanted = preprocessing("{unlabelled: drop, targets: standardize}");
    write(folder, "rows.csv", "kind,x\n10,1\nNA,2\n14,3\n");
    ModelSpec model = model(1, 1, Output.LINEAR);
    DataSource values =
        DataSources.open(valued(true, "kind"), model, folder(folder), wanted).complete(wanted);
    DataSource scaled = values.preprocessed(wanted, Partitions.of(values, 2));
    float[] targets = new float[2];
    scaled.read(0, 2).copyTargets(0, 2, targets);
    assertArrayEquals(new float[] {-1, 1}, targets);
    assertEquals(
        3,
        DataSources.openUnlabelled(valued(true, "kind"), model, folder(folder), scaled.columns())
            .rows());
  }

  @Test
  void missingNumbersAreRefusedUnlessTheJobSaysWhatBecomesOfThem() {
    assertRefused(
        () -> encoded(5, "{categories: [color]}", OF_ALL_KINDS.replace("?", "30")),
        "rows.csv, line 3, column 'size'",
        "expected a finite 32-bit number; found ''",
        "data.preprocess.missing");
    String two = "kind,x\n" + "0,\n".repeat(2);
    String refusal =
        assertThrows(DataException.class, () -> encoded(1, "{scale: standardize}", two))
            .getMessage();
    assertEquals(2, refusal.split("data.preprocess.missing", -1).length, "once: " + refusal);
    assertRefused(() -> encoded(4, "{missing: mean}", OF_ALL_KINDS), "found 3");
    assertRefused(
        () -> encoded(9, "{categories: [color], missing: mean}", OF_ALL_KINDS),
        "expected columns that become 9 inputs, as many as the model has; found 5 (3 columns; color 3)");
    assertRefused(
        () -> encoded(3, "{missing: mean}", "kind,color,size,weight\n0,1,,1\n1,2,,3\n"),
        "column 'size' has no value in any training row");
    assertRefused(() -> encoded(3, "{categories: [colour]}", OF_ALL_KINDS), "colour");
  }

  // ---- split ----

  /** The rows' numbers as features: 0, 1, 2, ..., of which each third is of class 1. */
  private static String numbered(int rows) {
    return "kind,x,y\n"
        + IntStream.range(0, rows)
            .mapToObj(i -> (i % 3 == 0 ? 1 : 0) + "," + i + ",0\n")
            .collect(Collectors.joining());
  }

  private static List<Integer> numbers(DataSource source) {
    float[] features = features(source.read(0, source.rows()));
    return IntStream.range(0, features.length / 2).mapToObj(i -> (int) features[2 * i]).toList();
  }

  @Test
  void everyRowIsInOnePartAndEachClassGivesItsShare() {
    DataSource all = open(labelled(true, "kind"), TWO_TO_TWO, numbered(300));
    DataSource.Parts parts = all.split(new Split(0, 0.2, 1, true, 0, 1));
    List<Integer> train = numbers(parts.train());
    List<Integer> test = numbers(parts.test().orElseThrow());
    assertEquals(60, test.size());
    assertEquals(20, test.stream().filter(row -> row % 3 == 0).count());
    assertEquals(
        IntStream.range(0, 300).boxed().toList(),
        Stream.concat(train.stream(), test.stream()).sorted().toList());
    assertEquals(train.stream().sorted().toList(), train);

    DataSource again = open(labelled(true, "kind"), TWO_TO_TWO, numbered(300));
    assertEquals(test, numbers(again.split(new Split(0, 0.2, 1, true, 0, 1)).test().orElseThrow()));
    assertNotEquals(
        test, numbers(again.split(new Split(0, 0.2, 2, true, 0, 1)).test().orElseThrow()));
    assertEquals(60, again.split(new Split(0, 0.2, 1, false, 0, 1)).test().orElseThrow().rows());
  }

  @Test
  void eachRowIsTestedOnInOneFold() {
    DataSource all = open(labelled(true, "kind"), TWO_TO_TWO, numbered(100));
    List<Integer> tested = new ArrayList<>();
    for (int fold = 1; fold <= 5; fold++) {
      DataSource.Parts parts = all.split(new Split(0.25, 0, 1, true, 5, fold));
      List<Integer> test = numbers(parts.test().orElseThrow());
      assertEquals(20, test.size());
      long ofClass1 = test.stream().filter(row -> row % 3 == 0).count();
      assertTrue(ofClass1 == 6 || ofClass1 == 7, test::toString);
      assertEquals(20, parts.validation().orElseThrow().rows());
      assertEquals(60, parts.train().rows());
      assertTrue(Collections.disjoint(test, numbers(parts.validation().orElseThrow())));
      tested.addAll(test);
    }
    Collections.sort(tested);
    assertEquals(IntStream.range(0, 100).boxed().toList(), tested);
  }

  @Test
  void aPartIsReadFromAnyRowOn() {
    DataSource all = open(labelled(true, "kind"), TWO_TO_TWO, numbered(50));
    DataSource test = all.split(new Split(0, 0.3, 7, false, 0, 1)).test().orElseThrow();
    List<Integer> whole = numbers(test);
    float[] behind = features(test.read(4, 9));
    for (int i = 0; i < 5; i++) {
      assertEquals((float) whole.get(4 + i), behind[2 * i]);
    }
    float[] targets = targets(test.read(0, test.rows()), 2);
    for (int i = 0; i < whole.size(); i++) {
      assertEquals(whole.get(i) % 3 == 0 ? 1 : 0, targets[2 * i + 1]);
    }
  }

  @Test
  void bothPartsAreScaledByWhatIsTrainedOn() {
    DataSource all = open(labelled(true, "kind"), TWO_TO_TWO, numbered(10));
    DataSource.Parts parts = all.split(new Split(0, 0.3, 1, false, 0, 1));
    List<Integer> train = numbers(parts.train());
    DataSource scaled = parts.train().preprocessed(MINMAX, Partitions.of(parts.train(), 3));
    Range range = ranges(scaled).get(0);
    assertEquals((double) train.get(0), range.shift());
    assertEquals((double) train.get(6) - train.get(0), range.scale());
    TableEncoding encoding = scaled.columns().encoding();
    assertEquals(encoding, parts.test().orElseThrow().encoded(encoding).columns().encoding());
  }

  @Test
  void aClassKeepsARowToTrainOn() {
    DataSource all =
        open(labelled(true, "kind"), TWO_TO_TWO, "kind,x,y\n0,0,0\n" + "1,1,0\n".repeat(9));
    List<Integer> train = numbers(all.split(new Split(0, 0.9, 1, true, 0, 1)).train());
    assertTrue(train.contains(0), train::toString);
    assertEquals(2, train.size());
  }

  /** So that trained rows do not become test rows when rows are added. */
  @Test
  void whichRowsAreHeldOutIsRemembered() {
    Split split = new Split(0, 0.2, 1, true, 0, 1);
    DataSource all = open(labelled(true, "kind"), TWO_TO_TWO, numbered(100));
    Columns known = all.split(split).test().orElseThrow().columns();
    assertEquals(known, all.split(split).train().columns());
    DataSource longer = open(labelled(true, "kind"), TWO_TO_TWO, numbered(110));
    String difference =
        known.difference(longer.split(split).test().orElseThrow().columns()).orElseThrow();
    assertTrue(difference.startsWith("expected 20 of 100 rows held out, checksum"), difference);
    assertEquals(Optional.empty(), known.difference(longer.columns()), "another file");
  }

  @Test
  void aSplitThatLeavesNothingIsRefused() {
    DataSource all = open(labelled(true, "kind"), TWO_TO_TWO, numbered(4));
    assertRefused(
        () -> all.split(new Split(0, 0.1, 1, false, 0, 1)),
        "rows.csv: a share of 0.1 of its 4 rows leaves none to test on");
    assertEquals(3, all.split(new Split(0, 0.9, 1, false, 0, 1)).test().orElseThrow().rows());
  }
}
