package io.cordee.worker.data;

import static io.cordee.worker.data.DataFiles.folder;
import static io.cordee.worker.data.DataFiles.gzip;
import static io.cordee.worker.data.DataFiles.model;
import static io.cordee.worker.data.DataFiles.write;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.cordee.common.job.Job;
import io.cordee.common.job.data.SourceSpec;
import io.cordee.common.job.file.JobFile;
import io.cordee.common.model.Output;
import io.cordee.worker.data.rows.DataSource;
import io.cordee.worker.data.rows.Partitions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProgressTest {

  private static final long SECOND = 1_000_000_000;

  @TempDir Path root;

  private final List<String> told = new ArrayList<>();
  private final AtomicLong clock = new AtomicLong(5 * SECOND);
  private final Progress progress = new Progress("flights.csv", told::add, clock::get);

  private void pass(int seconds) {
    clock.addAndGet(seconds * SECOND);
  }

  @Test
  void aLineComesEveryTwoSeconds() {
    for (int second = 0; second <= 5; second++) {
      progress.tell(second + " rows counted");
      pass(1);
    }
    assertEquals(
        List.of("flights.csv after 2 s: 2 rows counted", "flights.csv after 4 s: 4 rows counted"),
        told);
  }

  @Test
  void theTimeLeftFollowsFromWhatIsDone() {
    pass(7); // reading
    progress.prepare(3);
    pass(3);
    progress.prepared(2_000_000);
    progress.prepared(2_000_000);
    pass(1);
    progress.prepared(1_000_000);
    assertEquals(
        List.of(
            "flights.csv after 10 s: 1 of 3 partitions prepared, 2 MB, 6 s to go",
            "flights.csv after 11 s: 3 of 3 partitions prepared, 5 MB, 0 s to go"),
        told);
  }

  @Test
  void nothingIsToldOfWhatTakesNoTime() {
    progress.tell("5 rows counted");
    pass(1);
    progress.prepare(1);
    progress.prepared(1_000_000);
    assertEquals(List.of(), told);
  }

  /** Of three files of the same length. */
  @Test
  void rowsAreCountedAcrossFiles() throws IOException {
    Path many = Files.createDirectory(root.resolve("many"));
    for (int file = 0; file < 3; file++) {
      write(many, file + "", "1 1:0.5\n".repeat(4096));
    }
    assertEquals(4096 * 3, libSvm("many").rows());
    assertEquals(
        List.of(
            "4,096 rows counted, 33 %", "8,192 rows counted, 66 %", "12,288 rows counted, 99 %"),
        told);
  }

  @Test
  void rowsOfACompressedFileAreCountedWithoutAShare() throws IOException {
    write(root, "packed", gzip("1 1:0.5\n".repeat(5000)));
    assertEquals(5000, libSvm("packed").rows());
    assertEquals(List.of("4,096 rows counted"), told);
  }

  private DataSource libSvm(String file) {
    DataSource rows =
        DataSources.open(
            new SourceSpec.LibSvm(file, List.of(), 1), model(1, 2, Output.SOFTMAX), folder(root));
    rows.tell(told::add);
    return rows;
  }

  @Test
  void statisticsTellOfEachPartition() throws IOException {
    write(root, "rows.csv", "x,y\n" + "1,0\n2,1\n".repeat(8));
    Job job =
        JobFile.parse(
            "model: {layers: [1, 2]}\n"
                + "data: {train: {format: csv, file: rows.csv, label: y}, preprocess: standardize}",
            "job",
            List.of());
    DataSource rows =
        DataSources.open(job.data().train(), job.model(), folder(root), job.data().preprocessing());
    rows.tell(told::add);
    rows.preprocessed(job.data().preprocessing(), Partitions.of(rows, 4));
    assertEquals(
        List.of("statistics, 25 %", "statistics, 50 %", "statistics, 75 %", "statistics, 100 %"),
        told);
  }
}
