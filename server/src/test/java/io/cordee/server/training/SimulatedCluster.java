package io.cordee.server.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.common.job.Job;
import io.cordee.common.job.Mode;
import io.cordee.common.job.Tally;
import io.cordee.common.kernel.Vectors;
import io.cordee.common.reduce.Chunks;
import io.cordee.common.reduce.ReductionTree;
import io.cordee.common.reduce.Shard;
import io.cordee.common.reduce.TreeReduction;
import io.cordee.common.rule.Optimizer;
import io.cordee.common.rule.Replica;
import io.cordee.server.round.AsyncBoard;
import io.cordee.server.round.Board;
import io.cordee.server.round.Boards;
import io.cordee.server.round.BufferPool;
import io.cordee.server.round.Cadence;
import io.cordee.server.round.Contribution;
import io.cordee.server.round.RoundBoard;
import io.cordee.server.round.SignStep;
import io.cordee.server.round.Vector;
import io.cordee.server.shard.Follower;
import io.cordee.server.team.WorkerId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import java.util.stream.Stream;

/**
 * A {@link Training}, by one server or several shards, with made-up workers and no network:
 * messages lie in queues, in order for each connection and direction, and a seeded random choice
 * says which is delivered next.
 */
final class SimulatedCluster implements TrainingListener {

  /** Parameters per chunk. */
  static final int CHUNK = 3;

  /** Messages, or tasks, one behind the other; none is had before its time. */
  private static final class Line {

    private record Item(long at, int version, Runnable run) {}

    private final Deque<Item> items = new ArrayDeque<>();

    void addLast(Runnable run) {
      addLast(0, Integer.MAX_VALUE, run);
    }

    void addLast(long at, int version, Runnable run) {
      items.addLast(new Item(at, version, run));
    }

    Optional<Long> next() {
      return Optional.ofNullable(items.peekFirst()).map(Item::at);
    }

    boolean isReady(long now) {
      return next().filter(at -> at <= now).isPresent();
    }

    Runnable removeFirst() {
      return items.removeFirst().run();
    }

    void abandonBefore(int version) {
      items.removeIf(item -> item.version() < version);
    }

    void clear() {
      items.clear();
    }
  }

  /** What keeps a worker from its work. */
  enum Trouble {
    NONE,
    /** Its process does nothing; it is still connected. */
    HANGS,
    /** Its compute threads do nothing. */
    STICKS
  }

  private final class Worker {
    final WorkerId id;

    Trouble trouble = Trouble.NONE;

    /** Whether it ever was in any. */
    boolean wasInTrouble;

    /** Nanoseconds that a partition takes. */
    long cost;

    long busyUntil;
    int leases;
    long nextBeat = now + BEAT;

    /** One for each shard. */
    final List<Line> inboxes = queues();

    /** What its compute threads are to do; it listens meanwhile. */
    final Line computing = new Line();

    /** One for each shard. */
    final List<Line> outboxes = queues();

    /** To shard 0. */
    final Line outbox = outboxes.get(0);

    final Map<Integer, float[]> points = new HashMap<>();
    final Map<Integer, float[]> weights = new HashMap<>();

    /** The round whose contributions it still owes; none is −1. */
    int round = -1;

    /** How many contributions it has computed that have not been delivered. */
    int undelivered;

    /** Only spoken to if steps are sent as signs. */
    final Replica replica;

    Worker(WorkerId id) {
      this.id = id;
      this.replica = job.sendsSigns() ? new Replica(optimizer, chunks) : null;
    }

    /** Where gradients are taken at a version, if all of it is there. */
    Optional<float[]> point(int version) {
      return job.sendsSigns()
          ? replica.weightsAt(version).map(float[]::clone)
          : whole(points.get(version));
    }

    /** The weights at a version, if they are sent apart from where gradients are taken. */
    Optional<float[]> evaluated(int version) {
      return optimizer.hasOwnEvaluationPoint() ? whole(weights.get(version)) : point(version);
    }

    private Optional<float[]> whole(float[] vector) {
      return Optional.ofNullable(vector).filter(SimulatedCluster::isWhole);
    }
  }

