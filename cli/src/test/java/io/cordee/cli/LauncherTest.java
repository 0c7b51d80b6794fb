package io.cordee.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.cli.process.Ended;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The script {@code cordee} as it is installed, with a Java that only says how it was called. */
@Timeout(60)
class LauncherTest {

  @TempDir private Path home;

  private record Ended(int code, String out, String err) {}

  @BeforeEach
  void install() throws IOException {
    Files.copy(Path.of("..", "cordee"), home.resolve("cordee"));
    Path java = Files.createDirectories(home.resolve("jdk/bin")).resolve("java");
    Files.writeString(java, "#!/bin/sh\necho \"$@\"\n");
    Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.writeString(home.resolve("jdk/release"), "JAVA_VERSION=\"17.0.1\"\n");
  }

  private Ended run(String before, String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("sh", "-c", before + "exec \"$0\" \"$@\""));
    command.add(home.resolve("cordee").toString());
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("JAVA_HOME", home.resolve("jdk").toString());
    Path err = home.resolve("err");
    Process process = builder.redirectError(err.toFile()).start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Ended(process.waitFor(), out, Files.readString(err));
  }

  @Test
  void tooFewFilesAreToldInOneLine() throws Exception {
    Ended ended = run("ulimit -n 40; ", "server");
    assertEquals(1, ended.code(), ended::toString);
    assertEquals("", ended.out());
    assertEquals(
        "cordee: a process may have 40 files open here, and needs 256 at least; raise the limit, as"
            + " with ulimit -n 1024\n",
        ended.err());
  }

  /** A Java that makes an archive of classes, unless told not to, and says how it was called. */
  private Path archivingJava(boolean isAble) throws IOException {
    Files.createDirectories(home.resolve("cli/target/lib"));
    String script =
        """
        #!/bin/sh
        for word; do
          case $word in
            -XX:ArchiveClassesAtExit=*) %s; exit ;;
            *) echo "$word" ;;
          esac
        done
        """
            .formatted(isAble ? "echo classes >\"${word#*=}\"" : ":");
    Files.writeString(home.resolve("jdk/bin/java"), script);
    return home.resolve("cli/target/cordee.jsa");
  }

  @Test
  void classesAreArchivedByTheFirstCall() throws Exception {
    Path archive = archivingJava(true);
    for (int call = 0; call < 2; call++) {
      Ended ended = run("", "--version");
      assertEquals(0, ended.code(), ended::toString);
      assertTrue(
          ended.out().lines().toList().contains("-XX:SharedArchiveFile=" + archive),
          ended::toString);
    }
    assertEquals("classes\n", Files.readString(archive));
  }

  @Test
  void anArchiveOfOtherClassesIsReplaced() throws Exception {
    Path archive = archivingJava(true);
    Files.writeString(archive, "old\n");
    Path jar = Files.writeString(home.resolve("cli/target/cordee-cli.jar"), "");
    Files.setLastModifiedTime(archive, FileTime.from(Instant.EPOCH));
    Files.setLastModifiedTime(jar, FileTime.from(Instant.EPOCH.plusSeconds(60)));
    run("", "--version");
    assertEquals("classes\n", Files.readString(archive));
  }

  @Test
  void aJavaThatMakesNoArchiveIsNotAskedAgain() throws Exception {
    Path archive = archivingJava(false);
    Ended ended = run("", "--version");
    assertEquals(0, ended.code(), ended::toString);
    assertTrue(!ended.out().contains("SharedArchiveFile"), ended::toString);
    assertEquals(0, Files.size(archive));
    archivingJava(true);
    run("", "--version");
    assertEquals(0, Files.size(archive));
  }

  @Test
  void everyCommandEndsWhenItRunsOutOfMemory() throws Exception {
    for (String command : List.of("server", "worker", "train", "evaluate", "inspect")) {
      Ended ended = run("", command);
      assertEquals(0, ended.code(), ended::toString);
      assertTrue(ended.out().contains("-XX:+ExitOnOutOfMemoryError"), ended::toString);
    }
  }
}
