package io.cordee.proto.frame;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class ReceivedPayloadTest {

  private enum Source {
    BUFFERS {
      @Override
      InputStream of(byte[] bytes, Random random) {
        return Pieces.of(bytes, largest(random), random.nextLong());
      }
    },
    NO_BUFFERS {
      @Override
      InputStream of(byte[] bytes, Random random) {
        return Pieces.withoutBuffers(bytes, largest(random), random.nextLong());
      }
    },
    PLAIN_STREAM {
      @Override
      InputStream of(byte[] bytes, Random random) {
        return new ByteArrayInputStream(bytes);
      }
    };

    abstract InputStream of(byte[] bytes, Random random);

    /** From pieces that no float fits into to some that hold thousands. */
    private static int largest(Random random) {
      return 1 << random.nextInt(16);
    }
  }

  @Property(tries = 1000)
  void floatsKeepTheirBitsWhereverBuffersEndAndReadingBegins(
      @ForAll Source source, @ForAll long seed) {
    Random random = new Random(seed);
    byte[] bytes = new byte[random.nextInt(20_000)];
    random.nextBytes(bytes);
    ByteBuffer expected = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    ReceivedPayload payload = new ReceivedPayload(source.of(bytes, random), bytes.length);
    assertEquals(bytes.length, payload.size());
    while (payload.remaining() > 0) {
      if (random.nextInt(4) == 0) {
        byte[] odd = new byte[1 + random.nextInt(Math.min(7, payload.remaining()))];
        payload.read(odd);
        byte[] same = new byte[odd.length];
        expected.get(same);
        assertArrayEquals(same, odd);
      }
      int most = payload.remaining() / Float.BYTES;
      float[] into = new float[most + 2];
      int count = random.nextInt(most + 1);
      payload.read(into, 1, count);
      assertEquals(0, into[0]);
      assertEquals(0, into[count + 1]);
      for (int i = 0; i < count; i++) {
        assertEquals(expected.getInt(), Float.floatToRawIntBits(into[1 + i]));
      }
      assertEquals(expected.remaining(), payload.remaining());
      assertEquals(bytes.length, payload.size());
    }
  }

  @Property(tries = 200)
  void moreThanThereIsIsRefusedAndNothingIsLost(@ForAll Source source, @ForAll long seed) {
    Random random = new Random(seed);
    byte[] bytes = {0, 0, -128, 63, 0, 0, 0};
    ReceivedPayload payload = new ReceivedPayload(source.of(bytes, random), bytes.length);
    assertThrows(UncheckedIOException.class, () -> payload.read(new float[2], 0, 2));
    assertThrows(UncheckedIOException.class, () -> payload.read(new byte[8]));
    assertThrows(
        UncheckedIOException.class, () -> payload.read(new float[2], 0, Integer.MAX_VALUE));
    float[] one = new float[1];
    payload.read(one, 0, 1);
    assertEquals(1, one[0]);
    assertEquals(3, payload.remaining());
  }

  @Property(tries = 200)
  void aStreamThatEndsBeforeItsDataIsToldOf(@ForAll Source source, @ForAll long seed) {
    Random random = new Random(seed);
    byte[] bytes = new byte[random.nextInt(100)];
    int floats = bytes.length / Float.BYTES + 1;
    ReceivedPayload payload =
        new ReceivedPayload(source.of(bytes, random), floats * Float.BYTES + 1);
    UncheckedIOException told =
        assertThrows(UncheckedIOException.class, () -> payload.read(new float[floats], 0, floats));
    assertTrue(told.getMessage().contains("ends before its data"), told::getMessage);
  }

  @Property(tries = 200)
  void whatIsLeftCanBePassedOn(@ForAll Source source, @ForAll long seed) throws IOException {
    Random random = new Random(seed);
    byte[] bytes = new byte[4 + random.nextInt(5000)];
    random.nextBytes(bytes);
    ReceivedPayload payload = new ReceivedPayload(source.of(bytes, random), bytes.length);
    payload.read(new float[1], 0, 1);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    payload.writeTo(out);
    assertArrayEquals(java.util.Arrays.copyOfRange(bytes, 4, bytes.length), out.toByteArray());
    assertEquals(0, payload.remaining());
  }

  @Test
  void whatIsToBeSentCanBeTakenAsReceived() {
    Frame<String> frame = new Frame<>("any", FloatPayload.of(new float[] {9, 1, 2, 9}, 1, 2));
    ReceivedPayload payload = frame.received();
    float[] values = new float[2];
    payload.read(values, 0, 2);
    assertArrayEquals(new float[] {1, 2}, values);
    assertEquals(0, Frame.of("any").received().size());
  }
}
