package io.cordee.cli.process;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;

/** Runs the packaged command as real processes, in a folder of their own. */
record Cordee(Path folder, List<String> javaOptions) {

  /** Short runs end before better code would pay off. */
  private static final List<String> QUICK_START =
      List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

  private static final Path JARS = Path.of("target").toAbsolutePath();
  private static final String CLASS_PATH = JARS + "/*:" + JARS + "/lib/*";

  static {
    ClassArchive.prepare(CLASS_PATH, QUICK_START);
  }

  Cordee {
    javaOptions =
        Stream.concat(javaOptions.stream(), ClassArchive.OPTIONS.stream()).distinct().toList();
  }

  static Cordee in(Path folder) {
    return new Cordee(folder, QUICK_START);
  }

  Cordee with(String... options) {
    return new Cordee(folder, List.of(options));
  }

  CordeeProcess start(String... arguments) {
    return startIn(Map.of(), arguments);
  }

  /** On a port that the system picks, with its run in the folder {@code run}. */
  CordeeProcess start(List<String> first, String... more) {
    return start(with(more, first.toArray(String[]::new)));
  }

  CordeeProcess server(String... more) {
    return start(with(more, "server", "--listen=127.0.0.1:0", "--out=run"));
  }

  CordeeProcess worker(String server, String name, String... more) {
    return start(with(more, "worker", "--server=" + server, "--name=" + name, "--threads=1"));
  }

  private static String[] with(String[] more, String... first) {
    return Stream.concat(Stream.of(first), Stream.of(more)).toArray(String[]::new);
  }

  /** With these environment variables besides those of this process. */
  CordeeProcess startIn(Map<String, String> environment, String... arguments) {
    try {
      Path out = Files.createTempFile(folder, "cordee-", ".out");
      Path err = Files.createTempFile(folder, "cordee-", ".err");
      ProcessBuilder builder = builder(List.of(), arguments);
      builder.environment().putAll(environment);
      builder.redirectOutput(out.toFile()).redirectError(err.toFile());
      Supervisor processes = new Supervisor(Duration.ZERO);
      Supervised process = processes.child("cordee", () -> builder).start();
      return new CordeeProcess(process, List.of(arguments), out, err);
    } catch (IOException e) {
      throw new UncheckedIOException("is the command packaged, and is this a system with env?", e);
    }
  }

  /** Standard output, and error without a file, is a pipe full of zeros that nobody reads. */
  Process startUnread(Optional<Path> errors, List<String> arguments) {
    List<String> filling = List.of("sh", "-c", "head -c 65536 /dev/zero; exec \"$@\"", "sh");
    try {
      ProcessBuilder builder = builder(filling, arguments.toArray(String[]::new));
      errors.ifPresent(file -> builder.redirectError(file.toFile()));
      return builder.redirectErrorStream(errors.isEmpty()).start();
    } catch (IOException e) {
      throw new UncheckedIOException("is the command packaged, and is this a system with sh?", e);
    }
  }

  private ProcessBuilder builder(List<String> before, String... arguments) {
    List<String> command = new ArrayList<>(before);
    // A shell that starts Maven in the background makes it and its children ignore Ctrl-C.
    command.addAll(List.of("env", "--default-signal=INT"));
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(javaOptions);
    if (Runtime.version().feature() >= 24) {
      command.add("--enable-native-access=ALL-UNNAMED");
      command.add("--sun-misc-unsafe-memory-access=allow");
    }
    command.addAll(List.of("-cp", CLASS_PATH, "io.cordee.cli.Main"));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
    builder.environment().put("CORDEE_JAVA_OPTS", String.join(" ", javaOptions));
    return builder;
  }

  Ended run(String... arguments) {
    try (CordeeProcess process = start(arguments)) {
      Ended ended = process.awaitEnd();
      process.awaitNothingLeft();
      return ended;
    }
  }

  Run train(String run, String... arguments) {
    Ended ended = run(with(arguments, "train", "--quiet", "--out", run)).expectSuccess();
    assertEquals("", ended.out() + ended.err(), "quiet training prints nothing");
    return runFolder(run);
  }

  Run runFolder(String name) {
    return new Run(folder.resolve(name));
  }

  /** One that the system gives to no connection, so that it is still free a moment later. */
  static int freePort() {
    for (int tries = 0; ; tries++) {
      int port = ThreadLocalRandom.current().nextInt(10_000, 32_768);
      try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        return socket.getLocalPort();
      } catch (IOException e) {
        if (!(e instanceof BindException) || tries > 1000) {
          throw new UncheckedIOException(e);
        }
      }
    }
  }
}
