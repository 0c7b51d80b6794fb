package io.cordee.cli.process;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The class-data sharing archive of the packaged command: a process starts with some 40 % less
 * work. Rebuilt whenever the command has been packaged; without it everything is only slower.
 */
final class ClassArchive {

  private static final Path TARGET = Path.of("target").toAbsolutePath();
  private static final Path FILE = TARGET.resolve("classes-" + Runtime.version() + ".jsa");

  /** A JVM uses it, and says nothing if it cannot. */
  static final List<String> OPTIONS = List.of("-XX:SharedArchiveFile=" + FILE, "-Xlog:disable");

  private ClassArchive() {}

  static synchronized void prepare(String classPath, List<String> javaOptions) {
    // Tests may run in several JVMs.
    try (FileChannel channel =
        FileChannel.open(
            TARGET.resolve("classes.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      channel.lock();
      if (!isFresh()) {
        make(classPath, javaOptions);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static boolean isFresh() throws IOException {
    if (!Files.exists(FILE)) {
      return false;
    }
    try (Stream<Path> jars = Files.list(TARGET)) {
      for (Path jar : jars.filter(file -> file.toString().endsWith(".jar")).toList()) {
        if (Files.getLastModifiedTime(jar).compareTo(Files.getLastModifiedTime(FILE)) > 0) {
          return false;
        }
      }
    }
    return true;
  }

  private static void make(String classPath, List<String> javaOptions)
      throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory(TARGET, "classes-");
    List<String> noting = new ArrayList<>(javaOptions);
    noting.add("-XX:DumpLoadedClassList=" + folder.resolve("%p.list"));
    run(
        folder,
        classPath,
        noting,
        "io.cordee.cli.Main train --quiet --workers=1 --set=stop.rounds=3 --out=run");
    Set<String> classes = new LinkedHashSet<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path list : files.filter(file -> file.toString().endsWith(".list")).toList()) {
        classes.addAll(Files.readAllLines(list));
      }
    }
    Files.write(folder.resolve("classes"), classes);
    List<String> dumping = new ArrayList<>(javaOptions);
    dumping.addAll(
        List.of(
            "-Xshare:dump", "-XX:SharedClassListFile=classes", "-XX:SharedArchiveFile=archive"));
    run(folder, classPath, dumping, "");
    Files.move(folder.resolve("archive"), FILE, StandardCopyOption.ATOMIC_MOVE);
    try (Stream<Path> files = Files.walk(folder)) {
      files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
    }
  }

  private static void run(Path folder, String classPath, List<String> options, String arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    command.addAll(List.of("-cp", classPath));
    command.addAll(List.of(arguments.split(" ")));
    command.removeIf(String::isEmpty);
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
    builder.environment().put("CORDEE_JAVA_OPTS", String.join(" ", options));
    Path log = TARGET.resolve("classes.log");
    int code =
        builder
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start()
            .waitFor();
    if (code != 0) {
      throw new IOException(command + " has failed; see " + log);
    }
  }
}