  private static final long BEAT = 1_000_000_000;
  private static final long TICK = 50_000_000;

  final List<Measurement> measurements = new ArrayList<>();
  final List<String> expelled = new ArrayList<>();
  final List<String> warnings = new ArrayList<>();
  final List<Integer> leased = new ArrayList<>();
  final List<String> waits = new ArrayList<>();

  /** The partitions that a worker was to hold when it was last told. */
  final Map<WorkerId, BitSet> holdings = new HashMap<>();

  /** How often a worker was told which partitions to hold. */
  int prepares;

  /** Whether workers drop what is left of a round when they are asked for the next. */
  boolean areWorkersReasonable = true;

  Optional<Throwable> breaksAtEnd = Optional.empty();
  String finalDigest = "";
  float[] finalWeights = {};

  /** The most rounds that a worker has ever been ahead of one that still owed contributions. */
  int furthestAhead;

  int finalVersion = -1;

  /** How often a worker sends the leaves of a subtree instead of its sum. */
  double leafRate = 0.25;

  /** How often a bit of a replica is flipped before a step is replayed. */
  double flipRate;

  private final Random random;
  private final int parameters;
  private final Job job;
  private final Optimizer optimizer;
  private final Chunks chunks;
  private final ReductionTree tree;
  private final MadeUpWork work;
  private final IntSupplier version;
  final BufferPool buffers = new BufferPool();
  private final Training training;
  private final List<Follower> followers = new ArrayList<>();
  private final int shards;

  /** What shards say to each other: to each from shard 0, and from each to shard 0. */
  private final List<Line> toShards;

  private final List<Line> toLead;
  private final Set<Integer> lost = new HashSet<>();
  private final Map<WorkerId, Worker> workers = new LinkedHashMap<>();
  private int joined;
  private long now;

  SimulatedCluster(Job job, float[] initial, int minWorkers, long seed) {
    this(job, initial, minWorkers, seed, 1);
  }

  /** With so many shards, of which this one's training is that of shard 0. */
  SimulatedCluster(Job job, float[] initial, int minWorkers, long seed, int shards) {
    this.random = new Random(seed);
    this.job = job;
    this.shards = shards;
    this.toShards = queues();
    this.toLead = queues();
    this.parameters = initial.length;
    this.optimizer = Optimizer.of(job.rule(), parameters);
    this.chunks = new Chunks(parameters, CHUNK, optimizer.width());
    this.tree = new ReductionTree(job.partitions());
    this.work = new MadeUpWork(chunks, tree);
    if (job.mode() instanceof Mode.Async async) {
      AsyncBoard steps = new AsyncBoard(optimizer, chunks, tree, initial.clone(), buffers);
      this.version = () -> 0;
      this.training =
          new AsynchronousTraining(
              around(new ShardTeam(0, steps)), async.staleness(), steps, minWorkers);
      return;
    }
    RoundBoard rounds = board(0, initial);
    this.version = rounds::version;
    SynchronousTraining lead =
        new SynchronousTraining(
            around(new ShardTeam(0, rounds)),
            rounds,
            minWorkers,
            new ToShards(),
            new SynchronousTraining.Whole(chunks, shards));
    this.training = lead;
    for (int shard = 1; shard < shards; shard++) {
      RoundBoard own = board(shard, initial);
      int first = new Shard(shard, shards).firstChunk(chunks);
      followers.add(
          new Follower(
              around(new ShardTeam(shard, own)), own, new ToLead(shard, lead), first, chunks));
    }
    followers.forEach(Follower::begin);
  }

  private Surroundings around(Team team) {
    return new Surroundings(job, team, this, () -> now += 1000);
  }

  private RoundBoard board(int number, float[] initial) {
    Shard shard = new Shard(number, shards);
    int from = chunks.from(shard.firstChunk(chunks));
    Chunks own = shard.own(chunks);
    return Boards.fresh(
        optimizer,
        own,
        tree,
        Arrays.copyOfRange(initial, from, from + own.parameters()),
        buffers,
        Cadence.of(job));
  }

  private List<Line> queues() {
    return Stream.generate(Line::new).limit(shards).toList();
  }

  Training training() {
    return training;
  }

