package io.cordee.cli.option;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.cordee.common.job.file.JobFile;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A first look at data that is slow. */
@Timeout(60)
class DataOptionTest {

  private final BlockingQueue<String> printed = new ArrayBlockingQueue<>(10);

  private <T> T reading(String file, Supplier<T> pass) {
    String job =
        """
        name: large
        model: {layers: [2, 2]}
        data: {train: {format: csv, file: %s, label: kind}}
        """
            .formatted(file);
    return DataOption.reading(
        JobFile.parse(job, "job.yaml", List.of()), Path.of("/srv/data"), printed::add, pass);
  }

  @Test
  void aPassThatTakesLongerThanASecondSaysWhatItReads() {
    assertEquals("reading large.csv in /srv/data ...", reading("large.csv", this::line));
    assertEquals("reading /mnt/large.csv ...", reading("/mnt/large.csv", this::line));
  }

  private String line() {
    try {
      return printed.take();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void aShortOneSaysNothing() throws InterruptedException {
    Thread timer = reading("small.csv", DataOptionTest::timer);
    timer.join();
    assertEquals(List.of(), List.copyOf(printed));
  }

  private static Thread timer() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals("reading"))
        .findAny()
        .orElseThrow();
  }
}
