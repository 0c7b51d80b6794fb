package io.cordee.server.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.common.checkpoint.CheckpointReader;
import io.cordee.common.checkpoint.RoundMark;
import io.cordee.common.checkpoint.SavedState;
import io.cordee.common.job.Job;
import io.cordee.common.job.Tally;
import io.cordee.common.job.file.JobFile;
import io.cordee.common.kernel.Digest;
import io.cordee.common.model.InitialWeights;
import io.cordee.common.optimizer.Optimizer;
import io.cordee.common.optimizer.OptimizerCatalog;
import io.cordee.common.optimizer.ParameterState;
import io.cordee.common.reduce.Chunks;
import io.cordee.common.reduce.ReductionTree;
import io.cordee.common.reduce.Shard;
import io.cordee.common.wire.GradientFormat;
import io.cordee.common.wire.NodeRounding;
import io.cordee.function.Layout;
import io.cordee.server.BoardWeights;
import io.cordee.server.round.BufferPool;
import io.cordee.server.round.Cadence;
import io.cordee.server.round.DenseContribution;
import io.cordee.server.round.Parallel;
import io.cordee.server.round.RoundBoard;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A board recovered from another's files reaches the same bits. */
@Timeout(60)
class RecoveryTest {

  private static final int ROUNDS = 13;

  @TempDir private Path temp;

  private final List<String> warnings = new CopyOnWriteArrayList<>();

  /** The id of the run. */
  private String run = "a";

  /** Bytes that may wait to be written. */
  private long room = 1;

  /** Each checkpoint takes one. */
  private final Semaphore disk = new Semaphore(Integer.MAX_VALUE);

  static Stream<String> optimizers() {
    return OptimizerCatalog.names().stream();
  }

  private static Job job(String optimizer, String... more) {
    List<String> overrides =
        new ArrayList<>(List.of("optimizer.name=" + optimizer, "checkpoint.every=4"));
    overrides.addAll(List.of(more));
    return JobFile.parse(
        String.join(
            "\n",
            "name: kept",
            "model: {layers: [5, 3, 2]}",
            "data:",
            "  train: {format: csv, file: train.csv, label: '0'}",
            "partitions: 1",
            "stop: {rounds: " + ROUNDS + "}"),
        "kept.yaml",
        overrides);
  }

  /** A shard of a job, as a process would hold it. */
  private final class Process implements AutoCloseable {
    final Optimizer optimizer;
    final Chunks chunks;
    final RoundBoard board;
    final Checkpoints checkpoints;
    final Job job;
    final CheckpointStore store;
    final List<ParameterState> drawn;
    final Set<Integer> kept = ConcurrentHashMap.newKeySet();

    Process(Job job, Path folder, boolean isResumed) throws IOException {
      this.job = job;
      Layout layout = job.model().layout();
      int parameters = layout.parameters();
      optimizer = Optimizer.of(job.optimizer(), layout, job.model().seed());
      chunks =
          new Chunks(parameters, optimizer.mixesParameters() ? parameters : 7, optimizer.width());
      store = new CheckpointStore(folder, job, run, Shard.WHOLE, chunks, optimizer, warnings::add);
      SavedState start =
          SavedState.start(
              new InitialWeights(job.model())::take,
              chunks,
              optimizer.slots(),
              Cadence.of(job).late());
      drawn = start.chunks();
      if (isResumed) {
        SavedState fresh = start;
        start = store.latest(() -> fresh, version -> true);
      }
      checkpoints = store.keepFrom(start.mark(), room, this::kept);
      board =
          new RoundBoard(
              optimizer,
              new NodeRounding(GradientFormat.FLOAT32, chunks),
              new ReductionTree(1),
              start,
              new BufferPool(),
              Cadence.of(job),
              checkpoints,
              Parallel.NONE);
    }

    private void kept(int version) {
      kept.add(version);
      disk.acquireUninterruptibly();
    }

    void awaitKept(int version) {
      while (!kept.contains(version)) {
        Thread.onSpinWait();
      }
    }

