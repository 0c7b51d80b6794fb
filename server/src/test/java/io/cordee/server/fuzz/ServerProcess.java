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

/** The test's side of a {@link FuzzedServer}. */
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

  /** Limits in bytes: {@code heap}, and {@code direct} for memory outside of it. */
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

  /** What was logged above the level of a warning; empty if nothing was. */
  String log() throws Exception {
    return ask("log");
  }

  /** {@code version} is that of the last weights. */
  record End(int version, String digest, String message) {}

  /** Ends the job if it still runs; returns how it ended. */
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
