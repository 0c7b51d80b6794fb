package io.cordee.common.text;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;

/** Which plugin's jar code is from, for messages. */
public final class Jars {

  /** The name of the class loader that plugins have. */
  public static final String LOADER = "plugins";

  private static volatile ClassLoader plugins = ClassLoader.getSystemClassLoader();

  private Jars() {}

  /** Looks for them where this loader finds them. */
  public static void use(ClassLoader loader) {
    plugins = loader;
  }

  /** What to add to a message about something thrown: the jar, if a plugin has thrown it. */
  public static String words(Throwable thrown) {
    return Stream.iterate(thrown, cause -> cause != null, Throwable::getCause)
        .flatMap(cause -> of(cause.getStackTrace()).stream())
        .findFirst()
        .map(jar -> " (in " + jar + ")")
        .orElse("");
  }

  /** That of the innermost call which is of a plugin. */
  public static Optional<String> of(StackTraceElement[] calls) {
    return Arrays.stream(calls)
        .filter(call -> LOADER.equals(call.getClassLoaderName()))
        .map(call -> plugins.getResource(call.getClassName().replace('.', '/') + ".class") + "")
        .map(file -> file.replaceFirst("^jar:file:(.*)!.*", "$1"))
        .findFirst();
  }
}
