package io.cordee.server.fuzz;

import io.cordee.common.job.Job;
import io.cordee.proto.security.Access;
import io.cordee.server.Followers;
import io.cordee.server.Loopback;
import io.cordee.server.MadeUpJob;
import io.cordee.server.MeasuredServer;
import io.cordee.server.Wire;
import io.cordee.server.assembly.LeadRole;
import io.cordee.server.grpc.Gate;
import io.cordee.server.grpc.Limits;
import io.cordee.server.serving.ParameterServer;
import io.cordee.server.team.WorkerId;
import io.cordee.server.training.Outcome;
import io.cordee.server.training.TrainingListener;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import javax.management.ObjectName;

/** A process of its own, to be measured alone. Prints its ports, then one line per input line. */
public final class FuzzedServer {

  /** Connections outlive calls cancelled on them: streams that share one see their own errors. */
  private static final Gate GATE =
      new Gate(
          Access.OPEN,
          new Limits(Limits.WORKERS, Limits.CALLS_PER_ADDRESS, Integer.MAX_VALUE, Limits.SILENCE));

  private static final Logger ROOT = Logger.getLogger("");

  private final List<String> logged = new CopyOnWriteArrayList<>();
  private final CompletableFuture<String> digest = new CompletableFuture<>();
  private volatile int members;

  private FuzzedServer() {}

  /** Arguments: the number of shards, 1 or 2, then overrides of the made-up job. */
  public static void main(String[] args) throws Exception {
    new FuzzedServer().run(args);
  }

  private void run(String[] arguments) throws Exception {
    ROOT.addHandler(new Keeping());
    int shards = Integer.parseInt(arguments[0]);
    Job job = MadeUpJob.job(Arrays.copyOfRange(arguments, 1, arguments.length));
    LeadRole role = Loopback.lead(job, shards, 1, new Watcher());
    try (ParameterServer lead = Loopback.server(GATE, role);
        ParameterServer other = shards == 1 ? null : follower(lead)) {
      Wire.awaitOpen(lead.port()); // the shards are there
      System.out.println(lead.port() + " " + (shards == 1 ? lead : other).port());
      BufferedReader in =
          new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        System.out.println(
            switch (line) {
              case "state" -> state();
              case "log" -> String.join(" || ", logged);
              case "interrupt" -> {
                lead.interrupt("interrupted");
                yield digest.get();
              }
              default -> throw new IllegalArgumentException(line);
            });
      }
    }
  }

  private static ParameterServer follower(ParameterServer lead) throws Exception {
    return Loopback.server(GATE, Followers.of(lead, new TrainingListener() {}));
  }

  /** Keeps what gRPC and Netty log above the level of a warning. */
  private final class Keeping extends Handler {
    @Override
    public void publish(LogRecord entry) {
      if (entry.getLevel().intValue() > Level.WARNING.intValue()) {
        logged.add(
            (entry.getLevel() + " " + entry.getMessage() + " " + entry.getThrown())
                .replaceAll("\\s+", " "));
      }
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }

  private final class Watcher implements TrainingListener {
    @Override
    public void joined(WorkerId worker, int connected) {
      members = connected;
    }

    @Override
    public void left(WorkerId worker, int connected, String why) {
      members = connected;
    }

    @Override
    public Outcome ended(Outcome how, int version, String of, Optional<List<float[]>> weights) {
      digest.complete(version + " " + of + " " + how.message());
      return how;
    }
  }

  private String state() throws Exception {
    // The histogram of live objects runs a collection first.
    String living =
        (String)
            ManagementFactory.getPlatformMBeanServer()
                .invoke(
                    new ObjectName("com.sun.management:type=DiagnosticCommand"),
                    "gcClassHistogram",
                    new Object[] {new String[0]},
                    new String[] {String[].class.getName()});
    return new ServerState(
            MeasuredServer.direct(),
            MeasuredServer.heap(),
            ManagementFactory.getThreadMXBean().getThreadCount(),
            members,
            count(living, "io.cordee.server.grpc.WorkerConnection"),
            count(living, "io.grpc.internal.ServerCallImpl"),
            count(living, "io.grpc.netty.NettyServerHandler"))
        .toLine();
  }

  private static int count(String histogram, String className) {
    return histogram
        .lines()
        .map(line -> line.trim().split("\\s+"))
        .filter(words -> words.length >= 4 && words[3].equals(className))
        .mapToInt(words -> Integer.parseInt(words[1]))
        .sum();
  }
}
