package io.cordee.common.job.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.common.job.Batch;
import io.cordee.common.job.Compression;
import io.cordee.common.job.Job;
import io.cordee.common.job.LocalSteps;
import io.cordee.common.job.Mode;
import io.cordee.common.job.Monitor;
import io.cordee.common.job.Patience;
import io.cordee.common.job.StopConditions;
import io.cordee.common.job.TeamSpec;
import io.cordee.common.job.WeightFormat;
import io.cordee.common.job.data.DataSpec;
import io.cordee.common.job.data.Preprocessing;
import io.cordee.common.job.data.SourceSpec;
import io.cordee.common.job.data.SourceSpec.Digits;
import io.cordee.common.job.data.SourceSpec.Idx;
import io.cordee.common.job.data.SourceSpec.LibSvm;
import io.cordee.common.job.data.SourceSpec.Npy;
import io.cordee.common.job.data.SourceSpec.Part;
import io.cordee.common.job.data.SourceSpec.Table;
import io.cordee.common.job.data.Split;
import io.cordee.common.job.data.TableFormat;
import io.cordee.common.model.Activation;
import io.cordee.common.model.IdTable;
import io.cordee.common.model.Init;
import io.cordee.common.model.Loss;
import io.cordee.common.model.Mlp;
import io.cordee.common.model.Output;
import io.cordee.common.optimizer.OptimizerCatalog;
import io.cordee.common.optimizer.OptimizerSpec;
import io.cordee.common.wire.GradientFormat;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class JobFileTest {

  private static final Path EXAMPLES = Path.of("..", "examples");
  private static final String SHORTEST = "model: {layers: [64, 10]}\ndata: digits\n";

  private static Job parse(String yaml, String... overrides) {
    return JobFile.parse(yaml, "some/job.yaml", List.of(overrides));
  }

  @Test
  void aLabelMayBeWhetherANumberIsAboveAnother() {
    String yaml =
        """
        model: {layers: [1, 2]}
        data:
          train:
            format: csv
            file: flights.csv
            label: {column: delay, above: 15}
        optimizer: gd
        """;
    Job job = JobFile.parse(yaml, "job.yaml", List.of());
    Table table = (Table) job.data().train();
    assertEquals(Optional.of("delay"), table.label());
    assertEquals(Optional.of(15.0), table.above());
    String written = JobFile.write(job);
    assertTrue(written.contains("label:\n      column: delay\n      above: 15"), written);
    assertEquals(job, JobFile.parse(written, "job.yaml", List.of()));
    Job other = JobFile.parse(yaml, "job.yaml", List.of("data.train.label.above=-0.5"));
    assertEquals(Optional.of(-0.5), ((Table) other.data().train()).above());
    for (String wrong : List.of("{column: delay}", "{above: 15}", "{column: delay, above: late}")) {
      JobException e =
          assertThrows(
              JobException.class,
              () ->
                  JobFile.parse(
                      yaml.replace("{column: delay, above: 15}", wrong), "job.yaml", List.of()));
      assertEquals(1, e.getMessage().lines().count(), e.getMessage());
      assertTrue(e.getMessage().contains("data.train.label"), e.getMessage());
    }
  }

  @Test
  void theShortestJobGetsEveryDefault() {
    Job job = parse(SHORTEST);

    assertEquals("job", job.name());
    assertEquals(
        new Mlp(
            List.of(64, 10),
            Activation.TANH,
            Output.SOFTMAX,
            Loss.CROSS_ENTROPY,
            new Init(Init.Scheme.GLOROT, 1, 0),
            0),
        job.model());
    assertEquals(data("", new Digits(Part.TRAIN), Optional.of(new Digits(Part.TEST))), job.data());
    assertEquals("rprop", job.optimizer().name());
    assertEquals(50.0, job.optimizer().settings().number("max_step"));
    assertEquals("freeze", job.optimizer().settings().choice("after_flip"));
    assertEquals(new Batch.Full(), job.batch());
    assertEquals(32, job.partitions());
    assertEquals(10, job.evaluateEvery());
    assertEquals(1, job.digestEvery());
    assertEquals(new Mode.Sync(), job.mode());
    assertEquals(new Compression(GradientFormat.FLOAT32, WeightFormat.AUTO, 16), job.compression());
    OptionalDouble none = OptionalDouble.empty();
    assertEquals(stop(100, none, none, none, none), job.stop());
  }

  @Test
  void everyKeyCanBeGiven() {
    Job job =
        parse(
            """
            name: all-of_it.1+
            model:
              layers: [3, 4, 2]
              activation: relu
              output: sigmoid
              loss: squared-error
              init: {scheme: uniform, seed: -5, range: 0.5}
            data:
              folder: here/there
              train:
                format: csv
                file: train.csv
                header: false
                separator: ";"
                label: 0
                classes: [0, "no"]
                scale: 2.5
              test: {format: libsvm, file: test.svm, classes: [a, b]}
            optimizer: {name: adam, learning_rate: 1e-3, gamma: .99}
            batch: {rows: 64, seed: 9}
            partitions: 5
            evaluate_every: 3
            digest_every: 0
            mode: async
            staleness: 2
            compression: {gradients: int8, weights: floats, check_every: 5}
            compute: exact
            team: {min_workers: 2, wait: 0.5, lease: 20, gather: 4}
            stop: {rounds: 7, accuracy: 1, loss: 0, tolerance: 0.4, minutes: 1.5e0}
            """);

    assertEquals("all-of_it.1+", job.name());
    assertEquals(
        new Mlp(
            List.of(3, 4, 2),
            Activation.RELU,
            Output.SIGMOID,
            Loss.SQUARED_ERROR,
            new Init(Init.Scheme.UNIFORM, -5, 0.5),
            0),
        job.model());
    assertEquals(
        data(
            "here/there",
            new Table(
                "train.csv",
                new TableFormat.Csv(false, ';'),
                Optional.of("0"),
                List.of(),
                List.of(),
                List.of(),
                List.of("0", "no"),
                2.5,
                Optional.empty(),
                Optional.empty(),
                List.of()),
            Optional.of(new LibSvm("test.svm", List.of("a", "b"), 1))),
        job.data());
    assertEquals("adam", job.optimizer().name());
    assertEquals(0.001, job.optimizer().settings().number("learning_rate"));
    assertEquals(0.99, job.optimizer().settings().number("gamma"));
    assertEquals(0.9, job.optimizer().settings().number("delta"));
    assertEquals(new Batch.Rows(64, 9), job.batch());
    assertEquals(new TeamSpec(2, 0.5, OptionalDouble.of(20), OptionalDouble.of(4)), job.team());
    assertEquals(5, job.partitions());
    assertEquals(3, job.evaluateEvery());
    assertEquals(0, job.digestEvery());
    assertEquals(new Mode.Async(2), job.mode());
    assertEquals(new Compression(GradientFormat.INT8, WeightFormat.FLOATS, 5), job.compression());
    assertEquals(
        stop(
            7,
            OptionalDouble.of(1),
            OptionalDouble.of(0),
            OptionalDouble.of(0.4),
            OptionalDouble.of(1.5)),
        job.stop());
  }

  @Test
  void epochsTakeThePlaceOfRounds() {
    String yaml = "model: {layers: [64, 10]}\ndata: digits\nstop: {epochs: 10}";
    StopConditions stop = JobFile.parse(yaml, "job.yaml", List.of()).stop();
    assertEquals(StopConditions.UNBOUNDED, stop.rounds());
    assertEquals(10, stop.lastRound(1437, 1437));
    assertEquals(57, stop.lastRound(1437, 256), "56.1 batches");
    assertEquals(22, stop.lastRound(110, 50), "1100 rows, and no half row more");
    assertEquals(StopConditions.UNBOUNDED, stop.lastRound(Long.MAX_VALUE, 1));
    StopConditions same = JobFile.parse(yaml, "job.yaml", List.of("stop.rounds=null")).stop();
    assertEquals(stop, same);
    StopConditions rounds = JobFile.parse(yaml, "job.yaml", List.of("stop.rounds=7")).stop();
    assertEquals(OptionalInt.empty(), rounds.epochs());
    assertEquals(7, rounds.lastRound(1437, 1));
    StopConditions epochs = JobFile.defaultJob(List.of("stop.rounds=7", "stop.epochs=2")).stop();
    assertEquals(2, epochs.lastRound(1437, 1437));
  }

  @Test
  void linearOutputsHaveSquaredErrorUnlessToldOtherwise() {
    Job job =
        parse(
            """
            model: {layers: [2, 1], output: linear}
            data: {train: {format: csv, file: a.csv, targets: [y]}}
            """);

    assertEquals(Loss.SQUARED_ERROR, ((Mlp) job.model()).loss());
    assertEquals(Optional.empty(), job.data().test());
  }

  @Test
  void idxFeaturesAreNotScaledUnlessToldOtherwise() {
    Job job =
        parse("model: {layers: [4, 2]}\ndata: {train: {format: idx, features: f, labels: l}}");

    assertEquals(new Idx("f", "l", 1), job.data().train());
  }

  @Test
  void arraysComeWithLabelsOrTargets() {
    String job = "model: {layers: [4, 2]}\ndata: {train: {format: npy, features: x.npy, %s}}";

    Job labelled = parse(job.formatted("labels: y.npy, scale: 255"));
    Job valued = parse(job.formatted("targets: y.npy"));

    assertEquals(
        new Npy("x.npy", Optional.of("y.npy"), Optional.empty(), 255), labelled.data().train());
    assertEquals(
        new Npy("x.npy", Optional.empty(), Optional.of("y.npy"), 1), valued.data().train());
    assertEquals(List.of("x.npy", "y.npy"), valued.data().files());
    assertTrue(labelled.hasLabels());
    assertFalse(valued.hasLabels());
  }

  @ParameterizedTest
  @CsvSource({
    "my job.yaml, my-job",
    "runs/1/digits.v2.yaml, digits.v2",
    "C:\\jobs\\first.yml, first",
    ".yaml, yaml",
    "???, job"
  })
  void aJobWithoutANameIsCalledLikeItsFile(String source, String name) {
    assertEquals(name, JobFile.parse(SHORTEST, source, List.of()).name());
  }

  @Test
  void aNullIsAKeyThatIsNotGiven() {
    assertEquals(
        parse(SHORTEST),
        parse(SHORTEST + "optimizer:\nstop: {accuracy: ~, rounds: null}\nname:\n"));
  }

  @Test
  void aNumberAsABatchIsItsRows() {
    assertEquals(new Batch.Rows(256, 1), parse(SHORTEST + "batch: 256").batch());
  }

  @Test
  void anOverrideChangesAKeyAndNothingElse() {
    Job job = parse(SHORTEST, "stop.rounds=7", "model.layers=[64, 20, 10]", "batch=full");

    assertEquals(parse("model: {layers: [64, 20, 10]}\ndata: digits\nstop: {rounds: 7}"), job);
  }

  @Test
  void theLaterOfTwoOverridesCounts() {
    assertEquals(9, parse(SHORTEST, "stop.rounds=7", "stop.rounds=9").stop().rounds());
  }

  @Test
  void anOverrideReachesBelowAShortForm() {
    Job job =
        parse(SHORTEST + "batch: 256", "batch.seed=5", "data.test=null", "data.train.part=test");

    assertEquals(new Batch.Rows(256, 5), job.batch());
    assertEquals(data("", new Digits(Part.TEST), Optional.empty()), job.data());
    assertEquals(new Batch.Rows(8, 1), parse(SHORTEST + "batch: full", "batch.rows=8").batch());
    assertEquals(new Batch.Rows(8, 2), parse(SHORTEST, "batch=8", "batch.seed=2").batch());
  }

  @Test
  void localStepsHaveAnOptimizerOfTheirOwn() {
    String local =
        "local: {steps: 117, batch: 128, optimizer: {name: adam, lr: 0.01, epsilon: 1e-7}}";
    Job job = parse(SHORTEST + "optimizer: nesterov\npartitions: 4\n" + local);
    LocalSteps steps = job.local().orElseThrow();
    assertEquals(117, steps.steps());
    assertEquals(128, steps.batch());
    assertEquals(0.01, steps.optimizer().settings().number("learning_rate"));
    assertEquals(OptionalLong.of(4 * 117 * 128), job.rowsPerRound());
    assertEquals(job, parse(JobFile.write(job)));
    assertEquals(Optional.empty(), parse(SHORTEST + local, "local=null").local());
    assertEquals(
        parse(SHORTEST + "local: {steps: 9, batch: 8, optimizer: gd}"),
        parse(SHORTEST, "local.steps=9", "local.batch=8", "local.optimizer=gd"));
  }

  @Test
  void anotherInnerOptimizerTakesOverOnlyTheSettingsThatItKnows() {
    String job =
        SHORTEST
            + "optimizer: {name: gd, lr: 2}\n"
            + "local: {steps: 9, batch: 8, optimizer: {name: adam, lr: 0.01, epsilon: 1e-7}}";
    for (String change : List.of("local.optimizer=momentum", "local.optimizer.name=momentum")) {
      Job changed = parse(job, change);
      OptimizerSpec inner = changed.local().orElseThrow().optimizer();
      assertEquals("momentum", inner.name());
      assertEquals(0.01, inner.settings().number("learning_rate"));
      assertEquals(2, changed.optimizer().settings().number("learning_rate"));
    }
    assertEquals(
        0.1,
        parse(job, "local.optimizer.learning_rate=0.1")
            .local()
            .orElseThrow()
            .optimizer()
            .settings()
            .number("learning_rate"));
  }

  @Test
  void anOverrideMayHoldWhatYamlMayHold() {
    Job job = parse(SHORTEST, "data={train: {format: csv, file: \"a=b.csv\", label: y}}");

    assertEquals(
        new Table(
            "a=b.csv",
            new TableFormat.Csv(true, ','),
            Optional.of("y"),
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            1,
            Optional.empty(),
            Optional.empty(),
            List.of()),
        job.data().train());
  }

  @Test
  void preprocessingIsForTablesAlone() {
    String csv =
        "model: {layers: [2, 2]}\ndata: {train: {format: csv, file: a, label: y%s}, preprocess: %s}";
    assertEquals(
        Preprocessing.scaled(Preprocessing.Scale.STANDARDIZE),
        parse(csv.formatted("", "standardize")).data().preprocessing());
    assertTrue(
        parse("model: {layers: [64, 10]}\ndata: {train: {format: digits}, preprocess: none}")
            .data()
            .preprocessing()
            .isNone());
    Preprocessing found =
        parse(
                csv.formatted(
                    "",
                    "{scale: minmax, missing: mean, categories: [c], unknown: other,"
                        + " targets: standardize, columns: {a: {missing: drop}, 3: {scale: none}}}"))
            .data()
            .preprocessing();
    assertEquals(Preprocessing.Scale.MINMAX, found.of(List.of("a", "0")).toScale());
    assertEquals(Preprocessing.Missing.DROP, found.of(List.of("a", "0")).onMissing());
    assertEquals(Preprocessing.Scale.NONE, found.of(List.of("d", "3")).toScale());
    assertEquals(Preprocessing.Missing.MEAN, found.of(List.of("d", "3")).onMissing());
    assertTrue(found.mayDrop() && found.targets() && !found.keepsColumns());
    assertRefused(
        csv.formatted("", "{columns: {a: {scale: log}}}"),
        "data.preprocess.columns.a.scale: expected one of none, standardize, minmax; found \"log\"");
    assertRefused(
        csv.formatted("", "{categories: [c], columns: {c: {scale: minmax}}}"),
        "data.preprocess.columns.c: scale and indicator are for numbers, and this is a column of categories; leave them out");
    assertRefused(
        csv.formatted("", "{columns: [a]}"),
        "expected a mapping of columns to a mapping with scale, missing, indicator; found a list");
    assertRefused(
        csv.formatted(", scale: 2", "minmax"),
        "data.train.scale: already given by data.preprocess; leave one of them out");
    assertRefused(
        "model: {layers: [2, 2]}\ndata: {train: {format: libsvm, file: a}, preprocess: minmax}",
        "data.preprocess: is for csv and parquet; data.train has another format, which takes scale");
  }

  @Test
  void idsAreTablesBeforeTheOtherInputs() {
    String csv =
        "model: {inputs: 7, layers: [4, 2]}\ndata: {train: {format: csv, file: a, label: y},"
            + " ids: {b: {dim: 2, rows: 9, min_count: 3}, a: {dim: 3, hash: 5},"
            + " c: {dim: 1, rows: 4, split: ' ', pool: mean}}}\n";
    Job job = parse(csv);
    Mlp model = (Mlp) job.model();
    assertEquals(List.of(7, 4, 2), model.layers());
    assertEquals(
        List.of(new IdTable("b", 9, 2), new IdTable("a", 5, 3), new IdTable("c", 4, 1)),
        model.ids());
    assertEquals(job, parse(JobFile.write(job)));
    assertRefused(
        csv.replace("inputs: 7", "inputs: 5"),
        "model.inputs: expected the 6 that come from data.ids, and the other columns; found 5");
    assertRefused(
        csv.replace("rows: 9, ", ""),
        "data.ids.b.rows: missing; give it along with model.inputs, or leave both out and training commands count them");
    String unhashed =
        assertThrows(JobException.class, () -> parse(csv.replace("hash: 5", "hash: 0")))
            .getMessage();
    assertTrue(
        unhashed.contains("data.ids.a.hash: expected a whole number of at least 1; found 0"));
    assertFalse(unhashed.contains("rows: missing"), unhashed);
    for (String column : List.of("a: {scale: minmax}", "a: {indicator: true}")) {
      assertRefused(
          csv.replace("ids:", "preprocess: {columns: {" + column + "}}, ids:"),
          "data.preprocess.columns.a: scale and indicator are for numbers, and this is a column of ids; leave them out");
    }
    assertRefused(
        csv.replace("hash: 5", "hash: 5, rows: 5"),
        "data.ids.a.rows: already given by hash; leave it out");
    assertRefused(
        csv.replace("hash: 5", "hash: 5, min_count: 5"),
        "data.ids.a.min_count: is for ids of a dictionary; with hash there is none");
    assertRefused(
        csv.replace("split: ' ', ", ""),
        "data.ids.c.pool: is for cells of several ids; give split, too");
    parse(csv.replace("{format: csv, file: a, label: y}", "{format: external, name: a}"));
    assertRefused(
        csv.replace("csv", "libsvm").replace(", label: y", ""),
        "data.ids: is for csv and parquet; data.train has another format");
    assertRefused(
        csv + "optimizer: newton",
        "data.ids: does not go with optimizer newton, which needs curvature; leave out one of the two");
    assertRefused(
        csv + "compression: {gradients: int8}",
        "data.ids: does not go with compression.gradients: int8; leave out one of the two");
    assertRefused(
        csv + "compression: {weights: signs}\nbatch: 3",
        "data.ids: goes with compression.weights: signs only with batch: full and an optimizer of the Rprop family or signsgd, without weight_decay, clip_norm and gradient_noise; leave out one of the two");
    assertRefused(
        csv + "mode: async\noptimizer: gd",
        "data.ids: does not go with mode: async; leave out one of the two");
    assertRefused(
        csv + "local: {steps: 2, batch: 1, optimizer: gd}",
        "data.ids: does not go with local steps; leave out one of the two");
    assertRefused(
        csv.replace("inputs: 7", "sparse: true, inputs: 7"),
        "model.sparse: works with rows of format: libsvm only; leave out one of the two");
    assertRefused(
        csv.replace("}}}", "}}, preprocess: {categories: [a]}}"),
        "data.ids.a: already among preprocess.categories; leave it out there");
    String network = "model: {inputs: 7, layers: [4, 2]}";
    assertRefused(
        csv.replace(
            network,
            "model: {parameters: p, checksum: '0', tensors: {w: [7], ids.a: [4, 2]}, function: f, inputs: 7, outputs: 1}"),
        "model.parameters: has the tensor ids.a, which data.ids makes; leave it out of the file");
  }

  @Test
  void testRowsMayBeHeldOut() {
    String csv =
        "model: {layers: [2, 2]}\ndata: {train: {format: csv, file: a, label: y}, split: {test: 0.25}%s}\n";
    Job job = parse(csv.formatted("") + "stop: {accuracy: 0.9}");
    assertEquals(Optional.of(new Split(0, 0.25, 1, true, 0, 1)), job.data().split());
    assertTrue(job.data().hasTest());
    assertRefused(
        csv.formatted(", test: {format: csv, file: b, label: y}"),
        "data.split.test: takes test rows from those to train on, but data.test gives others; leave one of them out");
    String large = csv.replace("0.25", "20").formatted("");
    assertRefused(large, "data.split.test: expected a number in [0, 1); found 20");
    assertEquals(
        1, assertThrows(JobException.class, () -> parse(large)).getMessage().lines().count());
    assertEquals(
        Optional.of(new Split(0, 0, 1, true, 5, 2)),
        parse(csv.replace("test: 0.25", "folds: 5, fold: 2").formatted("")).data().split());
    assertRefused(
        csv.replace("test: 0.25", "folds: 5, fold: 6").formatted(""),
        "data.split.fold: expected one of the 5 folds; found 6");
    assertRefused(csv.replace("0.25", "0.25, folds: 5").formatted(""), "leave it out");
    assertRefused(csv.replace("test: 0.25", "seed: 1").formatted(""), "found 0.0 and 0.0");
    assertRefused(
        csv.replace("test: 0.25", "validation: 0.5, test: 0.5").formatted(""), "found 0.5 and 0.5");
  }

  @Test
  void decisionsAreMadeOnValidationRows() {
    String digits = "model: {layers: [64, 10]}\ndata: {train: {format: digits}%s}\n";
    String split = digits.formatted(", split: {validation: 0.25}");
    Job job = parse(split + "stop: {patience: 20, min_delta: 1e-4, monitor: validation_accuracy}");
    assertTrue(job.data().hasValidation() && !job.data().hasTest() && job.keepsBest());
    assertEquals("20 epochs", job.stop().patience().orElseThrow().toString());
    Patience rounds = parse(split + "stop: {patience: 20 rounds}").stop().patience().orElseThrow();
    assertEquals(20, rounds.rounds(1000, 10));
    assertEquals(2000, job.stop().patience().orElseThrow().rounds(1000, 10));
    assertRefused(
        split + "stop: {patience: 3 days}",
        "stop.patience: expected a whole number of epochs of at least 1, or of rounds as in \"20 rounds\"; found \"3 days\"");
    assertEquals(1e-4, job.stop().minDelta());
    assertEquals(Monitor.VALIDATION_ACCURACY, job.stop().monitor());
    assertFalse(parse(split + "keep: last").keepsBest());
    assertFalse(parse(split + "optimizer: gd\nmode: async").keepsBest());
    assertFalse(parse(digits.formatted("")).keepsBest());
    assertRefused(
        digits.formatted("") + "stop: {patience: 20}",
        "stop.patience: needs validation rows; add data.validation or data.split.validation");
    assertRefused(
        split + "optimizer: gd\nmode: async\nstop: {patience: 20}",
        "stop.patience: needs mode: sync, where all workers evaluate the same weights");
    assertRefused(
        digits.formatted("") + "keep: best",
        "keep: needs validation rows; add data.validation or data.split.validation");
    assertRefused(
        "model: {layers: [2, 1], output: linear}\n"
            + "data: {train: {format: csv, file: a, targets: [y]}}\n"
            + "stop: {monitor: validation_accuracy}",
        "stop.monitor: needs labels, but the rows have targets");
  }

  private static DataSpec data(String folder, SourceSpec train, Optional<SourceSpec> test) {
    Optional<SourceSpec> none = Optional.empty();
    return new DataSpec(folder, train, none, test, Optional.empty(), Preprocessing.NONE);
  }

  private static StopConditions stop(
      int rounds,
      OptionalDouble accuracy,
      OptionalDouble loss,
      OptionalDouble tolerance,
      OptionalDouble minutes) {
    OptionalInt epochs = OptionalInt.empty();
    Optional<Patience> patience = Optional.empty();
    Monitor monitor = Monitor.VALIDATION_LOSS;
    return new StopConditions(
        rounds, epochs, accuracy, loss, tolerance, minutes, patience, 0, monitor);
  }

  private static void assertRefused(String yaml, String message) {
    String found = assertThrows(JobException.class, () -> parse(yaml)).getMessage();
    assertTrue(found.endsWith(message), found);
  }

  @Test
  void anOptimizerMayBeItsNameAlone() {
    assertEquals(
        OptimizerCatalog.find("adam").orElseThrow().with(Map.of()),
        parse(SHORTEST + "optimizer: adam").optimizer());
    assertEquals(
        parse(SHORTEST, "optimizer=lion"), parse(SHORTEST + "optimizer: adam", "optimizer=lion"));
    String file = SHORTEST + "optimizer: {name: momentum, learning_rate: 0.5, momentum: 0.8}";
    assertEquals(parse(file, "optimizer.name=adam"), parse(file, "optimizer=adam"));
    assertEquals(0.5, parse(file, "optimizer=adam").optimizer().settings().number("learning_rate"));
    assertEquals("rprop", parse(file, "optimizer=null").optimizer().name());
  }

  @Test
  void aFirstStepThatNobodyHasAskedForKeepsToTheBounds() {
    OptimizerSpec lowered = parse(SHORTEST, "optimizer.max_step=0.05").optimizer();
    assertEquals(0.05f, (float) lowered.settings().number("initial_step"));
    OptimizerSpec raised =
        parse(SHORTEST + "optimizer: {name: irprop-, min_step: 0.5}").optimizer();
    assertEquals(0.5, raised.settings().number("initial_step"));
    assertThrows(
        JobException.class,
        () -> parse(SHORTEST, "optimizer.max_step=0.05", "optimizer.initial_step=0.1"));
  }

  @Test
  void oneSeedIsThatOfWeightsAndBatches() {
    Job job = parse(SHORTEST + "seed: 4\nbatch: 256");
    assertEquals(4, job.model().seed());
    assertEquals(new Batch.Rows(256, 4), job.batch());
    Job byOption = parse(SHORTEST + "batch: {rows: 8, seed: 2}", "seed=4");
    assertEquals(new Batch.Rows(8, 4), byOption.batch());
    assertEquals(new Batch.Rows(256, 4), parse(SHORTEST, "seed=4", "batch=256").batch());
    assertEquals(
        new Batch.Rows(8, 2), parse(SHORTEST + "seed: 4\nbatch: {rows: 8, seed: 2}").batch());
    assertEquals(
        new Batch.Rows(8, 5), parse(SHORTEST, "batch=8", "batch.seed=5", "seed=4").batch());
    assertEquals(new Batch.Full(), parse(SHORTEST, "seed=4").batch());
    assertThrows(JobException.class, () -> parse(SHORTEST, "seed=many"));
  }

  @Test
  void anotherOptimizerByOverrideTakesOverOnlyTheSettingsThatItKnows() {
    String file = SHORTEST + "optimizer: {name: rprop, max_step: 2, after_flip: keep}";

    Job minus = parse(file, "optimizer.name=irprop-");
    assertEquals(2.0, minus.optimizer().settings().number("max_step"));
    assertEquals(parse(SHORTEST + "optimizer: {name: irprop-, max_step: 2}"), minus);
    assertEquals(
        parse(SHORTEST + "optimizer: {name: adam, learning_rate: 0.5}"),
        parse(file, "optimizer.learning_rate=0.5", "optimizer.name=adam"));
    assertEquals(
        parse(SHORTEST + "optimizer: {name: adam}"),
        parse(SHORTEST + "optimizer: {max_step: 2}", "optimizer.name=adam"));
    assertEquals(parse(file), parse(file, "optimizer.name=adam", "optimizer.name=rprop"));
  }

  @Test
  void settingsMayHaveTheirNamesFromPyTorchAndKeras() {
    assertEquals(
        parse(SHORTEST + "optimizer: {name: adam, learning_rate: 0.5, delta: 0.8, gamma: 0.99}"),
        parse(SHORTEST + "optimizer: {name: adam, lr: 0.5, beta1: 0.8, beta2: 0.99}"));
    for (String name : List.of("alpha", "rho")) {
      assertEquals(
          parse(SHORTEST + "optimizer: {name: rmsprop, gamma: 0.8, epsilon: 1}"),
          parse(SHORTEST + "optimizer: {name: rmsprop, " + name + ": 0.8, eps: 1}"));
    }
    for (String optimizer : List.of("momentum", "nesterov", "signum")) {
      assertEquals(
          parse(SHORTEST + "optimizer: {name: " + optimizer + ", beta: 0.8}"),
          parse(SHORTEST, "optimizer.name=" + optimizer, "optimizer.momentum=0.8"));
    }
  }

  @Test
  void anOverrideReplacesWhatTheFileCallsByAnotherName() {
    Job expected = parse(SHORTEST + "optimizer: {name: adam, learning_rate: 0.5, delta: 0.8}");

    String aliases = SHORTEST + "optimizer: {name: adam, lr: 0.1, beta1: 0.8}";
    assertEquals(expected, parse(aliases, "optimizer.learning_rate=0.5"));
    String keys = SHORTEST + "optimizer: {name: adam, learning_rate: 0.1, delta: 0.8}";
    assertEquals(expected, parse(keys, "optimizer.lr=0.5"));
    assertEquals(
        parse(SHORTEST + "optimizer: {name: adam, delta: 0.8}"),
        parse(aliases, "optimizer.learning_rate=null"),
        "back to the default");
    assertEquals(
        parse(SHORTEST + "optimizer: {name: lion, learning_rate: 0.1, beta1: 0.8}"),
        parse(aliases, "optimizer.name=lion"),
        "the new optimizer has settings of these names too");
  }

  @Test
  void theDefaultJobIsTheExample() throws IOException {
    try (InputStream resource = JobFile.class.getResourceAsStream("digits.yaml")) {
      assertEquals(
          Files.readString(EXAMPLES.resolve("digits.yaml")),
          new String(resource.readAllBytes(), StandardCharsets.UTF_8));
    }
    assertEquals(
        JobFile.read(EXAMPLES.resolve("digits.yaml"), List.of()), JobFile.defaultJob(List.of()));
    assertEquals(5, JobFile.defaultJob(List.of("stop.rounds=5")).stop().rounds());
  }

  /** But those whose ids are to be counted first. */
  static List<Path> examples() throws IOException {
    try (Stream<Path> files = Files.list(EXAMPLES)) {
      return files
          .filter(file -> file.toString().endsWith(".yaml"))
          .filter(
              file ->
                  Stream.of("flights.yaml", "brown.yaml", "debian.yaml").noneMatch(file::endsWith))
          .sorted()
          .toList();
    }
  }

  @ParameterizedTest
  @MethodSource("examples")
  void everyExampleIsAValidJob(Path example) {
    Job job = JobFile.read(example, List.of());

    assertTrue(example.getFileName().toString().startsWith(job.name()), job.name());
    assertEquals(job, parse(JobFile.write(job)));
  }

  @Test
  void thereIsAnExampleForEveryOptimizer() throws IOException {
    List<String> shown =
        examples().stream()
            .map(example -> JobFile.read(example, List.of()).optimizer().name())
            .distinct()
            .sorted()
            .toList();

    assertEquals(OptimizerCatalog.names().stream().sorted().toList(), shown);
  }

  @Test
  void aWrittenJobHasEveryDefaultInAStableOrder() {
    String written = JobFile.write(parse(SHORTEST + "stop: {accuracy: 0.95}"));

    assertTrue(
        written.startsWith(
            """
            name: job
            model:
              layers: [64, 10]
              activation: tanh
              output: softmax
              loss: cross-entropy
              init:
                scheme: glorot
                seed: 1
              derivative_offset: 0
            data:
              folder: ""
              train:
                format: digits
                part: train
              test:
                format: digits
                part: test
            optimizer:
              name: rprop
              initial_step: 0.1
              min_step: 1.0e-6
              max_step: 50
            """),
        written);
    assertTrue(
        written.endsWith(
            """
            batch: full
            partitions: 32
            evaluate_every: 10
            digest_every: 1
            mode: sync
            compression:
              gradients: float32
              weights: auto
              check_every: 16
            compute: exact
            checkpoint:
              every: 50
              seconds: 30
              keep: 3
            team:
              min_workers: 1
              wait: 600
              lease: auto
            stop:
              rounds: 100
              accuracy: 0.95
            """),
        written);
  }

  @Test
  void whatDiffersInAJobDiffersWhenWritten() {
    assertNotEquals(
        JobFile.write(parse(SHORTEST)), JobFile.write(parse(SHORTEST, "optimizer.max_step=49")));
  }

  @Test
  void aFileWithLinesFromWindowsAndAByteOrderMarkIsRead(@TempDir Path folder) throws IOException {
    Path file =
        Files.writeString(folder.resolve("w.yaml"), "\uFEFF" + SHORTEST.replace("\n", "\r\n"));

    assertEquals(parse(SHORTEST, "name=w"), JobFile.read(file, List.of()));
  }

  @Test
  void whatARunHasFoundStandsBesideTheJobAndIsNoPartOfIt(@TempDir Path folder) throws IOException {
    Job job = JobFile.defaultJob(List.of());
    Found found = new Found(Optional.of(Path.of("/srv/my data: \"1\"\n\t\u001b\\n")));
    Path file = Files.writeString(folder.resolve("job.yaml"), JobFile.write(job, found));
    assertEquals(found, JobFile.found(file));
    assertEquals(job, JobFile.read(file, List.of()));
    assertEquals(job, JobFile.read(file, List.of("stop.rounds=" + job.stop().rounds())));
    assertFalse(JobFile.write(JobFile.read(file, List.of())).contains("found"));
  }

  @Test
  void aJobOfSomebodysOwnHasFoundNothing(@TempDir Path folder) throws IOException {
    Path file =
        Files.writeString(folder.resolve("job.yaml"), JobFile.write(JobFile.defaultJob(List.of())));
    assertEquals(Found.NOTHING, JobFile.found(file));
  }

  @Test
  void whatIsFoundIsReadAsStrictlyAsAJob(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("job.yaml"), "found: {dta: /srv}\n");
    JobException refusal = assertThrows(JobException.class, () -> JobFile.found(file));
    assertEquals(
        file
            + ":1: found.dta: unknown key; did you mean \"data\"? (expected: data, columns, targets, encoding, classes, split, rows, run)",
        refusal.getMessage());
  }
}