    /** A round whose gradients depend on the weights, and whose loss rises now and then. */
    void round() {
      int version = board.version();
      double loss = new SplittableRandom(version).nextDouble();
      for (int chunk = 0; chunk < chunks.count(); chunk++) {
        float[] sums = sums(chunk, version);
        board.offer(new DenseContribution(version, 1, chunk, new Tally(2, 2 * loss, 0, 0), sums));
      }
      if (job.checkpoint().isDue(version + 1, 0)) {
        board.keep(new RoundMark(version + 1, loss, version));
      }
      board.apply(board.needsNorm() ? Optimizer.norm(board.squares()) : 0);
      board.step(board.claim());
      board.advance();
    }

    private float[] sums(int chunk, int version) {
      float[] weights = BoardWeights.of(board, version, drawn);
      float[] sums = new float[chunks.contributionSize(chunk)];
      SplittableRandom random = new SplittableRandom(31L * version + chunk);
      for (int i = 0; i < sums.length; i++) {
        sums[i] = (float) random.nextDouble(0.1, 1); // curvatures are above 0
      }
      for (int i = 0; i < chunks.size(chunk); i++) {
        if (isUntouched(chunks.from(chunk) + i, version)) {
          sums[i] = 0;
          continue;
        }
        sums[i] = weights[chunks.from(chunk) + i] - 0.01f * i + 0.3f * (sums[i] - 0.5f);
      }
      return sums;
    }

    /** A round touches a fifth of a table's rows, and none of the last ones. */
    private boolean isUntouched(int parameter, int version) {
      int row = job.model().table().map(table -> table.rowOf(parameter)).orElse(-1);
      return row >= 0 && (row > 30 || (row + version) % 5 != 0);
    }

    /** Of weights and slots, and of the version before, which some optimizers go back to. */
    String digest() {
      int version = board.version();
      return Digest.ofVector(version, board.checksums())
          + Arrays.hashCode(BoardWeights.of(board, version - 1, drawn));
    }

    @Override
    public void close() {
      checkpoints.close();
    }
  }

  private String quiet(Job job) throws IOException {
    try (Process process = new Process(job, temp.resolve("quiet"), false)) {
      for (int i = 0; i < ROUNDS; i++) {
        process.round();
      }
      return process.digest();
    }
  }

  private void run(Job job, int rounds, boolean isResumed) throws IOException {
    try (Process process = new Process(job, temp.resolve("run"), isResumed)) {
      for (int i = 0; i < rounds; i++) {
        process.round();
        int version = process.board.version();
        if (job.checkpoint().isDue(version, 0)) {
          process.awaitKept(version);
        }
      }
    }
  }

  private String resumeToTheEnd(Job job) throws IOException {
    try (Process process = new Process(job, temp.resolve("run"), true)) {
      while (process.board.version() < ROUNDS) {
        process.round();
      }
      return process.digest();
    }
  }

  private int resumedAt(Job job) throws IOException {
    try (Process process = new Process(job, temp.resolve("run"), true)) {
      return process.board.version();
    }
  }

  @Test
  void aJobThatNeverBeganIsInNobodysWay() throws IOException {
    new Process(job("rprop"), temp, false).close();
    assertEquals(CheckpointStore.Kept.NONE, CheckpointStore.kept(temp, Shard.WHOLE, warnings::add));
  }

  @ParameterizedTest
  @MethodSource("optimizers")
  void whereverItIsResumedItComesToTheSameBits(String optimizer) throws IOException {
    resumeAnywhere(optimizer, job(optimizer));
  }

  @Test
  void soItDoesWhereOnlyWeightsDecay() throws IOException {
    Job all = job("lion", "optimizer.weight_decay=0.5");
    Job weights =
        job(
            "lion",
            "optimizer.weight_decay=0.5",
            "optimizer.decay_biases=false",
            "optimizer.gradient_noise=0.1");
    String ofAll = quiet(all);
    clear(temp.resolve("quiet"));
    assertNotEquals(ofAll, quiet(weights));
    clear(temp.resolve("quiet"));
    resumeAnywhere("lion", weights);
  }

