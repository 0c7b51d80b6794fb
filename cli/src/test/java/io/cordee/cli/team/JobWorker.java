package io.cordee.cli.team;

import io.cordee.common.job.Job;
import io.cordee.common.job.Tally;
import io.cordee.common.job.file.JobFile;
import io.cordee.common.kernel.Digest;
import io.cordee.common.reduce.Chunks;
import io.cordee.common.reduce.Holding;
import io.cordee.common.reduce.RowHolding;
import io.cordee.common.reduce.Shard;
import io.cordee.common.reduce.Subvector;
import io.cordee.common.reduce.Table;
import io.cordee.common.wire.FloatCodec;
import io.cordee.function.Sums;
import io.cordee.proto.message.TallyCodec;
import io.cordee.proto.v1.Evaluated;
import io.cordee.proto.v1.ServerMessage;
import io.cordee.proto.v1.Welcome;
import io.cordee.proto.v1.WorkerMessage;
import io.cordee.server.round.ShownChunk;
import io.cordee.server.round.SignStep;
import io.cordee.server.round.Vector;
import io.cordee.server.training.DataFound;
import io.cordee.server.training.Outcome;
import io.cordee.server.training.SimulatedLink;
import io.cordee.server.training.SimulatedWorker;
import io.cordee.worker.compute.DivergenceException;
import io.cordee.worker.compute.HeldRows;
import io.cordee.worker.compute.JobWork;
import io.cordee.worker.function.FunctionProviders;
import io.cordee.worker.link.ChunkSink;
import io.cordee.worker.link.ChunkSink.Content;
import io.cordee.worker.link.Connector;
import io.cordee.worker.link.Contribution;
import io.cordee.worker.link.Introduction;
import io.cordee.worker.link.LinkException;
import io.cordee.worker.link.ServerLink;
import io.cordee.worker.link.ShardedLink;
import io.cordee.worker.link.VectorData;
import io.cordee.worker.math.Kernels;
import java.nio.ByteBuffer;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/** Runs {@link JobWork} and {@link ShardedLink} as they are; only the threads are simulated. */
final class JobWorker implements SimulatedWorker {

  private final Job job;
  private final HeldRows rows;
  private final Chunks chunks;
  private final int shards;
  private final SimulatedLink link;
  private final Random random;

  /** The probability that a chunk of signs arrives with one of them flipped. */
  private final double wrongSigns;

  private final List<String> failures;
  private Optional<JobWork> work = Optional.empty();
  private ServerLink server;

  /** What the worker has said that it holds, of the whole vector, at a version or at any. */
  private final Map<OptionalInt, Holding> holdings = new HashMap<>();

  /** {@code failures} collects what goes wrong on compute threads. */
  JobWorker(
      Job job,
      HeldRows rows,
      Chunks chunks,
      int shards,
      SimulatedLink link,
      Random random,
      double wrongSigns,
      List<String> failures) {
    this.job = job;
    this.rows = rows;
    this.chunks = chunks;
    this.shards = shards;
    this.link = link;
    this.random = random;
    this.wrongSigns = wrongSigns;
    this.failures = failures;
    if (job.partlyHeld().isEmpty()) {
      holdings.put(OptionalInt.empty(), chunks);
    }
  }

  // ---- what arrives ----

  @Override
  public void welcome() {
    List<ServerLink> lines = new ArrayList<>();
    for (int shard = 0; shard < shards; shard++) {
      lines.add(new OneShard(new Shard(shard, shards)));
    }
    Introduction me = new Introduction(link.id().name(), link.threads());
    Connector.Connection lead = Connector.Connection.greet(lines.get(0), me);
    server = ShardedLink.join(lead, me, 0, first -> lines.subList(1, shards)).server();
    JobWork begun =
        new JobWork(job, rows, FunctionProviders.installed(), new Threads(), server, this::failed);
    work = Optional.of(begun);
    server.deliverChunksTo(begun);
    DataFound found =
        new DataFound(
            rows.counts(),
            Kernels.ARITHMETIC,
            rows.columns(),
            LongBuffer.wrap(rows.checksums()),
            DataFound.ALL);
    link.tell((to, id) -> to.found(id, found));
  }

