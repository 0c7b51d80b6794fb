package io.cordee.worker.link;

import io.cordee.common.job.Job;
import io.cordee.common.job.JobVector;
import io.cordee.common.job.file.JobFile;
import io.cordee.common.reduce.Chunks;
import io.cordee.common.reduce.Shard;
import io.cordee.common.reduce.Subvector;
import io.cordee.common.reduce.Table;
import io.cordee.proto.v1.ServerMessage;
import io.cordee.proto.v1.Welcome;
import io.cordee.proto.v1.WorkerMessage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * The connections to all shards of a server as one. Chunks go to and come from the shard that owns
 * them; everything else is between the worker and shard 0. When one of them is lost, all are.
 */
public final class ShardedLink implements ServerLink {

  /** When another shard is lost, how long shard 0 may take to say that the job is over. */
  private static final Duration LEAD_GRACE = Duration.ofSeconds(2);

  /** Connects to the other shards, whose number and addresses shard 0 has sent. */
  @FunctionalInterface
  public interface Others {
    /**
     * The links, by number from 1, before any hello.
     *
     * @throws LinkException as {@link Connector#connect}
     */
    List<ServerLink> connect(Welcome welcome);
  }

  /** By number, shard 0 first. */
  private final List<ServerLink> shards;

  private final ServerLink lead;
  private final int beside;

  /** Messages of shard 0, and failures of any shard, which are thrown. */
  private final BlockingQueue<Supplier<ServerMessage>> heard = new LinkedBlockingQueue<>();

  /** Zero when shard 0 is done. */
  private final CountDownLatch leadIsDone = new CountDownLatch(1);

  private final Chunks chunks;
  private final Optional<Table> table;

  private ShardedLink(List<ServerLink> shards, int beside, Job job) {
    this.shards = List.copyOf(shards);
    this.lead = shards.get(0);
    this.beside = beside;
    this.chunks = JobVector.of(job).chunks();
    this.table = job.partlyHeld();
  }

  /**
   * Connects to all other shards of the server, and greets them.
   *
   * @param first the connection to shard 0; returned if that is the only one
   * @param beside the number of the shard in whose process this is, or any: contributions go to the
   *     next one first, so that workers beside each shard do not all send to the same one at once
   * @throws LinkException if the servers are not the shards of one job, in this order; all
   *     connections are then closed
   */
  public static Connector.Connection join(
      Connector.Connection first, Introduction worker, int beside, Others others) {
    List<ServerLink> all = new ArrayList<>(List.of(first.server()));
    try {
      Welcome welcome = first.welcome();
      if (welcome.getShard() > 0) {
        throw new LinkException(
            "expected shard 0 at the first address; found shard %s; give --server shard 0, or all shards in order"
                .formatted(shard(welcome)));
      }
      all.addAll(others.connect(welcome));
      if (all.size() == 1) {
        return first;
      }
      Introduction named = new Introduction(welcome.getName(), worker.threads());
      for (int number = 1; number < all.size(); number++) {
        greet(all.get(number), number, named, welcome);
      }
      Job job = JobFile.parse(welcome.getJob(), "the server's job", List.of());
      ShardedLink link = new ShardedLink(all, beside, job);
      all.forEach(link::listenTo);
      return new Connector.Connection(link, welcome);
    } catch (RuntimeException e) {
      all.forEach(ServerLink::close);
      throw e;
    }
  }

  private static void greet(ServerLink server, int number, Introduction worker, Welcome first) {
    Welcome welcome = Connector.Connection.greet(server, worker).welcome();
    Shard expected = new Shard(number, first.getShards());
    if (!shard(welcome).equals(expected)) {
      throw new LinkException(
          "expected shard %s; found shard %s at its address; give --server the addresses of all shards, in order"
              .formatted(expected, shard(welcome)));
    }
    if (!welcome.getJob().equals(first.getJob())) {
      throw new LinkException("shard " + expected + " serves another job than shard 0");
    }
  }

  private static Shard shard(Welcome welcome) {
    return new Shard(welcome.getShard(), welcome.getShards());
  }

