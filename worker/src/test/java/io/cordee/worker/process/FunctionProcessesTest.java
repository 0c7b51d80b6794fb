package io.cordee.worker.process;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cordee.common.job.Job;
import io.cordee.common.job.file.JobFile;
import io.cordee.function.FunctionContext;
import io.cordee.function.GradientFunction;
import io.cordee.function.Layout;
import io.cordee.function.Rows;
import io.cordee.function.Stats;
import io.cordee.function.Sums;
import io.cordee.worker.data.rows.DataException;
import io.cordee.worker.data.rows.ExternalRows;
import io.cordee.worker.function.FunctionException;
import io.cordee.worker.model.PerVersion;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class FunctionProcessesTest {

  private static final Layout LAYOUT = Layout.builder().tensor("weight", 2, 3).build();
  private static final float[] AT = {1, 2, 3, -4, 5, 6};

  @TempDir Path folder;

  private static final Path MEMORY = Path.of("/dev/shm");

  private FunctionProcesses processes(String fault) {
    return new FunctionProcesses(command(fault));
  }

  private List<String> command(String fault) {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-Xshare:auto",
        "-XX:TieredStopAtLevel=1",
        "-cp",
        MadeUpChild.class.getProtectionDomain().getCodeSource().getLocation().getPath(),
        MadeUpChild.class.getName(),
        fault,
        folder.resolve("mark").toString());
  }

  /** Gives a command of sh before that of a child, which replaces the shell. */
  private List<String> after(String words, String fault) {
    List<String> all = new ArrayList<>(List.of("/bin/sh", "-c", words + "\nexec \"$@\"", "sh"));
    all.addAll(command(fault));
    return all;
  }

  private static FunctionContext context(int inputs, int outputs) {
    return new FunctionContext(
        LAYOUT, Map.of("depth", "3"), Optional.empty(), inputs, outputs, Optional.empty());
  }

  /** Rows whose features are their indices. */
  private record Numbered(int count, long first, OptionalLong noise) implements Rows {

    @Override
    public long index(int row) {
      return first + row;
    }

    @Override
    public int features() {
      return 0;
    }

    @Override
    public void copyFeatures(int from, int count, float[] into) {}

    @Override
    public void copyTargets(int from, int count, float[] into) {}

    @Override
    public boolean labelled() {
      return false;
    }
  }

  private static Rows rows(int count, long first) {
    return new Numbered(count, first, OptionalLong.empty());
  }

  private static float[] times(float factor) {
    float[] product = AT.clone();
    for (int i = 0; i < product.length; i++) {
      product[i] *= factor;
    }
    return product;
  }

  @Test
  void aChildComputesGradientsOutputsAndCounts() {
    try (FunctionProcesses processes = processes("none");
        GradientFunction function = processes.create(context(0, 0))) {
      assertEquals("made up!", processes.arithmetic(context(0, 0)));
      Sums sums = new Sums(LAYOUT.parameters(), 1);
      Stats stats = function.accumulate(AT, rows(3, 10), sums);
      assertEquals(new Stats(3, 33), stats);
      assertArrayEquals(times(33), sums.gradient());
      // More rows than before, and noise.
      stats = function.accumulate(AT, new Numbered(5_000, 0, OptionalLong.of(77)), sums);
      assertEquals(new Stats(5_000, 77), stats);
      assertArrayEquals(times(4999 * 2500), sums.gradient());
      float[] outputs = new float[4];
      assertEquals(new Stats(2, 1), function.measure(AT, rows(2, 0), outputs));
      assertArrayEquals(new float[] {0, 1, 2, 3}, outputs);
    }
  }

  /** A function without outputs gives no metrics of them, whatever lay there before. */
  @Test
  void outputsThatAChildDoesNotWriteStayAsTheyWere() {
    try (FunctionProcesses processes = processes("writes none");
        GradientFunction function = processes.create(context(0, 0))) {
      float[] outputs = {7, Float.NaN};
      function.measure(AT, rows(2, 0), outputs);
      assertArrayEquals(new float[] {7, Float.NaN}, outputs);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"dies", "dies when opened", "closes"})
  void aChildThatEndsIsStartedAgainAndAskedAgain(String fault) {
    try (FunctionProcesses processes = processes(fault);
        GradientFunction function = processes.create(context(0, 0))) {
      Sums sums = new Sums(LAYOUT.parameters(), 1);
      assertEquals(new Stats(2, 3), function.accumulate(AT, rows(2, 1), sums));
      assertArrayEquals(times(3), sums.gradient());
    }
  }

  @Test
  void aChildThatHangsIsKilledAndAskedAgain() {
    Job job = job("team: {lease: 3}");
    try (FunctionProcesses processes = processes("hangs");
        GradientFunction function = processes.create(context(0, 0))) {
      processes.rows(job);
      assertEquals(Duration.ofSeconds(3), processes.patience());
      Sums sums = new Sums(LAYOUT.parameters(), 1);
      assertEquals(new Stats(2, 3), function.accumulate(AT, rows(2, 1), sums));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "fails, no such thing: ψ",
    "another, answered something else than call 1",
    "short, is too short",
    "endless, what is no message",
    "garbage, what is no message",
    "refuses, another model",
    "opens otherwise, by a message of kind 7; expected kind 3",
    "version, another version: expected a greeting of protocol 1",
    "ends, with exit code 3",
  })
  void aChildThatAnswersWronglyOrDoesNotFitIsRefused(String fault, String words) {
    try (FunctionProcesses processes = processes(fault);
        GradientFunction function = processes.create(context(0, 0))) {
      Sums sums = new Sums(LAYOUT.parameters(), 1);
      FunctionException refused =
          assertThrows(FunctionException.class, () -> function.accumulate(AT, rows(2, 1), sums));
      assertTrue(refused.getMessage().contains(words), refused.getMessage());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "never connects, did not connect to CORDEE_FUNCTION within 1 s",
    "never greets, 'connected to CORDEE_FUNCTION, but did not greet within 1 s'",
  })
  void aChildThatDoesNotBeginIsKilledAndRefused(String fault, String words) {
    try (FunctionProcesses processes =
        new FunctionProcesses(command(fault), MEMORY, Duration.ofSeconds(1))) {
      FunctionException refused =
          assertThrows(FunctionException.class, () -> processes.arithmetic(context(0, 0)));
      assertTrue(refused.getMessage().contains(words), refused.getMessage());
    }
  }

  /** A process that a child has forked holds the connection open when the child is dead. */
  @Test
  void aChildThatForksAndDiesIsStartedAgain() throws Exception {
    Path other = folder.resolve("other");
    String forks = "sleep 1000 & echo $! >> '%s'".formatted(other);
    try (FunctionProcesses processes = new FunctionProcesses(after(forks, "dies"));
        GradientFunction function = processes.create(context(0, 0))) {
      Sums sums = new Sums(LAYOUT.parameters(), 1);
      assertEquals(new Stats(2, 3), function.accumulate(AT, rows(2, 1), sums));
    }
    List<String> forked = Files.readAllLines(other);
    assertEquals(2, forked.size());
    for (String process : forked) {
      var left = ProcessHandle.of(Long.parseLong(process));
      if (left.isPresent()) {
        left.get().onExit().get(20, TimeUnit.SECONDS);
      }
    }
  }

  /** A process that leaves its child's session survives it, and may hold the connection, too. */
  @Test
  void aConnectionThatAnotherProcessHoldsIsClosedWhenTheChildDies() throws Exception {
    Path perl = Path.of("/usr/bin/perl");
    assumeTrue(Files.isExecutable(perl), "Java cannot leave a connection to another process");
    Path other = folder.resolve("other");
    String dies =
        """
        use Socket;
        $^F = 1000;
        socket(S, AF_UNIX, SOCK_STREAM, 0);
        connect(S, sockaddr_un($ENV{CORDEE_FUNCTION}));
        syswrite(S, pack("l<l<q<q<q<q<", 32, 1, 1, -1, -1, -1));
        if (fork() == 0) {
          open(F, ">>", $ARGV[0]);
          print F "$$\\n";
          close(F);
          exec("setsid", "sleep", "1000");
        }
        sysread(S, $header, 8);
        exit(9);
        """;
    try (FunctionProcesses processes =
            new FunctionProcesses(List.of(perl.toString(), "-e", dies, other.toString()));
        GradientFunction function = processes.create(context(0, 0))) {
      Sums sums = new Sums(LAYOUT.parameters(), 1);
      FunctionException refused =
          assertThrows(FunctionException.class, () -> function.accumulate(AT, rows(2, 1), sums));
      assertTrue(
          refused.getMessage().contains("ended 3 times in a row before it answered"),
          refused.getMessage());
    } finally {
      for (String process : Files.readAllLines(other)) {
        ProcessHandle.of(Long.parseLong(process)).ifPresent(ProcessHandle::destroyForcibly);
      }
    }
  }

  /** Those of a version of another connection may differ, as after a restart by other settings. */
  @Test
  void parametersOfAnotherConnectionAreItsOwn() {
    try (FunctionProcesses processes = processes("none")) {
      for (float factor : new float[] {1, 2}) {
        FunctionContext context = context(0, 0);
        try (GradientFunction function = processes.create(context);
            GradientFunction beside = processes.create(context)) {
          for (GradientFunction each : List.of(function, beside)) {
            Sums sums = new Sums(LAYOUT.parameters(), 1);
            ((PerVersion) each).expect(7);
            each.accumulate(times(factor), rows(2, 1), sums);
            assertArrayEquals(times(3 * factor), sums.gradient());
          }
        }
      }
    }
  }

  /** A job's owner could otherwise name another file to a process by a setting. */
  @Test
  void aSettingOfSeveralLinesIsRefused() {
    var settings = Map.of("depth", "3\nfile /etc/passwd");
    var job = new FunctionContext(LAYOUT, settings, Optional.empty(), 0, 0, Optional.empty());
    try (FunctionProcesses processes = processes("none");
        GradientFunction function = processes.create(job)) {
      Sums sums = new Sums(LAYOUT.parameters(), 1);
      FunctionException refused =
          assertThrows(FunctionException.class, () -> function.accumulate(AT, rows(2, 1), sums));
      assertTrue(
          refused.getMessage().contains("a line break in setting depth"), refused.getMessage());
    }
  }

  @Test
  void aSectionThatCannotBeMappedIsRefused() throws Exception {
    try (SharedFile file = new SharedFile(folder.resolve("large"))) {
      IOException refused = assertThrows(IOException.class, () -> file.floats(0, 1L << 29));
      assertTrue(refused.getMessage().contains("at most 2 GiB"), refused.getMessage());
    }
  }

  @Test
  void aCommandThatDoesNotExistIsNamed() {
    try (FunctionProcesses processes = new FunctionProcesses(List.of("/no/such/command"))) {
      FunctionException refused =
          assertThrows(FunctionException.class, () -> processes.arithmetic(context(0, 0)));
      assertTrue(refused.getMessage().contains("/no/such/command"), refused.getMessage());
      assertTrue(refused.getMessage().contains("with exit code 127"), refused.getMessage());
    }
  }

  @Test
  void childrenTellOfTheRowsThatTheyHold() {
    Job job = job("team: {lease: 3}");
    try (FunctionProcesses processes = processes("none")) {
      ExternalRows train = processes.rows(job).find("all");
      assertEquals(100, train.count());
      assertEquals(10_020, train.checksum(10, 20));
      ExternalRows validation = processes.rows(job).find("some");
      assertEquals(10, validation.count());
      assertEquals(100, validation.first());
      assertEquals(103_004, validation.checksum(3, 4));
      DataException none =
          assertThrows(DataException.class, () -> processes.rows(job).find("others"));
      assertEquals(
          "rows others: the job's data are external, and the function process says that it has none"
              + " to test",
          none.getMessage());
    }
  }

  @Test
  void aChildThatEndsWhenAskedOfItsRowsIsStartedAgain() {
    try (FunctionProcesses processes = processes("dies when asked of rows")) {
      assertEquals(10_020, processes.rows(job("")).find("all").checksum(10, 20));
    }
  }

  @Test
  void childrenGiveTheIdsOfTheRowsThatTheyHold() throws Exception {
    Job job =
        JobFile.parse(
            """
            model: {inputs: 4, layers: [1], output: linear, loss: squared-error}
            data:
              train: {format: external, name: all, labels: false}
              ids: {words: {dim: 2, rows: 5, split: ', ', pool: mean}, place: {dim: 1, rows: 3}}
            optimizer: gd
            """,
            "job.yaml",
            List.of());
    try (FunctionProcesses processes = processes("none")) {
      ExternalRows rows = processes.rows(job).find("all");
      assertEquals(1, rows.features());
      // Behind the one feature, two of three words and the place.
      Put put = new Put(new ArrayList<>());
      rows.read(1, 2, put);
      assertEquals(
          List.of(
              "2: 0.667", "5: 0.333", "7: 1.000", "end", "2: 0.667", "5: 0.333", "8: 1.000", "end"),
          put.all());
      DataException unknown = assertThrows(DataException.class, () -> rows.read(3, 1, put));
      assertEquals(
          "ids of place: expected numbers of rows from 0 to 2; found 3", unknown.getMessage());
    }
  }

  /** Notes the features that rows put. */
  private record Put(List<String> all) implements ExternalRows.Sink {

    @Override
    public void feature(int index, double value) {
      all.add(String.format(Locale.ROOT, "%d: %.3f", index, value));
    }

    @Override
    public void target(int column, double value) {
      throw new AssertionError("the child holds targets");
    }

    @Override
    public void endRow() {
      all.add("end");
    }
  }

  @Test
  void memoryThatIsNotThereIsReplacedByTheTemporaryFolder() {
    try (FunctionProcesses processes =
        new FunctionProcesses(
            List.of("/no/such/command"), folder.resolve("none"), Duration.ofMinutes(1))) {
      processes.create(context(0, 0)).close();
      Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
      assertEquals(temporary, processes.folder().orElseThrow().getParent());
    }
  }

  /** Other programs may use up the memory after the start. Needs a user who may mount. */
  @Test
  void memoryThatIsFullIsReplacedByTheTemporaryFolder() throws Exception {
    Path memory = Files.createDirectory(folder.resolve("memory"));
    assumeTrue(
        run("mount", "-t", "tmpfs", "-o", "size=80m", "tmpfs", memory.toString()) == 0,
        "this user may mount nothing");
    try (FunctionProcesses processes =
            new FunctionProcesses(command("none"), memory, Duration.ofMinutes(1));
        GradientFunction function = processes.create(context(0, 0))) {
      Sums sums = new Sums(LAYOUT.parameters(), 1);
      assertEquals(new Stats(2, 3), function.accumulate(AT, rows(2, 1), sums));
      assertEquals(memory, processes.folder().orElseThrow().getParent());
      fill(memory.resolve("others"));
      assertEquals(
          new Stats(9_000, 0).rows(), function.accumulate(AT, rows(9_000, 0), sums).rows());
      assertArrayEquals(times(8_999 * 4_500), sums.gradient());
      Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
      assertEquals(temporary, processes.folder().orElseThrow().getParent());
      // A second version is beside the first one in another file, of which the child is told.
      ((PerVersion) function).expect(1);
      assertEquals(new Stats(2, 3), function.accumulate(times(2), rows(2, 1), sums));
      assertArrayEquals(times(6), sums.gradient());
    } finally {
      // What is mapped keeps it for a while.
      run("umount", "-l", memory.toString());
    }
  }

  private static int run(String... command) throws Exception {
    return new ProcessBuilder(command).inheritIO().start().waitFor();
  }

  private static void fill(Path file) throws IOException {
    try (OutputStream out = Files.newOutputStream(file)) {
      for (; ; ) {
        out.write(new byte[1 << 16]);
      }
    } catch (IOException full) {
      assertTrue(Files.size(file) > 1 << 20);
    }
  }

  @Test
  void nothingIsLeftBehind() throws Exception {
    Path own;
    ProcessHandle child;
    try (FunctionProcesses processes = processes("none")) {
      processes.arithmetic(context(0, 0));
      child = ProcessHandle.current().children().findFirst().orElseThrow();
      own = processes.folder().orElseThrow();
      assertTrue(Files.isDirectory(own));
      assertEquals("rwx------", permissions(own));
    }
    assertFalse(Files.exists(own));
    child.onExit().get(20, TimeUnit.SECONDS);
  }

  /** As a process that was killed leaves it: with a lock that nobody holds. */
  @Test
  void whatAKilledProcessHasLeftIsRemoved() throws Exception {
    Path left = Files.createDirectory(folder.resolve("cordee-left"));
    Files.createFile(left.resolve("lock"));
    Files.writeString(left.resolve("memory-1"), "much");
    Path other = Files.createDirectory(folder.resolve("cordee-other"));
    try (SharedFolder first = SharedFolder.in(folder);
        SharedFolder second = SharedFolder.in(folder)) {
      assertFalse(Files.exists(left));
      assertTrue(Files.isDirectory(other), "it is not known what that is");
      assertTrue(Files.isDirectory(first.path()));
      assertTrue(Files.isDirectory(second.path()));
    }
    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(List.of(other), files.toList());
    }
  }

  private static String permissions(Path of) throws Exception {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(of));
  }

  /** Two that compute at a version share its parameters; one at a point of its own does not. */
  @Test
  void parametersOfAVersionAreThereOnce() throws Exception {
    try (SharedFiles files = new SharedFiles(folder)) {
      files.open(3);
      ParameterSlots slots = new ParameterSlots(files, 3);
      float[] values = {1, 2, 3};
      var first = slots.put(values, OptionalInt.of(4));
      var again = slots.put(values, OptionalInt.of(4));
      var own = slots.put(new float[] {7, 8, 9}, OptionalInt.empty());
      assertEquals(first.offset(), again.offset());
      assertTrue(own.offset() != first.offset());
      slots.release(first);
      var next = slots.put(new float[] {4, 5, 6}, OptionalInt.of(5));
      assertTrue(next.offset() != first.offset(), "it is still in use");
      slots.release(again);
      slots.release(own);
      slots.release(next);
      long length = first.file().length();
      for (int version = 6; version < 9; version++) {
        slots.release(slots.put(new float[3], OptionalInt.of(version)));
      }
      assertEquals(length, first.file().length(), "places are used again");
    }
  }

  private Job job(String more) {
    return JobFile.parse(
        """
        model: {layers: [2, 1], output: linear, loss: squared-error}
        data:
          train: {format: external, name: all, labels: false}
          validation: {format: external, name: some, labels: false}
          test: {format: external, name: others, labels: false}
        optimizer: gd
        """
            + more,
        "job.yaml",
        List.of());
  }
}
