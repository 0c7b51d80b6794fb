package io.cordee.server.fuzz;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import io.cordee.proto.connection.Connections;
import io.cordee.proto.v1.Contribution;
import io.cordee.proto.v1.DataFound;
import io.cordee.proto.v1.Differs;
import io.cordee.proto.v1.Evaluated;
import io.cordee.proto.v1.Failure;
import io.cordee.proto.v1.Goodbye;
import io.cordee.proto.v1.Hello;
import io.cordee.proto.v1.KeptVersion;
import io.cordee.proto.v1.Permit;
import io.cordee.proto.v1.Prepared;
import io.cordee.proto.v1.ShardChunk;
import io.cordee.proto.v1.ShardHello;
import io.cordee.proto.v1.ShardMessage;
import io.cordee.proto.v1.ShardSquares;
import io.cordee.proto.v1.ShardStepped;
import io.cordee.proto.v1.Tally;
import io.cordee.proto.v1.WorkerMessage;
import io.cordee.server.MadeUpJob;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Makes messages that are wrong in some way, from a seed. */
final class Forge {

  /** Rows that no worker of the job finds; no flip of one bit makes the right number of them. */
  private static final int OTHER_ROWS = 7777;

  static final int CHUNK_BYTES = 256 * Float.BYTES;
  static final int LAST_CHUNK_BYTES = 4 * MadeUpJob.parameters() - CHUNK_BYTES;

  private final Random random;

  Forge(Random random) {
    this.random = random;
  }

  static WorkerMessage.Builder hello(String name) {
    return message()
        .setHello(Hello.newBuilder().setProtocol(Connections.PROTOCOL).setName(name).setThreads(1));
  }

  static WorkerMessage.Builder dataFound() {
    return message()
        .setDataFound(
            DataFound.newBuilder()
                .setTrainRows(MadeUpJob.PARTITIONS * MadeUpJob.ROWS_PER_PARTITION)
                .setTestRows(MadeUpJob.TEST_ROWS));
  }

  static WorkerMessage.Builder message() {
    return WorkerMessage.newBuilder();
  }

  /** A message of any kind, as a worker of another job might send it. */
  WorkerMessage.Builder any() {
    return switch (random.nextInt(10)) {
      case 0 -> message();
      case 1 -> hello("eve-" + random.nextInt(3));
      case 2 ->
          message()
              .setDataFound(
                  DataFound.newBuilder().setTrainRows(OTHER_ROWS).setTestRows(OTHER_ROWS));
      case 3 -> message().setPrepared(Prepared.newBuilder().setPlan(random.nextInt(50)));
      case 4 ->
          message()
              .setEvaluated(
                  Evaluated.newBuilder()
                      .setVersion(random.nextInt(50))
                      .setSlice(random.nextInt(4))
                      .setTally(tally(1)));
      case 5 -> message().setDiffers(Differs.newBuilder().setChunk(random.nextInt(3)));
      case 6 -> permit();
      case 7 -> message().setFailure(Failure.newBuilder().setMessage("no disk\u001b[2J\n"));
      case 8 -> message().setGoodbye(Goodbye.getDefaultInstance());
      default -> message().setContribution(contribution());
    };
  }

  /** As the only other shard might send it. */
  ShardMessage.Builder anyOfAShard() {
    ShardMessage.Builder message = ShardMessage.newBuilder();
    return switch (random.nextInt(7)) {
      case 0 ->
          message.setStepped(
              ShardStepped.newBuilder().setVersion(random.nextInt(20)).addChecksums(7));
      case 1 ->
          message.setSquares(
              ShardSquares.newBuilder().setVersion(random.nextInt(20)).addSquares(1));
      case 2 ->
          message.setChunk(
              ShardChunk.newBuilder()
                  .setVersion(random.nextInt(20))
                  .setChunk(random.nextInt(3))
                  .setData(
                      ByteString.copyFrom(new byte[random.nextBoolean() ? LAST_CHUNK_BYTES : 0])));
      case 3 -> message.setFailure(Failure.newBuilder().setMessage("no disk"));
      default ->
          message.setHello(
              ShardHello.newBuilder()
                  .setProtocol(Connections.PROTOCOL)
                  .setShard(1)
                  .setShards(2)
                  .addKept(KeptVersion.newBuilder().setVersion(random.nextInt(9) - 4)));
    };
  }

  /** Any but those that may end a stream well. */
  WorkerMessage.Builder anyToFlood() {
    return switch (random.nextInt(5)) {
      case 0 -> message().setPrepared(Prepared.newBuilder().setPlan(random.nextInt(3)));
      case 1 -> message().setDiffers(Differs.newBuilder().setChunk(random.nextInt(2)));
      case 2 -> permit();
      case 3 -> message().setEvaluated(Evaluated.newBuilder().setVersion(0).setTally(tally(1)));
      default -> dataFoundElsewhere();
    };
  }

