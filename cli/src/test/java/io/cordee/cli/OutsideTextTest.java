package io.cordee.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.cli.log.Logging;
import io.cordee.cli.process.InFolder;
import io.cordee.common.model.Activation;
import io.cordee.common.model.Init;
import io.cordee.common.model.Loss;
import io.cordee.common.model.Mlp;
import io.cordee.common.model.ModelFile;
import io.cordee.common.model.ModelSpec;
import io.cordee.common.model.Output;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;

/** Text from outside can neither control nor flood the terminal. */
class OutsideTextTest extends InFolder {

  private final StringWriter shown = new StringWriter();

  private int run(String... arguments) {
    CommandLine line = Main.commandLine();
    PrintWriter writer = new PrintWriter(shown, true);
    return line.setOut(writer).setErr(writer).execute(arguments);
  }

  private static void expectHarmless(String text) {
    assertTrue(
        text.chars().noneMatch(c -> c != '\n' && c != '\t' && Character.isISOControl(c)), text);
  }

  @Test
  void inspectShowsAModelsWordsWithoutTheirEscapes() throws IOException {
    Path file = folder.resolve("m.safetensors");
    ModelSpec model =
        new Mlp(
            List.of(1, 1),
            Activation.TANH,
            Output.LINEAR,
            Loss.SQUARED_ERROR,
            new Init(Init.Scheme.GLOROT, 0, 0),
            0);
    ModelFile.write(
        file, model, new float[2], Map.of("outcome", "\u001b[31mred\r\nfake", "k\u001by", "v"));

    assertEquals(0, run("inspect", file.toString()));

    expectHarmless(shown.toString());
    assertTrue(shown.toString().contains("  outcome   _[31mred fake\n"), shown::toString);
    assertTrue(shown.toString().contains("k_y"), shown::toString);
  }

  @ParameterizedTest
  @ValueSource(strings = {"NAME", "train NAME", "optimizers NAME", "health NAME:1", "data NAME"})
  void aNameOfFiveThousandCharactersIsCutInWhatIsSaidOfIt(String command) {
    run(command.replace("NAME", "x".repeat(5000)).split(" "));

    assertTrue(shown.toString().contains("…"), shown::toString);
    assertTrue(shown.toString().length() < 1500, shown::toString);
  }

  @Test
  void aLineOfTheLogShowsARowOfAFileWithoutItsEscapes() throws IOException {
    Path log = folder.resolve("run.log");
    Logging.toFile(log, "worker-1", Logging.Format.TEXT);
    LoggerFactory.getLogger("test")
        .error("found '{}'", "\u001b[31mx", new IOException("row \u001b[2J"));
    Logging.warningsOnly();

    String text = Files.readString(log);
    expectHarmless(text);
    assertTrue(text.contains("] found '_[31mx'\n"), text);
    assertTrue(text.contains("row _[2J\n\tat "), text);
  }
}
