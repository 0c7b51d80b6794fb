package io.cordee.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.cordee.cli.process.InFolder;
import io.cordee.cli.process.Run;
import io.cordee.common.checkpoint.CheckpointHeader;
import io.cordee.common.checkpoint.CheckpointReader;
import io.cordee.common.checkpoint.CheckpointWriter;
import io.cordee.common.job.file.JobFile;
import io.cordee.common.model.InitialWeights;
import io.cordee.common.model.Mlp;
import io.cordee.common.model.ModelFile;
import io.cordee.common.model.ModelSpec;
import io.cordee.function.Layout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A sparse first layer has the weights of a dense one, to the bit, whatever the team. */
@Tag("slow")
class SparseLayerTest extends InFolder {

  private static final int FEATURES = 2000;
  private static final int ROWS = 300;

  /** Features are drawn log-uniformly, so that some are in most rows and most are in none. */
  private String data(String... more) throws IOException {
    for (String name : List.of("train", "validation")) {
      Random random = new Random(name.hashCode());
      List<String> lines = new ArrayList<>();
      for (int row = 0; row < ROWS; row++) {
        TreeSet<Integer> features = new TreeSet<>();
        while (features.size() < 8) {
          features.add((int) Math.exp(random.nextDouble() * Math.log(FEATURES)));
        }
        StringBuilder line = new StringBuilder().append(features.first() % 3);
        features.forEach(
            it -> line.append(' ').append(it).append(':').append(random.nextGaussian()));
        lines.add(line.toString());
      }
      Files.write(folder.resolve(name + ".svm"), lines);
    }
    List<String> lines = new ArrayList<>();
    lines.add("data:");
    lines.add("  train: {format: libsvm, file: train.svm, classes: ['0', '1', '2']}");
    lines.add("  validation: {format: libsvm, file: validation.svm, classes: ['0', '1', '2']}");
    lines.add("partitions: 13");
    lines.add("keep: last");
    lines.add("stop: {rounds: 6}");
    lines.addAll(List.of(more));
    Path job = folder.resolve("job.yaml");
    Files.write(job, lines);
    return job.toString();
  }

  private Run train(String model, String optimizer, int workers, String... more)
      throws IOException {
    String job = data("model: " + model, "optimizer: " + optimizer);
    List<String> arguments = new ArrayList<>(List.of(job, "--data=" + folder));
    arguments.add("--workers=" + workers);
    arguments.add("--threads=" + (1 + workers % 2));
    arguments.addAll(List.of(more));
    Path out = Files.createTempDirectory(folder, "run");
    return Typed.train(out.resolve("it"), arguments.toArray(String[]::new));
  }

