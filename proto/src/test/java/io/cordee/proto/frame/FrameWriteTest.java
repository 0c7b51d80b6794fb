package io.cordee.proto.frame;

import static io.cordee.proto.frame.Marshallers.SERVER;
import static io.cordee.proto.frame.Marshallers.WORKER;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.protobuf.ByteString;
import io.cordee.proto.v1.Hello;
import io.cordee.proto.v1.ServerMessage;
import io.cordee.proto.v1.WorkerMessage;
import io.grpc.Drainable;
import io.grpc.KnownLength;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** Writes byte for byte what the generated code writes. */
class FrameWriteTest {

  @Property(tries = 1000)
  void aMessageWithoutPayload(@ForAll long seed) {
    WorkerMessage fromWorker = Messages.worker(new Random(seed));
    ServerMessage fromServer = Messages.server(new Random(seed));
    assertArrayEquals(fromWorker.toByteArray(), Marshallers.bytes(WORKER, Frame.of(fromWorker)));
    assertArrayEquals(fromServer.toByteArray(), Marshallers.bytes(SERVER, Frame.of(fromServer)));
  }

  @Property(tries = 500)
  void aPayloadOfBytes(@ForAll long seed) {
    Random random = new Random(seed);
    ByteString data = Messages.data(random);
    Payload payload = Payload.of(data.toByteArray());
    WorkerMessage fromWorker = Messages.contribution(random, data);
    ServerMessage fromServer = Messages.parameters(random, data);
    assertArrayEquals(
        fromWorker.toByteArray(),
        Marshallers.bytes(WORKER, new Frame<>(Messages.withoutData(fromWorker), payload)));
    assertArrayEquals(
        fromServer.toByteArray(),
        Marshallers.bytes(SERVER, new Frame<>(Messages.withoutData(fromServer), payload)));
  }

  /** Ranges up to several times the conversion buffer. */
  @Property(tries = 300)
  void aPayloadOfRangesOfFloatsWithAnyBits(@ForAll long seed) {
    Random random = new Random(seed);
    List<FloatPayload.Range> ranges = new ArrayList<>();
    ByteArrayOutputStream expected = new ByteArrayOutputStream();
    for (int i = random.nextInt(4); i >= 0; i--) {
      float[] array = anyBits(random, random.nextInt(10_000));
      int from = random.nextInt(array.length + 1);
      int count = random.nextInt(array.length - from + 1);
      ranges.add(new FloatPayload.Range(array, from, count));
      expected.writeBytes(littleEndian(array, from, count));
    }
    WorkerMessage message =
        Messages.contribution(random, ByteString.copyFrom(expected.toByteArray()));
    assertArrayEquals(
        message.toByteArray(),
        Marshallers.bytes(
            WORKER, new Frame<>(Messages.withoutData(message), FloatPayload.of(ranges))));
  }

  @Property(tries = 200)
  void payloadsOneBehindTheOther(@ForAll long seed) {
    Random random = new Random(seed);
    List<Payload> parts = new ArrayList<>();
    ByteArrayOutputStream expected = new ByteArrayOutputStream();
    boolean isMixed = random.nextBoolean();
    for (int i = random.nextInt(4); i >= 0; i--) {
      float[] array = anyBits(random, 1 + random.nextInt(100));
      byte[] bytes = littleEndian(array, 0, array.length);
      boolean isBytes = isMixed && random.nextBoolean();
      parts.add(isBytes ? Payload.of(bytes) : FloatPayload.of(array, 0, array.length));
      expected.writeBytes(bytes);
    }
    Payload joined = Payload.joined(parts);
    assertEquals(expected.size(), joined.size());
    assertArrayEquals(expected.toByteArray(), joined.toBytes());
    WorkerMessage message =
        Messages.contribution(random, ByteString.copyFrom(expected.toByteArray()));
    assertArrayEquals(
        message.toByteArray(),
        Marshallers.bytes(WORKER, new Frame<>(Messages.withoutData(message), joined)));
  }

