package io.cordee.spark;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A real master and real workers, each a process of its own. */
final class StandaloneCluster implements AutoCloseable {

  private static final Pattern MASTER = Pattern.compile("spark://[\\w.]+:\\d+");
  private static final Pattern REGISTERED = Pattern.compile("Successfully registered with master");
  private static final int START_SECONDS = 60;

  private final Path folder;
  private final List<Process> processes = new ArrayList<>();
  private final String master;

  /**
   * @param folder for the workers' files
   * @param workers each with one core
   * @param memory of each
   */
  StandaloneCluster(Path folder, int workers, String memory) throws Exception {
    this.folder = folder;
    try {
      master =
          start("master.Master", MASTER, "--host", "127.0.0.1", "--port", "0", "--webui-port", "0");
      for (int i = 0; i < workers; i++) {
        String own = Files.createDirectories(folder.resolve("worker-" + i)).toString();
        start(
            "worker.Worker",
            REGISTERED,
            "--host",
            "127.0.0.1",
            "--webui-port",
            "0",
            "--cores",
            "1",
            "--memory",
            memory,
            "--work-dir",
            own,
            master);
      }
    } catch (Exception e) {
      close();
      throw e;
    }
  }

  String master() {
    return master;
  }

  /** How many executors run. */
  long executors() {
    return processes.stream().skip(1).flatMap(Process::descendants).count();
  }

  /** Kills a worker's executor; Spark starts another. */
  void killExecutor(int worker) {
    processes.get(1 + worker).descendants().forEach(ProcessHandle::destroyForcibly);
  }

  /** Kills a worker with its executor, as a machine that dies would. */
  void kill(int worker) {
    Process process = processes.get(1 + worker);
    List<ProcessHandle> all = new ArrayList<>(process.descendants().toList());
    process.destroyForcibly();
    all.forEach(ProcessHandle::destroyForcibly);
  }

  private String start(String main, Pattern ready, String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx512m", "-cp", System.getProperty("java.class.path")));
    command.add("org.apache.spark.deploy." + main);
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    Process process = builder.start();
    processes.add(process);
    CompletableFuture<String> found = new CompletableFuture<>();
    Thread reader = new Thread(() -> read(process, ready, found), main);
    reader.setDaemon(true);
    reader.start();
    return found.get(START_SECONDS, TimeUnit.SECONDS);
  }

  /** To its end, so that the process is never kept waiting. */
  private static void read(Process process, Pattern ready, CompletableFuture<String> found) {
    StringBuilder all = new StringBuilder();
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        all.append(line).append('\n');
        Matcher matcher = ready.matcher(line);
        if (matcher.find()) {
          found.complete(matcher.group());
        }
      }
    } catch (IOException e) {
      all.append(e);
    }
    found.completeExceptionally(new IllegalStateException(all.toString()));
  }

  @Override
  public void close() {
    for (Process process : processes) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
    for (Process process : processes) {
      process.onExit().join();
    }
  }
}
