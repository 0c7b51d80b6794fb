package io.cordee.server.training;

import io.cordee.common.checkpoint.SavedState;
import io.cordee.common.job.Best;
import io.cordee.common.job.Job;
import io.cordee.common.job.Tally;
import io.cordee.common.job.file.Found;
import io.cordee.common.optimizer.Optimizer;
import io.cordee.common.reduce.Chunks;
import io.cordee.common.reduce.ReductionTree;
import io.cordee.common.reduce.Shard;
import io.cordee.common.wire.NodeRounding;
import io.cordee.server.round.Board;
import io.cordee.server.round.BufferPool;
import io.cordee.server.round.Cadence;
import io.cordee.server.round.CollectedChunk;
import io.cordee.server.round.Parallel;
import io.cordee.server.round.RoundBoard;
import io.cordee.server.round.ShownChunk;
import io.cordee.server.round.SignStep;
import io.cordee.server.round.Vector;
import io.cordee.server.shard.Follower;
import io.cordee.server.team.WorkerId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.function.IntSupplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A {@link Training}, by one server or several shards, and its workers without a network: messages
 * lie in queues, in order per connection and direction, and a seeded random choice delivers the
 * next. Workers are made up, or whatever else uses a {@link SimulatedLink}.
 */
public final class SimulatedCluster implements TrainingListener {

  /** Parameters per chunk, where workers are made up. */
  static final int CHUNK = 3;

  @FunctionalInterface
  public interface Workers {
    SimulatedWorker connected(SimulatedCluster cluster, SimulatedLink link);
  }

  public enum Trouble {
    NONE,
    /** Its process does nothing; it is still connected. */
    HANGS,
    /** Its compute threads do nothing. */
    STICKS
  }

  static final long BEAT = 1_000_000_000;
  private static final long TICK = 50_000_000;

  /** Ten times as many messages as the longest job of any test needs. */
  private static final int MOST_STEPS = 2_000_000;

  public final List<Measurement> measurements = new ArrayList<>();

  /** Hashes of the best weights, by round. */
  public final Map<Integer, Integer> bests = new TreeMap<>();

  private Optional<Best> resumedWith = Optional.empty();

  public final List<String> expelled = new ArrayList<>();
  public final List<String> warnings = new ArrayList<>();
  final List<Integer> leased = new ArrayList<>();
  final List<String> waits = new ArrayList<>();

  final Map<WorkerId, String> whyLeft = new HashMap<>();

  /** What workers with other data find. */
  final Map<WorkerId, DataFound> found = new HashMap<>();

  /** The partitions that a worker was last told to hold. */
  final Map<WorkerId, BitSet> holdings = new HashMap<>();

  /** Counts how often workers were told to prepare for a plan. */
  int prepares;

  /** Whether workers drop what is left of a round when they are asked for the next. */
  boolean areWorkersReasonable = true;

  /** How many partitions have been computed at each version. */
  final Map<Integer, Integer> computed = new HashMap<>();

  Optional<Throwable> breaksAtEnd = Optional.empty();
  public String finalDigest = "";
  float[] finalWeights = {};

  /** The most rounds by which a worker was ahead of one that still owed contributions. */
  int furthestAhead;

  int finalVersion = -1;

  /** How often a worker sends the leaves of a subtree instead of its sum. */
  double leafRate = 0.25;

  /** How often a bit of a replica is flipped before a step is replayed. */
  double flipRate;

  /** How often a worker is asked twice for what it is asked for. */
  public double leaseTwiceRate;

  /** How often a chunk is copied when it is sent, instead of when it is delivered. */
  public double earlyRate;

  private final Random random;
  private final Job job;
  private final Workers workers;
  private final Optimizer optimizer;
  private final Chunks chunks;
  private final ReductionTree tree;
  private final IntSupplier version;
  final BufferPool buffers = new BufferPool();
  private final LeadTraining training;
  private final List<Follower> followers = new ArrayList<>();

  /** By shard. */
  private final List<Kept> kept = new ArrayList<>();

  private final int shards;

  private final int begun;

  /** Messages between shards: to each from shard 0, and from each to shard 0. */
  private final List<Line> toShards;

  private final List<Line> toLead;
  private final Set<Integer> lost = new HashSet<>();
  private final Map<WorkerId, SimulatedLink> links = new LinkedHashMap<>();

  /** Undelivered messages of workers that are gone. */
  private final List<Line> remaining = new ArrayList<>();

