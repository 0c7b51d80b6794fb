package io.cordee.common.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UplinkTest {

  @ParameterizedTest
  @CsvSource({
    "FLOAT32, 0, 0",
    "FLOAT32, 300, 1200",
    "BFLOAT16, 0, 0",
    "BFLOAT16, 300, 600",
    "INT8, 0, 0",
    "INT8, 256, 260",
    "INT8, 300, 308"
  })
  void aRunTakesAsManyBytesAsTheContractSays(Uplink uplink, int floats, int bytes) {
    assertEquals(bytes, uplink.bytes(floats));
  }

  @Test
  void aRunIsReadFromAnywhereToAnywhere() {
    float[] values = {127, -1, 64};
    for (Uplink uplink : Uplink.values()) {
      byte[] bytes = new byte[2 + uplink.bytes(3)];
      switch (uplink) {
        case FLOAT32 -> FloatCodec.encode(values, 0, 3, bytes, 2);
        case BFLOAT16 -> Bfloat16.encode(values, 0, 3, bytes, 2);
        case INT8 -> Int8Blocks.encode(values, 0, 3, new float[3], bytes, 2);
      }
      float[] into = new float[5];
      uplink.decode(bytes, 2, into, 1, 3);
      assertArrayEquals(new float[] {0, 127, -1, 64, 0}, into, uplink::toString);
    }
  }
}
