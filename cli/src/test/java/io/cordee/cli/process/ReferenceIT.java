package io.cordee.cli.process;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.cordee.cli.Typed;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** {@code java reference/Reference.java} prints the digests of the real thing, round for round. */
@Tag("slow")
@Execution(ExecutionMode.CONCURRENT)
@Timeout(300)
class ReferenceIT extends InFolder {

  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

  @Test
  void theDigitsHaveTheDigestsOfATeamOfProcesses() throws Exception {
    Run run = cordee().train("digits", "--workers=3", "--threads=1");
    assertEquals(51, run.digests().size());
    assertEquals(run.digests(), reference());
  }

  @Test
  void adamHasTheDigestsOfTheExample() throws Exception {
    Run run = Typed.train(folder.resolve("adam"), ROOT + "/examples/digits-adam.yaml");
    assertEquals(151, run.digests().size());
    assertEquals(run.digests(), reference("adam"));
  }

  /** The reference alone takes 40 s, and beside other tests on a slow machine minutes. */
  @Test
  @Timeout(1800)
  void fashionMnistHasTheDigestsOfTheExample() throws Exception {
    String data = FashionMnist.folder().toString();
    Run run =
        cordee()
            .with("-XX:+UseSerialGC")
            .train(
                "fashion",
                ROOT + "/examples/fashion-mnist.yaml",
                "--data=" + data,
                "--workers=2",
                "--set=stop.rounds=10");
    assertEquals(11, run.digests().size());
    assertEquals(run.digests(), reference("fashion", data));
  }

  private List<String> reference(String... arguments) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Stream.concat(
                        Stream.of(
                            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                            "reference/Reference.java"),
                        Stream.of(arguments))
                    .toList())
            .directory(ROOT.toFile())
            .redirectError(folder.resolve("errors").toFile())
            .start();
    String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor());
    return printed.lines().map(line -> line.substring(line.lastIndexOf(' ') + 1)).toList();
  }
}
