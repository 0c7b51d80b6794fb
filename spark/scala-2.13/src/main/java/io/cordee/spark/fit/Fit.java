package io.cordee.spark.fit;

import io.cordee.common.job.Job;
import io.cordee.common.job.JobVector;
import io.cordee.common.job.StopConditions;
import io.cordee.common.job.file.Found;
import io.cordee.common.job.file.JobException;
import io.cordee.common.job.file.JobFile;
import io.cordee.common.model.ModelFile;
import io.cordee.common.run.Measure;
import io.cordee.common.text.Advice;
import io.cordee.proto.security.Access;
import io.cordee.proto.security.Token;
import io.cordee.server.assembly.LeadRole;
import io.cordee.server.grpc.Gate;
import io.cordee.server.grpc.Limits;
import io.cordee.server.observe.Listeners;
import io.cordee.server.observe.Traffic;
import io.cordee.server.run.RunFiles;
import io.cordee.server.run.RunFolder;
import io.cordee.server.serving.StartException;
import io.cordee.server.training.Measurement;
import io.cordee.server.training.Outcome;
import io.cordee.spark.rows.Staging;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkEnv;
import org.apache.spark.SparkException;
import org.apache.spark.api.java.JavaFutureAction;
import org.apache.spark.api.java.JavaSparkContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Trains on staged rows: a parameter server in the driver, and a stage of tasks that are its
 * workers, and may be shards of it. Gradients and weights travel between them over Cordee's own
 * connections.
 */
public final class Fit {

  /** The name that a job gives the rows to train on. */
  public static final String TRAIN = "train";

  /** The name that it gives the validation rows. */
  public static final String VALIDATION = "validation";

  /** The key of the last round's digest, in a model's metadata. */
  public static final String DIGEST = "digest";

  /** Likewise of the mean losses before the first round and after each. */
  public static final String LOSSES = "losses";

  private static final Logger LOG = LoggerFactory.getLogger(Fit.class);

  // In the driver and, for tasks, in executors.
  static {
    boolean isDriver = SparkEnv.get().executorId().equals("driver");
    Advice.use(
        Map.of(
            Advice.HEAP, isDriver ? "spark.driver.memory=" : "spark.executor.memory=",
            Advice.VALIDATION, "name a column by setValidationIndicatorCol",
            Advice.MAX_WORKERS, "set workers to no more",
            Advice.MAX_CALLS, "set workers to no more",
            Advice.SHARDS, ", or share the parameters among the tasks by setPeers(true)",
            Advice.OUT, "set runFolder to another",
            Advice.OUT_OR_RESUME, "set runFolder to another"));
  }

  private static final String DESCRIPTION = "spark.job.description";
  private static final int POLL_MILLIS = 50;

  /** How long tasks have to end by themselves once the job is over; late ones are told so. */
  static final Duration LAST_TASKS = Duration.ofSeconds(2);

  /** How long a shard that was lost with its task is waited for. */
  static final Duration SHARDS_PATIENCE = Duration.ofMinutes(10);

  /** How long a server is kept that every worker has left. */
  private static final Duration ORPHAN_GRACE = Duration.ofSeconds(5);

  private final JavaSparkContext context;
  private final int workers;
  private final boolean isPeers;

  /**
   * @param workers how many tasks; each computes on as many threads as spark.task.cpus
   * @param isPeers whether tasks own shards as well, as many as there are chunks for; the driver
   *     has shard 0
   */
  public Fit(JavaSparkContext context, int workers, boolean isPeers) {
    this.context = context;
    this.workers = workers;
    this.isPeers = isPeers;
  }

  /**
   * @param yaml the job, on the rows {@value #TRAIN} and {@value #VALIDATION}
   * @param settings that override the job's, each KEY=VALUE
   * @param runFolder where metrics and weights are written, as by {@code cordee train}; empty for a
   *     temporary folder
   * @return with {@link #DIGEST} and {@link #LOSSES} in its metadata
   * @throws IllegalArgumentException if the job is wrong
   * @throws IOException if the run folder cannot be written, or the server has no port
   * @throws SparkException if training failed, or was cancelled
   */
  public ModelFile run(
      String yaml, List<String> settings, Staging.Rows rows, Optional<Path> runFolder)
      throws IOException, SparkException {
    Job job = job(yaml, settings);
    Path folder =
        runFolder.isPresent()
            ? runFolder.get()
            : Files.createTempDirectory("cordee").resolve("run");
    try {
      return train(job, rows, folder);
    } finally {
      if (runFolder.isEmpty()) {
        delete(folder.getParent());
      }
    }
  }