  private int joined;
  private long now;
  private int steps;

  SimulatedCluster(Job job, int minWorkers, long seed) {
    this(job, minWorkers, seed, 1);
  }

  /** With several shards, this one's training is that of shard 0. */
  SimulatedCluster(Job job, int minWorkers, long seed, int shards) {
    this(
        job,
        SimulatedJob.initial(job),
        new Chunks(
            job.model().layout().parameters(),
            CHUNK,
            Optimizer.of(job.optimizer(), job.model().layout().parameters()).width()),
        minWorkers,
        seed,
        shards,
        MadeUpWorker::new);
  }

  /** Both sides cut the vector into {@code chunks}. */
  public SimulatedCluster(
      Job job,
      float[] initial,
      Chunks chunks,
      int minWorkers,
      long seed,
      int shards,
      Workers workers) {
    this(
        job,
        shard -> start(job, initial, chunks, new Shard(shard, shards)),
        chunks,
        minWorkers,
        seed,
        shards,
        workers);
  }

  private static SavedState start(Job job, float[] initial, Chunks chunks, Shard shard) {
    int from = chunks.from(shard.firstChunk(chunks));
    Chunks own = shard.own(chunks);
    return SavedState.start(
        (weights, at) -> System.arraycopy(initial, from + at, weights, 0, weights.length),
        own,
        Optimizer.of(job.optimizer(), initial.length).slots(),
        Cadence.of(job).from(from).late());
  }

  private SimulatedCluster(
      Job job,
      IntFunction<SavedState> starts,
      Chunks chunks,
      int minWorkers,
      long seed,
      int shards,
      Workers workers) {
    this.random = new Random(seed);
    this.job = job;
    this.workers = workers;
    this.shards = shards;
    this.toShards = Line.several(shards);
    this.toLead = Line.several(shards);
    this.optimizer = Optimizer.of(job.optimizer(), chunks.parameters());
    this.chunks = chunks;
    this.tree = new ReductionTree(job.partitions());
    this.begun = starts.apply(0).mark().version();
    RoundBoard rounds = board(0, starts.apply(0));
    this.version = rounds::version;
    this.training =
        new LeadTraining(
            around(new ShardTeam(0, rounds)),
            rounds,
            minWorkers,
            IntStream.range(1, shards).mapToObj(Orders::new).toList(),
            new LeadTraining.Whole(chunks, shards));
    for (int shard = 1; shard < shards; shard++) {
      RoundBoard own = board(shard, starts.apply(shard));
      int first = new Shard(shard, shards).firstChunk(chunks);
      followers.add(
          new Follower(around(new ShardTeam(shard, own)), own, new Reports(shard), first, chunks));
    }
    followers.forEach(Follower::begin);
  }

  private Surroundings around(Team team) {
    return new Surroundings(job, team, this, () -> now += 1000);
  }

  private RoundBoard board(int number, SavedState start) {
    Shard shard = new Shard(number, shards);
    Cadence cadence = Cadence.of(job).from(chunks.from(shard.firstChunk(chunks)));
    Kept disk = new Kept(start, optimizer, shard.own(chunks), cadence.late());
    kept.add(disk);
    return new RoundBoard(
        optimizer,
        new NodeRounding(job.compression().gradients(), shard.own(chunks)),
        tree,
        start,
        buffers,
        cadence,
        disk,
        Parallel.NONE);
  }

  /** All shards restarted from the last version that each has kept, without workers. */
  public SimulatedCluster restarted(int minWorkers, long seed) {
    // Rounds without a row, as in metrics.csv, are computed again.
    int version = begun + measurements.size();
    for (int turn = 0; turn < shards; turn++) {
      for (Kept disk : kept) {
        version = disk.last(version);
      }
    }
    int common = version;
    SimulatedCluster next =
        new SimulatedCluster(
            job,
            shard -> kept.get(shard).at(common).orElseThrow(),
            chunks,
            minWorkers,
            seed,
            shards,
            workers);
    // What the rows before that version tell, as those of metrics.csv do.
    Optional<Best> best =
        Stream.concat(
                Stream.of(resumedWith),
                measurements.stream().filter(m -> m.round() < common).map(Measurement::best))
            .flatMap(Optional::stream)
            .filter(it -> it.round() < common)
            .reduce((one, later) -> later);
    next.resumedWith = best;
    next.training.resume(Found.NOTHING, best);
    return next;
  }

