package io.cordee.worker.link;

import io.cordee.common.job.Columns;
import io.cordee.common.job.Job;
import io.cordee.common.job.JobFile;
import io.cordee.common.job.JobVector;
import io.cordee.common.job.RowCounts;
import io.cordee.common.job.Tally;
import io.cordee.common.reduce.Chunks;
import io.cordee.common.reduce.Shard;
import io.cordee.common.wire.Uplink;
import io.cordee.function.Sums;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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

  private final List<ServerLink> shards;
  private final ServerLink lead;

  /** Messages of shard 0, and failures of any shard, which are thrown. */
  private final BlockingQueue<Supplier<ServerSays>> heard = new LinkedBlockingQueue<>();

  /** At zero when shard 0 is done. */
  private final CountDownLatch leadIsDone = new CountDownLatch(1);

  private Chunks chunks;

  /**
   * @param shards by number
   */
  public ShardedLink(List<ServerLink> shards) {
    this.shards = List.copyOf(shards);
    this.lead = shards.get(0);
  }

  /**
   * Greets every shard and waits for the answers.
   *
   * @throws LinkException if the servers are not the shards of one job, in this order
   */
  @Override
  public void hello(String name, int threads) {
    List<ServerSays.Welcome> welcomes = new ArrayList<>();
    Connector.Introduction me = new Connector.Introduction(name, threads);
    for (int number = 0; number < shards.size(); number++) {
      welcomes.add(welcome(number, me));
    }
    ServerSays.Welcome first = welcomes.get(0);
    for (ServerSays.Welcome other : welcomes) {
      if (!other.job().equals(first.job())) {
        throw new LinkException("shard " + other.shard() + " serves another job than shard 0");
      }
    }
    Job job = JobFile.parse(first.job(), "the server's job", List.of());
    chunks = JobVector.of(job).chunks();
    heard.add(() -> first);
    for (ServerLink shard : shards) {
      listenTo(shard);
    }
  }

  private ServerSays.Welcome welcome(int number, Connector.Introduction me) {
    ServerSays.Welcome welcome = Connector.Connection.greet(shards.get(number), me).welcome();
    Shard expected = new Shard(number, shards.size());
    if (!welcome.shard().equals(expected)) {
      throw new LinkException(
          "expected shard %s in place %s of --server; found shard %s; give the addresses of all shards, in order"
              .formatted(expected, number + 1, welcome.shard()));
    }
    return welcome;
  }

  private void listenTo(ServerLink shard) {
    Thread listener = new Thread(() -> listen(shard), "shard-" + shards.indexOf(shard));
    listener.setDaemon(true);
    listener.start();
  }

  private void listen(ServerLink shard) {
    for (; ; ) {
      try {
        ServerSays says = shard.receive();
        if (shard == lead) {
          heard.add(() -> says);
          if (says instanceof ServerSays.Finished) {
            leadIsDone.countDown();
          }
        } else if (!(says instanceof ServerSays.Finished)) {
          throw new LinkException("a shard other than 0 gave orders");
        }
      } catch (LinkException e) {
        if (shard != lead) {
          awaitLead();
        }
        addFailure(e);
        leadIsDone.countDown();
        return;
      } catch (RuntimeException e) {
        addFailure(e);
      }
    }
  }

  /** Shard 0 notices a lost shard too, and may end the job, which then comes first. */
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
  public ServerSays receive() {
    try {
      return heard.take().get();
    } catch (LinkException e) {
      addFailure(e); // whoever asks again is told again
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
    subscribe();
  }

  @Override
  public void subscribe() {
    shards.stream().skip(1).forEach(ServerLink::subscribe);
  }

  @Override
  public void contributeAs(Uplink uplink) {
    shards.forEach(shard -> shard.contributeAs(uplink));
  }

  /** Alternates between shards, so that none is idle. */
  @Override
  public void contribution(int version, int node, Tally tally, Sums sums) {
    boolean isMore = true;
    for (int turn = 0; isMore; turn++) {
      isMore = false;
      for (int number = 0; number < shards.size(); number++) {
        Shard shard = new Shard(number, shards.size());
        int chunk = shard.firstChunk(chunks) + turn;
        if (chunk < shard.endChunk(chunks)) {
          shards.get(number).contribution(version, node, tally, sums, chunk);
          isMore = true;
        }
      }
    }
  }

  @Override
  public void contribution(int version, int node, Tally tally, Sums sums, int chunk) {
    owner(chunk).contribution(version, node, tally, sums, chunk);
  }

  private ServerLink owner(int chunk) {
    for (int number = shards.size() - 1; number > 0; number--) {
      if (chunk >= new Shard(number, shards.size()).firstChunk(chunks)) {
        return shards.get(number);
      }
    }
    return lead;
  }

  @Override
  public void differs(int version, int chunk) {
    owner(chunk).differs(version, chunk);
  }

  @Override
  public void dataFound(RowCounts rows, String arithmetic, Columns columns) {
    lead.dataFound(rows, arithmetic, columns);
  }

  @Override
  public void rowChecksums(Map<Integer, Long> ofPartitions) {
    lead.rowChecksums(ofPartitions);
  }

  @Override
  public void prepared(int plan) {
    lead.prepared(plan);
  }

  @Override
  public void evaluated(int version, int slice, Tally tally) {
    lead.evaluated(version, slice, tally);
  }

  @Override
  public void heartbeat() {
    lead.heartbeat();
  }

  @Override
  public void failure(String message) {
    lead.failure(message);
  }

  @Override
  public void goodbye() {
    shards.forEach(ServerLink::goodbye);
  }

  @Override
  public void close() {
    shards.forEach(ServerLink::close);
  }
}