  WorkerId join() {
    return join(1 + random.nextInt(3));
  }

  WorkerId join(int threads) {
    WorkerId id = new WorkerId(++joined, "w" + joined);
    Worker worker = new Worker(id);
    workers.put(id, worker);
    training.tell(to -> to.joined(id, threads));
    for (int shard = 1; shard < shards; shard++) {
      Follower follower = followers.get(shard - 1);
      follower.joined(id, 1);
      worker.outboxes.get(shard).addLast(() -> follower.subscribed(id));
    }
    return id;
  }

  void leave(WorkerId id) {
    workers.remove(id);
    training.tell(to -> to.left(id));
    followers.forEach(follower -> follower.left(id));
  }

  /** As if the connection between a shard and shard 0 were cut. */
  void lose(int shard) {
    lost.add(shard);
    toShards.get(shard).clear();
    toLead.get(shard).clear();
    toLead
        .get(shard)
        .addLast(() -> ((SynchronousTraining) training).post(to -> to.shardLost(shard)));
  }

  /** A shard that was lost before the first round is there again. */
  void find(int shard) {
    lost.remove(shard);
    followers.get(shard - 1).begin();
  }

  List<WorkerId> connected() {
    return List.copyOf(workers.keySet());
  }

  /** From now on; what a worker has sent before it hangs arrives. */
  void trouble(WorkerId id, Trouble trouble) {
    workers.get(id).trouble = trouble;
    workers.get(id).wasInTrouble = true;
  }

  boolean has(WorkerId id) {
    return workers.containsKey(id);
  }

  /** How often it was asked to compute. */
  int leasesOf(WorkerId id) {
    return workers.get(id).leases;
  }

  Trouble troubleOf(WorkerId id) {
    return workers.get(id).trouble;
  }

  /** So many nanoseconds for a partition, from the next lease on. */
  void slow(WorkerId id, long nanos) {
    workers.get(id).cost = nanos;
  }

  /** Lets time pass, in which nothing is delivered but heartbeats. */
  void pass(long nanos) {
    for (long left = nanos; left > 0; left -= TICK) {
      now += Math.min(left, TICK);
      for (Worker worker : List.copyOf(workers.values())) {
        if (worker.trouble != Trouble.HANGS && worker.nextBeat <= now) {
          worker.nextBeat = now + BEAT;
          training.tell(to -> to.heard(worker.id));
        }
      }
      training.tell(TrainingEvents::tick);
    }
  }

  /** Lets time pass in which the server does not look at the clock. */
  void sleep(long nanos) {
    now += nanos;
  }

  long now() {
    return now;
  }

  /** Runs on; time passes when there is nothing to deliver, for at most so many nanoseconds. */
  void runInTime(long limit) {
    runInTime(limit, training::isOver);
  }

  /** The same, until a condition holds. */
  void runInTime(long limit, BooleanSupplier isEnough) {
    long end = now + limit;
    while (!isEnough.getAsBoolean()) {
      if (now > end) {
        throw new AssertionError("waited " + limit / 1e9 + " s; " + warnings + waits);
      }
      if (!deliverOne()) {
        long next =
            lines().stream().flatMap(line -> line.next().stream()).min(Long::compare).orElse(end);
        pass(Math.max(1, Math.min(next - now, TICK)));
      }
    }
  }

  private List<Line> lines() {
    List<Line> lines = new ArrayList<>();
    for (Worker worker : workers.values()) {
      if (worker.trouble != Trouble.HANGS) {
        lines.addAll(worker.inboxes);
        if (worker.trouble != Trouble.STICKS) {
          lines.add(worker.computing);
        }
      }
      lines.addAll(worker.outboxes);
    }
    lines.addAll(toShards);
    lines.addAll(toLead);
    return lines;
  }

  /** Delivers one message of those that wait; false if there is none. */
  boolean deliverOne() {
    List<Line> waiting = new ArrayList<>(lines());
    waiting.removeIf(line -> !line.isReady(now));
    if (waiting.isEmpty()) {
      return false;
    }
    waiting.get(random.nextInt(waiting.size())).removeFirst().run();
    return true;
  }

