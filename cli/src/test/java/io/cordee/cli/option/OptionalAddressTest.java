package io.cordee.cli.option;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.cordee.cli.commandline.CommandLines;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

class OptionalAddressTest {

  @CommandLine.Command
  static final class Shown {
    @Mixin ViewOptions view;

    @Parameters(arity = "0..1")
    Optional<String> file = Optional.empty();
  }

  private static Shown parse(String... arguments) {
    Shown command = new Shown();
    CommandLines.of(command).parseArgs(arguments);
    return command;
  }

  @Test
  void whatFollowsIsAnAddressOnlyIfItLooksLikeOne() {
    assertEquals(List.of("--ui=127.0.0.1:7312"), parse("--ui").view.arguments());
    assertEquals(
        List.of("--ui=127.0.0.1:7312"),
        parse("--ui", "--metrics", "localhost:1").view.arguments().subList(0, 1));
    Shown withFile = parse("--ui", "examples/digits.yaml");
    assertEquals(List.of("--ui=127.0.0.1:7312"), withFile.view.arguments());
    assertEquals(Optional.of("examples/digits.yaml"), withFile.file);
    Shown withBoth = parse("--ui", "localhost:99", "job.yaml");
    assertEquals(List.of("--ui=localhost:99"), withBoth.view.arguments());
    assertEquals(Optional.of("job.yaml"), withBoth.file);
    assertEquals(List.of("--ui=[::1]:0"), parse("--ui=[::1]:0").view.arguments());
  }

  @Test
  void whatIsMeantToBeAnAddressHasToBeOne() {
    assertThrows(CommandLine.ParameterException.class, () -> parse("--ui=job.yaml"));
    assertThrows(CommandLine.ParameterException.class, () -> parse("--ui", "localhost:http"));
  }
}