  private void listenTo(ServerLink shard) {
    Thread listener = new Thread(() -> listen(shard), "shard-" + shards.indexOf(shard));
    listener.setDaemon(true);
    listener.start();
  }

  private void listen(ServerLink shard) {
    for (; ; ) {
      try {
        ServerMessage message = shard.receive();
        if (shard == lead) {
          received(message);
        } else if (!message.hasFinished()) {
          throw new LinkException(
              "a shard other than 0 sent what only shard 0 may send; run one version on all servers");
        }
      } catch (LinkException e) {
        if (shard != lead) {
          awaitLead();
        }
        // Shard 0 does not know that another shard has refused this worker.
        boolean isUnknown = shard != lead && e instanceof RefusedException;
        addFailure(isUnknown ? new LinkException(e.getMessage()) : e);
        leadIsDone.countDown();
        return;
      } catch (RuntimeException e) {
        addFailure(e);
      }
    }
  }

  /** Hands a permit of shard 0 on to the others; everything else is for the worker. */
  private void received(ServerMessage message) {
    if (message.hasPermit()) {
      WorkerMessage handed = WorkerMessage.newBuilder().setPermit(message.getPermit()).build();
      shards.stream().skip(1).forEach(other -> other.send(handed));
      return;
    }
    heard.add(() -> message);
    if (message.hasFinished()) {
      leadIsDone.countDown();
    }
  }

  /** Shard 0 notices a lost shard too, and may end the job; that takes precedence. */
  private void awaitLead() {
    try {
      leadIsDone.await(LEAD_GRACE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void addFailure(RuntimeException failure) {
    heard.add(
        () -> {
          throw failure;
        });
  }

  @Override
  public ServerMessage receive() {
    try {
      return heard.take().get();
    } catch (LinkException e) {
      addFailure(e); // later calls fail too
      throw e;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      close();
      throw new LinkException("interrupted while waiting for the server");
    }
  }

  @Override
  public void deliverChunksTo(ChunkSink sink) {
    for (ServerLink shard : shards) {
      shard.deliverChunksTo(sink);
    }
  }

  /** Alternates between shards, so that none is idle. */
  @Override
  public void contribute(Contribution whole) {
    int most = whole.holding().perMessage();
    boolean isMore = true;
    for (int turn = 0; isMore; turn++) {
      isMore = false;
      for (int next = 1; next <= shards.size(); next++) {
        int number = (beside + next) % shards.size();
        Shard shard = new Shard(number, shards.size());
        int first = shard.firstChunk(chunks) + turn * most;
        int count = Math.min(most, shard.endChunk(chunks) - first);
        if (count > 0) {
          shards.get(number).contribute(whole, first, count);
          isMore = true;
        }
      }
    }
  }

  @Override
  public void contribute(Contribution whole, int first, int count) {
    owner(first).contribute(whole, first, count);
  }

  private ServerLink owner(int chunk) {
    for (int number = shards.size() - 1; number > 0; number--) {
      if (chunk >= new Shard(number, shards.size()).firstChunk(chunks)) {
        return shards.get(number);
      }
    }
    return lead;
  }

  /** Sends to shard 0, but messages about chunks to their owners, and goodbye to all. */
  @Override
  public void send(WorkerMessage message) {
    switch (message.getBodyCase()) {
      case DIFFERS -> owner(message.getDiffers().getChunk()).send(message);
      case GOODBYE -> shards.forEach(shard -> shard.send(message));
      case HOLDS -> throw new IllegalStateException("rows are announced by hold");
      default -> lead.send(message);
    }
  }

  /** Tells each shard of the rows in its chunks. */
  @Override
  public void hold(int holding, OptionalInt version, int[] rows) {
    for (int number = 0; number < shards.size(); number++) {
      Shard shard = new Shard(number, shards.size());
      int from = chunks.from(shard.firstChunk(chunks));
      int size = chunks.to(shard.endChunk(chunks) - 1) - from;
      int[] part = Subvector.of(table.orElseThrow().from(from), size, rows).rows();
      shards.get(number).hold(holding, version, part);
    }
  }

  @Override
  public void close() {
    shards.forEach(ServerLink::close);
  }
}