  private void failed(Throwable cause) {
    failures.add(link.id() + ": " + cause);
    link.tell((to, id) -> to.failed(id, cause.toString(), cause instanceof DivergenceException));
  }

  @Override
  public void prepare(int plan, BitSet partitions) {
    work.orElseThrow().hold(partitions);
    link.tell((to, id) -> to.prepared(id, plan));
  }

  @Override
  public void chunk(Vector vector, int version, int chunk, float[] values) {
    Content content =
        vector == Vector.WEIGHTS ? new Content.Weights() : new Content.LookaheadPoint();
    if (at(version).isPresent()) {
      float[] all = Arrays.copyOf(values, chunks.size(chunk));
      float[] held = taken(at(version).get(), chunk, all);
      put(version, chunk, content, floats(held, held.length));
    }
  }

  private Optional<Holding> at(int version) {
    return Optional.ofNullable(holdings.get(OptionalInt.of(version)))
        .or(() -> Optional.ofNullable(holdings.get(OptionalInt.empty())));
  }

  @Override
  public void signs(int chunk, SignStep step, ShownChunk after) {
    if (at(step.version()).isEmpty()) {
      return; // the state comes once it has said what it holds
    }
    Holding held = at(step.version()).get();
    byte[] packed =
        held instanceof RowHolding rows
            ? step.signs().packed(rows.part(chunk))
            : step.signs().packed().clone();
    List<Long> checksums =
        step.checksum().isPresent() ? List.of(hash(taken(held, chunk, after))) : List.of();
    if (random.nextDouble() < wrongSigns && packed.length > 0) {
      turnOne(packed);
    }
    put(
        step.version(),
        chunk,
        new Content.SignsOf(step.lossRose(), checksums),
        ByteBuffer.wrap(packed));
  }

  /** Flips a sign, if there is one in a byte chosen at random. */
  private void turnOne(byte[] packed) {
    int at = random.nextInt(packed.length);
    for (int shift = 0; shift < Byte.SIZE; shift += 2) {
      if ((packed[at] >> shift & 1) == 1) {
        packed[at] ^= (byte) (2 << shift);
        return;
      }
    }
  }

  @Override
  public void state(int chunk, ShownChunk state) {
    if (at(state.version()).isEmpty()) {
      return;
    }
    Holding held = at(state.version()).get();
    List<float[]> vectors = taken(held, chunk, state);
    for (int part = 0; part < vectors.size(); part++) {
      OptionalLong checksum = part == 0 ? OptionalLong.of(hash(vectors)) : OptionalLong.empty();
      put(
          state.version(),
          chunk,
          new Content.State(part, checksum),
          floats(vectors.get(part), held.size(chunk)));
    }
  }

  private List<float[]> taken(Holding held, int chunk, ShownChunk state) {
    int size = chunks.size(chunk);
    return state.vectors().stream()
        .map(all -> taken(held, chunk, Arrays.copyOf(all, size)))
        .toList();
  }

  private static float[] taken(Holding held, int chunk, float[] all) {
    return held instanceof RowHolding rows ? rows.part(chunk).taken(all) : all;
  }

  private static long hash(List<float[]> vectors) {
    float[][] slots = vectors.subList(2, vectors.size()).toArray(float[][]::new);
    return Digest.ofChunk(vectors.get(0), slots, 0, vectors.get(0).length);
  }

  private void put(int version, int chunk, Content content, ByteBuffer values) {
    int number = at(version).map(Holding::number).orElse(0);
    work.orElseThrow()
        .put(new ChunkSink.Chunk(version, chunk, 1, content, number, new Arrived(values)));
  }

  private static ByteBuffer floats(float[] values, int count) {
    byte[] bytes = new byte[count * Float.BYTES];
    FloatCodec.encode(values, 0, count, bytes, 0);
    return ByteBuffer.wrap(bytes);
  }

  private record Arrived(ByteBuffer unread) implements VectorData {
    @Override
    public int size() {
      return unread.capacity();
    }

    @Override
    public void read(float[] into, int at, int count) {
      FloatCodec.decode(unread, into, at, count);
    }

    @Override
    public void read(byte[] into) {
      unread.get(into);
    }
  }

