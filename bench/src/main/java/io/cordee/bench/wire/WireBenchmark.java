package io.cordee.bench.wire;

import com.google.protobuf.ByteString;
import io.cordee.bench.process.BenchTeam;
import io.cordee.bench.process.Child;
import io.cordee.bench.process.TrivialWorker;
import io.cordee.bench.report.Bar;
import io.cordee.bench.report.Pairs;
import io.cordee.bench.report.Report;
import io.cordee.bench.report.Turns;
import io.cordee.common.job.WeightFormat;
import io.cordee.common.reduce.Chunks;
import io.cordee.common.wire.Signs;
import io.cordee.proto.v1.Parameters;
import io.cordee.proto.v1.ServerMessage;
import java.io.IOException;
import java.util.List;

/** Whole rounds over loopback, beside plain sockets and bare gRPC streams of the same payload. */
public final class WireBenchmark {

  private static final int TEAM = 4;

  /** In front of each message: whether it is compressed, and its length. */
  private static final int GRPC_FRONT = 5;

  private WireBenchmark() {}

  public static void run(Report report) throws IOException, InterruptedException {
    int large = report.choose(10_000_000, 100_000);
    // By then, compilers are done with the cores that all processes share.
    Turns turns = report.choose(new Turns(250, 11, 10), Turns.QUICK);
    report.note("counted: each worker's vector up and down, 4 bytes per parameter and direction");
    transport(large, turns, report);
    wholePath(large, turns, report);
    String count = Report.count(large);
    report.add(
        "whole path, " + TEAM + " workers against 1, " + count,
        "1 worker",
        "GB/s",
        BenchTeam.byTurns(
                turns, team(large, WeightFormat.FLOATS, 1), team(large, WeightFormat.FLOATS, TEAM))
            .rates(gigabytes(large, 1), gigabytes(large, TEAM)),
        Bar.atLeast(0.9));
    report.add(
        "rprop, signs down, " + TEAM + " workers, " + count,
        "floats down",
        "rounds/s",
        BenchTeam.byTurns(
                turns,
                team(large, WeightFormat.FLOATS, TEAM),
                team(large, WeightFormat.SIGNS, TEAM))
            .rates(1, 1),
        Bar.atLeast(1.6));
    bytesDown(large, report);
    smallRounds(1_000, report.choose(new Turns(200_000, 21, 2_000), Turns.QUICK), report);
  }

  private static BenchTeam.Starter team(int parameters, WeightFormat weights, int workers) {
    return () -> TrivialWorker.team(parameters, weights, workers);
  }

  private static void transport(int parameters, Turns turns, Report report) throws IOException {
    try (Child server = Child.start(TransportServer.class, Integer.toString(parameters));
        Child worker = Child.start(TrivialWorker.class, server.greeting())) {
      againstRaw("transport alone", parameters, worker, Bar.atLeast(0.75), turns, report);
    }
  }

  private static void wholePath(int parameters, Turns turns, Report report)
      throws IOException, InterruptedException {
    try (BenchTeam team = TrivialWorker.team(parameters, WeightFormat.FLOATS, 1)) {
      againstRaw("whole path", parameters, team, Bar.atLeast(0.55), turns, report);
    }
  }

  private static void againstRaw(
      String what, int parameters, Turns.Work worker, Bar bar, Turns turns, Report report)
      throws IOException {
    String floats = Integer.toString(parameters);
    double gigabytes = gigabytes(parameters, 1);
    try (Child server = Child.start(RawSocket.Server.class, floats);
        Child client = Child.start(RawSocket.Client.class, server.greeting(), floats)) {
      report.add(
          what + ", 1 worker, " + Report.count(parameters),
          "raw TCP",
          "GB/s",
          turns.take(client, worker).rates(gigabytes, gigabytes),
          bar);
    }
  }

  /** Counted, not timed: what a worker is sent of a step, with the headers of messages. */
  private static void bytesDown(int parameters, Report report) {
    Chunks chunks = Chunks.of(parameters, 1);
    double floats = 0;
    double signs = 0;
    int most = chunks.perMessage();
    for (int chunk = 0; chunk < chunks.count(); chunk += most) {
      int size = chunks.to(Math.min(chunk + most, chunks.count()) - 1) - chunks.from(chunk);
      floats += messageBytes(chunk, Parameters.Kind.LOOKAHEAD_POINT, size * Float.BYTES);
      signs += messageBytes(chunk, Parameters.Kind.SIGNS, Signs.bytes(size));
    }
    report.add(
        "bytes received per round with signs down, " + Report.count(parameters),
        "floats down",
        "MB",
        Pairs.once(floats / 1e6, signs / 1e6),
        Bar.atMost(1 / 15.0));
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

  private static void smallRounds(int parameters, Turns turns, Report report)
      throws IOException, InterruptedException {
    int clients = 2;
    String bytes = Integer.toString(parameters * Float.BYTES);
    try (Child server = Child.start(BareStream.Barrier.class, Integer.toString(clients));
        Child first = Child.start(BareStream.Client.class, server.greeting(), bytes);
        Child second = Child.start(BareStream.Client.class, server.greeting(), bytes);
        BenchTeam team = TrivialWorker.team(parameters, WeightFormat.FLOATS, clients)) {
      List<Child> bare = List.of(first, second);
      report.add(
          clients + " workers, " + Report.count(parameters) + ", against a bare stream",
          "gRPC stream with a barrier",
          "rounds/s",
          turns.take(rounds -> Child.seconds(bare, rounds), team).rates(1, 1),
          Bar.atLeast(0.6));
    }
  }

  /** What all workers push and pull in a round. */
  private static double gigabytes(int parameters, int workers) {
    return 2.0 * Float.BYTES * parameters * workers / 1e9;
  }
}
