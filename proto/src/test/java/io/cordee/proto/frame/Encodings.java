package io.cordee.proto.frame;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import io.cordee.proto.v1.Contribution;
import io.cordee.proto.v1.WorkerMessage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** Other encodings of the same messages, valid protobuf and not. */
final class Encodings {

  private static final int DATA = Contribution.DATA_FIELD_NUMBER;

  private interface Field {
    void writeTo(CodedOutputStream out) throws IOException;
  }

  private Encodings() {}

  /** A contribution with fields in any order, some twice, and unknown ones in and around it. */
  static byte[] freely(Random random) {
    byte[] inner = write(fields(random));
    List<Field> outer = new ArrayList<>();
    outer.add(out -> out.writeByteArray(WorkerMessage.CONTRIBUTION_FIELD_NUMBER, inner));
    if (random.nextInt(3) == 0) {
      outer.add(unknown(random));
    }
    if (random.nextInt(4) == 0) {
      // A second one is merged into the first; another kind takes its place.
      byte[] more = random.nextBoolean() ? write(fields(random)) : new byte[0];
      int number = random.nextInt(3) == 0 ? 6 : WorkerMessage.CONTRIBUTION_FIELD_NUMBER;
      outer.add(out -> out.writeByteArray(number, more));
    }
    Collections.shuffle(outer, random);
    return write(outer);
  }

  /** Data last, after unknown fields, which may be long. */
  static byte[] dataLast(Random random, ByteString data) {
    List<Field> inner = new ArrayList<>();
    inner.add(out -> out.writeInt32(Contribution.VERSION_FIELD_NUMBER, random.nextInt()));
    for (int i = random.nextInt(3); i > 0; i--) {
      inner.add(unknown(random));
    }
    inner.add(out -> out.writeBytes(DATA, data));
    byte[] bytes = write(inner);
    return write(
        List.of(out -> out.writeByteArray(WorkerMessage.CONTRIBUTION_FIELD_NUMBER, bytes)));
  }

  private static List<Field> fields(Random random) {
    List<Field> fields = new ArrayList<>();
    for (int i = random.nextInt(6); i >= 0; i--) {
      fields.add(
          switch (random.nextInt(5)) {
            case 0 -> {
              int version = random.nextInt();
              yield out -> out.writeInt32(Contribution.VERSION_FIELD_NUMBER, version);
            }
            case 1 -> {
              int chunk = random.nextInt(9);
              yield out -> out.writeInt32(Contribution.CHUNK_FIELD_NUMBER, chunk);
            }
            case 2 -> {
              byte[] tally = {8, (byte) random.nextInt(128)};
              yield out -> out.writeByteArray(Contribution.TALLY_FIELD_NUMBER, tally);
            }
            case 3 -> unknown(random);
            default -> {
              ByteString data = Messages.data(random);
              yield out -> out.writeBytes(DATA, data);
            }
          });
    }
    return fields;
  }

  private static Field unknown(Random random) {
    int number = List.of(14, 16, 500, 100_000, (1 << 29) - 1).get(random.nextInt(5));
    long value = random.nextLong() >> random.nextInt(64);
    return switch (random.nextInt(6)) {
      case 0 -> out -> out.writeUInt64(number, value);
      case 1 -> out -> out.writeFixed64(number, value);
      case 2 -> out -> out.writeFixed32(number, (int) value);
      case 3 -> out -> out.writeByteArray(number, new byte[(int) (value & 2047)]);
      case 4 -> {
        // The data's field number with another wire type.
        yield out -> out.writeUInt64(DATA, value);
      }
      default -> {
        UnknownFieldSet.Field one = UnknownFieldSet.Field.newBuilder().addVarint(value).build();
        UnknownFieldSet group = UnknownFieldSet.newBuilder().addField(3, one).build();
        yield out -> out.writeGroup(number, group);
      }
    };
  }

  private static byte[] write(List<Field> fields) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      CodedOutputStream out = CodedOutputStream.newInstance(bytes);
      for (Field field : fields) {
        field.writeTo(out);
      }
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /** Truncated, changed, or with trailing bytes. */
  static byte[] damaged(byte[] message, Random random) {
    byte[] bytes = message.clone();
    if (bytes.length == 0 || random.nextInt(4) == 0) {
      bytes = java.util.Arrays.copyOf(bytes, bytes.length + 1 + random.nextInt(20));
      bytes[bytes.length - 1] = (byte) random.nextInt();
    }
    // Most of what can go wrong stands in front.
    for (int i = random.nextInt(4); i > 0; i--) {
      bytes[random.nextInt(Math.min(bytes.length, 40))] = (byte) random.nextInt();
    }
    return random.nextBoolean()
        ? bytes
        : java.util.Arrays.copyOf(bytes, random.nextInt(bytes.length));
  }

  static boolean isValid(byte[] bytes) {
    try {
      WorkerMessage.parseFrom(bytes);
      return true;
    } catch (InvalidProtocolBufferException e) {
      return false;
    }
  }

  /** Whether generated code reads arrays and single bytes alike; overlong varints it does not. */
  static boolean isClear(byte[] bytes) {
    try {
      WorkerMessage.parseFrom(byteByByte(bytes));
      return isValid(bytes);
    } catch (IOException e) {
      return !isValid(bytes);
    }
  }

  private static InputStream byteByByte(byte[] bytes) {
    return new FilterInputStream(new ByteArrayInputStream(bytes)) {
      @Override
      public int read(byte[] into, int offset, int length) throws IOException {
        return super.read(into, offset, Math.min(1, length));
      }
    };
  }
}