  @Test
  void oneRangeOfALargeArray() {
    float[] array = anyBits(new Random(1), 300_000);
    byte[] data = littleEndian(array, 7, 256 * 1024);
    ServerMessage message = Messages.parameters(new Random(1), ByteString.copyFrom(data));
    Frame<ServerMessage> frame =
        new Frame<>(Messages.withoutData(message), FloatPayload.of(array, 7, 256 * 1024));
    assertArrayEquals(message.toByteArray(), Marshallers.bytes(SERVER, frame));
  }

  @Property(tries = 200)
  void aSocketDrainsTheSameBytesAndKnowsTheirNumber(@ForAll long seed) throws IOException {
    Random random = new Random(seed);
    ByteString data = Messages.data(random);
    WorkerMessage message = Messages.contribution(random, data);
    Frame<WorkerMessage> frame =
        new Frame<>(Messages.withoutData(message), Payload.of(data.toByteArray()));
    InputStream stream = WORKER.stream(frame);
    int announced = ((KnownLength) stream).available();
    ByteArrayOutputStream drained = new ByteArrayOutputStream();
    assertEquals(announced, ((Drainable) stream).drainTo(drained));
    assertArrayEquals(message.toByteArray(), drained.toByteArray());
  }

  @Property(tries = 200)
  void whatHasBeenReadIsNotDrainedAgain(@ForAll long seed) throws IOException {
    Random random = new Random(seed);
    WorkerMessage message = Messages.contribution(random, ByteString.copyFrom(new byte[100]));
    Frame<WorkerMessage> frame =
        new Frame<>(Messages.withoutData(message), Payload.of(new byte[100]));
    InputStream stream = WORKER.stream(frame);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(stream.readNBytes(random.nextInt(message.getSerializedSize())));
    assertEquals(message.getSerializedSize() - out.size(), stream.available());
    ((Drainable) stream).drainTo(out);
    assertArrayEquals(message.toByteArray(), out.toByteArray());
  }

  /** As between a server and a worker in one process. */
  @Property(tries = 200)
  void aMessageIsReadWithoutASocket(@ForAll long seed) {
    Random random = new Random(seed);
    float[] array = anyBits(random, 1 + random.nextInt(10_000));
    byte[] data = littleEndian(array, 0, array.length);
    WorkerMessage message = Messages.contribution(random, ByteString.copyFrom(data));
    Frame<WorkerMessage> sent =
        new Frame<>(Messages.withoutData(message), FloatPayload.of(array, 0, array.length));

    Frame<WorkerMessage> received = WORKER.parse(WORKER.stream(sent.settled()));

    assertEquals(sent.message(), received.message());
    int first = random.nextInt(array.length + 1);
    float[] floats = new float[array.length];
    received.received().read(floats, 0, first);
    received.received().read(floats, first, array.length - first);
    assertArrayEquals(data, littleEndian(floats, 0, floats.length));
    assertEquals(0, received.received().remaining());
  }

  @Test
  void aPayloadThatTheMessageHasNoPlaceForIsRefused() {
    WorkerMessage hello = WorkerMessage.newBuilder().setHello(Hello.getDefaultInstance()).build();
    Frame<WorkerMessage> frame = new Frame<>(hello, Payload.of(new byte[4]));
    assertThrows(IllegalArgumentException.class, () -> WORKER.stream(frame));
  }

  private static float[] anyBits(Random random, int length) {
    float[] array = new float[length];
    for (int i = 0; i < length; i++) {
      int bits = random.nextInt();
      array[i] = Float.intBitsToFloat(random.nextInt(4) == 0 ? bits | 0x7F80_0000 : bits);
    }
    return array;
  }

  private static byte[] littleEndian(float[] array, int from, int count) {
    ByteBuffer bytes = ByteBuffer.allocate(count * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = from; i < from + count; i++) {
      bytes.putInt(Float.floatToRawIntBits(array[i]));
    }
    return bytes.array();
  }
}
