package io.cordee.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
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
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The script {@code cordee} as installed, with a Java that only prints its arguments. */
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

  private void archivingJava(String making) throws IOException {
    Files.createDirectories(home.resolve("cli/target/lib"));
    String script =
        """
        #!/bin/sh
        for word; do
          case $word in
            -XX:ArchiveClassesAtExit=* | -XX:AOTCacheOutput=*) %s; exit ;;
            *) echo "$word" ;;
          esac
        done
        """
            .formatted(making);
    Files.writeString(home.resolve("jdk/bin/java"), script);
  }

  private static final String ARCHIVES = "echo classes >\"${word#*=}\"; chmod 444 \"${word#*=}\"";

  private List<Path> archives() throws IOException {
    try (Stream<Path> all = Files.list(home.resolve("cli/target"))) {
      return all.filter(file -> file.toString().endsWith(".jsa")).sorted().toList();
    }
  }

  private Ended train() throws IOException, InterruptedException {
    Ended ended = run("", "train");
    assertEquals(0, ended.code(), ended::toString);
    return ended;
  }

  @Test
  void classesAreArchivedByTheFirstTraining() throws Exception {
    archivingJava(ARCHIVES);
    assertEquals(0, run("", "--version").code());
    assertEquals(List.of(), archives(), "a quick command does not wait for it");
    String how = "-XX:SharedArchiveFile=";
    Ended first = train();
    assertTrue(first.err().contains("preparing a class archive"), first::toString);
    assertTrue(first.out().contains(how + archives().get(0) + "\n"), first::toString);
    Ended second = train();
    assertEquals("", second.err());
    assertEquals(first.out(), second.out());
    assertTrue(run("", "--version").out().contains(how + archives().get(0) + "\n"));
  }

  @Test
  void anArchiveOfOtherClassesIsReplaced() throws Exception {
    archivingJava(ARCHIVES);
    train();
    Path archive = archives().get(0);
    Path jar = Files.writeString(home.resolve("cli/target/cordee-cli.jar"), "");
    Files.setLastModifiedTime(archive, FileTime.from(Instant.EPOCH));
    Files.setLastModifiedTime(jar, FileTime.from(Instant.EPOCH.plusSeconds(60)));
    train();
    assertTrue(Files.getLastModifiedTime(archive).toInstant().isAfter(Instant.EPOCH));
    assertEquals(List.of(archive), archives());
  }

  @Test
  void eachJavaHasAnArchiveOfItsOwn() throws Exception {
    archivingJava(ARCHIVES);
    train();
    Files.writeString(home.resolve("jdk/release"), "JAVA_VERSION=\"21.0.1\"\n");
    train();
    assertEquals(2, archives().size());
  }

  @Test
  void aNewJavaKeepsProfilesToo() throws Exception {
    Files.writeString(home.resolve("jdk/release"), "JAVA_VERSION=\"25.0.1\"\n");
    archivingJava(ARCHIVES);
    Ended ended = train();
    assertTrue(ended.out().contains("-XX:AOTCache=" + archives().get(0)), ended::toString);
    assertFalse(ended.out().contains("SharedArchiveFile"), ended::toString);
  }

  @Test
  void aJavaThatMakesNoArchiveIsNotAskedAgain() throws Exception {
    archivingJava(":");
    Ended ended = train();
    assertTrue(!ended.out().contains("SharedArchiveFile"), ended::toString);
    archivingJava(ARCHIVES);
    assertEquals("", train().err());
    assertEquals(0, Files.size(archives().get(0)));
  }

  @Test
  void aJavaThatFailsIsAskedAgain() throws Exception {
    archivingJava("exit 1");
    train();
    assertEquals(List.of(), archives());
    archivingJava(ARCHIVES);
    train();
    assertEquals(1, archives().size());
  }

  /** In a folder whose name has a space, called by a link. */
  @Test
  void installedItRunsWhatIsInLib() throws Exception {
    archivingJava(":");
    Path tree = home.resolve("in stalled");
    Path natives = Files.createDirectories(tree.resolve("lib/native"));
    Files.createDirectories(tree.resolve("bin"));
    Files.move(home.resolve("cordee"), tree.resolve("bin/cordee"));
    Files.createSymbolicLink(home.resolve("cordee"), tree.resolve("bin/cordee"));
    List<String> words = train().out().lines().toList();
    assertTrue(words.contains(tree + "/lib/*"), words::toString);
    assertTrue(words.contains("-Djava.library.path=" + natives), words::toString);
    assertTrue(words.contains("io.cordee.cli.Main"), words::toString);
  }

  @Test
  void aCommandThatOthersWaitForEndsWhenItRunsOutOfMemory() throws Exception {
    for (String command : List.of("server", "worker", "train", "session", "inspect")) {
      Ended ended = run("", command);
      assertEquals(0, ended.code(), ended::toString);
      assertTrue(ended.out().contains("-XX:+ExitOnOutOfMemoryError"), ended::toString);
    }
  }

  /** That Java ends it would hide what it says. */
  @Test
  void evaluatePredictAndExportSayThemselvesThatTheyAreOutOfMemory() throws Exception {
    for (String command : List.of("evaluate", "predict", "export")) {
      Ended ended = run("", command);
      assertEquals(0, ended.code(), ended::toString);
      assertFalse(ended.out().contains("OutOfMemoryError"), ended::toString);
    }
  }
}
