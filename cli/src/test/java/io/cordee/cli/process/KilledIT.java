package io.cordee.cli.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** A training that is killed leaves no process, and nothing that the next one does not remove. */
@Execution(ExecutionMode.CONCURRENT)
class KilledIT extends InFolder {

  @Tag("slow")
  @Test
  void serverAndWorkersEndWhenTheTrainingIsKilled() {
    String[] endless = {"train", "--set=stop.rounds=1000000", "--workers=2", "--out=run"};
    try (CordeeProcess training = cordee().start(endless)) {
      training.await("ten rounds", () -> run().measured() > 10);
      assertEquals(3, training.look().size(), training::toString);
      training.kill();

      training.awaitEnd();
      training.awaitNothingLeft();
    }
  }

  @Test
  @Tag("slow")
  void whatAKilledTrainingLeavesInTheTemporaryFolderIsRemovedByTheNextOneAndNothingElse()
      throws IOException {
    Path temporary = Files.createDirectory(folder.resolve("tmp"));
    Path others = Files.createDirectories(temporary.resolve("cordee-1.0/bin")).getParent();
    Cordee cordee =
        cordee()
            .with("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Djava.io.tmpdir=" + temporary);
    List<String> endless = List.of("train", "--set=stop.rounds=1000000", "--workers=1", "--out");
    try (CordeeProcess lives = cordee.start(endless, "first")) {
      lives.awaitOut("training digits");
      Set<Path> ofOne = cordeeFolders(temporary);
      try (CordeeProcess killed = cordee.start(endless, "second")) {
        killed.awaitOut("training digits");
        killed.kill();
        killed.awaitEnd();
        killed.awaitNothingLeft();
      }
      assertNotEquals(ofOne, cordeeFolders(temporary));
      Files.createDirectory(temporary.resolve(".cordee-1"));
      for (Path old : cordeeFolders(temporary)) {
        Files.setLastModifiedTime(old, FileTime.from(Instant.now().minusSeconds(120)));
      }
      cordee.run("train", "--set=stop.rounds=1", "--workers=1", "--out=third").expectSuccess();
      assertEquals(ofOne, cordeeFolders(temporary));
      lives.interrupt();
      lives.awaitEnd();
    }
    assertEquals(Set.of(others), cordeeFolders(temporary));
  }

  private static Set<Path> cordeeFolders(Path temporary) throws IOException {
    try (Stream<Path> all = Files.list(temporary)) {
      return all.filter(it -> it.getFileName().toString().contains("cordee-"))
          .collect(Collectors.toSet());
    }
  }
}
