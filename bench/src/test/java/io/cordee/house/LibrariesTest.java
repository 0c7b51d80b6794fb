package io.cordee.house;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.File;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class LibrariesTest {

  private static final Pattern PLATFORM =
      Pattern.compile("-(linux|osx|macosx|windows)-(x86_64|x86|aarch_64|arm64)\\.jar$");

  @Test
  void nativeCodeIsForThisPlatformAlone() {
    Set<String> platforms = new TreeSet<>();
    Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
        .map(entry -> Path.of(entry).getFileName().toString())
        .flatMap(name -> PLATFORM.matcher(name).results().map(MatchResult::group))
        .map(name -> name.replace("macosx", "osx").replace("aarch_64", "arm64").replace(".jar", ""))
        .forEach(platforms::add);
    assertEquals(Set.of(here()), platforms);
  }

  private static String here() {
    String system = System.getProperty("os.name").startsWith("Mac") ? "osx" : "linux";
    String processor = System.getProperty("os.arch").equals("aarch64") ? "arm64" : "x86_64";
    return "-" + system + "-" + processor;
  }
}
