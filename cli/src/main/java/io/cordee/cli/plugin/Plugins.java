package io.cordee.cli.plugin;

import io.cordee.cli.commandline.CommandException;
import io.cordee.common.rule.RuleCatalog;
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
import java.util.stream.Stream;

/**
 * Jars with gradient functions and rules. They are this process's own and go nowhere else: a worker
 * runs no code that a server has sent.
 */
public final class Plugins {

  /** The option that names their directory. */
  public static final String OPTION = "--plugins";

  private static final String PROPERTY = "cordee.plugins";
  private static final String VARIABLE = "CORDEE_PLUGINS";

  private Plugins() {}

  /**
   * Has the service loader find them. To be called before anything else, as rules and functions are
   * looked for once.
   *
   * @param arguments of the command line, one of which may be the option
   * @throws CommandException if there is no such directory
   */
  public static void use(String[] arguments) {
    Optional<String> given =
        given(arguments)
            .or(() -> Optional.ofNullable(System.getProperty(PROPERTY)))
            .or(() -> Optional.ofNullable(System.getenv(VARIABLE)))
            .filter(text -> !text.isEmpty());
    if (given.isEmpty()) {
      return;
    }
    Path directory = Path.of(given.get()).toAbsolutePath();
    System.setProperty(PROPERTY, directory.toString());
    ClassLoader loader = new URLClassLoader(jars(directory), Plugins.class.getClassLoader());
    Thread.currentThread().setContextClassLoader(loader);
    try {
      RuleCatalog.names();
    } catch (LinkageError e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw CommandException.failed(
          "%s %s: a rule cannot be loaded: %s".formatted(OPTION, directory, cause.getMessage()));
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

  private static URL[] jars(Path directory) {
    List<URL> jars = new ArrayList<>();
    if (!Files.isDirectory(directory)) {
      throw CommandException.wrongUse(
          "%s %s: no such directory; expected one with jars".formatted(OPTION, directory));
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*.jar")) {
      for (Path file : files) {
        jars.add(url(file));
      }
    } catch (IOException e) {
      throw CommandException.failed(
          "%s %s: cannot be read: %s".formatted(OPTION, directory, e.getMessage()));
    }
    if (jars.isEmpty()) {
      throw CommandException.wrongUse("%s %s: no jar in it".formatted(OPTION, directory));
    }
    return jars.toArray(URL[]::new);
  }

  private static URL url(Path file) {
    try {
      return file.toUri().toURL();
    } catch (MalformedURLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** What a Java process is started with to have the same ones. */
  public static Stream<String> javaOptions() {
    return Optional.ofNullable(System.getProperty(PROPERTY))
        .map(directory -> "-D" + PROPERTY + "=" + directory)
        .stream();
  }
}
