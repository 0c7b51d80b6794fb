package io.cordee.common.kernel;

import java.util.Optional;

/** The choice to compute by Java's Vector API, the module jdk.incubator.vector. */
public final class VectorApi {

  /** Names another choice than plain loops first and vectors later, for a test. */
  private static final String PROPERTY = "cordee.kernels";

  private static final String MODULE = "jdk.incubator.vector";
  private static final String CHOICE = System.getProperty(PROPERTY, "");
  private static final Optional<String> OBSTACLE = findObstacle();

  private VectorApi() {}

  /** Why it cannot be used, or is not to be; empty where it can. */
  public static Optional<String> obstacle() {
    return OBSTACLE;
  }

  /** Returns whether no plain loops come first. */
  static boolean isUsedAtOnce() {
    return CHOICE.equals("vectors");
  }

  private static Optional<String> findObstacle() {
    if (CHOICE.equals("plain")) {
      return Optional.of("as requested with -D" + PROPERTY);
    }
    if (VmOption.value("TieredStopAtLevel").filter(level -> !level.equals("4")).isPresent()) {
      return Optional.of("this Java runs without its second compiler");
    }
    Optional<Module> vectors = ModuleLayer.boot().findModule(MODULE).or(VectorApi::load);
    if (vectors.isEmpty()) {
      return Optional.of("several times faster with java --add-modules " + MODULE);
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

  /**
   * Loads the module into a running Java, which prints no warning, unlike one started with
   * --add-modules. The launcher exports the JDK's loader for this; other programs do not.
   */
  private static Optional<Module> load() {
    try {
      Class<?> loader = Class.forName("jdk.internal.module.Modules");
      return Optional.of(
          (Module) loader.getMethod("loadModule", String.class).invoke(null, MODULE));
    } catch (ReflectiveOperationException | LinkageError e) {
      return Optional.empty();
    }
  }
}
