package io.cordee.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.cli.process.Ended;
import io.cordee.cli.process.InFolder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the command prints on wrong use and on failure. */
class UseTest extends InFolder {

  private static final String SMALL_JOB =
      """
      name: small
      model: {layers: [2, 2]}
      data:
        train: {format: csv, file: rows.csv, header: true, label: kind}
      partitions: 2
      optimizer: {name: gd, learning_rate: 0.1}
      stop: {rounds: 2}
      """;

  // ---- wrong use ----

  /** A command line, and parts of the one line that it prints on standard error. */
  record WrongUse(List<String> arguments, List<String> parts) {}

  private static WrongUse wrong(String arguments, String... parts) {
    return new WrongUse(List.of(arguments.split(" ")), List.of(parts));
  }

  static Stream<WrongUse> wrongUses() {
    return Stream.of(
        wrong(
            "train --wrokers 2",
            "cordee train: Unknown option",
            "'--wrokers'",
            "cordee train --help"),
        wrong("trian", "cordee: Unmatched argument", "'trian'", "cordee --help"),
        wrong("train --set optimizer.nam=adam", "optimizer.nam", "name"),
        wrong("train --set optimizer.name=adma", "optimizer", "adma", "adam"),
        wrong("train --set lr=0.1", "--set lr=0.1: unknown key; did you mean \"optimizer.lr\"?"),
        wrong("trian", "'trian'; did you mean train?"),
        wrong("rules", "'rules'; it is called optimizers now"),
        wrong("optimizers rprop node", "'node' (see cordee optimizers --help)"),
        wrong("train --rule=adam", "it is called --optimizer now"),
        wrong(
            "train --set rule=adam",
            "--set rule=adam: unknown key; it is called \"optimizer\" now"),
        wrong("optimizers Adam", "found \"Adam\"; did you mean \"adam\"?"),
        wrong(
            "trace --function well --start 1,1 --optimizer adma",
            "--optimizer adma: expected one of gd",
            "did you mean \"adam\"?"),
        wrong(
            "trace --function well --start 1,1 --optimizer adam --set lr=1 --set learning_rate=2",
            "--set lr=1: another name for learning_rate, which is given too"),
        wrong("train --set rounds", "--set rounds: expected KEY=VALUE"),
        wrong("train no-such-job.yaml", "no-such-job.yaml"),
        wrong(
            "evaluate --model m --part exam",
            "expected one of train, validation, test; found 'exam'"),
        wrong("train --workers 0", "--workers must be 1 to 256; found 0"),
        wrong("train --workers many", "--workers", "many"),
        wrong("train --threads 0", "--threads must be 1 to 4096; found 0"),
        wrong("train --data nowhere", "--data nowhere: no such folder"),
        wrong("server --listen 7311", "--listen", "expected HOST:PORT", "7311"),
        wrong("worker --server localhost", "--server", "expected HOST:PORT", "localhost"),
        wrong("worker", "--server"),
        wrong("data", "fashion-mnist", "flights", "brown", "clicks"),
        wrong("data brown --from ftp://example.org/", "--from: expected an address like http"),
        wrong("data clicks --rows 10x", "--rows must be 1 to", "as in 100k or 10M; found 10x"),
        wrong("data clicks --rows 3G", "--rows must be 1 to 2147483647", "found 3G"),
        wrong("data clicks --rows 9999999999G", "--rows must be 1 to 2147483647"),
        wrong("data clicks --ids 25", "--ids must be 26 to", "found 25"),
        wrong("data clicks --columns 0", "--columns must be 1 to 10000; found 0"),
        wrong("data clicks --format json", "--format", "csv", "json"),
        wrong(
            "data fashion-mnist --to no-such-folder --from ftp://example.org/",
            "--from: expected an address like http"),
        wrong("trace --function hill --start 1,1 --optimizer gd", "hill", "well, bowl"));
  }

  @ParameterizedTest
  @MethodSource("wrongUses")
  void wrongUseIsToldInOneLine(WrongUse use) throws IOException {
    long runs = runs();

    Ended ended = Typed.run(use.arguments());

    String line = ended.expectOneLine(2);
    for (String part : use.parts()) {
      assertTrue(line.contains(part), () -> "no \"" + part + "\" in " + ended);
    }
    assertEquals(runs, runs(), "nothing is begun");
  }

  private static long runs() throws IOException {
    Path runs = Path.of("runs");
    if (!Files.exists(runs)) {
      return 0;
    }
    try (Stream<Path> all = Files.list(runs)) {
      return all.count();
    }
  }

  @Test
  void aWrongKeyIsNamedWithFileLineAndNearestKey() throws IOException {
    write("job.yaml", SMALL_JOB.replace("learning_rate", "learning_rat"));

    Typed.run("train", path("job.yaml"))
        .expectOneLine(2, "job.yaml:6", "learning_rat", "did you mean \"learning_rate\"?");
  }

  @Test
  void severalWrongKeysGetALineEach() throws IOException {
    write("job.yaml", SMALL_JOB.replace("partitions", "partitons").replace("stop:", "halt:"));

    Ended ended = Typed.run("train", path("job.yaml"));

    ended.expect(2);
    assertEquals(2, ended.err().lines().count(), ended::toString);
    ended.expectErr("partitons", "halt");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "train",
        "server",
        "worker",
        "evaluate",
        "predict",
        "export",
        "trace",
        "gallery",
        "ui",
        "data",
        "data fashion-mnist",
        "data flights",
        "data brown",
        "data clicks",
        "health"
      })
  void helpHasAnExample(String command) {
    List<String> words = new ArrayList<>(List.of((command + " --help").strip().split(" ")));

    Ended ended = Typed.run(words).expectSuccess();

    String out = ended.out();
    int example = out.indexOf("\nExample");
    assertTrue(example > 0, out);
    assertTrue(out.indexOf(("cordee " + command).strip(), example) > 0, out);
    assertEquals("", ended.err());
  }

  // ---- runs that fail ----

  @Test
  void aDataFileThatIsMissingIsNamedWithThePlacesWhereItWasLookedFor() throws IOException {
    write("job.yaml", SMALL_JOB);

    train(path("job.yaml"), "--data=" + folder)
        .expectFailure("rows.csv", "not found", folder.toRealPath().toString(), "--data");
    train(path("job.yaml"))
        .expectFailure(
            "looked for it at " + Path.of("data/rows.csv").toAbsolutePath(),
            " and at " + folder.resolve("rows.csv").toAbsolutePath());
  }

  @Test
  void aRunThatDivergesFailsWithTheRound() {
    Ended ended = train("--set=optimizer.name=gd", "--set=optimizer.learning_rate=1e38");

    ended.expectFailure("round", "not finite");
  }

  @Test
  void aRunFolderIsNotUsedTwice() throws IOException {
    Files.createDirectory(folder.resolve("run"));
    write("run/metrics.csv", "precious");

    train().expectFailure("run holds a run already", "choose another folder");

    assertEquals("precious", read("run/metrics.csv"));
  }

  @Test
  void aFileIsNoRunFolder() throws IOException {
    write("run", "a file");

    train().expectFailure("run", "is a file, not a folder");
  }

  @Test
  void aPortThatIsTakenIsNamed() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String address = "127.0.0.1:" + taken.getLocalPort();

      Typed.run("server", "--listen=" + address, "--out=" + path("run"))
          .expectFailure("cannot listen on " + address, "in use", "give another --listen");
    }
  }

  private Ended train(String... arguments) {
    return Typed.run(List.of("train", "--in-process", "--out=" + path("run")), arguments);
  }
}