  private void resumeAnywhere(String optimizer, Job job) throws IOException {
    String expected = quiet(job);
    for (int crash = 0; crash < ROUNDS; crash++) {
      Files.createDirectories(temp.resolve("run/x"));
      clear(temp.resolve("run"));
      run(job, crash, false);
      assertEquals(crash / 4 * 4, resumedAt(job), "after " + crash);
      run(job, 1, true); // and crashes again soon
      assertEquals(expected, resumeToTheEnd(job), optimizer + " after " + crash);
    }
    assertEquals(List.of(), warnings);
  }

  @Test
  void aDamagedCheckpointIsReportedAndTheOneBeforeItIsUsed() throws IOException {
    for (String optimizer : List.of("rprop", "adam")) {
      Job job = job(optimizer);
      String expected = quiet(job);
      clear(temp.resolve("run"));
      run(job, 10, false);
      Path newest = checkpoints().lastEntry().getValue();
      byte[] bytes = Files.readAllBytes(newest);
      bytes[bytes.length / 2] ^= 4;
      Files.write(newest, bytes);
      warnings.clear();
      assertEquals(4, resumedAt(job));
      assertEquals(expected, resumeToTheEnd(job));
      assertTrue(warnings.get(0).contains(newest + ": damaged"), warnings::toString);
    }
  }

  private static Job tableJob(String optimizer, String... more) {
    List<String> all =
        new ArrayList<>(
            List.of(
                "model.layers=[40, 3, 1]",
                "model.output=sigmoid",
                "model.sparse=true",
                "data.train={format: libsvm, file: a.svm, classes: ['0', '1']}",
                "checkpoint.every=1"));
    all.addAll(List.of(more));
    return job(optimizer, all.toArray(String[]::new));
  }

  @ParameterizedTest
  @ValueSource(strings = {"gd", "rprop", "irprop-", "nesterov", "adam", "quickprop"})
  void soItDoesWhereOnlyTouchedRowsAreKept(String optimizer) throws IOException {
    Job job = tableJob(optimizer, "checkpoint.keep=2");
    String expected = quiet(job);
    for (int crash = 0; crash < ROUNDS; crash++) {
      clear(temp.resolve("run"));
      run(job, crash, false);
      assertEquals(crash, resumedAt(job), "after " + crash);
      run(job, 1, true);
      assertEquals(expected, resumeToTheEnd(job), optimizer + " after " + crash);
    }
    assertEquals(List.of(), warnings);
  }

  /** Until those that add to one that adds to none have half of its bytes. */
  @Test
  void checkpointsOfTablesAddToEarlierOnesWhichStay() throws IOException {
    Job job = tableJob("adam", "checkpoint.keep=2");
    for (int rounds = 1; rounds <= ROUNDS; rounds++) {
      clear(temp.resolve("run"));
      run(job, rounds, false);
      for (int version = rounds; version > 0; version = base(version)) {
        assertTrue(checkpoints().containsKey(version), rounds + ": " + checkpoints().keySet());
      }
      assertTrue(checkpoints().size() < 8, checkpoints().keySet()::toString);
    }
    run(job, 1, true);
    assertEquals(0, base(ROUNDS + 1), "what was ever touched is known");
    try (CheckpointReader reader = CheckpointReader.open(checkpoints().get(ROUNDS + 1))) {
      reader.read();
      int last = reader.rows().stream().flatMapToInt(IntStream::of).max().orElseThrow();
      assertEquals(30, last, "and that rows behind this one were not");
    }
  }

  /** Others wait to be written while one begins, and delete older ones later. */
  @Test
  void whatCheckpointsOfTablesAddToStaysThoughTheDiskIsSlow() throws IOException {
    Job job = tableJob("adam", "checkpoint.keep=2");
    String expected = quiet(job);
    room = 1 << 20;
    disk.drainPermits();
    try (Process process = new Process(job, temp.resolve("run"), false)) {
      process.round();
      process.awaitKept(1);
      for (int i = 0; i < 3; i++) {
        process.round();
      }
      disk.release();
      process.awaitKept(2);
      process.round();
      disk.release(100);
    }
    assertEquals(5, resumedAt(job), warnings::toString);
    assertEquals(expected, resumeToTheEnd(job));
  }

