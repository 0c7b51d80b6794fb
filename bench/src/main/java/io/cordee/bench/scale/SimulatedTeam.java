package io.cordee.bench.scale;

import io.cordee.common.checkpoint.SavedState;
import io.cordee.common.job.Job;
import io.cordee.common.job.JobVector;
import io.cordee.common.job.RowCounts;
import io.cordee.common.job.Tally;
import io.cordee.common.job.data.Columns;
import io.cordee.common.job.file.JobFile;
import io.cordee.common.model.InitialWeights;
import io.cordee.common.reduce.Chunks;
import io.cordee.common.reduce.ReductionTree;
import io.cordee.common.wire.NodeRounding;
import io.cordee.function.Stats;
import io.cordee.server.round.BufferPool;
import io.cordee.server.round.Cadence;
import io.cordee.server.round.DenseContribution;
import io.cordee.server.round.Keeper;
import io.cordee.server.round.Parallel;
import io.cordee.server.round.RoundBoard;
import io.cordee.server.round.Vector;
import io.cordee.server.team.WorkerId;
import io.cordee.server.training.DataFound;
import io.cordee.server.training.LeadTraining;
import io.cordee.server.training.Measurement;
import io.cordee.server.training.Outcome;
import io.cordee.server.training.Surroundings;
import io.cordee.server.training.Team;
import io.cordee.server.training.TrainingEvents;
import io.cordee.server.training.TrainingListener;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The coordinator and the shard of a real server, with many simulated members: what they say lies
 * in a queue, and one thread delivers it. They compute nothing.
 */
final class SimulatedTeam implements Team, TrainingListener {

  /** Rounds are as many as anybody wants to see. */
  private static final String JOB =
      """
      name: scale
      model: {layers: [64, 16, 10]}
      data: {train: {format: digits}}
      optimizer: {name: rprop}
      partitions: %d
      stop: {rounds: 1000000}
      """;

  private final Deque<Runnable> events = new ArrayDeque<>();
  private final ReductionTree tree;
  private final Chunks chunks;
  private final BufferPool buffers = new BufferPool();
  private final DataFound data;
  private final LeadTraining training;

  /** Those that die when they are asked for something next. */
  private final Set<WorkerId> dying = new HashSet<>();

  private final Set<WorkerId> present = new HashSet<>();
  private int joined;
  private int rounds;
  private long delivered;

  /** Members join before the first round; each partition has a row. */
  SimulatedTeam(int members, int partitions) {
    Job job = JobFile.parse(JOB.formatted(partitions), "scale", List.of());
    JobVector vector = JobVector.of(job);
    chunks = vector.chunks();
    tree = new ReductionTree(partitions);
    data = new DataFound(new RowCounts(partitions, 0, 0), "", Columns.UNKNOWN);
    SavedState start =
        SavedState.start(InitialWeights.of(job.model()), chunks, vector.optimizer().slots());
    RoundBoard board =
        new RoundBoard(
            vector.optimizer(),
            new NodeRounding(job.compression().gradients(), chunks),
            tree,
            start,
            buffers,
            Cadence.of(job),
            Keeper.NONE,
            Parallel.NONE);
    training =
        new LeadTraining(
            new Surroundings(job, this, this, System::nanoTime),
            board,
            members,
            List.of(),
            new LeadTraining.Whole(chunks, 1));
    for (int i = 0; i < members; i++) {
      join();
    }
  }

  private void join() {
    WorkerId id = new WorkerId(++joined, "member-" + joined);
    present.add(id);
    tell(to -> to.joined(id, 1));
  }

  private void tell(Consumer<TrainingEvents> event) {
    events.addLast(() -> training.tell(event));
  }

  /** Delivers what members say until a round is over. */
  void round() {
    int before = rounds;
    while (rounds == before) {
      events.removeFirst().run();
      delivered++;
    }
  }

  /** This many members die at their next request, and are replaced. */
  void kill(int count) {
    present.stream().limit(count).forEach(dying::add);
  }

  long delivered() {
    return delivered;
  }

  int members() {
    return present.size();
  }

  // ---- what the server says ----

  @Override
  public void welcome(WorkerId worker) {
    tell(to -> to.found(worker, data));
  }

  @Override
  public void prepare(WorkerId worker, int plan, BitSet partitions) {
    tell(to -> to.prepared(worker, plan));
  }

  @Override
  public void lease(WorkerId worker, int version, BitSet partitions) {
    if (dying.remove(worker)) {
      present.remove(worker);
      tell(to -> to.left(worker, "it has died"));
      join();
      return;
    }
    for (int node : tree.maximalNodes(partitions)) {
      events.addLast(() -> contribute(worker, version, node));
    }
  }

  private void contribute(WorkerId worker, int version, int node) {
    Tally tally = new Tally(tree.span(node).size(), 1, Stats.NOT_COUNTED, Stats.NOT_COUNTED);
    for (int chunk = 0; chunk < chunks.count(); chunk++) {
      float[] sums = buffers.take(chunks.contributionSize(chunk));
      Arrays.fill(sums, 1);
      training.contributed(worker, new DenseContribution(version, node, chunk, tally, sums));
    }
  }

  @Override
  public void chunk(WorkerId worker, int version, Vector vector, int chunk) {}

  @Override
  public void signs(WorkerId worker, int chunk) {}

  @Override
  public void state(WorkerId worker, int chunk) {}

  @Override
  public void evaluate(WorkerId worker, int version, BitSet slices) {}

  @Override
  public void finished(WorkerId worker, Outcome outcome) {
    throw new IllegalStateException(outcome.message());
  }

  @Override
  public void expel(WorkerId worker, String reason) {
    throw new IllegalStateException(worker + ": " + reason);
  }

  @Override
  public void measured(Measurement measurement) {
    rounds++;
  }
}
