package io.cordee.cli.process;

import io.cordee.common.model.TensorFile;
import io.cordee.function.Layout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Function processes that the packaged command has started. */
class FunctionIT extends InFolder {

  private static final Path MEMORY = Path.of("/dev/shm");

  /** One that is busy does not see that the connection has ended. */
  @Tag("slow")
  @Test
  void theyAndWhatTheyShareEndWithAWorkerThatIsKilled() throws IOException {
    Layout layout = Layout.builder().tensor("weight", 3).build();
    TensorFile.write(folder.resolve("first.safetensors"), layout, new float[3]);
    Files.writeString(
        folder.resolve("job.yaml"),
        """
        model: {parameters: first.safetensors}
        data: {train: {format: external, name: all, labels: false}}
        optimizer: rprop
        """);
    Set<Path> before = shared();
    try (CordeeProcess training =
        cordee().start("train", "--in-process", "--function=sleep 1234", "job.yaml")) {
      training.await("the function process", () -> training.look().size() >= 3);
      training.kill();
      training.awaitEnd();
      training.awaitNothingLeft();
    }
    Await.until(
        "the end of what was shared",
        Duration.ofSeconds(10),
        () -> shared().equals(before),
        () -> shared().toString());
  }

  private static Set<Path> shared() {
    try (Stream<Path> all = Files.list(MEMORY)) {
      return all.filter(it -> it.getFileName().toString().startsWith("cordee-"))
          .collect(Collectors.toSet());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
