package io.cordee.proto.frame;

import com.google.protobuf.ByteString;
import io.cordee.proto.v1.Contribution;
import io.cordee.proto.v1.DataFound;
import io.cordee.proto.v1.Evaluate;
import io.cordee.proto.v1.Evaluated;
import io.cordee.proto.v1.Failure;
import io.cordee.proto.v1.Finished;
import io.cordee.proto.v1.Goodbye;
import io.cordee.proto.v1.Hello;
import io.cordee.proto.v1.Lease;
import io.cordee.proto.v1.Parameters;
import io.cordee.proto.v1.Prepare;
import io.cordee.proto.v1.Prepared;
import io.cordee.proto.v1.ServerMessage;
import io.cordee.proto.v1.Tally;
import io.cordee.proto.v1.Welcome;
import io.cordee.proto.v1.WorkerMessage;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/** Random messages of every kind. */
final class Messages {

  private Messages() {}

  static WorkerMessage worker(Random random) {
    WorkerMessage.Builder message = WorkerMessage.newBuilder();
    return switch (random.nextInt(8)) {
      case 0 -> message.build();
      case 1 ->
          message
              .setHello(
                  Hello.newBuilder()
                      .setProtocol(number(random))
                      .setName(text(random))
                      .setThreads(number(random)))
              .build();
      case 2 ->
          message
              .setDataFound(
                  DataFound.newBuilder()
                      .setTrainRows(random.nextLong())
                      .setTestRows(number(random))
                      .setArithmetic(text(random)))
              .build();
      case 3 -> message.setPrepared(Prepared.newBuilder().setPlan(number(random))).build();
      case 4 ->
          message
              .setEvaluated(
                  Evaluated.newBuilder()
                      .setVersion(number(random))
                      .setSlice(number(random))
                      .setTally(tally(random)))
              .build();
      case 5 -> message.setFailure(Failure.newBuilder().setMessage(text(random))).build();
      case 6 -> message.setGoodbye(Goodbye.getDefaultInstance()).build();
      default -> contribution(random, data(random));
    };
  }

  static ServerMessage server(Random random) {
    ServerMessage.Builder message = ServerMessage.newBuilder();
    return switch (random.nextInt(7)) {
      case 0 -> message.build();
      case 1 ->
          message
              .setWelcome(Welcome.newBuilder().setName(text(random)).setJob(text(random)))
              .build();
      case 2 ->
          message
              .setPrepare(
                  Prepare.newBuilder().setPlan(number(random)).addAllPartitions(units(random)))
              .build();
      case 3 ->
          message
              .setLease(
                  Lease.newBuilder().setVersion(number(random)).addAllPartitions(units(random)))
              .build();
      case 4 ->
          message
              .setEvaluate(
                  Evaluate.newBuilder().setVersion(number(random)).addAllSlices(units(random)))
              .build();
      case 5 ->
          message
              .setFinished(
                  Finished.newBuilder().setCompleted(random.nextBoolean()).setMessage(text(random)))
              .build();
      default -> parameters(random, data(random));
    };
  }

  static WorkerMessage contribution(Random random, ByteString data) {
    Contribution.Builder contribution =
        Contribution.newBuilder()
            .setVersion(number(random))
            .setNode(number(random))
            .setChunk(number(random))
            .setData(data);
    if (random.nextBoolean()) {
      contribution.setTally(tally(random));
    }
    return WorkerMessage.newBuilder().setContribution(contribution).build();
  }

  static ServerMessage parameters(Random random, ByteString data) {
    return ServerMessage.newBuilder()
        .setParameters(
            Parameters.newBuilder()
                .setVersion(number(random))
                .setChunk(number(random))
                .setKindValue(random.nextInt(3))
                .setData(data))
        .build();
  }

  static WorkerMessage withoutData(WorkerMessage message) {
    return message.hasContribution()
        ? message.toBuilder()
            .setContribution(message.getContribution().toBuilder().clearData())
            .build()
        : message;
  }

  static ServerMessage withoutData(ServerMessage message) {
    return message.hasParameters()
        ? message.toBuilder().setParameters(message.getParameters().toBuilder().clearData()).build()
        : message;
  }

  static ByteString data(Random random) {
    byte[] data = new byte[random.nextInt(4) == 0 ? 0 : random.nextInt(3000)];
    random.nextBytes(data);
    return ByteString.copyFrom(data);
  }

  private static Tally tally(Random random) {
    return Tally.newBuilder()
        .setRows(random.nextLong())
        .setLossSum(random.nextDouble())
        .setCorrect(number(random))
        .build();
  }

  /** A varint of any length; also 0, which is not sent. */
  private static int number(Random random) {
    return random.nextInt(4) == 0 ? 0 : random.nextInt() >> random.nextInt(32);
  }

  private static String text(Random random) {
    return "é".repeat(random.nextInt(200)) + random.nextInt();
  }

  private static List<Integer> units(Random random) {
    return IntStream.range(0, random.nextInt(20)).map(i -> number(random)).boxed().toList();
  }
}
