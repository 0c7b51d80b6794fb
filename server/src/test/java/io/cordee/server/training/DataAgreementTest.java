package io.cordee.server.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.common.job.RowCounts;
import io.cordee.common.job.data.Columns;
import io.cordee.common.job.data.TableEncoding;
import io.cordee.common.job.file.Found;
import io.cordee.common.job.file.JobFile;
import io.cordee.server.team.WorkerId;
import java.nio.LongBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class DataAgreementTest {

  private static final WorkerId ANN = new WorkerId(1, "ann");
  private static final WorkerId BOB = new WorkerId(2, "bob");
  private static final WorkerId CID = new WorkerId(3, "cid");
  private static final WorkerId DAN = new WorkerId(4, "dan");

  /** Four partitions, and four slices of the test rows. */
  private final DataAgreement data = new DataAgreement(JobFile.parse(yaml(""), "job", List.of()));

  private static String yaml(String more) {
    return String.join(
        "\n",
        "name: agreed",
        "model: {layers: [4, 2]}",
        "data:",
        "  train: {format: csv, file: train.csv, label: kind, classes: [a, b]}",
        "  test: {format: csv, file: test.csv, label: kind, classes: [a, b]}",
        more,
        "partitions: 4");
  }

  private static DataFound found(int train, Columns columns, long... sums) {
    return new DataFound(
        new RowCounts(train, 0, 6), "exact", columns, LongBuffer.wrap(sums), Integer.MAX_VALUE);
  }

  private static DataFound sums(long... sums) {
    return found(10, Columns.UNKNOWN, sums);
  }

  private DataAgreement.Vote vote(DataFound... ofEach) {
    Map<WorkerId, DataFound> reports = new LinkedHashMap<>();
    for (int i = 0; i < ofEach.length; i++) {
      reports.put(List.of(ANN, BOB, CID, DAN).get(i), ofEach[i]);
    }
    return data.vote(reports);
  }

  @Test
  void theLargerPartIsRightAndTheOthersHearWhichRowsDiffer() {
    DataAgreement.Vote vote =
        vote(
            sums(1, 2, 3, 99, 5, 6, 7, 8),
            sums(1, 2, 3, 4, 5, 6, 7, 8),
            sums(1, 2, 3, 4, 5, 6, 77, 8),
            sums(1, 2, 3, 4, 5, 6, 7, 8));
    assertEquals(
        Map.of(
            ANN,
            "its data differ from those of bob, dan: expected checksum 0000000000000004 for"
                + " partition 3 of the training rows of train.csv, which begins at row 7 of these (counting"
                + " from 0 the rows kept after the split; not a line number);"
                + " found 0000000000000063; give it the same files",
            CID,
            "its data differ from those of bob, dan: expected checksum 0000000000000007 for slice 2"
                + " of the test rows of test.csv, which begins at row 3 of these (counting from 0"
                + " the rows kept after the split; not a line number); found"
                + " 000000000000004d; give it the same files"),
        vote.refused());
    assertEquals(Optional.empty(), vote.tie());
    assertEquals(4, data.agreed().orElseThrow().sums().get(3));
    assertTrue(data.refusalByOthers(sums(1, 2, 3, 99, 5, 6, 7, 8)).isPresent(), "later, too");
    assertEquals(Optional.empty(), data.refusalByOthers(sums(1, 2, 3, 4, 5, 6, 7, 8)));
  }

  @Test
  void whereNoPartIsLargerBothAreNamed() {
    assertEquals(
        Optional.of(
            "the workers find different data, and there is no majority: ann against bob: expected 10"
                + " training and 6 test rows in train.csv and test.csv; found 11 training and 6 test"
                + " rows; give all of them the same files, pin the right ones with"
                + " data.train.sha256, or let three or more vote (--workers)"),
        vote(sums(1), found(11, Columns.UNKNOWN, 1)).tie());
    assertEquals(Optional.empty(), data.agreed());
    DataAgreement.Vote vote = vote(sums(1), found(11, Columns.UNKNOWN, 1), sums(1), sums(2));
    assertEquals(Map.of(BOB, 11, DAN, 2).keySet(), vote.refused().keySet());
  }

  @Test
  void ofTwoPartsThatAreAsLargeTheOneHoldsThatAgreedBefore() {
    vote(sums(2));
    DataAgreement.Vote vote = vote(sums(1), sums(2));
    assertEquals(List.of(ANN), vote.undecided());
    assertEquals(Optional.empty(), vote.tie());
    assertEquals(2, data.agreed().orElseThrow().sums().get(0));
    vote(sums(1), sums(2), sums(1));
    assertEquals(1, data.agreed().orElseThrow().sums().get(0));
  }

  private static Columns encoded(double shift) {
    return new Columns("age, \"height, cm\"", "")
        .encoded(
            TableEncoding.parse(
                "{\"columns\": [{\"shift\": 0, \"scale\": 1}, {\"shift\": %s, \"scale\": 2}]}"
                    .formatted(shift)));
  }

  private static DataAgreement of(String data, int partitions) {
    return new DataAgreement(
        JobFile.parse(yaml("  " + data), "job", List.of("partitions=" + partitions)));
  }

  private static void assertDiffers(String expected, DataAgreement data, DataFound found) {
    assertEquals(
        Optional.of(
            "its data differ from those of other workers: "
                + expected
                + "; give it the same files"),
        data.refusalByOthers(found));
  }

  @Test
  void aChangedCellOfAColumnThatIsScaledIsFoundByTheColumnsNameAndThePartitions() {
    DataAgreement data = of("preprocess: {scale: standardize}", 4);
    data.vote(Map.of(ANN, found(10, encoded(5.8), 1, 2, 3, 4, 5, 6, 7, 8)));
    String column =
        "expected column 'height, cm' to be encoded by {\"shift\":5.8,\"scale\":2.0}; found"
            + " {\"shift\":5.9,\"scale\":2.0}; ";
    assertDiffers(
        column
            + "partitions that differ (at most 10 are named): 0 (from training row 0), 2 (from"
            + " training row 5), 3 (from training row 7)",
        data,
        found(10, encoded(5.9), 91, 2, 93, 94, 5, 6, 7, 8));
    assertDiffers(
        column + "partitions that differ (at most 10 are named): 2 (from training row 5)",
        data,
        found(10, encoded(5.9), 1, 2, 93, 4, 5, 6, 77, 8));
  }

  @Test
  void ofManyPartitionsThatDifferTheFirstOnesAreNamed() {
    DataAgreement data = of("preprocess: {scale: standardize}", 32);
    data.vote(Map.of(ANN, found(40, encoded(5.8), LongStream.range(0, 38).toArray())));
    String why =
        data.refusalByOthers(found(40, encoded(5.9), LongStream.range(50, 88).toArray()))
            .orElseThrow();
    assertTrue(why.contains(" 8 (from training row 10), 9 (from training row 11); give"), why);
  }

  @Test
  void whereLabelsDecideWhichRowsAreHeldOutThatIsSaidOfAnotherSplit() {
    String job = yaml("  split: {test: 0.2, seed: 1}").replaceFirst("  test: .*\n", "");
    DataAgreement data = new DataAgreement(JobFile.parse(job, "job", List.of()));
    Columns columns = Columns.of(List.of("a"), List.of());
    Columns other = columns.split("6 of 16 rows held out, checksum 2");
    data.vote(Map.of(ANN, found(10, columns.split("6 of 16 rows held out, checksum 1"), 1)));
    String why =
        "; data.split draws from each class: a changed label in column 'kind' changes which rows"
            + " are held out";
    assertDiffers(
        "expected 6 of 16 rows held out, checksum 1; found 6 of 16 rows held out, checksum 2" + why,
        data,
        found(10, other, 1));
    assertDiffers(
        "expected 10 training and 6 test rows in train.csv; found 9 training and 6 test rows" + why,
        data,
        found(9, other, 1));
  }

  @Test
  void aRunThatIsResumedTakesTheRowsThatItBeganWith() {
    DataFound before = sums(1, 2, 3, 4, 5, 6, 7, 8);
    String kept = DataAgreement.words(before);
    data.expect(Found.trainedOn(kept, ""));
    assertEquals(Optional.empty(), data.refusal(before));
    String refusal = data.refusal(sums(1, 2, 3, 4, 5, 6, 7, 9)).orElseThrow();
    assertTrue(
        refusal.startsWith("its data differ from those of the run so far: expected " + kept),
        refusal);
  }

  @Test
  void whatTheJobDoesNotHaveIsRefused() {
    Columns named = new Columns("a, b", "");
    assertEquals(Optional.empty(), data.refusal(found(10, named, 1)));
    assertEquals(
        Optional.of("the job has no rows that are held out; found some"),
        data.refusal(found(10, named.split("3 of 10 rows held out"), 1)));
    assertEquals(
        Optional.of("the job has no labels that name classes; found some"),
        data.refusal(found(10, named.labelled(List.of("a", "b")), 1)));
    TableEncoding encoding = TableEncoding.parse("{\"columns\": [{\"shift\": 0, \"scale\": 1}]}");
    assertEquals(
        Optional.of("the job has no encoding; found some"),
        data.refusal(found(10, named.encoded(encoding), 1)));
    DataAgreement digits =
        new DataAgreement(
            JobFile.parse(
                "name: d\nmodel: {layers: [64, 10]}\ndata: digits",
                "job",
                List.of("partitions=4")));
    assertEquals(
        Optional.of("the job has no columns; found some"), digits.refusal(found(1437, named, 1)));
  }
}