  public LeadTraining training() {
    return training;
  }

  Training training(int shard) {
    return shard == 0 ? training : followers.get(shard - 1);
  }

  Job job() {
    return job;
  }

  Chunks chunks() {
    return chunks;
  }

  public int shards() {
    return shards;
  }

  int firstChunk(int shard) {
    return new Shard(shard, shards).firstChunk(chunks);
  }

  int owner(int chunk) {
    int owner = shards - 1;
    while (firstChunk(owner) > chunk) {
      owner--;
    }
    return owner;
  }

  Random random() {
    return random;
  }

  private boolean happens(double rate) {
    return rate > 0 && random.nextDouble() < rate;
  }

  boolean isWanted(int atVersion) {
    return version.getAsInt() <= atVersion;
  }

  public WorkerId join() {
    return join(1 + random.nextInt(3));
  }

  void joinAll(int count) {
    for (int i = 0; i < count; i++) {
      join();
    }
  }

  WorkerId join(int threads) {
    WorkerId id = new WorkerId(++joined, "w" + joined);
    links.put(id, new SimulatedLink(this, id, threads, workers));
    training.tell(to -> to.joined(id, threads));
    followers.forEach(follower -> follower.joined(id, 1));
    return id;
  }

  void leave(WorkerId id) {
    gone(id);
    training.tell(to -> to.left(id, "gone"));
    followers.forEach(follower -> follower.left(id, "gone"));
  }

  /** As if a worker were killed: its last messages are partly lost; shards notice separately. */
  public void cutOff(WorkerId id) {
    SimulatedLink link = links.get(id);
    for (int shard = 0; shard < shards; shard++) {
      Training ofShard = training(shard);
      Line said = link.outboxes.get(shard);
      said.keepFirst(random.nextInt(said.size() + 1));
      said.addLast(() -> ofShard.tell(to -> to.left(id, "gone")));
      remaining.add(said);
    }
    gone(id);
  }

  private void gone(WorkerId id) {
    SimulatedLink link = links.remove(id);
    if (link != null) {
      link.worker.left();
    }
  }

  /** As if the connection between a shard and shard 0 were cut. */
  public void lose(int shard) {
    lost.add(shard);
    toShards.get(shard).clear();
    toLead.get(shard).clear();
    toLead.get(shard).addLast(() -> training.lost(shard));
  }

  /** A shard that was lost before the first round is there again. */
  void find(int shard) {
    lost.remove(shard);
    followers.get(shard - 1).begin();
  }

  public List<WorkerId> connected() {
    return List.copyOf(links.keySet());
  }

  /** From now on; messages sent before it hangs arrive. */
  public void trouble(WorkerId id, Trouble trouble) {
    links.get(id).trouble = trouble;
    links.get(id).wasInTrouble = true;
  }

  public boolean has(WorkerId id) {
    return links.containsKey(id);
  }

  int leasesOf(WorkerId id) {
    return links.get(id).leases;
  }

  public Trouble troubleOf(WorkerId id) {
    return links.get(id).trouble;
  }

  /** Nanoseconds per partition, from the next lease on. */
  public void slow(WorkerId id, long nanos) {
    links.get(id).cost = nanos;
  }

  /** Lets time pass; only heartbeats are delivered. */
  public void pass(long nanos) {
    for (long left = nanos; left > 0; left -= TICK) {
      now += Math.min(left, TICK);
      for (SimulatedLink worker : List.copyOf(links.values())) {
        if (worker.trouble != Trouble.HANGS && worker.nextBeat <= now) {
          worker.nextBeat = now + BEAT;
          training.tell(to -> to.alive(worker.id));
        }
      }
      training.tell(TrainingEvents::tick);
    }
  }

  /** Lets time pass in which the server does not look at the clock. */
  void sleep(long nanos) {
    now += nanos;
  }

  /** The number that would have been drawn next: equal for simulations that went alike. */
  long nextRandom() {
    return random.nextLong();
  }

  long now() {
    return now;
  }

  /** Runs on; time passes, for {@code limit} nanoseconds at most, when nothing can be delivered. */
  public void runInTime(long limit) {
    runInTime(limit, training::isOver);
  }

  public void runInTime(long limit, BooleanSupplier isEnough) {
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
    links.values().forEach(link -> lines.addAll(link.lines()));
    lines.addAll(remaining);
    lines.addAll(toShards);
    lines.addAll(toLead);
    return lines;
  }