  /** Each tensor by name, the table as the weights that it stands for. */
  private static float[] dense(Run run) throws Exception {
    ModelFile file = ModelFile.read(run.folder().resolve("model.safetensors"));
    Layout layout = file.model().layout();
    float[] parameters = new float[layout.parameters()];
    int at = 0;
    Layout.Tensor table = layout.find(Mlp.TABLE).orElse(null);
    if (table != null) {
      int in = table.shape().get(0);
      int out = table.shape().get(1);
      for (int unit = 0; unit < out; unit++) {
        for (int row = 0; row < in; row++) {
          parameters[at++] = file.parameters()[table.offset() + row * out + unit];
        }
      }
    }
    for (Layout.Tensor tensor : layout.tensors()) {
      if (tensor != table) {
        System.arraycopy(file.parameters(), tensor.offset(), parameters, at, tensor.size());
        at += tensor.size();
      }
    }
    return parameters;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "gd",
        "irprop-",
        "irprop+",
        "rprop",
        "signsgd",
        "{name: momentum, weight_decay: 0.01}",
        "nesterov",
        "rmsprop",
        "{name: adam, l1: 0.001}",
        "quickprop"
      })
  void theWeightsAreThoseOfADenseLayer(String optimizer) throws Exception {
    String layers = "layers: [2000, 5, 3], init: {scheme: uniform, range: 0.1}";
    float[] expected = dense(train("{" + layers + "}", optimizer, 1));
    List<String> digests = null;
    for (int workers : new int[] {1, 2, 3}) {
      Run run = train("{" + layers + ", sparse: true}", optimizer, workers);
      assertArrayEquals(expected, dense(run), workers + " workers");
      digests = digests == null ? run.digests() : digests;
      assertEquals(digests, run.digests());
    }
  }

  /** Given weights are there as a whole from the start; others are drawn as rows are touched. */
  @ParameterizedTest
  @ValueSource(strings = {"gd", "irprop-", "adam", "nesterov"})
  void rowsThatAreDrawnWhenTheyAreTouchedHaveTheBitsOfGivenOnes(String optimizer) throws Exception {
    String layers = "layers: [3000, 5, 3], sparse: true";
    String[] more = {"--set=batch=2", "--set=stop.rounds=30", "--set=evaluate_every=7"};
    Run drawn = train("{" + layers + "}", optimizer, 2, more);
    ModelSpec model = JobFile.read(folder.resolve("job.yaml"), List.of()).model();
    ModelFile.write(folder.resolve("first.safetensors"), model, InitialWeights.of(model), Map.of());
    Run given = train("{" + layers + ", init: {file: first.safetensors}}", optimizer, 3, more);
    assertEquals(given.digests(), drawn.digests());
    assertArrayEquals(dense(given), dense(drawn));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{name: adam, schedule: cosine, schedule_rounds: 20}",
        "{name: adam, weight_decay: 0.01, decay: decoupled}",
        "{name: momentum, weight_decay: 0.1, decay_biases: false}",
        "{name: nesterov, weight_decay: 0.001, warmup_rounds: 9}",
        "rmsprop",
        "quickprop",
        "lion",
        "irprop+",
        "rprop",
        "gd"
      })
  void soAreThoseOfBatches(String optimizer) throws Exception {
    String layers = "layers: [2000, 3], init: {scheme: he}";
    for (int batch : new int[] {20, 280}) { // workers hold some rows of the table, or all
      String[] more = {"--set=batch=" + batch, "--set=stop.rounds=30", "--set=evaluate_every=7"};
      float[] expected = dense(train("{" + layers + "}", optimizer, 2, more));
      Run run = train("{" + layers + ", sparse: true}", optimizer, 3, more);
      assertArrayEquals(expected, dense(run));
      assertEquals(
          run.digests(), train("{" + layers + ", sparse: true}", optimizer, 1, more).digests());
    }
  }

  /** With a row in each partition, batches of all rows are the same sums, of tables held whole. */
  @ParameterizedTest
  @ValueSource(strings = {"adam", "irprop-", "nesterov", "{name: momentum, weight_decay: 0.01}"})
  void digestsDoNotDependOnWhatIsHeld(String optimizer) throws Exception {
    String model = "{layers: [2000, 3], sparse: true}";
    String each = "--set=partitions=" + ROWS;
    Run partly = train(model, optimizer, 2, each, "--set=batch=full");
    Run whole = train(model, optimizer, 2, each, "--set=batch=" + ROWS);
    assertEquals(partly.digests(), whole.digests());
  }

  @ParameterizedTest
  @ValueSource(strings = {"rprop", "rprop+", "rprop-", "irprop-", "irprop+", "signsgd"})
  void stepsComeToTheSameBitsAsSignsAndAsFloats(String optimizer) throws Exception {
    String model = "{layers: [2000, 5, 3], sparse: true}";
    String[] more = {"--set=stop.rounds=40", "--set=evaluate_every=3"};
    Run floats = train(model, optimizer, 2, "--set=compression.weights=floats", more[0], more[1]);
    Run signs = train(model, optimizer, 3, "--set=compression.weights=signs", more[0], more[1]);
    assertEquals(floats.digests(), signs.digests());
    assertArrayEquals(dense(floats), dense(signs));
  }

  @ParameterizedTest
  @ValueSource(strings = {"irprop-", "adam"})
  void aCheckpointHasTheDigestOfItsRound(String optimizer) throws IOException {
    Run run = train("{layers: [2000, 3], sparse: true}", optimizer, 2);
    Typed.run("inspect", run.folder().toString())
        .expectSuccess()
        .expectOut("digest    " + run.digests().get(6));
  }

  @Test
  void aCheckpointWhoseBaseIsGoneIsNotSound() throws IOException {
    Run run = train("{layers: [2000, 3], sparse: true}", "adam", 1);
    Path whole = run.file("checkpoints/round-00000006.checkpoint");
    Path added = folder.resolve(whole.getFileName());
    try (CheckpointReader reader = CheckpointReader.open(whole)) {
      CheckpointHeader header = reader.header().at(reader.header().mark(), 5);
      try (CheckpointWriter writer = CheckpointWriter.create(added, header)) {
        for (int chunk = 0; chunk < header.chunks().count(); chunk++) {
          writer.put(chunk, new int[0], new float[0], 0);
        }
        writer.commit();
      }
    }
    Typed.run("inspect", added.toString())
        .expectOut("NOT SOUND: adds to round 5, which is missing or damaged");
  }
}
