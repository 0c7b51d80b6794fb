package io.cordee.server.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.common.job.Job;
import io.cordee.common.job.RowCounts;
import io.cordee.common.job.data.Columns;
import io.cordee.common.job.file.JobFile;
import io.cordee.common.kernel.Vectors;
import io.cordee.common.optimizer.Optimizer;
import io.cordee.common.reduce.Chunks;
import io.cordee.common.reduce.ReductionTree;
import io.cordee.common.reduce.Shard;
import io.cordee.server.BoardWeights;
import io.cordee.server.round.Boards;
import io.cordee.server.round.BufferPool;
import io.cordee.server.round.Cadence;
import io.cordee.server.round.CollectedChunk;
import io.cordee.server.round.DenseContribution;
import io.cordee.server.round.RoundBoard;
import io.cordee.server.team.WorkerId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Two connections with a thread each, and the real coordinator, mailbox and shard: every order of
 * the threads' steps in the first round. A step ends before an event is left, run or asked for, a
 * command is carried out, or a chunk is added to, claimed or stepped.
 *
 * <p>Where these are too many, every order with few preemptions; {@code
 * -Dinterleaving.preemptions=1000} runs all there, too, which takes half an hour.
 */
@Timeout(7200)
class CoordinatorInterleavingTest {

  private static final int PARTITIONS = 2;
  private static final int NEVER = 99;
  private static final int PREEMPTIONS = Integer.getInteger("interleaving.preemptions", 3);

  @Test
  void twoWorkersContributeToOneChunk() {
    explore(Lockstep.ANY, lockstep -> new Connections(lockstep, 1, 1, NEVER));
  }

  /** Two workers, of whom the second leaves after {@code leaves} messages. */
  @ParameterizedTest
  @CsvSource({"1, 0", "1, 1", "2, NEVER", "2, 0", "2, 1", "2, 2"})
  void ofTwoWorkersOneMayLeave(int chunks, String leaves) {
    explore(PREEMPTIONS, lockstep -> new Connections(lockstep, chunks, 1, end(leaves)));
  }

  /** A worker, and another shard that is lost after {@code lost} messages. */
  @ParameterizedTest
  @ValueSource(strings = {"NEVER", "0", "1", "2"})
  void anotherShardMayBeLost(String lost) {
    explore(Lockstep.ANY, lockstep -> new Connections(lockstep, 2, 2, end(lost)));
  }

  private static int end(String after) {
    return after.equals("NEVER") ? NEVER : Integer.parseInt(after);
  }

  private static void explore(int preemptions, Function<Lockstep, Connections> scenarios) {
    float[] quiet = scenarios.apply(Lockstep.none()).quietly();
    int ways =
        Lockstep.explore(preemptions, lockstep -> scenarios.apply(lockstep).expecting(quiet));
    assertTrue(ways > 100, ways + " ways");
  }

  private static final DataFound FOUND =
      new DataFound(new RowCounts(4, 0, 0), "exact", Columns.UNKNOWN);

  private static final Job JOB =
      JobFile.parse(
          String.join(
              "\n",
              "name: interleaved",
              "model: {layers: [1, 2], output: sigmoid, loss: squared-error}",
              "data: {train: {format: csv, file: train.csv, label: '0'}}",
              "partitions: " + PARTITIONS,
              "optimizer: {name: gd}",
              "stop: {rounds: 1}"),
          "interleaved.yaml",
          List.of());

