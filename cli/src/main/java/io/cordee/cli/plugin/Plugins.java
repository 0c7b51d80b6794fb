package io.cordee.cli.plugin;

import io.cordee.cli.commandline.CommandException;
import io.cordee.cli.commandline.Errors;
import io.cordee.common.optimizer.OptimizerCatalog;
import io.cordee.common.optimizer.OptimizerProvider;
import io.cordee.common.text.Jars;
import io.cordee.worker.function.Services;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import java.util.zip.ZipException;

/**
 * Jars with gradient functions and optimizers. They are this process's own and go nowhere else: a
 * worker runs no code that a server has sent.
 */
public final class Plugins {

  /** The option that names their directory. */
  public static final String OPTION = "--plugins";

  private static final String PROPERTY = "cordee.plugins";
  private static final String VARIABLE = "CORDEE_PLUGINS";

  /** What needs none of them. */
  private static final Set<String> WITHOUT_JOBS =
      Set.of("health", "completion", "data", "gallery", "--help", "-h", "--version", "-V");

  private Plugins() {}

  /**
   * Has the service loader find them. To be called before anything else, as optimizers and
   * functions are looked for once.
   *
   * @param arguments of the command line, one of which may be the option
   * @throws CommandException if there is no such directory
   */
  public static void use(String[] arguments) {
    if (arguments.length == 0 || WITHOUT_JOBS.contains(arguments[0])) {
      return;
    }
    Optional<String> given = given(arguments);
    String source = given.isPresent() ? OPTION : VARIABLE;
    Optional<String> directory =
        given
            .or(() -> Optional.ofNullable(System.getProperty(PROPERTY)))
            .or(() -> Optional.ofNullable(System.getenv(VARIABLE)))
            .filter(text -> !text.isEmpty());
    directory.ifPresent(text -> use(Path.of(text).toAbsolutePath(), source + " " + text));
  }

  /** {@code words} are what was given, for messages. */
  private static void use(Path directory, String words) {
    System.setProperty(PROPERTY, directory.toString());
    ClassLoader loader =
        new URLClassLoader(Jars.LOADER, jars(directory, words), Plugins.class.getClassLoader());
    Thread.currentThread().setContextClassLoader(loader);
    Jars.use(loader);
    try {
      Services.of(OptimizerProvider.class, loader); // what is wrong with a jar is said by its name
      OptimizerCatalog.names();
    } catch (LinkageError | RuntimeException e) {
      Throwable why = e instanceof ExceptionInInitializerError ? e.getCause() : e;
      throw CommandException.failed(
          words + ": an optimizer cannot be loaded: " + Errors.text(why) + Jars.words(why));
    }
  }

  private static Optional<String> given(String[] arguments) {
    for (int i = 0; i < arguments.length; i++) {
      if (arguments[i].startsWith(OPTION + "=")) {
        return Optional.of(arguments[i].substring(OPTION.length() + 1));
      }
      if (arguments[i].equals(OPTION) && i + 1 < arguments.length) {
        return Optional.of(arguments[i + 1]);
      }
    }
    return Optional.empty();
  }

  private static URL[] jars(Path directory, String words) {
    List<URL> jars = new ArrayList<>();
    if (!Files.isDirectory(directory)) {
      throw CommandException.wrongUse(words + ": no such directory; expected one with jars");
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*.jar")) {
      for (Path file : files) {
        requireJar(file);
        jars.add(url(file));
      }
    } catch (IOException e) {
      throw CommandException.failed(words + ": cannot be read: " + e.getMessage());
    }
    if (jars.isEmpty()) {
      throw CommandException.wrongUse(words + ": no jar in it");
    }
    return jars.toArray(URL[]::new);
  }

  private static void requireJar(Path file) throws IOException {
    try {
      new JarFile(file.toFile()).close();
    } catch (ZipException e) {
      throw CommandException.failed(file + ": not a jar: " + e.getMessage());
    }
  }

  private static URL url(Path file) {
    try {
      return file.toUri().toURL();
    } catch (MalformedURLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The option with which another command has the same ones; nothing if it has them anyway. */
  public static Stream<String> again() {
    String everywhere = System.getenv().getOrDefault(VARIABLE, "");
    return everywhere.isEmpty()
        ? Stream.ofNullable(System.getProperty(PROPERTY)).flatMap(it -> Stream.of(OPTION, it))
        : Stream.empty();
  }

  /** What a Java process is started with to have the same ones. */
  public static Stream<String> javaOptions() {
    return Optional.ofNullable(System.getProperty(PROPERTY))
        .map(directory -> "-D" + PROPERTY + "=" + directory)
        .stream();
  }
}
