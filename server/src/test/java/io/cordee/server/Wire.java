package io.cordee.server;

import io.cordee.proto.connection.Connections;
import io.cordee.proto.v1.DataFound;
import io.cordee.proto.v1.Goodbye;
import io.cordee.proto.v1.Hello;
import io.cordee.proto.v1.ParameterServerGrpc;
import io.cordee.proto.v1.RowChecksums;
import io.cordee.proto.v1.ServerMessage;
import io.cordee.proto.v1.WorkerMessage;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import java.util.Collections;

/** A stream by the generated stub alone: wire contract and protobuf compiler must be enough. */
public final class Wire implements AutoCloseable {

  private final ManagedChannel channel;
  private final Heard<ServerMessage> heard = new Heard<>();
  private final StreamObserver<WorkerMessage> toServer;

  public Wire(int port) {
    this(NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build());
  }

  /** The channel is closed with it. */
  Wire(ManagedChannel channel) {
    this.channel = channel;
    toServer = ParameterServerGrpc.newStub(channel).train(heard);
  }

  /** Sends row checksums of 0 before {@code DataFound}, as the made-up job has no data. */
  void say(WorkerMessage.Builder message) {
    if (message.hasDataFound()) {
      DataFound found = message.getDataFound();
      int slices = slices(found.getTestRows()) + slices(found.getValidationRows());
      toServer.onNext(rowChecksums(MadeUpJob.PARTITIONS + slices).build());
    }
    toServer.onNext(message.build());
  }

  private static int slices(long rows) {
    return (int) Math.min(MadeUpJob.PARTITIONS, rows);
  }

  public static WorkerMessage.Builder rowChecksums(int count) {
    return WorkerMessage.newBuilder()
        .setRowChecksums(RowChecksums.newBuilder().addAllChecksums(Collections.nCopies(count, 0L)));
  }

  static WorkerMessage.Builder hello(String name) {
    return WorkerMessage.newBuilder()
        .setHello(Hello.newBuilder().setProtocol(Connections.PROTOCOL).setName(name).setThreads(1));
  }

  public static void awaitOpen(int port) {
    for (boolean isOpen = false; !isOpen; ) {
      try (Wire probe = new Wire(port)) {
        probe.say(hello("probe"));
        isOpen = probe.heard.goesOn();
        probe.say(WorkerMessage.newBuilder().setGoodbye(Goodbye.getDefaultInstance()));
      }
    }
  }

  /** Says hello; returns the name that the server gives this worker. */
  String greet(String name) {
    say(hello(name));
    return hear().getWelcome().getName();
  }

  ServerMessage hear() {
    return heard.next();
  }

  /** The stream's status; earlier messages are skipped. */
  Status end() {
    return heard.end();
  }

  boolean isSilentFor(int millis) throws InterruptedException {
    return heard.isSilentFor(millis);
  }

  void halfClose() {
    toServer.onCompleted();
  }

  void cancel() {
    toServer.onError(Status.CANCELLED.asException());
  }

  @Override
  public void close() {
    channel.shutdownNow();
  }
}