  /** Delivers one waiting message; false if there is none. */
  public boolean deliverOne() {
    List<Line> waiting = new ArrayList<>(lines());
    waiting.removeIf(line -> !line.isReady(now));
    if (waiting.isEmpty()) {
      return false;
    }
    if (++steps > MOST_STEPS) {
      throw new AssertionError("the job does not end: " + MOST_STEPS + " messages were delivered");
    }
    waiting.get(random.nextInt(waiting.size())).removeFirst().run();
    return true;
  }

  /** Delivers messages until nobody has anything to say. */
  void quiesce() {
    while (deliverOne()) {
      // The next one.
    }
  }

  /** Delivers messages until this row of the metrics is there. */
  void runToRow(int row) {
    while (measurements.size() <= row) {
      deliverOne();
    }
  }

  /** Has a message of a worker arrive at once. */
  void found(WorkerId id, DataFound found) {
    training.tell(to -> to.found(id, found));
  }

  void prepared(WorkerId id) {
    training.tell(to -> to.prepared(id, prepares));
  }

  void failed(WorkerId id, String message) {
    training.tell(to -> to.failed(id, message, false));
  }

  /** Why the job has failed. */
  String failure() {
    return ((Outcome.Failed) training.outcome().orElseThrow()).message();
  }

  /** For at most {@code limit} messages. */
  public void run(int limit) {
    for (int i = 0; i < limit && !training.isOver(); i++) {
      if (!deliverOne()) {
        throw new AssertionError("nobody has anything to say, and the job is not over");
      }
    }
    if (!training.isOver()) {
      throw new AssertionError("the job is not over after " + limit + " messages");
    }
  }

  private void toWorker(WorkerId id, int shard, Consumer<SimulatedWorker> message) {
    SimulatedLink link = links.get(id);
    if (link != null) {
      link.inboxes.get(shard).addLast(() -> message.accept(link.worker));
    }
  }

  private final class ShardTeam implements Team {

    private final int number;
    private final Board board;

    /** Chunks of the vector before those of the board. */
    private final int first;

    ShardTeam(int number, Board board) {
      this.number = number;
      this.board = board;
      this.first = new Shard(number, shards).firstChunk(chunks);
    }

    @Override
    public void welcome(WorkerId id) {
      if (number == 0) {
        toWorker(id, number, SimulatedWorker::welcome);
      }
    }

    @Override
    public void prepare(WorkerId id, int plan, BitSet partitions) {
      prepares++;
      holdings.put(id, partitions);
      toWorker(id, number, worker -> worker.prepare(plan, partitions));
    }

    @Override
    public void chunk(WorkerId id, int version, Vector vector, int chunk) {
      if (happens(earlyRate)) {
        board.show(vector, chunk, version, values -> written(id, version, vector, chunk, values));
      } else {
        toWorker(
            id,
            number,
            worker ->
                board.show(
                    vector,
                    chunk,
                    version,
                    values -> worker.chunk(vector, version, first + chunk, values)));
      }
    }

    @Override
    public void signs(WorkerId id, int chunk) {
      SignStep step = board.signStep(chunk);
      board.showState(
          chunk,
          state -> {
            ShownChunk after = copy(state);
            toWorker(id, number, worker -> worker.signs(first + chunk, step, after));
          });
    }

    @Override
    public void state(WorkerId id, int chunk) {
      if (happens(earlyRate)) {
        board.showState(chunk, state -> written(id, chunk, state));
      } else {
        toWorker(
            id,
            number,
            worker -> board.showState(chunk, state -> worker.state(first + chunk, state)));
      }
    }

    private void written(WorkerId id, int version, Vector vector, int chunk, float[] values) {
      float[] copy = values.clone();
      toWorker(id, number, worker -> worker.chunk(vector, version, first + chunk, copy));
    }

    private ShownChunk copy(ShownChunk state) {
      List<float[]> copies = state.vectors().stream().map(float[]::clone).toList();
      return new ShownChunk(state.version(), copies, state.checksum());
    }

    private void written(WorkerId id, int chunk, ShownChunk state) {
      ShownChunk copy = copy(state);
      toWorker(id, number, worker -> worker.state(first + chunk, copy));
    }

