package io.cordee.common.text;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;

/** Which plugin's jar code is from, for messages. */
public final class Jars {

  /** The name of the class loader that plugins have. */
  public static final String LOADER = "plugins";

  private Jars() {}

  /** What to add to a message about something thrown: the jar, if a plugin has thrown it. */
  public static String words(Throwable thrown) {
    ClassLoader loader = Thread.currentThread().getContextClassLoader();
    return Stream.iterate(thrown, cause -> cause != null, Throwable::getCause)
        .flatMap(cause -> of(cause.getStackTrace(), loader).stream())
        .findFirst()
        .map(jar -> " (in " + jar + ")")
        .orElse("");
  }

  /** That of the innermost call which is of a plugin. */
  public static Optional<String> of(StackTraceElement[] calls, ClassLoader loader) {
    return Arrays.stream(calls)
        .filter(call -> LOADER.equals(call.getClassLoaderName()))
        .map(call -> loader.getResource(call.getClassName().replace('.', '/') + ".class"))
        .map(file -> file == null ? LOADER : file.getPath().replaceFirst("^file:(.*)!.*", "$1"))
        .findFirst();
  }
}
