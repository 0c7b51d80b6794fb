package io.cordee;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.function.Layout;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class StopTest {

  private static final Path MAIN = Path.of("src/main/java/io/cordee/Stop.java");
  private static final Path THIS = Path.of("src/test/java/io/cordee/StopTest.java");

  @Test
  void theExampleOfTheDocumentationWorks() {
    Layout layout = Line.LAYOUT;
    Job job =
        Job.builder()
            .parameters(layout, new float[layout.parameters()])
            .rows(48)
            .validationRows(12)
            .stop(Stop.rounds(1000).or(Stop.patience(20)))
            .set("stop.min_delta", 0.001)
            .build();
    try (LocalTeam team = LocalTeam.of(job, 1, thread -> new Line())) {
      Result result = team.train();
      assertEquals(result.best().orElseThrow().round() + 20, result.rounds());
    }
  }

  @Test
  void theExampleOfTheDocumentationIsTheOneAbove() throws Exception {
    String javadoc = Files.readString(MAIN);
    String example = javadoc.substring(javadoc.indexOf("{@code\n") + 7, javadoc.indexOf("}</pre>"));
    assertTrue(
        Files.readString(THIS).replaceAll("\\s", "").contains(example.replaceAll("\\s|\\*", "")),
        example);
  }
}
