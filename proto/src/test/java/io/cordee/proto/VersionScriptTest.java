package io.cordee.proto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The version that a build is given, in a checkout of a few files. */
class VersionScriptTest {

  private static final Path SCRIPT =
      Path.of("src", "main", "scripts", "version.sh").toAbsolutePath();

  @TempDir private Path checkout;

  private String run(String... command) throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(command).directory(checkout.toFile());
    builder.environment().put("GIT_CEILING_DIRECTORIES", checkout.getParent().toString());
    Process process = builder.redirectErrorStream(true).start();
    String printed =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    assertEquals(0, process.waitFor(), () -> List.of(command) + ": " + printed);
    return printed;
  }

  private void commit() throws IOException, InterruptedException {
    run("git", "add", "-A");
    run(
        "git",
        "-c",
        "user.name=Ann",
        "-c",
        "user.email=ann@example.org",
        "commit",
        "-qm",
        "Change");
  }

  private void write(String file, String text) throws IOException {
    Path path = checkout.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }

  private String version(String version, String commit) throws IOException, InterruptedException {
    assertEquals("", run("sh", SCRIPT.toString(), version, commit, "target/version.txt"));
    return Files.readString(checkout.resolve("target/version.txt"));
  }

  @Test
  void aSnapshotNamesTheCommitThatLastChangedWhatIsBuilt()
      throws IOException, InterruptedException {
    write("pom.xml", "<project/>");
    assertEquals("1-SNAPSHOT", version("1-SNAPSHOT", ""), "no checkout");
    assertEquals("1-SNAPSHOT+abc", version("1-SNAPSHOT", "abc"));

    run("git", "init", "-q");
    write(".gitignore", "target/\n");
    write("server/src/main/java/A.java", "class A {}");
    commit();
    String first = version("1-SNAPSHOT", "");
    assertTrue(first.matches("1-SNAPSHOT\\+[0-9a-f]{12}"), first);
    assertEquals("1", version("1", ""), "a release");

    write("README.md", "words");
    commit();
    assertEquals(first, version("1-SNAPSHOT", ""), "nothing that is built has changed");

    write("server/src/main/java/A.java", "class A { int a; }");
    assertEquals(first + "-dirty", version("1-SNAPSHOT", ""));
    commit();
    String second = version("1-SNAPSHOT", "");
    assertTrue(second.matches("1-SNAPSHOT\\+[0-9a-f]{12}") && !second.equals(first), second);
    assertEquals(second, "1-SNAPSHOT+" + run("sh", SCRIPT.toString()));

    write("server/src/main/java/New.java", "class New {}");
    assertEquals(second + "-dirty", version("1-SNAPSHOT", ""), "a new source");
  }
}
