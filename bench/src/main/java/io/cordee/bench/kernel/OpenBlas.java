package io.cordee.bench.kernel;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.openblas.global.openblas_nolapack;

/**
 * The OpenBLAS of this process, set to one thread. JavaCPP unpacks it into its cache ({@code
 * ~/.javacpp/cache}, or the system property {@code org.bytedeco.javacpp.cachedir}). Processes that
 * unpack at the same time wait for each other at a file lock; threads of one process would not, so
 * that loading is synchronized here.
 */
final class OpenBlas {

  /** The names of OpenBLAS's kernels; each has a table {@code gotoblas_NAME}. */
  private static final List<String> KERNELS =
      List.of(
          ("Prescott Core2 Nehalem Sandybridge Haswell SkylakeX Cooperlake SapphireRapids Zen"
                  + " Barcelona Bulldozer Piledriver Steamroller Excavator"
                  + " ARMV8 ARMV8SVE CortexA53 CortexA55 CortexA57 CortexA72 CortexA73 CortexX2"
                  + " NeoverseN1 NeoverseN2 NeoverseV1 A64FX Falkor ThunderX ThunderX2T99"
                  + " ThunderX3T110 TSV110 EMAG8180 VortexM4")
              .split(" "));

  private OpenBlas() {}

  /**
   * @throws IllegalStateException if there is none for this platform or it is not as it should be
   */
  static synchronized void load() {
    try {
      openblas_nolapack.blas_set_num_threads(1);
    } catch (LinkageError e) {
      throw new IllegalStateException(
          "cannot load OpenBLAS on %s %s (%s); it needs 50 MB in %s, writable and not mounted noexec; name another folder by CORDEE_JAVA_OPTS=-Dorg.bytedeco.javacpp.cachedir=FOLDER"
              .formatted(
                  System.getProperty("os.name"), System.getProperty("os.arch"), root(e), cache()),
          e);
    }
    Pointer count = Loader.addressof("blas_cpu_number");
    int threads = count == null ? 0 : new IntPointer(count).get();
    if (threads != 1) {
      throw new IllegalStateException(
          "expected OpenBLAS, set to 1 thread; found " + (threads == 0 ? "another BLAS" : threads));
    }
  }

  private static String root(Throwable e) {
    return e.getCause() == null ? e.getMessage() : root(e.getCause());
  }

  private static String cache() {
    try {
      return Loader.getCacheDir().toString();
    } catch (IOException e) {
      return System.getProperty("user.home") + "/.javacpp/cache";
    }
  }

  /** Its version, and the code path that it chose for this CPU: equal ones give equal bits. */
  static String arithmetic() {
    load();
    return openblas_nolapack.OPENBLAS_VERSION.strip() + " (kernel " + kernel() + ")";
  }

  private static String kernel() {
    Pointer chosen = Loader.addressof("gotoblas");
    for (String kernel : KERNELS) {
      Pointer table = Loader.addressof("gotoblas_" + kernel.toUpperCase(Locale.ROOT));
      if (chosen != null && table != null && table.address() == new LongPointer(chosen).get()) {
        return kernel;
      }
    }
    return "unknown";
  }
}
