package io.cordee.bench.chaos;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChaosCommandTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--events=0",
        "--workers=0",
        "--shards=0",
        "--shards=17",
        "--shards=all",
        "--patience=0",
        "--optimizers=speed",
        "--optimizers=adam,,rprop",
        "no-such-job.yaml"
      })
  void whatCannotBeAttackedIsWrongUse(String wrong) {
    assertEquals(2, ChaosCommand.execute(wrong));
  }

  @Test
  void aFolderThatIsThereIsNotWrittenInto(@TempDir Path folder) {
    assertEquals(2, ChaosCommand.execute("--out=" + folder));
  }
}