  /** Runs to the end, for at most so many messages. */
  void run(int limit) {
    for (int i = 0; i < limit && !training.isOver(); i++) {
      if (!deliverOne()) {
        throw new AssertionError("nobody has anything to say, and the job is not over");
      }
    }
    if (!training.isOver()) {
      throw new AssertionError("the job is not over after " + limit + " messages");
    }
  }

  // ---- the made-up workers ----

  private void toWorker(WorkerId id, int shard, Runnable message) {
    Worker worker = workers.get(id);
    if (worker != null) {
      worker.inboxes.get(shard).addLast(message);
    }
  }

  private void toComputeThreads(WorkerId id, int version, Consumer<Worker> task) {
    toWorker(
        id,
        0,
        () -> {
          Worker worker = workers.get(id);
          if (areWorkersReasonable) {
            worker.computing.abandonBefore(version);
            worker.busyUntil =
                worker.computing.next().isEmpty()
                    ? Math.min(worker.busyUntil, now)
                    : worker.busyUntil;
          }
          worker.computing.addLast(0, version, () -> task.accept(worker));
        });
  }

  private void flipABit(Replica replica, int version, int chunk) {
    Replica.Place place = replica.part(chunk, version, random.nextInt(replica.parts()));
    float[] vector = place.array();
    int at = place.from() + random.nextInt(chunks.size(chunk));
    vector[at] =
        Float.intBitsToFloat(Float.floatToRawIntBits(vector[at]) ^ 1 << random.nextInt(32));
  }

  private float[] nothing() {
    float[] nothing = new float[parameters];
    Arrays.fill(nothing, Float.NaN);
    return nothing;
  }

  private void computeWhenComplete(Worker worker, int version, BitSet partitions) {
    Optional<float[]> at = worker.point(version);
    if (at.isPresent() && worker.cost > 0) {
      worker.busyUntil = Math.max(now, worker.busyUntil) + worker.cost * partitions.cardinality();
      worker.computing.addLast(
          worker.busyUntil, version, () -> compute(worker, version, at.get(), partitions));
    } else if (at.isPresent()) {
      compute(worker, version, at.get(), partitions);
    } else if (this.version.getAsInt() <= version) {
      worker.computing.addLast(0, version, () -> computeWhenComplete(worker, version, partitions));
    }
  }

  private void compute(Worker worker, int version, float[] at, BitSet partitions) {
    TreeReduction<float[]> reduction =
        new TreeReduction<>(
            tree,
            (left, right) -> {
              Vectors.add(left, right, left.length);
              return left;
            },
            gone -> {});
    List<Integer> maximal = tree.maximalNodes(partitions);
    Set<Integer> asLeaves = new HashSet<>();
    for (int node : maximal) {
      if (random.nextDouble() < leafRate) {
        // Now and then leaf by leaf: allowed, if wasteful.
        asLeaves.add(node);
      }
    }
    partitions.stream()
        .forEach(
            partition -> {
              float[] sums = work.sums(at, partition);
              int leaf = tree.leaf(partition);
              boolean isAlone =
                  asLeaves.stream().anyMatch(node -> ReductionTree.isSelfOrAncestor(node, leaf));
              if (isAlone) {
                send(worker, version, leaf, sums);
              } else {
                int node = reduction.offer(leaf, sums).orElseThrow();
                if (maximal.contains(node)) {
                  send(worker, version, node, reduction.take(node).orElseThrow());
                }
              }
            });
  }

  private void send(Worker worker, int version, int node, float[] sums) {
    Tally tally = work.tally(version, node);
    for (int chunk = 0; chunk < chunks.count(); chunk++) {
      int c = chunk;
      int shard = owner(c);
      int own = c - new Shard(shard, shards).firstChunk(chunks);
      Training owner = training(shard);
      worker.undelivered++;
      worker
          .outboxes
          .get(shard)
          .addLast(
              () -> {
                worker.undelivered--;
                if (worker.undelivered == 0) {
                  worker.round = -1;
                }
                float[] part = buffers.take(chunks.contributionSize(c));
                work.copyPart(sums, c, part);
                owner.contributed(worker.id, new Contribution(version, node, own, tally, part));
              });
    }
  }