  @Test
  void whatCheckpointsOfTablesAddToStaysThoughRoundsAreFast() throws IOException {
    Job job = tableJob("adam", "checkpoint.keep=2");
    room = 1 << 20;
    String expected = quiet(job);
    for (int i = 0; i < 20; i++) {
      clear(temp.resolve("run"));
      try (Process process = new Process(job, temp.resolve("run"), false)) {
        while (process.board.version() < ROUNDS) {
          process.round();
        }
      }
      assertEquals(ROUNDS, resumedAt(job), warnings::toString);
      assertEquals(expected, resumeToTheEnd(job));
    }
  }

  @Test
  void aCheckpointAfterOneThatFailedAddsToTheOneBefore() throws IOException {
    Job job = tableJob("adam");
    String expected = quiet(job);
    Path run = temp.resolve("run");
    try (Process process = new Process(job, run, false)) {
      process.round();
      process.awaitKept(1);
      Files.move(run, temp.resolve("away"));
      process.round();
      while (warnings.isEmpty()) {
        Thread.onSpinWait();
      }
      Files.move(temp.resolve("away"), run);
      process.round();
    }
    assertEquals(Set.of(1, 3), checkpoints().keySet());
    assertEquals(1, base(3));
    assertEquals(expected, resumeToTheEnd(job));
    assertEquals(1, warnings.size(), warnings::toString);
  }