    @Override
    public void lease(WorkerId id, int version, BitSet partitions) {
      leased.add(version);
      SimulatedLink link = links.get(id);
      if (link == null) {
        return; // it has gone, and nobody has noticed
      }
      link.round = version;
      link.leases++;
      int slowest =
          links.values().stream()
              .mapToInt(other -> other.round)
              .filter(round -> round >= 0)
              .min()
              .orElseThrow();
      furthestAhead = Math.max(furthestAhead, version - slowest);
      int times = happens(leaseTwiceRate) ? 2 : 1;
      for (int i = 0; i < times; i++) {
        toWorker(id, number, worker -> worker.lease(version, partitions));
      }
    }

    @Override
    public void permit(WorkerId id, int version, BitSet partitions, long rows) {
      SimulatedLink link = links.get(id);
      toWorker(id, number, worker -> link.permit(rows));
    }

    @Override
    public void evaluate(WorkerId id, int version, BitSet slices) {
      toWorker(id, number, worker -> worker.evaluate(version, slices));
    }

    @Override
    public void finished(WorkerId id, Outcome outcome) {
      if (number == 0) {
        toWorker(id, number, worker -> worker.finished(outcome));
      }
    }

    @Override
    public void expel(WorkerId id, String reason) {
      expelled.add(reason);
      gone(id);
    }
  }

  /** The coordinator's orders to another shard. */
  private final class Orders implements ShardOrders {

    private final int shard;

    Orders(int shard) {
      this.shard = shard;
    }

    private void say(Consumer<ShardOrders> order) {
      if (!lost.contains(shard)) {
        Follower follower = followers.get(shard - 1);
        toShards.get(shard).addLast(() -> order.accept(follower));
      }
    }

    @Override
    public void apply(
        int atVersion, OptionalDouble norm, double meanLoss, double seconds, boolean isKept) {
      say(to -> to.apply(atVersion, norm, meanLoss, seconds, isKept));
    }

    @Override
    public void trainedOn(String rows) {
      say(to -> to.trainedOn(rows));
    }

    @Override
    public void sendWeights(int atVersion) {
      say(to -> to.sendWeights(atVersion));
    }

    @Override
    public void collect(int atVersion) {
      say(to -> to.collect(atVersion));
    }

    @Override
    public void finished(Outcome how) {
      say(to -> to.finished(how));
    }
  }

  /** The reports of another shard to the coordinator. */
  private final class Reports implements ShardReports {

    private final int shard;

    Reports(int shard) {
      this.shard = shard;
    }

    private void say(Consumer<ShardReports> report) {
      if (!lost.contains(shard)) {
        toLead.get(shard).addLast(() -> report.accept(training.reportsOf(shard, this::refused)));
      }
    }

    private void refused(String why) {
      throw new AssertionError("shard " + shard + " is refused: " + why);
    }

    @Override
    public void measured(Tally tally) {
      say(to -> to.measured(tally));
    }

    @Override
    public void squares(int atVersion, double[] ofChunks) {
      say(to -> to.squares(atVersion, ofChunks));
    }

    @Override
    public void stepped(int atVersion, long[] checksums) {
      say(to -> to.stepped(atVersion, checksums));
    }

    @Override
    public void weights(int atVersion, int firstChunk, List<CollectedChunk> collected) {
      say(to -> to.weights(atVersion, firstChunk, collected));
    }

    @Override
    public void failed(String message) {
      say(to -> to.failed(message));
    }
  }

  // ---- events of the training ----

  @Override
  public void left(WorkerId worker, int connected, String why) {
    whyLeft.put(worker, why);
  }

  @Override
  public void waiting(String reason) {
    waits.add(reason);
  }

  @Override
  public void warned(String warning) {
    warnings.add(warning);
  }

  @Override
  public void improved(Best best, List<float[]> weights) {
    bests.put(best.round(), Arrays.hashCode(Chunks.joined(weights, chunks.parameters())));
  }

  @Override
  public void measured(Measurement measurement) {
    measurements.add(measurement);
  }

  @Override
  public Outcome ended(
      Outcome outcome, int version, String digest, Optional<List<float[]>> weights) {
    finalDigest = digest;
    finalVersion = version;
    finalWeights = weights.map(its -> Chunks.joined(its, chunks.parameters())).orElse(new float[0]);
    if (breaksAtEnd.isPresent()) {
      if (breaksAtEnd.get() instanceof Error error) {
        throw error;
      }
      throw (RuntimeException) breaksAtEnd.get();
    }
    return outcome;
  }
}