  private void evaluateWhenComplete(Worker worker, int version, BitSet slices) {
    Optional<float[]> at = worker.evaluated(version);
    if (at.isEmpty()) {
      if (this.version.getAsInt() <= version) {
        worker.computing.addLast(0, version, () -> evaluateWhenComplete(worker, version, slices));
      }
      return;
    }
    slices.stream()
        .forEach(
            slice -> {
              long rows = work.slice(slice).rows();
              double loss = slice + (double) at.get()[slice % parameters];
              worker.outbox.addLast(
                  () ->
                      training.tell(
                          to ->
                              to.evaluated(
                                  worker.id,
                                  version,
                                  slice,
                                  new Tally(rows, loss, rows * (version % 2), 0))));
            });
  }

  /** What a shard says to the workers. */
  private final class ShardTeam implements Team {

    private final int number;
    private final Board board;

    /** How many chunks lie before those of the board. */
    private final int first;

    ShardTeam(int number, Board board) {
      this.number = number;
      this.board = board;
      this.first = new Shard(number, shards).firstChunk(chunks);
    }

    @Override
    public void welcome(WorkerId id) {
      if (number == 0) {
        toWorker(
            id,
            number,
            () ->
                workers
                    .get(id)
                    .outbox
                    .addLast(() -> training.tell(to -> to.foundData(id, work.found()))));
      }
    }

    @Override
    public void prepare(WorkerId id, int plan, BitSet partitions) {
      prepares++;
      holdings.put(id, partitions);
      toWorker(
          id,
          number,
          () -> workers.get(id).outbox.addLast(() -> training.tell(to -> to.prepared(id, plan))));
    }

    @Override
    public void chunk(WorkerId id, int version, Vector vector, int chunk) {
      toWorker(
          id,
          number,
          () -> {
            Worker worker = workers.get(id);
            Map<Integer, float[]> vectors =
                vector == Vector.EVALUATION_POINT ? worker.points : worker.weights;
            board.show(
                vector,
                chunk,
                version,
                values -> {
                  float[] whole = vectors.computeIfAbsent(version, v -> nothing());
                  if (job.mode() instanceof Mode.Async) {
                    assertTrue(
                        worker.wasInTrouble || Float.isNaN(whole[chunks.from(first + chunk)]),
                        "a chunk is sent twice");
                    assertTrue(
                        worker.wasInTrouble || worker.round < 0 || version <= worker.round + 1,
                        "no room for it");
                  }
                  System.arraycopy(
                      values, 0, whole, chunks.from(first + chunk), chunks.size(first + chunk));
                });
          });
    }

    @Override
    public void signs(WorkerId id, int chunk) {
      SignStep step = board.signStep(chunk);
      toWorker(
          id,
          number,
          () -> {
            Worker worker = workers.get(id);
            if (random.nextDouble() < flipRate) {
              flipABit(worker.replica, step.version() - 1, first + chunk);
            }
            OptionalLong checksum = step.checksum();
            Replica.Effect effect =
                worker.replica.replay(
                    first + chunk,
                    step.version(),
                    step.lossRose(),
                    step.packed(),
                    checksum.isPresent() ? Optional.of(checksum.getAsLong()) : Optional.empty());
            if (effect == Replica.Effect.DIFFERS) {
              worker
                  .outboxes
                  .get(number)
                  .addLast(
                      () -> training(number).tell(to -> to.differs(id, step.version(), chunk)));
            }
          });
    }

    @Override
    public void state(WorkerId id, int chunk) {
      toWorker(
          id,
          number,
          () -> {
            Replica replica = workers.get(id).replica;
            board.showState(
                chunk,
                state -> {
                  for (int part = 0; part < replica.parts(); part++) {
                    System.arraycopy(
                        state.vectors().get(part),
                        0,
                        replica.part(first + chunk, state.version(), part).array(),
                        replica.part(first + chunk, state.version(), part).from(),
                        chunks.size(first + chunk));
                  }
                  assertEquals(
                      Replica.Effect.DONE,
                      replica.restore(first + chunk, state.version(), state.checksum()));
                });
          });
    }

