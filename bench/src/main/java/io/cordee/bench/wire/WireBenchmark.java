package io.cordee.bench.wire;

import com.google.protobuf.ByteString;
import io.cordee.bench.Benchmark;
import io.cordee.bench.process.Child;
import io.cordee.bench.process.Turns;
import io.cordee.bench.report.Bar;
import io.cordee.bench.report.Count;
import io.cordee.bench.report.Figure;
import io.cordee.bench.report.Report;
import io.cordee.common.job.Downlink;
import io.cordee.common.reduce.Chunks;
import io.cordee.common.wire.Signs;
import io.cordee.proto.v1.Parameters;
import io.cordee.proto.v1.ServerMessage;
import java.io.IOException;
import java.util.List;

/** Whole rounds over loopback, beside plain sockets and bare gRPC streams of the same payload. */
public final class WireBenchmark implements Benchmark {

  private static final int TEAM = 4;

  /** In front of each message: whether it is compressed, and its length. */
  private static final int GRPC_FRONT = 5;

  @Override
  public String name() {
    return "wire";
  }

  @Override
  public String description() {
    return "a vector pushed and pulled per round, each process on its own, over loopback";
  }

  @Override
  public void run(Size size, Report report) throws IOException, InterruptedException {
    boolean isQuick = size == Size.QUICK;
    int large = isQuick ? 100_000 : 10_000_000;
    Turns.Plan plan = isQuick ? new Turns.Plan(1, 2, 2) : new Turns.Plan(80, 11, 10);
    report.note("counted: each worker's vector up and down, 4 bytes per parameter and direction");
    transport(large, plan, report);
    againstRaw(large, plan, report);
    teamAgainstOne(large, plan, report);
    signsAgainstFloats(large, plan, report);
    bytesDown(large, report);
    smallRounds(1_000, isQuick ? plan : new Turns.Plan(20_000, 11, 2_000), report);
  }

  private static void transport(int parameters, Turns.Plan plan, Report report)
      throws IOException, InterruptedException {
    String floats = Integer.toString(parameters);
    try (Child rawServer = Child.start(RawServer.class, floats);
        Child raw = Child.start(RawClient.class, rawServer.greeting(), floats);
        Child server = Child.start(TransportServer.class, floats);
        Child worker = Child.start(TrivialWorker.class, server.greeting())) {
      Turns.Pairs times = Turns.take(plan, List.of(raw), List.of(worker));
      report.add(
          Figure.of(
              "transport alone, 1 worker, " + Count.of(parameters),
              "raw TCP",
              "GB/s",
              Turns.Pairs.rates(times.measured(), gigabytes(parameters, 1)),
              Turns.Pairs.rates(times.limit(), gigabytes(parameters, 1)),
              Bar.atLeast(0.75)));
    }
  }

  private static void againstRaw(int parameters, Turns.Plan plan, Report report)
      throws IOException, InterruptedException {
    String floats = Integer.toString(parameters);
    try (Child rawServer = Child.start(RawServer.class, floats);
        Child raw = Child.start(RawClient.class, rawServer.greeting(), floats);
        TrivialTeam team = TrivialTeam.start(parameters, 1)) {
      Turns.Pairs times = Turns.take(plan, List.of(raw), team.workers());
      report.add(
          Figure.of(
              "whole path, 1 worker, " + Count.of(parameters),
              "raw TCP",
              "GB/s",
              Turns.Pairs.rates(times.measured(), gigabytes(parameters, 1)),
              Turns.Pairs.rates(times.limit(), gigabytes(parameters, 1)),
              Bar.atLeast(0.55)));
    }
  }

  private static void teamAgainstOne(int parameters, Turns.Plan plan, Report report)
      throws IOException, InterruptedException {
    try (TrivialTeam one = TrivialTeam.start(parameters, 1);
        TrivialTeam team = TrivialTeam.start(parameters, TEAM)) {
      Turns.Pairs times = Turns.take(plan, one.workers(), team.workers());
      report.add(
          Figure.of(
              "whole path, " + TEAM + " workers against 1, " + Count.of(parameters),
              "1 worker",
              "GB/s",
              Turns.Pairs.rates(times.measured(), gigabytes(parameters, TEAM)),
              Turns.Pairs.rates(times.limit(), gigabytes(parameters, 1)),
              Bar.atLeast(0.9)));
    }
  }

  private static void signsAgainstFloats(int parameters, Turns.Plan plan, Report report)
      throws IOException, InterruptedException {
    try (TrivialTeam floats = TrivialTeam.start(parameters, TEAM);
        TrivialTeam signs = TrivialTeam.start(parameters, TEAM, Downlink.SIGNS)) {
      Turns.Pairs times = Turns.take(plan, floats.workers(), signs.workers());
      report.add(
          Figure.of(
              "rprop, signs down, " + TEAM + " workers, " + Count.of(parameters),
              "floats down",
              "rounds/s",
              Turns.Pairs.rates(times.measured(), 1),
              Turns.Pairs.rates(times.limit(), 1),
              Bar.atLeast(1.6)));
    }
  }

  /** Counted, not timed: what a worker is sent of a step, with the headers of messages. */
  private static void bytesDown(int parameters, Report report) {
    Chunks chunks = Chunks.of(parameters, 1);
    double floats = 0;
    double signs = 0;
    for (int chunk = 0; chunk < chunks.count(); chunk++) {
      int size = chunks.size(chunk);
      floats += messageBytes(chunk, Parameters.Kind.EVALUATION_POINT, size * Float.BYTES);
      signs += messageBytes(chunk, Parameters.Kind.SIGNS, Signs.bytes(size));
    }
    report.add(
        Figure.of(
            "bytes received per round with signs down, " + Count.of(parameters),
            "floats down",
            "MB",
            new double[] {signs / 1e6},
            new double[] {floats / 1e6},
            Bar.atMost(1 / 15.0)));
  }

  private static int messageBytes(int chunk, Parameters.Kind kind, int data) {
    return GRPC_FRONT
        + ServerMessage.newBuilder()
            .setParameters(
                Parameters.newBuilder()
                    .setVersion(1_000)
                    .setChunk(chunk)
                    .setKind(kind)
                    .setData(ByteString.copyFrom(new byte[data])))
            .build()
            .getSerializedSize();
  }

  private static void smallRounds(int parameters, Turns.Plan plan, Report report)
      throws IOException, InterruptedException {
    int clients = 2;
    String bytes = Integer.toString(parameters * Float.BYTES);
    try (Child server = Child.start(BareServer.class, Integer.toString(clients));
        Child first = Child.start(BareClient.class, server.greeting(), bytes);
        Child second = Child.start(BareClient.class, server.greeting(), bytes);
        TrivialTeam team = TrivialTeam.start(parameters, clients)) {
      Turns.Pairs times = Turns.take(plan, List.of(first, second), team.workers());
      report.add(
          Figure.of(
              clients + " workers, " + Count.of(parameters) + ", against a bare stream",
              "gRPC stream with a barrier",
              "rounds/s",
              Turns.Pairs.rates(times.measured(), 1),
              Turns.Pairs.rates(times.limit(), 1),
              Bar.atLeast(0.6)));
    }
  }

  /** What all workers push and pull in a round. */
  private static double gigabytes(int parameters, int workers) {
    return 2.0 * Float.BYTES * parameters * workers / 1e9;
  }
}
