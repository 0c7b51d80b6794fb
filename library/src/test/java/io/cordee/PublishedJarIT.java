package io.cordee;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.Logger;

/** The artifact as programs get it. */
@Tag("slow")
@Timeout(120)
class PublishedJarIT {

  private static final Path JAR = Path.of(System.getProperty("library.jar"));
  private static final Path POM = Path.of(System.getProperty("library.pom"));

  /** A class path that is not that of this test. */
  private static final String NOTHING = "nothing";

  @TempDir Path classes;

  @Test
  void aProgramRunsOnTheClassPath() throws Exception {
    compile("program/Program.java", "-cp", path());
    assertEquals("right\n", java("-cp", path() + File.pathSeparator + classes, "program.Program"));
  }

  @Test
  void aProgramRunsOnTheModulePath() throws Exception {
    compile("program/module-info.java program/Program.java", "-cp", NOTHING, "-p", path());
    assertEquals(
        "right\n",
        java("-p", path() + File.pathSeparator + classes, "-m", "program/program.Program"));
  }

  @Test
  void aProgramRunsWithVectorsToo() throws Exception {
    compile("program/module-info.java program/Program.java", "-cp", NOTHING, "-p", path());
    assertEquals(
        "right\n",
        java(
            "-XX:TieredStopAtLevel=4",
            "--add-modules",
            "jdk.incubator.vector",
            "-p",
            path() + File.pathSeparator + classes,
            "-m",
            "program/program.Program"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"Logistic", "LeastSquares"})
  void theExamplesAreRight(String example) throws Exception {
    Path source = Path.of("../examples/java/src/main/java").resolve(example + ".java");
    assertEquals("", javac(List.of(source), "-cp", path()));
    String printed = java("-cp", path() + File.pathSeparator + classes, example);
    assertTrue(printed.contains("digest "), printed);
    assertFalse(printed.contains("not the "), printed);
  }

  @Test
  void whatIsInternalIsNotReachable() throws Exception {
    String errors =
        errors("intruder/module-info.java intruder/Intruder.java", "-cp", NOTHING, "-p", path());
    for (String name :
        List.of("common.optimizer", "server.serving", "shaded.grpc", "worker.grpc")) {
      assertTrue(
          errors.contains(
              "package io.cordee."
                  + name
                  + " is declared in module io.cordee, which does not export it"),
          errors);
    }
  }

  @Test
  void nothingHasANameThatAnotherLibraryMayHave() throws IOException {
    Set<String> others = new TreeSet<>();
    try (JarFile jar = new JarFile(JAR.toFile())) {
      jar.stream()
          .map(entry -> entry.getName())
          .filter(name -> name.endsWith(".class") && !name.equals("module-info.class"))
          .filter(name -> !name.startsWith("io/cordee/"))
          // Native code refers to it by name.
          .filter(name -> !name.startsWith("io/grpc/netty/shaded/"))
          .forEach(others::add);
    }
    assertEquals(Set.of(), others);
  }

  @Test
  void thePomSaysWhatARepositoryAsksForAndNamesSlf4jAlone() throws IOException {
    String pom = Files.readString(POM);
    for (String element :
        List.of("name", "description", "url", "licenses", "developers", "scm", "connection")) {
      assertTrue(pom.contains("<" + element), element);
    }
    assertTrue(!pom.contains("<parent>"), pom);
    List<String> dependencies =
        Pattern.compile(
                "<dependency>\\s*<groupId>(.*?)</groupId>\\s*<artifactId>(.*?)</artifactId>")
            .matcher(pom)
            .results()
            .map(found -> found.group(1) + ":" + found.group(2))
            .toList();
    assertEquals(List.of("org.slf4j:slf4j-api"), dependencies);
  }

  private static String path() throws URISyntaxException {
    URL logging = Logger.class.getProtectionDomain().getCodeSource().getLocation();
    return JAR + File.pathSeparator + Path.of(logging.toURI());
  }

  private void compile(String sources, String... options) throws Exception {
    assertEquals("", errors(sources, options));
  }

  private String errors(String sources, String... options) throws Exception {
    List<Path> files = new ArrayList<>();
    for (String source : sources.split(" ")) {
      files.add(Path.of(PublishedJarIT.class.getResource("/" + source).toURI()));
    }
    return javac(files, options);
  }

  private String javac(List<Path> sources, String... options) {
    List<String> arguments = new ArrayList<>(List.of("-d", classes.toString(), "--release", "17"));
    arguments.addAll(List.of(options));
    sources.forEach(source -> arguments.add(source.toString()));
    StringWriter said = new StringWriter();
    PrintWriter out = new PrintWriter(said);
    ToolProvider.findFirst("javac").orElseThrow().run(out, out, arguments.toArray(String[]::new));
    return said.toString();
  }

  /** Its output without the notices of SLF4J and Java; the last of options that differ counts. */
  private static String java(String... arguments) throws IOException, InterruptedException {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    List<String> command =
        Stream.concat(
                Stream.of(java, "-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"),
                Stream.of(arguments))
            .toList();
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String printed =
        new String(process.getInputStream().readAllBytes())
            .lines()
            .filter(
                line -> !line.startsWith("SLF4J") && !line.startsWith("WARNING: Using incubator"))
            .map(line -> line + "\n")
            .reduce("", String::concat);
    process.waitFor();
    return printed;
  }
}