    @Override
    public void lease(WorkerId id, int version, BitSet partitions) {
      leased.add(version);
      workers.get(id).round = version;
      workers.get(id).leases++;
      int slowest =
          workers.values().stream()
              .mapToInt(worker -> worker.round)
              .filter(round -> round >= 0)
              .min()
              .orElseThrow();
      furthestAhead = Math.max(furthestAhead, version - slowest);
      toComputeThreads(id, version, worker -> computeWhenComplete(worker, version, partitions));
    }

    @Override
    public void evaluate(WorkerId id, int version, BitSet slices) {
      toComputeThreads(id, version, worker -> evaluateWhenComplete(worker, version, slices));
    }

    @Override
    public void finished(WorkerId id, Outcome outcome) {
      if (number == 0) {
        toWorker(id, number, () -> workers.get(id).outbox.addLast(() -> leave(id)));
      }
    }

    @Override
    public void expel(WorkerId id, String reason) {
      expelled.add(reason);
      workers.remove(id);
    }
  }

  /** What shard 0 says to the others. */
  private final class ToShards implements Shards {

    private void say(Consumer<Follower> message) {
      for (int shard = 1; shard < shards; shard++) {
        Follower follower = followers.get(shard - 1);
        if (!lost.contains(shard)) {
          toShards.get(shard).addLast(() -> message.accept(follower));
        }
      }
    }

    @Override
    public void apply(RoundOrder order) {
      say(follower -> follower.apply(order));
    }

    @Override
    public void sendWeights(int version) {
      say(follower -> follower.sendWeights(version));
    }

    @Override
    public void collect(int version) {
      say(follower -> follower.collect(version));
    }

    @Override
    public void finished(Outcome outcome) {
      say(follower -> follower.finished(outcome));
    }

    @Override
    public void refuse(int shard, String why) {
      throw new AssertionError("shard " + shard + " is refused: " + why);
    }
  }

  /** What a shard says to shard 0. */
  private final class ToLead implements Lead {

    private final int number;
    private final SynchronousTraining lead;

    ToLead(int number, SynchronousTraining lead) {
      this.number = number;
      this.lead = lead;
    }

    private void say(Runnable message) {
      if (!lost.contains(number)) {
        toLead.get(number).addLast(message);
      }
    }

    @Override
    public void squares(int version, double[] ofChunks) {
      say(() -> lead.post(to -> to.shardSquares(number, version, ofChunks)));
    }

    @Override
    public void stepped(int version, long[] checksums) {
      say(() -> lead.post(to -> to.shardStepped(number, version, checksums)));
    }

    @Override
    public void weights(
        int version, int chunk, float[] values, int from, int count, long checksum) {
      float[] copy = Arrays.copyOfRange(values, from, from + count);
      say(() -> lead.post(to -> to.shardWeights(number, version, chunk, copy, checksum)));
    }

    @Override
    public void failed(String message) {
      say(() -> lead.post(to -> to.shardFailed(number, message)));
    }
  }

  private Training training(int shard) {
    return shard == 0 ? training : followers.get(shard - 1);
  }

  private int owner(int chunk) {
    int owner = shards - 1;
    while (new Shard(owner, shards).firstChunk(chunks) > chunk) {
      owner--;
    }
    return owner;
  }

  private static boolean isWhole(float[] vector) {
    for (float value : vector) {
      if (Float.isNaN(value)) {
        return false;
      }
    }
    return true;
  }

  // ---- events of the training ----

  @Override
  public void waiting(String reason) {
    waits.add(reason);
  }

  @Override
  public void warned(String warning) {
    warnings.add(warning);
  }

  @Override
  public void measured(Measurement measurement) {
    measurements.add(measurement);
  }

  @Override
  public Outcome ended(Outcome outcome, int version, String digest, Optional<float[]> weights) {
    finalDigest = digest;
    finalVersion = version;
    finalWeights = weights.orElse(new float[0]);
    if (breaksAtEnd.isPresent()) {
      if (breaksAtEnd.get() instanceof Error error) {
        throw error;
      }
      throw (RuntimeException) breaksAtEnd.get();
    }
    return outcome;
  }
}