  private int base(int version) throws IOException {
    try (CheckpointReader reader = CheckpointReader.open(checkpoints().get(version))) {
      return reader.header().base();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whatAddsToADamagedCheckpointIsNotUsed(boolean isDeleted) throws IOException {
    Job job = tableJob("adam", "checkpoint.keep=9");
    String expected = quiet(job);
    run(job, 4, false);
    assertEquals(2, base(3));
    Path middle = checkpoints().get(2);
    byte[] bytes = Files.readAllBytes(middle);
    bytes[bytes.length / 2] ^= 4;
    Files.write(middle, bytes);
    if (isDeleted) {
      Files.delete(middle);
    }
    String reason = checkpoints().get(4) + ": adds to round 3, which is missing or damaged; ";
    try (Process process = new Process(job, temp.resolve("run"), true)) {
      assertEquals(reason + "the checkpoint before it is used", warnings.get(0));
      assertEquals(List.of(new KeptVersion(1, run, "")), process.store.kept());
    }
    assertEquals(reason + "it is not used", warnings.get(warnings.size() - 1));
    assertEquals(1, resumedAt(job));
    assertEquals(expected, resumeToTheEnd(job));
  }

  @Test
  void onlyTheLastCheckpointsStay() throws IOException {
    run(job("rprop", "checkpoint.keep=2"), 13, false);
    assertEquals(List.of(8, 12), List.copyOf(checkpoints().keySet()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"rprop", "adam"})
  void filesThatAnEarlierRunHasLeftArePassedOver(String optimizer) throws IOException {
    Job job = job(optimizer);
    run(job, 13, false);
    run = "b";
    run(job, 5, false);
    assertEquals(4, resumedAt(job));
    assertEquals(4, latestKept(job));
    run = "a";
    assertEquals(12, latestKept(job));
    assertEquals(List.of(), warnings);
  }

  /** They would count among those that stay, so that this run would lose its own. */
  @Test
  void whatOtherRunsHaveLeftIsDeletedWhenTrainingBegins() throws IOException {
    run(job("adam", "checkpoint.every=5"), 10, false);
    run = "b";
    Job job = job("adam", "checkpoint.keep=2");
    try (Process process = new Process(job, temp.resolve("run"), false)) {
      process.board.trainedOn("10 training rows");
      for (int i = 0; i < 12; i++) {
        process.round();
        if (job.checkpoint().isDue(process.board.version(), 0)) {
          process.awaitKept(process.board.version());
        }
      }
    }
    assertEquals(List.of(8, 12), List.copyOf(checkpoints().keySet()));
  }

  private int latestKept(Job job) throws IOException {
    try (Process process = new Process(job, temp.resolve("run"), false)) {
      return process.store.kept().stream()
          .filter(one -> one.run().equals(run))
          .mapToInt(KeptVersion::version)
          .max()
          .orElseThrow();
    }
  }

  /** Older versions have no rows. */
  @Test
  void theRowsStayWithWhatComesOfThem() throws IOException {
    for (Job job : List.of(job("rprop"), job("adam"))) {
      for (String rows : List.of("", "10 training rows, checksum 0123456789abcdef")) {
        for (int crash = 4; crash < 6; crash++) {
          clear(temp.resolve("run"));
          try (Process process = new Process(job, temp.resolve("run"), false)) {
            if (!rows.isEmpty()) {
              process.board.trainedOn(rows);
            }
            for (int i = 0; i < crash; i++) {
              process.round();
            }
          }
          try (Process process = new Process(job, temp.resolve("run"), true)) {
            assertEquals(4, process.board.version());
            assertEquals(
                rows, process.store.rows().rows(), job.optimizer().name() + " after " + crash);
          }
        }
      }
    }
    assertEquals(List.of(), warnings);
  }

  @ParameterizedTest
  @MethodSource("optimizers")
  void aJobThatDoesNotGetToAStepLeavesWhatIsKeptAsItIs(String optimizer) throws IOException {
    run(job(optimizer), 6, false);
    Map<String, Integer> before = contents();
    try (Process process = new Process(job(optimizer), temp.resolve("run"), true)) {
      assertTrue(process.board.version() > 0);
    }
    assertEquals(before, contents());
  }

  private Map<String, Integer> contents() throws IOException {
    Map<String, Integer> contents = new TreeMap<>();
    try (Stream<Path> files = Files.list(temp.resolve("run"))) {
      for (Path file : files.toList()) {
        contents.put(file.toString(), Arrays.hashCode(Files.readAllBytes(file)));
      }
    }
    return contents;
  }

  @Test
  void filesOfAnotherJobAreReportedAndLeftAlone() throws IOException {
    run(job("rprop"), 6, false);
    Job other = job("rprop", "optimizer.max_step=1");
    assertEquals(0, resumedAt(other));
    assertTrue(warnings.get(0).contains("of another job"), warnings::toString);
    assertTrue(Files.exists(temp.resolve("run/round-00000004.checkpoint")));
  }

  @Test
  void aFolderThatCannotBeWrittenIsReportedAndTrainingGoesOn() throws IOException {
    Files.writeString(temp.resolve("run"), "in the way");
    Job job = job("rprop");
    try (Process process = new Process(job, temp.resolve("run"), false)) {
      for (int i = 0; i < ROUNDS; i++) {
        process.round();
      }
      process.checkpoints.close();
      assertEquals(ROUNDS, process.board.version());
    }
    assertFalse(warnings.isEmpty());
    assertTrue(warnings.get(0).contains("cannot keep checkpoints in"), warnings::toString);
  }

  @Test
  void draftsThatAKilledProcessLeftAreDeletedAndNobodyElses() throws IOException {
    Path run = Files.createDirectories(temp.resolve("run"));
    String draft = "." + UUID.randomUUID() + ".tmp";
    Path own = Files.createFile(run.resolve(".round-00000008.checkpoint" + draft));
    Path others = Files.createFile(run.resolve(".round-00000008.shard-1-of-2.checkpoint" + draft));
    run(job("adam"), 3, false);
    assertTrue(Files.exists(own), "nothing is kept yet");
    run(job("adam"), 4, false);
    assertFalse(Files.exists(own));
    assertTrue(Files.exists(others));
    new CheckpointFolder(run, new Shard(1, 2)).make();
    assertFalse(Files.exists(others));
  }

  private CheckpointFolder folder() {
    return new CheckpointFolder(temp.resolve("run"), Shard.WHOLE);
  }

  private NavigableMap<Integer, Path> checkpoints() throws IOException {
    return folder().checkpoints();
  }

  private static void clear(Path folder) throws IOException {
    if (Files.exists(folder)) {
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }
}
