package io.cordee.bench.kernel;

import dev.ludovic.netlib.blas.BLAS;
import dev.ludovic.netlib.blas.NativeBLAS;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.openblas.presets.openblas_nolapack;

/**
 * The OpenBLAS of this process, loaded once and set to one thread.
 *
 * <p>Two libraries meet here: Bytedeco's jar carries OpenBLAS itself, which JavaCPP unpacks into
 * its cache ({@code ~/.javacpp/cache}, or the system property {@code
 * org.bytedeco.javacpp.cachedir}); netlib calls it with {@code float[]} that are not copied.
 * Processes that unpack at the same time wait for each other at a file lock; threads of one process
 * would not, so that loading is synchronized here.
 *
 * @param blas the way in
 * @param version as released, such as 0.3.31
 * @param kernel the code path that OpenBLAS chose for this CPU; equal kernels give equal bits
 * @param file the library
 */
record OpenBlas(BLAS blas, String version, String kernel, Path file) {

  private static final String NETLIB_LIBRARY_PROPERTY = "dev.ludovic.netlib.blas.nativeLibPath";
  private static final Path MAPPED_FILES = Path.of("/proc/self/maps");

  /** The names of OpenBLAS's kernels; each has a table {@code gotoblas_NAME}. */
  private static final List<String> KERNELS =
      List.of(
          ("Prescott Core2 Nehalem Sandybridge Haswell SkylakeX Cooperlake SapphireRapids Zen"
                  + " Barcelona Bulldozer Piledriver Steamroller Excavator"
                  + " ARMV8 ARMV8SVE CortexA53 CortexA55 CortexA57 CortexA72 CortexA73 CortexX2"
                  + " NeoverseN1 NeoverseN2 NeoverseV1 A64FX Falkor ThunderX ThunderX2T99"
                  + " ThunderX3T110 TSV110 EMAG8180 VortexM4")
              .split(" "));

  private static OpenBlas loaded;

  /**
   * @throws IllegalStateException if there is none for this platform or it is not as it should be
   */
  static synchronized OpenBlas load() {
    if (loaded == null) {
      try {
        loaded = find();
      } catch (IOException | RuntimeException | LinkageError e) {
        throw new IllegalStateException(
            "cannot load OpenBLAS on %s %s (%s)"
                .formatted(
                    System.getProperty("os.name"), System.getProperty("os.arch"), e.getMessage()),
            e);
      }
    }
    return loaded;
  }

  String arithmetic() {
    return "OpenBLAS " + version + " (kernel " + kernel + ")";
  }

  String describe() {
    return arithmetic() + ", 1 thread per product, from " + file;
  }

  private static OpenBlas find() throws IOException {
    String binding = unpack();
    if (binding == null) {
      throw new IOException(
          "JavaCPP loads no libraries: org.bytedeco.javacpp.loadlibraries is off");
    }
    Path file = Path.of(binding).resolveSibling(System.mapLibraryName("openblas_nolapack") + ".0");
    if (!Files.exists(file)) {
      throw new IOException("expected the library at " + file + "; nothing is there");
    }
    openblas_nolapack.blas_set_num_threads(1);
    System.setProperty(NETLIB_LIBRARY_PROPERTY, file.toString());
    BLAS blas = netlib();
    requireNoOther(file);
    requireOneThread();
    return new OpenBlas(blas, readVersion(), readKernel(), file);
  }

  private static String unpack() throws IOException {
    try {
      return Loader.load(org.bytedeco.openblas.global.openblas_nolapack.class);
    } catch (LinkageError e) {
      Throwable cause = e;
      while (cause.getCause() != null) {
        cause = cause.getCause();
      }
      throw notUnpacked(cause.getMessage());
    }
  }

  /** JavaCPP unpacks OpenBLAS, and netlib its binding, before they are loaded. */
  private static IOException notUnpacked(String why) {
    String cache;
    try {
      cache = Loader.getCacheDir().toString();
    } catch (IOException e) {
      cache = System.getProperty("user.home") + "/.javacpp/cache";
    }
    return new IOException(
        String.format(
            "%s; it needs 50 MB in %s and a little in %s, both writable and not mounted noexec;"
                + " name other folders by CORDEE_JAVA_OPTS=\"-Dorg.bytedeco.javacpp.cachedir=FOLDER"
                + " -Djava.io.tmpdir=FOLDER\"",
            why, cache, System.getProperty("java.io.tmpdir")));
  }

  private static BLAS netlib() throws IOException {
    // While it loads, netlib warns about the implementations that it does not find; we want one.
    Logger chatter = Logger.getLogger("dev.ludovic.netlib.blas.InstanceBuilder");
    Level before = chatter.getLevel();
    chatter.setLevel(Level.OFF);
    try {
      return NativeBLAS.getInstance();
    } catch (RuntimeException e) {
      throw notUnpacked("netlib's binding to it does not load");
    } finally {
      chatter.setLevel(before);
    }
  }

  /**
   * JavaCPP set the threads and netlib will multiply: both must have got the same library. A second
   * one can only come from outside, by LD_PRELOAD or a search path.
   */
  private static void requireNoOther(Path file) throws IOException {
    if (!Files.exists(MAPPED_FILES)) {
      return;
    }
    Set<String> found = new TreeSet<>();
    for (String line : Files.readAllLines(MAPPED_FILES)) {
      int path = line.indexOf('/');
      if (path >= 0) {
        String name = line.substring(line.lastIndexOf('/') + 1);
        if (name.matches("lib(open|cblas|blas|mkl).*")) {
          found.add(line.substring(path));
        }
      }
    }
    if (!found.equals(Set.of(file.toRealPath().toString()))) {
      throw new IOException(
          "expected " + file + " to be the only BLAS in this process; found " + found);
    }
  }

  private static void requireOneThread() throws IOException {
    int threads = new IntPointer(symbol("blas_cpu_number")).get();
    if (threads != 1) {
      throw new IOException("expected OpenBLAS to be set to 1 thread; found " + threads);
    }
  }

  private static String readVersion() throws IOException {
    String version = Loader.getVersion("org.bytedeco", "openblas"); // 0.3.31-1.5.13
    return version == null ? "of unknown version" : version.replaceFirst("-.*", "");
  }

  private static String readKernel() throws IOException {
    long chosen = new LongPointer(symbol("gotoblas")).get();
    for (String kernel : KERNELS) {
      Pointer table = Loader.addressof("gotoblas_" + kernel.toUpperCase(Locale.ROOT));
      if (table != null && table.address() == chosen) {
        return kernel;
      }
    }
    return "unknown";
  }

  private static Pointer symbol(String name) throws IOException {
    Pointer address = Loader.addressof(name);
    if (address == null) {
      throw new IOException("expected OpenBLAS to have " + name + "; it is not there");
    }
    return address;
  }
}
