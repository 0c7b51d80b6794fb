package io.cordee.worker.function;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.JarURLConnection;
import java.net.URL;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;

/** Services on the class path and in plugins. */
public final class Services {

  private Services() {}

  /**
   * @throws IllegalStateException if one cannot be loaded: a line that says why, and which jar
   *     lists it
   */
  public static <T> List<T> of(Class<T> service, ClassLoader loader) {
    try {
      return ServiceLoader.load(service, loader).stream().map(ServiceLoader.Provider::get).toList();
    } catch (ServiceConfigurationError e) {
      String cause = e.getCause() == null ? "" : ": " + e.getCause();
      throw new IllegalStateException(place(service, loader, e) + e.getMessage() + cause, e);
    } catch (LinkageError e) {
      throw new IllegalStateException(place(service, loader, e) + e, e);
    }
  }

  /** The jar that lists the failing service; empty if the error names it, or it is not found. */
  private static String place(Class<?> service, ClassLoader loader, Error error) {
    List<String> words = List.of(String.valueOf(error.getMessage()).split(" "));
    try {
      for (URL list :
          Collections.list(loader.getResources("META-INF/services/" + service.getName()))) {
        Optional<String> culprit =
            names(list).stream()
                .filter(name -> words.contains(name) || !isLoadable(name, loader))
                .findFirst();
        if (culprit.isPresent()) {
          return jar(list) + ": ";
        }
      }
    } catch (IOException e) {
      error.addSuppressed(e);
    }
    return "";
  }

  private static List<String> names(URL list) throws IOException {
    URLConnection connection = list.openConnection();
    connection.setUseCaches(false);
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(connection.getInputStream(), StandardCharsets.UTF_8))) {
      return lines.lines().map(line -> line.replaceFirst("#.*", "").strip()).toList();
    }
  }

  private static boolean isLoadable(String name, ClassLoader loader) {
    try {
      Class.forName(name, false, loader);
      return true;
    } catch (ClassNotFoundException | LinkageError e) {
      return name.isEmpty();
    }
  }

  private static String jar(URL list) throws IOException {
    return list.openConnection() instanceof JarURLConnection jar
        ? jar.getJarFileURL().getPath()
        : list.getPath();
  }
}
