package io.cordee.server.fuzz;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A {@link FuzzedServer} as the test that started it sees it. */
final class ServerProcess implements AutoCloseable {

  private static final int PATIENCE_SECONDS = 30;

  private final Process process;
  private final BufferedReader answers;
  private final PrintStream asking;
  private final List<Integer> ports;

  private ServerProcess(Process process) throws Exception {
    this.process = process;
    this.answers =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    this.asking = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
    this.ports = Arrays.stream(line().split(" ")).map(Integer::valueOf).toList();
  }

  /**
   * @param heap the most that it can have, bytes
   * @param direct the most that it can have outside the heap, bytes
   */
  static ServerProcess start(long heap, long direct, int shards, List<String> overrides)
      throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + heap,
                "-XX:MaxDirectMemorySize=" + direct,
                // Standard output is for answers alone.
                "-XX:+DisplayVMOutputToStderr",
                "-Xlog:disable",
                "-Xlog:all=warning:stderr",
                "-cp",
                System.getProperty("java.class.path"),
                FuzzedServer.class.getName(),
                String.valueOf(shards)));
    command.addAll(overrides);
    return new ServerProcess(
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start());
  }

  /** Of shard 0, and of the last one. */
  List<Integer> ports() {
    return ports;
  }

  ServerState state() throws Exception {
    return ServerState.fromLine(ask("state"));
  }

  /** What was logged that is worse than a warning; empty if there is nothing. */
  String log() throws Exception {
    return ask("log");
  }

  /**
   * How a job ended.
   *
   * @param version of the last weights
   */
  record End(int version, String digest, String message) {}

  /** Ends the job, if it is not over; how it ended. */
  End interrupt() throws Exception {
    String[] words = ask("interrupt").split(" ", 3);
    return new End(Integer.parseInt(words[0]), words[1], words[2]);
  }

  private synchronized String ask(String question) throws Exception {
    asking.println(question);
    return line();
  }

  private String line() throws Exception {
    CompletableFuture<String> line =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return answers.readLine();
              } catch (IOException e) {
                return null;
              }
            });
    String read = line.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    if (read == null) {
      throw new AssertionError("the server has ended by itself");
    }
    return read;
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }
}
