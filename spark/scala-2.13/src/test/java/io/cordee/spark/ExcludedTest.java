package io.cordee.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSInputStream;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.spark.ExceptionFailure;
import org.apache.spark.SparkException;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Three tasks, one of which finds other rows than the others. */
@Timeout(120)
final class ExcludedTest {

  private static volatile String wrongTask = "";

  /** The local one, but for what the wrong task's worker reads. */
  public static final class Odd extends RawLocalFileSystem {

    @Override
    public URI getUri() {
      return URI.create("odd:///");
    }

    @Override
    public FSDataInputStream open(org.apache.hadoop.fs.Path file, int buffer) throws IOException {
      FSDataInputStream in = super.open(file, buffer);
      return Thread.currentThread().getName().startsWith(wrongTask)
          ? new FSDataInputStream(new Flipped(in))
          : in;
    }
  }

  /** In one of the first row's numbers, a bit is another. */
  private static final class Flipped extends FSInputStream {

    private static final int PLACE = 16;

    private final FSDataInputStream file;

    Flipped(FSDataInputStream file) {
      this.file = file;
    }

    @Override
    public int read() throws IOException {
      long at = file.getPos();
      int read = file.read();
      return at == PLACE ? read ^ 1 : read;
    }

    @Override
    public void seek(long to) throws IOException {
      file.seek(to);
    }

    @Override
    public long getPos() throws IOException {
      return file.getPos();
    }

    @Override
    public boolean seekToNewSource(long target) {
      return false;
    }
  }

  @Test
  void aTaskThatIsExcludedFailsWithTheReasonAndSoDoesTheFit(@TempDir Path folder) throws Exception {
    List<String> failures = new CopyOnWriteArrayList<>();
    try (SparkSession spark =
        SparkSession.builder()
            .master("local[3, 2]")
            .config("spark.ui.enabled", "false")
            .config("spark.hadoop.fs.odd.impl", Odd.class.getName())
            .getOrCreate()) {
      spark
          .sparkContext()
          .addSparkListener(
              new SparkListener() {
                @Override
                public void onTaskEnd(SparkListenerTaskEnd end) {
                  if (end.reason() instanceof ExceptionFailure failure) {
                    failures.add(failure.description());
                  }
                }
              });
      var classifier =
          new CordeeClassifier()
              .setLayers(new int[] {6, 8, 3})
              .setRounds(30)
              .setWorkers(3)
              .setStagingDir("odd://" + folder);
      var rows = Frames.of(spark, Frames.clouds(600, 1));
      wrongTask = "nobody";
      assertEquals(31, classifier.fit(rows).objectiveHistory().length);
      wrongTask = "cordee-task-2-";
      var e = assertThrows(SparkException.class, () -> classifier.setRounds(1_000_000).fit(rows));
      String reason = "its data differ from those of ";
      assertTrue(e.getMessage().contains(reason), e.getMessage());
      assertEquals(List.of(true, true), failures.stream().map(f -> f.contains(reason)).toList());
    }
  }
}
