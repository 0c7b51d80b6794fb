package io.cordee.common.job;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.cordee.common.job.file.JobFile;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PartlyHeldTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "500; {dim: 16, hash: 250}; false",
        "500; {dim: 16, hash: 251}; true",
        "full; {dim: 16, hash: 250}; true",
        "500; {dim: 16, hash: 4000, split: ' '}; false",
        "500; {dim: 16, hash: 4001, split: ' '}; true",
        "500000; {dim: 16, hash: 32768}; false",
        "500000; {dim: 16, hash: 32769}; true",
        "500; {dim: 16, hash: 250}, b: {dim: 1, hash: 251}; true",
      })
  void smallTablesThatBatchesTouchAreHeldWhole(String batch, String ids, boolean isPartly) {
    String text =
        """
        model: {layers: [%d, 1], output: sigmoid}
        data:
          train: {format: csv, file: a.csv, label: y, classes: [n, y]}
          ids: {a: %s}
        optimizer: adam
        partitions: 8
        batch: %s
        stop: {rounds: 1}
        """
            .formatted(ids.contains("b:") ? 17 : 16, ids, batch);
    assertEquals(isPartly, JobFile.parse(text, "job", List.of()).partlyHeld().isPresent());
  }
}