  @Override
  public void lease(int version, BitSet partitions) {
    work.orElseThrow().compute(version, partitions);
  }

  @Override
  public void evaluate(int version, BitSet slices) {
    work.orElseThrow().evaluate(version, slices);
  }

  @Override
  public void finished(Outcome outcome) {
    link.leave();
  }

  @Override
  public void left() {
    work.ifPresent(JobWork::close);
  }

  /** Compute threads whose tasks wait until the cluster runs them. */
  private final class Threads extends AbstractExecutorService {

    private boolean isShutdown;

    @Override
    public void execute(Runnable task) {
      link.compute(
          () -> {
            if (!isShutdown) {
              task.run();
            }
          });
    }

    @Override
    public void shutdown() {
      isShutdown = true;
    }

    @Override
    public List<Runnable> shutdownNow() {
      shutdown();
      return List.of();
    }

    @Override
    public boolean isShutdown() {
      return isShutdown;
    }

    @Override
    public boolean isTerminated() {
      return isShutdown;
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) {
      return isShutdown;
    }
  }

  private final class OneShard implements ServerLink {

    private final Shard shard;
    private boolean isGreeted;

    OneShard(Shard shard) {
      this.shard = shard;
    }

    /** Only the welcome: the cluster delivers the rest itself, with no thread waiting. */
    @Override
    public ServerMessage receive() {
      if (isGreeted) {
        throw new LinkException("nothing more is to be received here");
      }
      isGreeted = true;
      Welcome welcome =
          Welcome.newBuilder()
              .setName(link.id().name())
              .setJob(JobFile.write(job))
              .setShard(shard.number())
              .setShards(shard.count())
              .build();
      return ServerMessage.newBuilder().setWelcome(welcome).build();
    }

    @Override
    public void deliverChunksTo(ChunkSink sink) {}

    /** Only these are sent by what is tested; hello is answered at once. */
    @Override
    public void send(WorkerMessage message) {
      switch (message.getBodyCase()) {
        case HELLO -> {}
        case EVALUATED -> {
          Evaluated evaluated = message.getEvaluated();
          Tally tally = TallyCodec.read(evaluated.getTally());
          link.tell(
              (to, id) -> to.evaluated(id, evaluated.getVersion(), evaluated.getSlice(), tally));
        }
        case DIFFERS ->
            link.differs(message.getDiffers().getVersion(), message.getDiffers().getChunk());
        default -> throw new IllegalStateException("no case for " + message);
      }
    }

    /** Each shard is told of rows of its own. */
    @Override
    public void hold(int number, OptionalInt version, int[] rows) {
      Table table = job.partlyHeld().orElseThrow();
      int[] others =
          Optional.ofNullable(holdings.get(version))
              .filter(current -> current.number() == number)
              .map(current -> ((RowHolding) current).part().rows())
              .orElse(new int[0]);
      int[] all = Subvector.union(rows, others);
      Subvector part = Subvector.of(table, chunks.parameters(), all);
      holdings.put(version, RowHolding.of(number, chunks, part));
      link.tell(shard.number(), (to, id) -> to.holds(id, version));
    }

    /** Encoding what is rounded would lose nothing. */
    @Override
    public void contribute(Contribution whole, int first, int count) {
      List<float[]> parts =
          IntStream.range(first, first + count)
              .mapToObj(chunk -> part(whole.sums(), whole.holding(), chunk))
              .toList();
      link.contribute(whole.version(), whole.node(), whole.tally(), first, parts);
    }

    private float[] part(Sums sums, Holding holding, int chunk) {
      if (holding instanceof RowHolding rows) {
        float[] whole = new float[chunks.size(chunk)];
        float[] held = Arrays.copyOfRange(sums.gradient(), holding.from(chunk), holding.to(chunk));
        rows.part(chunk).put(held, whole);
        return whole;
      }
      int size = chunks.size(chunk);
      int extra = chunks.width() - 1;
      float[] part = new float[chunks.contributionSize(chunk)];
      System.arraycopy(sums.gradient(), chunks.from(chunk), part, 0, size);
      System.arraycopy(sums.extra(), chunks.from(chunk) * extra, part, size, size * extra);
      return part;
    }

    @Override
    public void close() {}
  }
}