  private WorkerMessage.Builder permit() {
    ByteString sealed = ByteString.copyFrom(noise(random.nextInt(99)));
    return message().setPermit(Permit.newBuilder().setSealed(sealed));
  }

  private static WorkerMessage.Builder dataFoundElsewhere() {
    return message().setDataFound(DataFound.newBuilder().setTrainRows(OTHER_ROWS));
  }

  private Contribution.Builder contribution() {
    int chunk = random.nextInt(3);
    int bytes = chunk == 1 ? LAST_CHUNK_BYTES : random.nextInt(8) == 0 ? CHUNK_BYTES : 64;
    return Contribution.newBuilder()
        .setVersion(random.nextInt(50))
        .setNode(1 + random.nextInt(9))
        .setChunk(chunk)
        .setTally(tally(2))
        .setData(ByteString.copyFrom(new byte[bytes]));
  }

  private static Tally.Builder tally(int rows) {
    return Tally.newBuilder().setRows(rows).setLossSum(1);
  }

  /** Sets up to three fields, at any depth, to extreme values. */
  void distort(Message.Builder message) {
    for (int i = 1 + random.nextInt(3); i > 0; i--) {
      distortOne(message);
    }
  }

  private void distortOne(Message.Builder message) {
    List<FieldDescriptor> fields =
        message.getDescriptorForType().getFields().stream()
            .filter(f -> f.getContainingOneof() == null || message.hasField(f))
            .toList();
    if (fields.isEmpty()) {
      return;
    }
    FieldDescriptor field = fields.get(random.nextInt(fields.size()));
    if (field.isRepeated()) {
      return;
    }
    switch (field.getJavaType()) {
      case MESSAGE -> {
        if (random.nextInt(10) == 0) {
          message.clearField(field);
        } else {
          distortOne(message.getFieldBuilder(field));
        }
      }
      case INT -> message.setField(field, (int) number());
      case LONG -> message.setField(field, number());
      case DOUBLE -> message.setField(field, real());
      case BOOLEAN -> message.setField(field, random.nextBoolean());
      case STRING -> message.setField(field, text());
      case BYTE_STRING ->
          message.setField(field, ByteString.copyFrom(noise(1 << random.nextInt(20))));
      case ENUM ->
          message.setField(
              field, field.getEnumType().findValueByNumberCreatingIfUnknown((int) number()));
      default -> {}
    }
  }

  private long number() {
    return switch (random.nextInt(8)) {
      case 0 -> -1;
      case 1 -> 0;
      case 2 -> Integer.MAX_VALUE;
      case 3 -> Integer.MIN_VALUE;
      case 4 -> Long.MAX_VALUE;
      case 5 -> Long.MIN_VALUE;
      case 6 -> random.nextInt(100) - 50;
      default -> random.nextLong();
    };
  }

  private double real() {
    double[] extremes = {
      Double.NaN,
      Double.POSITIVE_INFINITY,
      Double.NEGATIVE_INFINITY,
      -Double.MAX_VALUE,
      Double.MAX_VALUE,
      -0.0,
      Double.MIN_VALUE
    };
    return extremes[random.nextInt(extremes.length)];
  }

  private String text() {
    return switch (random.nextInt(4)) {
      case 0 -> "";
      case 1 -> "x".repeat(1 << random.nextInt(18));
      case 2 -> "\r\n\u0000\u001b[31m\u202e\ud83e\uddd7" + random.nextInt();
      default -> "../../" + random.nextInt();
    };
  }

  byte[] noise(int length) {
    byte[] noise = new byte[length];
    random.nextBytes(noise);
    return noise;
  }

  byte[] damaged(byte[] message) {
    byte[] bytes = message.clone();
    for (int i = 1 + random.nextInt(4); i > 0 && bytes.length > 0; i--) {
      // Often at the front, where most of the fields are.
      int at = random.nextInt(random.nextBoolean() ? Math.min(24, bytes.length) : bytes.length);
      switch (random.nextInt(5)) {
        case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
        case 1 -> bytes[at] = (byte) (random.nextBoolean() ? 0xff : 0x80);
        case 2 -> bytes = Arrays.copyOf(bytes, at);
        case 3 -> {
          byte[] longer = Arrays.copyOf(bytes, bytes.length + 1 + random.nextInt(20));
          System.arraycopy(
              bytes, at, longer, longer.length - (bytes.length - at), bytes.length - at);
          bytes = longer;
        }
        default -> {
          byte[] twice = Arrays.copyOf(bytes, bytes.length + at);
          System.arraycopy(bytes, 0, twice, bytes.length, at);
          bytes = twice;
        }
      }
    }
    return bytes;
  }
}
