package io.cordee.worker.data.table;

import static io.cordee.worker.data.DataFiles.model;
import static io.cordee.worker.data.DataFiles.write;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.common.job.data.Columns;
import io.cordee.common.job.data.SourceSpec;
import io.cordee.common.model.ModelSpec;
import io.cordee.common.model.Output;
import io.cordee.worker.data.format.Input;
import io.cordee.worker.data.rows.Partitions;
import io.cordee.worker.data.rows.Targets;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PartitionStatisticsTest {

  @TempDir Path folder;

  @Test
  void noMoreRowsAreLookedAtOnceAThreadIsOutOfMemory() throws IOException, InterruptedException {
    // More than a thread's share: the index has a row for each MiB.
    write(folder, "rows.svm", ("0 1:1 #" + " ".repeat(10_000) + "\n").repeat(400));
    ModelSpec model = model(1, 2, Output.SOFTMAX);
    TextFile file =
        TextFile.libSvm(
            new SourceSpec.LibSvm("rows.svm", List.of(), 1),
            model,
            Input.file(folder.resolve("rows.svm")),
            Wanted.TO_LEARN,
            Columns.UNKNOWN);
    file.scan((row, reader) -> {});
    AtomicInteger looks = new AtomicInteger();
    PartitionStatistics.Look look =
        (to, row, targets) -> {
          looks.incrementAndGet();
          throw new OutOfMemoryError("of a test");
        };
    PartitionStatistics statistics =
        new PartitionStatistics(
            file,
            Optional.empty(),
            new Partitions(400, 4),
            List.of(),
            rows -> new Targets.None(2),
            0);
    ForkJoinPool oneAfterTheOther = new ForkJoinPool(1);
    Future<?> all = oneAfterTheOther.submit(() -> statistics.all(look));
    assertInstanceOf(
        OutOfMemoryError.class, assertThrows(ExecutionException.class, all::get).getCause());
    oneAfterTheOther.shutdown();
    assertTrue(oneAfterTheOther.awaitTermination(1, TimeUnit.MINUTES));
    assertEquals(1, looks.get());
  }
}