  private static Job job(String yaml, List<String> settings) {
    try {
      Job job = JobFile.parse(yaml, "settings", settings);
      if (!job.model().ids().isEmpty()) {
        throw new IllegalArgumentException(
            "data.ids is for files, not for a DataFrame; index its columns, as by FeatureHasher, for a"
                + " layer of model.sparse=true");
      }
      return job;
    } catch (JobException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  private static void delete(Path folder) throws IOException {
    try (var all = Files.walk(folder)) {
      for (Path file : all.sorted((a, b) -> b.compareTo(a)).toList()) {
        Files.delete(file);
      }
    }
  }

  private ModelFile train(Job job, Staging.Rows rows, Path path)
      throws IOException, SparkException {
    int shards = isPeers ? Math.min(workers + 1, JobVector.of(job).chunks().count()) : 1;
    LeadRole.check(job, shards, workers);
    warnOfPlainText();
    if (shards > 1 && rows.train().mounted().isEmpty()) {
      LOG.warn(
          "tasks keep no checkpoints, as the staging folder is on no mounted file system; if a task"
              + " of this team of peers is lost, training starts over");
    }
    byte[] secret = new byte[32];
    new SecureRandom().nextBytes(secret);
    String token = HexFormat.of().formatHex(secret);
    Observer observer = new Observer();
    Outcome outcome;
    try (RunFolder folder = RunFolder.create(path, job, Found.NOTHING);
        Listeners all = new Listeners().addKeeping("rows", folder).add(observer)) {
      folder.warnBy(all::warned);
      Gate gate = new Gate(access(token), Limits.DEFAULT);
      LeadRole role =
          new LeadRole(
              job,
              shards,
              workers,
              Optional.of(folder),
              false,
              SHARDS_PATIENCE,
              new Traffic(),
              all);
      String description =
          "Cordee: train %s by %s on %,d rows"
              .formatted(job.model().summary(), job.optimizer().name(), rows.train().count());
      try (DriverLead server = listen(gate, role);
          LiveDescription live = new LiveDescription(context.sc(), description)) {
        var over = CompletableFuture.anyOf(observer.over, server.end());
        var stage = work(job, rows, server.port(), token, shards, description);
        outcome =
            await(
                server,
                over,
                stage,
                () -> observer.progress.ifPresent(it -> live.tell(it, stage.jobIds())));
      }
    }
    if (!(outcome instanceof Outcome.Completed)) {
      throw new SparkException("training failed: " + outcome.message());
    }
    Path best = path.resolve(RunFiles.BEST);
    Path kept = Files.exists(best) ? best : path.resolve(RunFiles.MODEL);
    ModelFile file = ModelFile.read(kept);
    Map<String, String> metadata = new HashMap<>(file.metadata());
    metadata.put(DIGEST, observer.digest);
    metadata.put(LOSSES, observer.losses.toString());
    return new ModelFile(file.model(), file.parameters(), metadata);
  }

  static Access access(String token) {
    return new Access(Optional.empty(), Optional.of(Token.of(token)));
  }

  private DriverLead listen(Gate gate, LeadRole role) throws IOException {
    SparkConf conf = context.getConf();
    int port = conf.getInt("spark.cordee.port", 0);
    // Another fit may use that port.
    int last = port == 0 ? 0 : port + conf.getInt("spark.port.maxRetries", 16);
    for (; ; port++) {
      var address = new InetSocketAddress(conf.get("spark.driver.bindAddress", host()), port);
      try {
        // Spark does not restart a task whose shard continues.
        boolean isTeamComplete = role.shards() > workers;
        return DriverLead.listen(address, gate, role, isTeamComplete);
      } catch (StartException e) {
        if (!e.isOfAddress()) {
          throw new IOException(e.getMessage(), e);
        }
        if (port >= last) {
          throw new IOException(address + " cannot be listened on: " + e.getMessage(), e);
        }
      }
    }
  }

  private void warnOfPlainText() {
    SparkConf conf = context.getConf();
    if (conf.getBoolean("spark.network.crypto.enabled", false)
        || conf.getBoolean("spark.ssl.rpc.enabled", false)) {
      LOG.warn(
          "Spark encrypts what it sends, but gradients and weights go between executors and driver in"
              + " plain text");
    }
  }

  private String host() {
    return context.getConf().get("spark.driver.host");
  }

  /** Starts the tasks: a stage without a shuffle, so that a task that fails fails alone. */
  private JavaFutureAction<Void> work(
      Job job, Staging.Rows rows, int port, String token, int shards, String description) {
    LatestRound round = new LatestRound();
    context.sc().register(round, "rounds of " + job.stop().rounds());
    int threads = context.getConf().getInt("spark.task.cpus", 1);
    WorkerTask task = new WorkerTask(host(), port, token, rows, threads, shards, round);
    List<Integer> numbers = IntStream.range(0, workers).boxed().toList();
    String before = context.getLocalProperty(DESCRIPTION);
    context.setLocalProperty(DESCRIPTION, description);
    try {
      return context.parallelize(numbers, workers).foreachPartitionAsync(task);
    } finally {
      context.setLocalProperty(DESCRIPTION, before);
    }
  }

  private static Outcome await(
      DriverLead server,
      CompletableFuture<Object> over,
      JavaFutureAction<Void> stage,
      Runnable onPoll)
      throws SparkException {
    long orphanedAt = Long.MAX_VALUE;
    try {
      for (; ; ) {
        if (stage.isDone() && orphanedAt == Long.MAX_VALUE) {
          failed(stage);
          orphanedAt = System.nanoTime() + ORPHAN_GRACE.toNanos();
        }
        if (System.nanoTime() > orphanedAt) {
          throw new SparkException("all workers have left before the job was over");
        }
        try {
          Outcome outcome = (Outcome) over.get(POLL_MILLIS, TimeUnit.MILLISECONDS);
          awaitTasks(stage);
          return outcome;
        } catch (TimeoutException e) {
          onPoll.run();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SparkException("interrupted while training");
    } catch (ExecutionException e) {
      throw new SparkException(
          "the parameter server failed: " + e.getCause().getMessage(), e.getCause());
    } finally {
      // Without a word to a server that ended by itself.
      server.cancel();
      stage.cancel(true);
    }
  }

  /** Why the stage is over before the job is, if it has failed. */
  private static void failed(JavaFutureAction<Void> stage)
      throws SparkException, InterruptedException {
    try {
      stage.get();
    } catch (ExecutionException e) {
      throw new SparkException("the workers' stage failed: " + e.getCause().getMessage(), e);
    } catch (CancellationException e) {
      throw new SparkException("cancelled", e);
    }
  }

  /** Tasks that have not begun when the job is over would look for a server in vain. */
  private static void awaitTasks(JavaFutureAction<Void> stage) throws InterruptedException {
    try {
      stage.get(LAST_TASKS.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      LOG.debug("the workers' stage did not end by itself", e);
    }
  }

  private static final class Observer extends TrainingLog {

    final List<Double> losses = new ArrayList<>();
    final CompletableFuture<Outcome> over = new CompletableFuture<>();
    volatile String digest = "";

    /** How far the training is, for people; empty before the first round. */
    volatile Optional<String> progress = Optional.empty();

    private String rounds = "";

    @Override
    public void started(int workers, int most) {
      rounds = most == StopConditions.UNBOUNDED ? "" : String.format(Locale.ROOT, " of %,d", most);
    }

    @Override
    public void resumed(int version) {
      LOG.info("resuming from round {}", version);
      losses.subList(Math.min(version, losses.size()), losses.size()).clear();
    }

    @Override
    public void measured(Measurement measurement) {
      double loss = measurement.row().value(Measure.LOSS);
      losses.add(loss);
      progress =
          Optional.of(
              String.format(
                  Locale.ROOT, "round %,d%s, loss %.4g", measurement.round(), rounds, loss));
    }

    @Override
    public Outcome ended(
        Outcome outcome, int version, String digest, Optional<List<float[]>> weights) {
      this.digest = digest;
      LOG.info("{}, digest {}", outcome.message(), digest);
      if (!(outcome instanceof Outcome.Suspended)) {
        over.complete(outcome);
      }
      return outcome;
    }
  }
}
