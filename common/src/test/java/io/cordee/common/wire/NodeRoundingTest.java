package io.cordee.common.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import io.cordee.common.reduce.Chunks;
import io.cordee.common.reduce.Shard;
import io.cordee.function.Sums;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class NodeRoundingTest {

  private static final int PARAMETERS = 900;

  @ParameterizedTest
  @EnumSource(GradientFormat.class)
  void workersAndShardsRoundAlike(GradientFormat format) {
    for (int width : new int[] {1, 2, 5}) {
      Chunks chunks = new Chunks(PARAMETERS, width == 5 ? 300 : 256, width);
      NodeRounding whole = new NodeRounding(format, chunks);
      Sums sums = gaussians(width);
      Sums rounded = gaussians(width);
      whole.round(rounded);
      for (Shard shard : new Shard[] {Shard.WHOLE, new Shard(0, 2), new Shard(1, 2)}) {
        NodeRounding part = new NodeRounding(format, shard.own(chunks));
        for (int own = 0; own < part.chunks().count(); own++) {
          int chunk = shard.firstChunk(chunks) + own;
          float[] there = chunk(sums, chunks, chunk);
          part.round(own, there);
          assertArrayEquals(chunk(rounded, chunks, chunk), there);
        }
      }
    }
  }

  private static float[] chunk(Sums sums, Chunks chunks, int chunk) {
    int from = chunks.from(chunk);
    int size = chunks.size(chunk);
    int more = chunks.width() - 1;
    float[] there = Arrays.copyOfRange(sums.gradient(), from, from + size * chunks.width());
    System.arraycopy(sums.extra(), from * more, there, size, size * more);
    return there;
  }

  private static Sums gaussians(int width) {
    Random random = new Random(1);
    Sums sums = new Sums(PARAMETERS, width);
    for (float[] array : Arrays.asList(sums.gradient(), sums.extra())) {
      for (int i = 0; i < array.length; i++) {
        array[i] = (float) random.nextGaussian();
      }
    }
    return sums;
  }
}
