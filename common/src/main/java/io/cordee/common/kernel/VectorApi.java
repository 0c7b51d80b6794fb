package io.cordee.common.kernel;

import java.util.Optional;

/** Whether to compute by Java's Vector API, the module jdk.incubator.vector. */
public final class VectorApi {

  /** Names another choice than plain loops first and vectors later, for a test. */
  private static final String PROPERTY = "cordee.kernels";

  private static final String CHOICE = System.getProperty(PROPERTY, "");
  private static final Optional<String> OBSTACLE = findObstacle();

  private VectorApi() {}

  /** Why it cannot be used, or is not to be; empty where it can. */
  public static Optional<String> obstacle() {
    return OBSTACLE;
  }

  /** Whether no plain loops come first. */
  static boolean isUsedAtOnce() {
    return CHOICE.equals("vectors");
  }

  private static Optional<String> findObstacle() {
    if (CHOICE.equals("plain")) {
      return Optional.of("as requested with -D" + PROPERTY);
    }
    if (VmOption.value("TieredStopAtLevel").filter(level -> !level.equals("4")).isPresent()) {
      return Optional.of("this Java runs without its second compiler: slow");
    }
    Optional<Module> vectors = ModuleLayer.boot().findModule("jdk.incubator.vector");
    if (vectors.isEmpty()) {
      return Optional.of("several times faster with java --add-modules jdk.incubator.vector");
    }
    // A class path reads every module by itself; the library as a module does not.
    VectorApi.class.getModule().addReads(vectors.get());
    try {
      Lanes.species();
      return Optional.empty();
    } catch (LinkageError e) {
      return Optional.of("this Java's Vector API is unusable: " + e);
    }
  }
}
