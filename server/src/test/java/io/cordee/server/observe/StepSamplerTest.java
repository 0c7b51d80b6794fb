package io.cordee.server.observe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.common.job.Job;
import io.cordee.common.model.Mlp;
import io.cordee.common.reduce.Chunks;
import io.cordee.server.MadeUpJob;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class StepSamplerTest {

  private static final long SECOND = 1_000_000_000L;

  private static Job job(String layers) {
    return MadeUpJob.job("optimizer.name=rprop", "model.layers=" + layers);
  }

  private static List<Integer> all(Chunks chunks) {
    return IntStream.range(0, chunks.count()).boxed().toList();
  }

  /** As {@link #step}, in a round that is sampled. */
  private static StepFigures look(StepSampler sampler, float[] sizes, Chunks chunks) {
    sampler.roundBegan(0);
    step(sampler, sizes, chunks);
    return sampler.roundEnded(9).orElseThrow();
  }

  /** The first of each four step sizes shrinks, the second and third grow, one stays. */
  private static void step(StepSampler sampler, float[] sizes, Chunks chunks) {
    IntFunction<float[]> byChunk =
        chunk -> Arrays.copyOfRange(sizes, chunks.from(chunk), chunks.to(chunk));
    sampler.before(byChunk, chunks, all(chunks));
    for (int i = 0; i < sizes.length; i++) {
      sizes[i] *= i % 4 == 0 ? 0.5f : i % 4 == 3 ? 1 : 1.2f;
    }
    sampler.after(byChunk, chunks, all(chunks));
  }

  private static float[] filled(int length, float value) {
    float[] sizes = new float[length];
    Arrays.fill(sizes, value);
    return sizes;
  }

  @Test
  void ofASmallModelEveryStepSizeCounts() {
    Job job = job("[7,4,3]"); // 32 and 15 parameters
    float[] sizes = filled(47, 1);
    StepFigures found = look(new StepSampler(job.model(), 47), sizes, Chunks.of(47, 1));
    assertEquals(10, found.round());
    assertEquals(
        List.of("layer1", "layer2"), found.layers().stream().map(StepFigures.Layer::name).toList());
    assertEquals(8 / 32.0, found.layers().get(0).flips());
    assertEquals(16 / 32.0, found.layers().get(0).grown());
    // Parameters 32, 36, 40 and 44.
    assertEquals(4 / 15.0, found.layers().get(1).flips());
    assertEquals(12 / 47.0, found.flips(), 1e-15);
    // 12 are 0.5 now; the rest 1 or 1.2.
    assertEquals(12, found.bins()[-1 - StepFigures.LEAST]);
    assertEquals(35, found.bins()[-StepFigures.LEAST]);
    assertEquals(Math.sqrt(2), found.layers().get(0).median(), 1e-12);
  }

  /** Its table lies behind everything else. */
  @Test
  void aTableIsALayerOfItsOwn() {
    Mlp dense = (Mlp) job("[7,4,3]").model();
    Mlp sparse =
        new Mlp(
            dense.layers(),
            dense.activation(),
            dense.output(),
            dense.loss(),
            dense.init(),
            0,
            true,
            List.of());
    StepFigures found = look(new StepSampler(sparse, 47), filled(47, 1), Chunks.of(47, 1));
    assertEquals(
        List.of("layer1", "layer2", "layer1.table"),
        found.layers().stream().map(StepFigures.Layer::name).toList());
  }

  @Test
  void ofALargeModelASampleOfBoundedSizeTellsTheSame() {
    Job job = job("[3000,1001,10]");
    int parameters = job.model().layout().parameters();
    StepFigures found =
        look(
            new StepSampler(job.model(), parameters),
            filled(parameters, 0.1f),
            Chunks.of(parameters, 1));
    assertTrue(found.layers().stream().mapToInt(StepFigures.Layer::samples).sum() <= 1 << 17);
    // The first layer is sampled in odd strides: by 4 every sample would be alike.
    assertEquals(0.25, found.layers().get(0).flips(), 0.01);
    assertEquals(0.5, found.layers().get(0).grown(), 0.01);
  }

  @Test
  void itLooksAtOneRoundInASecond() {
    Job job = job("[7,4,3]");
    StepSampler sampler = new StepSampler(job.model(), 47);
    float[] sizes = filled(47, 1);
    Chunks chunks = Chunks.of(47, 1);
    look(sampler, sizes, chunks);
    sampler.roundBegan(SECOND / 2);
    step(sampler, sizes, chunks);
    assertTrue(sampler.roundEnded(10).isEmpty());
    assertEquals(10, sampler.latest().orElseThrow().round());
    sampler.roundBegan(SECOND);
    step(sampler, sizes, chunks);
    assertEquals(12, sampler.roundEnded(11).orElseThrow().round());
  }

  @Test
  void ofARoundInWhichNothingWasSteppedThereIsNothingToTell() {
    StepSampler sampler = new StepSampler(job("[7,4,3]").model(), 47);
    sampler.roundBegan(0);
    assertTrue(sampler.roundEnded(0).isEmpty());
  }

  @Test
  void aServerThatHasAPartOfTheVectorTellsOfItsLayersAlone() {
    Job job = job("[7,4,3]");
    StepFigures found = look(new StepSampler(job.model(), 20), filled(20, 1), Chunks.of(20, 1));
    assertEquals(1, found.layers().size());
    assertEquals(20, found.layers().get(0).samples());
  }
}
