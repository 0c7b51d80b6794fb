package io.cordee.common.file;

import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Properties;

/** Text that ships with Cordee, in its own jars and those of its libraries. */
public final class Resource {

  private Resource() {}

  /**
   * @param name from the package of a class; from the root of the class path with a slash before it
   * @throws IllegalStateException if there is none
   */
  public static String read(Class<?> beside, String name) {
    try (InputStream in = beside.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException(
            name + " is not on the class path; rebuild Cordee, and keep its lib folder complete");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A file of uPlot, the chart library. Its path holds the version, read from its jar. */
  public static String uPlot(String name) {
    Properties pom = new Properties();
    try {
      pom.load(
          new StringReader(
              read(Resource.class, "/META-INF/maven/org.webjars.npm/uplot/pom.properties")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return read(
        Resource.class,
        "/META-INF/resources/webjars/uplot/" + pom.getProperty("version") + "/" + name);
  }
}