  /** A worker and another; or a shard, of which only messages to the coordinator matter. */
  private static final class Connections extends FakeTeam
      implements Lockstep.Scenario, TrainingListener, RoundListener {

    private final Lockstep lockstep;
    private final int shards;
    private final int endsAfter;
    private final List<WorkerId> workers = new ArrayList<>();
    private final List<Deque<Runnable>> inboxes = List.of(new ArrayDeque<>(), new ArrayDeque<>());
    private final boolean[] hasEnded = new boolean[2];
    private final List<String> happened = new ArrayList<>();
    private final BufferPool buffers = new BufferPool();
    private final Chunks chunks;
    private final RoundBoard board;
    private final MadeUpWork work;
    private final StepwiseMailbox mailbox;
    private final LeadTraining training;
    private final List<Integer> measured = new ArrayList<>();
    private final List<Integer> stepped = new ArrayList<>();

    /** Contributions on the board, by chunk. */
    private final Map<Integer, Set<String>> placed = new TreeMap<>();

    private final Set<Integer> claimed = new TreeSet<>();

    /** What each thread is contributing, and to which chunk. */
    private final String[] contributed = new String[2];

    private final int[] contributedTo = new int[2];
    private boolean isAsked;
    private Optional<Outcome> ended = Optional.empty();
    private float[] quiet = {};

    /** The second connection ends after {@code endsAfter} messages. */
    Connections(Lockstep lockstep, int chunkCount, int shards, int endsAfter) {
      this.lockstep = lockstep;
      this.shards = shards;
      this.endsAfter = endsAfter;
      int parameters = JOB.model().layout().parameters();
      Optimizer optimizer = Optimizer.of(JOB.optimizer(), parameters);
      this.chunks = new Chunks(parameters, parameters / chunkCount, optimizer.width());
      Chunks own = new Shard(0, shards).own(chunks);
      ReductionTree tree = new ReductionTree(PARTITIONS);
      float[] initial = new float[own.parameters()];
      Arrays.fill(initial, 0.25f);
      this.board = Boards.fresh(optimizer, own, tree, initial, buffers, Cadence.of(JOB));
      this.work = new MadeUpWork(chunks, tree);
      this.mailbox =
          new StepwiseMailbox(lockstep, event -> happened.add(event + " at " + boardState()));
      workers.add(new WorkerId(1, "w1"));
      if (shards == 1) {
        workers.add(new WorkerId(2, "w2"));
      }
      this.training =
          new LeadTraining(
              new Surroundings(JOB, this, this, () -> 0),
              board,
              workers.size(),
              List.of(new OtherShard()),
              new LeadTraining.Whole(chunks, shards),
              mailbox);
      workers.forEach(id -> training.tell(to -> to.joined(id, 1)));
      if (shards > 1) {
        reports().stepped(0, new long[1]);
      }
      // They find their data, and are prepared.
      while (!isAsked) {
        hearAll();
      }
    }

    private void hearAll() {
      inboxes.forEach(inbox -> Optional.ofNullable(inbox.poll()).ifPresent(Runnable::run));
    }

    Connections expecting(float[] weights) {
      quiet = weights;
      return this;
    }

    float[] quietly() {
      while (!training.isOver()) {
        assertTrue(inboxes.stream().anyMatch(inbox -> !inbox.isEmpty()), "nobody says anything");
        hearAll();
      }
      return BoardWeights.of(board, 1);
    }

    @Override
    public List<Runnable> threads() {
      return List.of(() -> bring(0, NEVER), () -> bring(1, endsAfter));
    }

    private void bring(int connection, int messages) {
      Deque<Runnable> inbox = inboxes.get(connection);
      for (int said = 0; said < messages && !hasEnded[connection]; said++) {
        lockstep.forget();
        lockstep.pause("has brought " + said, () -> !inbox.isEmpty() || isSuspended());
        if (isSuspended()) {
          return;
        }
        inbox.remove().run();
      }
      end(connection);
    }

    /** Nobody is told, as the processes end. */
    private boolean isSuspended() {
      return training.outcome().filter(Outcome.Suspended.class::isInstance).isPresent();
    }

    private void end(int connection) {
      if (hasEnded[connection]) {
        return;
      }
      hasEnded[connection] = true;
      if (connection < workers.size()) {
        training.tell(to -> to.left(workers.get(connection), "gone"));
      } else if (ended.isEmpty()) {
        training.lost(1);
      }
    }

    @Override
    public String state() {
      return happened + " " + mailbox.waiting() + boardState();
    }

    @Override
    public boolean isOpen() {
      return board.version() == 0;
    }

    private String boardState() {
      return board.version() + " " + board.isApplied() + placed + claimed + stepped;
    }

    @Override
    public void check() {
      assertTrue(training.isOver());
      assertTrue(mailbox.waiting().isEmpty());
      assertEquals(stepped.stream().distinct().toList(), stepped, "each chunk once");
      if (isSuspended()) {
        assertTrue(shards > 1 && endsAfter < NEVER);
        assertEquals(List.of(0, 1).subList(0, measured.size()), measured);
        return;
      }
      assertInstanceOf(Outcome.Completed.class, ended.orElseThrow());
      assertEquals(List.of(0, 1), measured);
      assertEquals(board.chunks().count(), stepped.size());
      assertArrayEquals(quiet, BoardWeights.of(board, 1));
    }

    // ---- to the workers ----

    private void toWorker(WorkerId id, Runnable reaction) {
      mailbox.requireFree();
      inboxes.get(id.number() - 1).add(reaction);
    }

    @Override
    public void welcome(WorkerId id) {
      toWorker(id, () -> training.tell(to -> to.found(id, FOUND)));
    }

    @Override
    public void prepare(WorkerId id, int plan, BitSet partitions) {
      toWorker(id, () -> training.tell(to -> to.prepared(id, plan)));
    }

    @Override
    public void lease(WorkerId id, int version, BitSet partitions) {
      isAsked = true;
      happened.add("lease at " + boardState());
      happens("leases");
      for (int node : board.tree().maximalNodes(partitions)) {
        for (int chunk = 0; chunk < board.chunks().count(); chunk++) {
          int c = chunk;
          toWorker(id, () -> contribute(id, version, node, c));
        }
      }
    }

    private void contribute(WorkerId id, int version, int node, int chunk) {
      float[] part = buffers.take(board.chunks().contributionSize(chunk));
      float[] at = Arrays.copyOf(BoardWeights.of(board, version), chunks.parameters());
      work.copyPart(sum(node, at), chunk, part);
      int thread = lockstep.isOneOfThem() ? lockstep.number() : 0;
      contributed[thread] = version + "/" + node;
      contributedTo[thread] = chunk;
      training.contributed(
          id, new DenseContribution(version, node, chunk, work.tally(version, node), part));
    }

    private float[] sum(int node, float[] at) {
      ReductionTree.Span span = board.tree().span(node);
      if (span.size() == 1) {
        return work.sums(at, span.from());
      }
      float[] left = sum(ReductionTree.left(node), at);
      float[] right = sum(ReductionTree.right(node), at);
      Vectors.add(left, right, left.length);
      return left;
    }

    @Override
    public void finished(WorkerId id, Outcome outcome) {
      toWorker(id, () -> end(id.number() - 1));
    }

    // ---- to the other shard ----

    private final class OtherShard implements ShardOrders {

      @Override
      public void apply(
          int version, OptionalDouble norm, double meanLoss, double seconds, boolean isKept) {
        answer(to -> to.stepped(version + 1, new long[1]));
      }

      @Override
      public void trainedOn(String rows) {
        mailbox.requireFree(); // no checkpoints are kept here
      }

      @Override
      public void sendWeights(int version) {
        throw new AssertionError("the weights are the lookahead point");
      }

      @Override
      public void collect(int version) {
        answer(
            to ->
                to.weights(
                    version,
                    1,
                    List.of(
                        new CollectedChunk(
                            Optional.of(new float[chunks.size(1)]), new long[1], 0))));
      }

      @Override
      public void finished(Outcome how) {
        toShard(() -> hasEnded[1] = true);
      }

      private void answer(Consumer<ShardReports> report) {
        toShard(() -> report.accept(reports()));
      }

      private void toShard(Runnable reaction) {
        mailbox.requireFree();
        if (shards > 1) {
          inboxes.get(1).add(reaction);
        }
      }
    }

    private ShardReports reports() {
      return training.reportsOf(
          1,
          why -> {
            throw new AssertionError("the shard is refused: " + why);
          });
    }

    // ---- what happens ----

    @Override
    public RoundListener withinRounds() {
      return this;
    }

    private void happens(String what) {
      mailbox.requireFree();
      lockstep.pause(what);
    }

    @Override
    public void reduced(long nanos) {
      int thread = lockstep.isOneOfThem() ? lockstep.number() : 0;
      Set<String> ofChunk = placed.computeIfAbsent(contributedTo[thread], c -> new TreeSet<>());
      ofChunk.add(contributed[thread]);
      happens("offered " + ofChunk);
    }

    @Override
    public void shardLost(int shard) {
      mailbox.requireFree();
    }

    @Override
    public void stepping(RoundBoard of, List<Integer> chunks) {
      claimed.addAll(chunks);
      happens("claimed " + chunks);
    }

    @Override
    public void stepped(RoundBoard of, List<Integer> chunks, long nanos) {
      stepped.addAll(chunks);
      happens("stepped " + chunks);
    }

    @Override
    public void measured(Measurement measurement) {
      measured.add(measurement.round());
      assertEquals(4, measurement.train().rows());
      mailbox.requireFree();
    }

    @Override
    public Outcome ended(
        Outcome outcome, int version, String digest, Optional<List<float[]>> weights) {
      assertTrue(ended.isEmpty(), "it ends once");
      ended = Optional.of(outcome);
      mailbox.requireFree();
      return outcome;
    }
  }
}
