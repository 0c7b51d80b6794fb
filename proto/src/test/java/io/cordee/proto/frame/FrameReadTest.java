package io.cordee.proto.frame;

import static io.cordee.proto.frame.Marshallers.SERVER;
import static io.cordee.proto.frame.Marshallers.WORKER;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.sun.management.ThreadMXBean;
import io.cordee.proto.v1.ServerMessage;
import io.cordee.proto.v1.WorkerMessage;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.util.Random;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** Reads what the generated code reads, and nothing else. */
class FrameReadTest {

  private enum Source {
    BUFFERS {
      @Override
      InputStream of(byte[] bytes, Random random) {
        return Pieces.of(bytes, 1 << random.nextInt(13), random.nextLong());
      }
    },
    NO_BUFFERS {
      @Override
      InputStream of(byte[] bytes, Random random) {
        return Pieces.withoutBuffers(bytes, 1 << random.nextInt(13), random.nextLong());
      }
    },
    PLAIN_STREAM {
      @Override
      InputStream of(byte[] bytes, Random random) {
        return new ByteArrayInputStream(bytes);
      }
    },
    /** As a stream that inflates. */
    OF_UNKNOWN_LENGTH {
      @Override
      InputStream of(byte[] bytes, Random random) {
        int said = random.nextInt(2);
        return new FilterInputStream(new ByteArrayInputStream(bytes)) {
          @Override
          public int available() {
            return said;
          }
        };
      }
    };

    abstract InputStream of(byte[] bytes, Random random);
  }

  @Property(tries = 2000)
  void whatGeneratedCodeWrites(@ForAll Source source, @ForAll long seed) throws IOException {
    Random random = new Random(seed);
    assertReadAsGenerated(Messages.worker(random).toByteArray(), source, random);

    ServerMessage message = Messages.server(random);
    Frame<ServerMessage> frame = SERVER.parse(source.of(message.toByteArray(), random));
    assertEquals(Messages.withoutData(message), frame.message());
    assertArrayEquals(
        message.getParameters().getData().toByteArray(), Marshallers.bytes(frame.received()));
  }

  @Property(tries = 3000)
  void fieldsInAnyOrderTwiceAndUnknown(@ForAll Source source, @ForAll long seed)
      throws IOException {
    Random random = new Random(seed);
    byte[] bytes = Encodings.freely(random);
    assertTrue(Encodings.isValid(bytes));
    assertReadAsGenerated(bytes, source, random);
  }

  @Property(tries = 1000)
  void dataBehindUnknownFieldsOfAnyLength(@ForAll Source source, @ForAll long seed)
      throws IOException {
    Random random = new Random(seed);
    assertReadAsGenerated(Encodings.dataLast(random, Messages.data(random)), source, random);
  }

  @Property(tries = 5000)
  void whatIsDamagedIsRefusedIfGeneratedCodeRefusesIt(@ForAll Source source, @ForAll long seed)
      throws IOException {
    Random random = new Random(seed);
    byte[] whole =
        random.nextBoolean() ? Messages.worker(random).toByteArray() : Encodings.freely(random);
    byte[] bytes = Encodings.damaged(whole, random);
    Assume.that(Encodings.isClear(bytes));
    if (Encodings.isValid(bytes)) {
      assertReadAsGenerated(bytes, source, random);
    } else {
      assertRefused(source.of(bytes, random));
    }
  }

  @Property(tries = 2000)
  void noiseIsRefusedIfGeneratedCodeRefusesIt(@ForAll Source source, @ForAll byte[] noise)
      throws IOException {
    Random random = new Random(noise.length);
    Assume.that(Encodings.isClear(noise));
    if (Encodings.isValid(noise)) {
      assertReadAsGenerated(noise, source, random);
    } else {
      assertRefused(source.of(noise, random));
    }
  }

  /** Output of the generated code takes the zero-copy path. */
  @Test
  void dataThatStandLastAreReadOutOfTheStreamAndNotBefore() {
    byte[] data = new byte[100_000];
    new Random(1).nextBytes(data);
    WorkerMessage message = Messages.contribution(new Random(1), ByteString.copyFrom(data));
    Pieces stream = Pieces.of(message.toByteArray(), 5000, 1);
    Frame<WorkerMessage> frame = WORKER.parse(stream);
    assertEquals(data.length, stream.available());
    assertArrayEquals(data, Marshallers.bytes(frame.received()));
    assertEquals(0, stream.available());
  }

  @Test
  void aLengthThatLiesCostsNoMemory() throws IOException {
    // Of the contribution, of its data, and of both.
    assertRefusedAtLittleCost(lying(1 << 30, 10));
    assertRefusedAtLittleCost(lying(16, 1 << 30));
    assertRefusedAtLittleCost(lying(Integer.MAX_VALUE, Integer.MAX_VALUE));
    assertRefusedAtLittleCost(lying(-1, -1));
  }

  private static byte[] lying(int contribution, int data) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    out.writeTag(WorkerMessage.CONTRIBUTION_FIELD_NUMBER, 2);
    out.writeUInt32NoTag(contribution);
    out.writeTag(15, 2);
    out.writeUInt32NoTag(data);
    out.writeRawBytes(new byte[10]);
    out.flush();
    return bytes.toByteArray();
  }

  private static void assertRefusedAtLittleCost(byte[] bytes) {
    assertRefused(Source.PLAIN_STREAM.of(bytes, new Random(1)));
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    for (Source source : Source.values()) {
      InputStream stream = source.of(bytes, new Random(1));
      long before = threads.getCurrentThreadAllocatedBytes();
      assertRefused(stream);
      long allocated = threads.getCurrentThreadAllocatedBytes() - before;
      assertTrue(allocated < 256 << 10, () -> source + " allocates " + allocated + " bytes");
    }
  }

  private static void assertRefused(InputStream stream) {
    StatusRuntimeException refusal =
        assertThrows(StatusRuntimeException.class, () -> WORKER.parse(stream));
    assertEquals(Status.Code.INTERNAL, refusal.getStatus().getCode());
    assertTrue(refusal.getMessage().contains("not a message of this contract"));
  }

  private static void assertReadAsGenerated(byte[] bytes, Source source, Random random)
      throws InvalidProtocolBufferException {
    WorkerMessage expected = WorkerMessage.parseFrom(bytes);
    Frame<WorkerMessage> frame = WORKER.parse(source.of(bytes, random));
    assertEquals(Messages.withoutData(expected), frame.message());
    assertArrayEquals(
        expected.getContribution().getData().toByteArray(), Marshallers.bytes(frame.received()));
  }
}
