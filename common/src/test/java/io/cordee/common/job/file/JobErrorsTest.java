package io.cordee.common.job.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.common.optimizer.OptimizerCatalog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class JobErrorsTest {

  private static final String GOOD = "model: {layers: [64, 10]}\ndata: digits\n";

  private static String error(String yaml, String... overrides) {
    return assertThrows(
            JobException.class, () -> JobFile.parse(yaml, "job.yaml", List.of(overrides)))
        .getMessage();
  }

  private static String errorOf(Path file) {
    return assertThrows(JobException.class, () -> JobFile.read(file, List.of())).getMessage();
  }

  private static String keysOf(String optimizer) {
    return String.join(", ", OptimizerForm.keys(OptimizerCatalog.find(optimizer).orElseThrow()));
  }

  /**
   * Under a heading, what a job has beside {@link #GOOD}, or a whole job, or overrides; after the
   * arrow, what is said of it: of line 3 unless it names another place. ⏎ stands for a line's end.
   */
  private static final String PROBLEMS =
      """
      # An unknown key that is near none names all
      "a b\\n": 1 => "a b\\n": unknown key (expected: name, model, data, optimizer, batch, local, partitions, evaluate_every, digest_every, mode, staleness, compression, compute, checkpoint, team, regularize, stop, keep)
      stop: {passes: 3} => stop.passes: unknown key (expected: rounds, epochs, accuracy, loss, tolerance, minutes, patience, min_delta, monitor)
      stop: {rounds: 4, epochs: 3} => stop.epochs: rounds are given, too; leave one of them out
      # A key given twice names both lines
      stop:⏎  rounds: 3⏎  loss: 1⏎  rounds: 4 => job.yaml:6: stop.rounds: given twice; first at job.yaml:4
      # A key that is no word is refused
      ? [a, b]⏎: 3 => expected a word as a key; found a list
      # What is missing is named
      model:⏎  activation: tanh⏎data:⏎  folder: a => job.yaml:1: model.layers: missing; expected a list of at least 2 whole numbers, such as [64, 32, 10]⏎job.yaml:3: data.train: missing; expected a mapping such as {format: csv, file: train.csv, label: class}
      model: {layers: [2, 2]}⏎data: {train: {file: a}} => job.yaml:2: data.train.format: missing; expected one of idx, npy, csv, parquet, libsvm, digits, external
      model: {layers: [2, 2]}⏎data: {train: {format: libsvm}} => job.yaml:2: data.train.file: missing; expected a file's name
      model:⏎  init: {scheme: uniform}⏎  layers: [64, 10]⏎data: digits => job.yaml:2: model.init.range: missing; expected a number above 0
      batch: {seed: 3} => batch.rows: missing; expected a whole number of at least 1
      # A word that is none of the choices names the nearest
      model:⏎  layers: [64, 10]⏎  activation: tanhh⏎data: digits => model.activation: expected one of tanh, sigmoid, relu, leaky-relu, elu, softplus, gelu; found "tanhh"; did you mean "tanh"?
      model: {layers: [64, 10], loss: crossentropy}⏎data: digits => job.yaml:1: model.loss: expected one of cross-entropy, squared-error; found "crossentropy"; did you mean "cross-entropy"?
      compute: gpu => compute: expected exact; found "gpu"
      optimizer: {name: Adma, eta: 3} => optimizer.name: expected one of gd, momentum, nesterov, rprop, rprop+, rprop-, irprop+, irprop-, quickprop, rmsprop, adam, signsgd, signum, lion, newton, or an optimizer from a jar under --plugins; found "Adma"; did you mean "adam"?
      optimizer: {after_flip: kep} => optimizer.after_flip: expected one of freeze, keep; found "kep"; did you mean "keep"?
      # A whole number is one within its range
      stop: {rounds: many} => stop.rounds: expected a whole number of at least 1; found "many"
      stop: {rounds: 0} => stop.rounds: expected a whole number of at least 1; found 0
      stop: {rounds: 1.5} => stop.rounds: expected a whole number of at least 1; found 1.5
      stop: {rounds: 2147483648} => stop.rounds: expected a whole number from 1 to 2147483647; found 2147483648
      stop: {rounds: '5'} => stop.rounds: expected a whole number of at least 1; found the text "5"
      partitions: 1048577 => partitions: expected a whole number from 1 to 1048576; found 1048577
      compression: {check_every: [1]} => compression.check_every: expected a whole number of at least 1; found a list
      compression: {check_every: 0} => compression.check_every: expected a whole number of at least 1; found 0
      digest_every: -1 => digest_every: expected a whole number of at least 0; found -1
      mode: async⏎optimizer: {name: gd}⏎staleness: -1 => job.yaml:5: staleness: expected a whole number from 0 to 1000000; found -1
      batch: {rows: 0} => batch.rows: expected a whole number of at least 1; found 0
      team: {min_workers: 0} => team.min_workers: expected a whole number of at least 1; found 0
      checkpoint: {keep: 1} => checkpoint.keep: expected a whole number of at least 2; found 1
      evaluate_every: -3 => evaluate_every: expected a whole number of at least 1; found -3
      batch: 0 => batch.rows: expected a whole number of at least 1; found 0
      batch: {rows: 1, seed: x} => batch.seed: expected a whole number; found "x"
      model: {layers: [64, 10], init: {seed: 9223372036854775808}}⏎data: digits => job.yaml:1: model.init.seed: expected a whole number from -9223372036854775808 to 9223372036854775807; found 9223372036854775808
      # A number is finite and within its range
      stop: {accuracy: 95} => stop.accuracy: expected a number in [0, 1]; found 95
      stop: {loss: -1} => stop.loss: expected a number of at least 0; found -1
      stop: {tolerance: 0} => stop.tolerance: expected a number above 0; found 0
      team: {lease: 2.9} => team.lease: expected auto or a number of at least 3; found 2.9
      team: {wait: -1} => team.wait: expected a number of at least 0; found -1
      stop: {minutes: .inf} => stop.minutes: expected a number above 0; found ".inf"
      stop: {minutes: 1e999} => stop.minutes: expected a number above 0; found 1e999
      optimizer: {increase: .nan} => optimizer.increase: expected a number above 1; found ".nan"
      optimizer: {increase: 1.0} => optimizer.increase: expected a number above 1; found 1.0
      optimizer: {decrease: {a: 1}} => optimizer.decrease: expected a number in (0, 1); found a mapping
      # A setting stays within its range as a float
      optimizer: {increase: 1.00000000001} => optimizer.increase: expected a number above 1 when rounded to float32; found 1.00000000001
      optimizer: {max_step: 1e39} => optimizer.max_step: expected a number above 0 when rounded to float32; found 1e39
      # Layers are a list of counts
      model: {layers: 64}⏎data: digits => job.yaml:1: model.layers: expected a list of at least 2 whole numbers, such as [64, 32, 10]; found 64
      model: {layers: [64]}⏎data: digits => job.yaml:1: model.layers: expected a list of at least 2 whole numbers, such as [64, 32, 10]; found a list
      model:⏎  layers:⏎    - 64⏎    - ten⏎    -⏎data: digits => job.yaml:4: model.layers[1]: expected a whole number of at least 1; found "ten"⏎job.yaml:5: model.layers[2]: expected a whole number of at least 1; found nothing
      model: {layers: [64, 100000, 100000, 10]}⏎data: digits => job.yaml:1: model.layers: a model has at most 2^31 parameters; up to layer2.weight it has more
      # A name is fit for a folder
      name: ../x => name: expected a name of at most 100 letters, digits and _ + - . that begins with neither - nor .; found "../x"
      name: a b => name: expected a name of at most 100 letters, digits and _ + - . that begins with neither - nor .; found "a b"
      name: '' => name: expected a name of at most 100 letters, digits and _ + - . that begins with neither - nor .; found ""
      name: .. => name: expected a name of at most 100 letters, digits and _ + - . that begins with neither - nor .; found ".."
      # A section is a mapping
      model: [64, 10]⏎data: digits => job.yaml:1: model: expected a mapping with layers, parameters, function, inputs, activation, output, loss, init, derivative_offset, sparse; found a list
      model: {layers: [64, 10]}⏎data: digts => job.yaml:2: data: expected digits, or a mapping with folder, train, validation, test, split, preprocess, ids; found "digts"
      optimizer: [adam] => optimizer: expected an optimizer's name, or a mapping with name and the optimizer's settings; found a list
      stop: 100 => stop: expected a mapping with rounds, epochs, accuracy, loss, tolerance, minutes, patience, min_delta, monitor; found 100
      batch: half => batch: expected full, a whole number of rows, or {rows: 256, seed: 1}; found "half"
      model: {layers: [64, 10], init: he}⏎data: digits => job.yaml:1: model.init: expected a mapping with scheme, seed, range, file; found "he"
      data: {train: a.csv}⏎model: {layers: [64, 10]} => job.yaml:1: data.train: expected a mapping such as {format: csv, file: train.csv, label: class}; found "a.csv"
      # The digits fix the first and the last layer
      model:⏎  layers: [784, 10]⏎data: digits => job.yaml:2: model.layers: the digits need 64 inputs and 10 outputs, as in [64, 32, 10]; found [784, 10]
      # Accuracy takes labelled rows to test on
      model: {layers: [64, 10]}⏎data: {train: {format: digits}}⏎stop: {accuracy: 0.9} => stop.accuracy: needs validation or test rows; add data.validation, data.test or data.split
      model: {layers: [3, 2]}⏎data:⏎  train:⏎    format: csv⏎    file: a.csv⏎    label: a⏎  test: {format: csv, file: b, targets: [a, b]}⏎stop: {accuracy: 0.9} => job.yaml:8: stop.accuracy: needs labels, but the rows have targets
      # Linear outputs have no cross entropy
      model: {layers: [64, 10], output: linear, loss: cross-entropy}⏎data: digits => job.yaml:1: model.loss: linear outputs have no cross-entropy; expected squared-error
      # An offset on the derivative takes a sigmoid
      model: {layers: [3, 2]}⏎data: {train: {format: csv, file: t.csv, label: 0}, ids: {}} => job.yaml:2: data.ids: expected at least one column; found none; name one, or leave this key out
      model: {layers: [9, 2], sparse: true}⏎data: {train: {format: csv, file: t.csv, label: 0}} => job.yaml:1: model.sparse: works with rows of format: libsvm only; leave out one of the two
      model: {layers: [9, 2], sparse: true}⏎data: {train: {format: libsvm, file: t.svm}}⏎optimizer: newton => job.yaml:1: model.sparse: does not go with optimizer newton, which needs curvature; leave out one of the two
      model: {layers: [9, 2], sparse: true}⏎data: {train: {format: libsvm, file: t.svm}}⏎compression: {gradients: int8} => job.yaml:1: model.sparse: does not go with compression.gradients: int8; leave out one of the two
      model: {layers: [9, 2], sparse: true}⏎data: {train: {format: libsvm, file: t.svm}}⏎local: {steps: 2, batch: 1, optimizer: gd} => job.yaml:1: model.sparse: does not go with local steps; leave out one of the two
      model: {layers: [9, 2], sparse: true}⏎data: {train: {format: libsvm, file: t.svm}}⏎optimizer: gd⏎mode: async => job.yaml:1: model.sparse: does not go with mode: async; leave out one of the two
      model: {layers: [9, 2], sparse: true}⏎data: {train: {format: libsvm, file: t.svm}}⏎optimizer: signum⏎compression: {weights: signs} => job.yaml:1: model.sparse: goes with compression.weights: signs only with batch: full and an optimizer of the Rprop family or signsgd, without weight_decay, clip_norm and gradient_noise; leave out one of the two
      model: {layers: [64, 9, 10], derivative_offset: 0.1}⏎data: digits => job.yaml:1: model: derivative_offset is for the sigmoid's derivative: of sigmoid hidden units, or of sigmoid outputs with a squared error; this model has neither
      model: {layers: [64, 10], activation: sigmoid, output: sigmoid, derivative_offset: 0.1}⏎data: digits => job.yaml:1: model: derivative_offset is for the sigmoid's derivative: of sigmoid hidden units, or of sigmoid outputs with a squared error; this model has neither
      model: {layers: [64, 10], derivative_offset: -0.1}⏎data: digits => job.yaml:1: model.derivative_offset: expected a number in [0, 1]; found -0.1
      # An offset on the derivative has no curvature
      model: {layers: [64, 9, 10], activation: sigmoid, derivative_offset: 0.1}⏎data: digits⏎optimizer: {name: newton} => job.yaml:1: model.derivative_offset: turns the gradient into one that no function has, and optimizer newton needs the curvature that belongs to it; use another optimizer, or leave it out
      # Only uniform weights have a range
      model: {layers: [64, 10], init: {scheme: he, range: 1}}⏎data: digits => job.yaml:1: model.init.range: applies only to scheme uniform; found scheme he
      # A mistake in an override names the override
      --set stop.rounds=many => --set stop.rounds=many: expected a whole number of at least 1; found "many"
      --set stop={rounds: many} => --set stop={rounds: many}: stop.rounds: expected a whole number of at least 1; found "many"
      --set stpo.rounds=3 => --set stpo.rounds=3: stpo: unknown key; did you mean "stop"? (expected: name, model, data, optimizer, batch, local, partitions, evaluate_every, digest_every, mode, staleness, compression, compute, checkpoint, team, regularize, stop, keep)
      --set model.layers.1=3 => --set model.layers.1=3: model.layers: expected a list of at least 2 whole numbers, such as [64, 32, 10]; found a mapping
      --set stop={loss: 1, loss: 2} => --set stop={loss: 1, loss: 2}: stop.loss: given twice; first at --set stop={loss: 1, loss: 2}
      # An override is a key and a value
      --set optimizer.name => --set optimizer.name: expected KEY=VALUE, such as optimizer.name=adam
      --set =adam => --set =adam: expected KEY=VALUE, such as optimizer.name=adam
      --set optimizer..name=adam => --set optimizer..name=adam: expected KEY=VALUE, such as optimizer.name=adam
      --set model.layers=[64, => --set model.layers=[64,: not valid YAML: expected the node content, but found '<stream end>'
      # The same item wrong twice is two problems
      --set model.layers=[0, 10, 0] => --set model.layers=[0, 10, 0]: model.layers[0]: expected a whole number of at least 1; found 0⏎--set model.layers=[0, 10, 0]: model.layers[2]: expected a whole number of at least 1; found 0
      # What yaml offers beyond plain data is refused
      name: !!java.net.URL [x] => tags are not supported; leave out tag:yaml.org,2002:java.net.URL
      optimizer: &a {name: rprop}⏎stop: *a => job.yaml:4: aliases are not supported; write out what *a stands for
      ---⏎name: x => expected one YAML document; a second one starts here
      # Local steps that cannot be meant are refused with the reason
      --set local={steps: 5, batch: 8, optimizer: gd} --set batch=64 => --set batch=64: local steps take batches of their own, of local.batch rows; leave one of them out
      --set local={steps: 5, batch: 8, optimizer: gd} --set optimizer=gd --set mode=async => --set local={steps: 5, batch: 8, optimizer: gd}: needs mode: sync, as the outer optimizer steps on the mean of what all partitions have come to; use one or the other
      --set local={steps: 5, batch: 8, optimizer: gd} --set optimizer.name=newton => --set optimizer.name=newton: needs the curvature of the loss at one point, which local steps do not give; use another optimizer, or leave local out
      --set local={steps: 5, batch: 8, optimizer: gd} --set local.optimizer=newton => --set local.optimizer=newton: local.optimizer.name: needs curvature, but local steps are taken on gradients; use another optimizer
      --set local={steps: 5, batch: 8, optimizer: gd} --set local.optimizer.gradient_noise=0.1 => --set local.optimizer.gradient_noise=0.1: would be the same noise in every partition; give it to the outer optimizer, as optimizer.gradient_noise
      --set local={steps: 5, batch: 8, optimizer: gd} --set stop.tolerance=0.1 => --set stop.tolerance=0.1: compares the outputs of all rows at the same weights, but local steps take rows at ever other ones; leave it out
      # Signs of an optimizer that needs more are refused
      --set compression.weights=signs --set optimizer.name=adam => --set compression.weights=signs: needs an optimizer whose step can be replayed from signs: rprop, rprop+, rprop-, irprop+, irprop-, signsgd, signum, lion; found adam
      # Signs of parts of a batch are refused
      --set compression.weights=signs --set optimizer.name=lion --set mode=async => --set compression.weights=signs: needs mode: sync, as workers can only replay the steps of whole rounds; use one or the other
      # An unknown key names the nearest
      model: {layers: [4, 2]}⏎data:⏎  train:⏎    format: idx⏎    features: f⏎    lables: l => job.yaml:3: data.train.labels: missing; expected a file's name⏎job.yaml:6: data.train.lables: unknown key; did you mean "labels"? (expected: format, features, labels, scale, sha256)
      # Rows have either labels or targets
      model: {layers: [3, 2]}⏎data:⏎  train:⏎    format: csv⏎    file: a.csv => data.train: give either a label column or target columns
      model: {layers: [3, 2]}⏎data:⏎  train:⏎    format: csv⏎    file: a.csv⏎    label: a⏎    targets: [b, c] => data.train: give either a label column or target columns
      model: {layers: [2, 2]}⏎data: {train: {format: npy, features: x}} => job.yaml:2: data.train: give either labels or targets
      model: {layers: [2, 2]}⏎data: {train: {format: npy, features: x, labels: y, targets: y}} => job.yaml:2: data.train: give either labels or targets
      model: {layers: [2, 2]}⏎data: {train: {format: npy, features: x, targets: y}}⏎regularize: {label_smoothing: 0.1} => regularize.label_smoothing: needs labels, but the rows have targets
      # Columns of a file without a header are indices
      model: {layers: [3, 2]}⏎data:⏎  train:⏎    format: csv⏎    file: a.csv⏎    header: false⏎    label: class => job.yaml:7: data.train.label: expected a column's index from 0, as there is no header; found "class"
      model: {layers: [3, 2]}⏎data:⏎  train:⏎    format: csv⏎    file: a.csv⏎    header: false⏎    targets: [3, -1] => job.yaml:7: data.train.targets[1]: expected a column's index from 0, as there is no header; found -1
      # Parquet needs told neither names nor separators
      model: {layers: [3, 2]}⏎data:⏎  train:⏎    format: parquet⏎    file: a.csv⏎    header: false⏎    separator: ';'⏎    label: class => job.yaml:6: data.train.header: applies only to format: csv⏎job.yaml:7: data.train.separator: applies only to format: csv
      # A file is read as the job says
      model: {layers: [3, 2]}⏎data:⏎  train:⏎    format: csv⏎    file: a.csv⏎    header: yes⏎    separator: tab⏎    scale: 0⏎    targets: y => job.yaml:6: data.train.header: expected true or false; found "yes"⏎job.yaml:7: data.train.separator: expected one ASCII character, such as "," or "\\t"; found "tab"⏎job.yaml:8: data.train.scale: expected a number above 0; found 0⏎job.yaml:9: data.train.targets: expected a list of columns, such as [x, y]; found "y"
      # Targets and classes are as many as the model tells apart
      model: {layers: [3, 2]}⏎data:⏎  train:⏎    format: csv⏎    file: a.csv⏎    targets: [a, b, c] => job.yaml:6: data.train.targets: expected as many columns as the model has outputs, which is 2; found 3
      model: {layers: [3, 2]}⏎data:⏎  train:⏎    format: csv⏎    file: a.csv⏎    label: a⏎    classes: [a, b, c] => job.yaml:7: data.train.classes: expected 2 classes, as the model has 2 outputs; found 3
      model: {layers: [3, 1], output: sigmoid}⏎data: {train: {format: libsvm, file: a, classes: [a, b, c]}} => job.yaml:2: data.train.classes: expected 2 classes, as the model has 1 output; found 3
      # A file's name is printable
      model: {layers: [3, 1]}⏎data: {train: {format: idx, features: "a\\0b", labels: ''}} => job.yaml:2: data.train.features: expected a file's name; found "a\\u0000b"⏎job.yaml:2: data.train.labels: expected a file's name; found ""
      # Broken YAML names the line
      model: {layers: [64, 10]}⏎name: a: b => job.yaml:2: not valid YAML: mapping values are not allowed here
      model:⏎\tlayers: [64, 10] => job.yaml:2: not valid YAML: found character '\\t(TAB)' that cannot start any token. (Do not use \\t(TAB) for indentation)
      name: \u0007 => not valid YAML: the character U+0007 is not allowed
      # A mode that the optimizer makes no sense of is refused with the reason
      --set mode=async => --set mode=async: cannot be async with optimizer rprop: it compares the signs of successive gradients of the whole batch, and those of parts of it flip by chance; use mode: sync, or one of the optimizers gd, momentum, nesterov, rmsprop, adam, signsgd, signum, lion
      --set mode=async --set optimizer.name=adam --set optimizer.clip_norm=1 => --set optimizer.clip_norm=1: needs the gradient of the whole batch and vector, but mode: async applies each part as it comes; use mode: sync, or leave it out
      --set staleness=2 => --set staleness=2: applies only to mode: async
      # A setting that is given by two names is refused
      optimizer: {name: adam, learning_rate: 0.1, lr: 0.1} => optimizer.lr: another name for learning_rate, which is given too; leave one of them out
      --set optimizer.name=rmsprop --set optimizer.rho=0.2 --set optimizer.alpha=0.2 => --set optimizer.rho=0.2: another name for alpha, which is given too; leave one of them out
      """;

  static Stream<String> problems() {
    return PROBLEMS.lines().filter(row -> !row.startsWith("#"));
  }

  @ParameterizedTest
  @MethodSource("problems")
  void aProblemIsToldWithItsPlace(String row) {
    String[] cells = row.replace('⏎', '\n').split(" => ");
    String[] overrides = cells[0].split(" ?--set ");
    String found =
        overrides.length > 1
            ? error(GOOD, Arrays.copyOfRange(overrides, 1, overrides.length))
            : error(cells[0].matches("(?s)(model|data):.*") ? cells[0] : GOOD + cells[0]);
    boolean isPlaced = cells[1].startsWith("job.yaml:") || cells[1].startsWith("--set ");
    assertEquals((isPlaced ? "" : "job.yaml:3: ") + cells[1], found);
  }

  @Test
  void unknownKeysThatLookAlikeAreToldOnce() {
    String long61 = "a".repeat(61);
    String message =
        error(
            "model: {layers: [64, 10], "
                + long61
                + "1: 1, "
                + long61
                + "2: 1, y: 1}\ndata: digits");
    assertEquals(2, message.split("unknown key", -1).length - 1, message);
    assertTrue(message.contains("model.y: unknown key"), message);
  }

  @Test
  void aSettingOfAnotherOptimizerIsUnknown() {
    assertEquals(
        "job.yaml:4: optimizer.learning_rate: unknown key (expected: " + keysOf("rprop") + ")",
        error(GOOD + "optimizer:\n  learning_rate: 1"));
  }

  @Test
  void whatIsMissingIsNamed() {
    assertEquals(
        "job.yaml:1: model: missing; expected a mapping with layers, parameters, function,"
            + " inputs, activation, output, loss, init, derivative_offset, sparse\n"
            + "job.yaml:1: data: missing; expected digits, or a mapping with folder, train,"
            + " validation, test, split, preprocess, ids",
        error("name: a"));
  }

  @Test
  void smoothedLabelsOfAFunctionNeedCrossEntropy() {
    String job =
        """
        model: {function: f, parameters: w.safetensors, tensors: {w: [2]}, inputs: 2, outputs: 2%s}
        data: {train: {format: npy, features: x, labels: y}}
        regularize: {label_smoothing: 0.1}
        """;
    for (String loss : List.of("", ", loss: squared-error")) {
      assertEquals(
          "job.yaml:3: regularize.label_smoothing: needs model.loss: cross-entropy where the"
              + " model is a gradient function",
          error(job.formatted(loss)));
    }
    JobFile.parse(job.formatted(", loss: cross-entropy"), "job.yaml", List.of());
  }

  @Test
  void aMistakeInAnOverrideNamesTheOverride() {
    assertEquals(
        "--set optimizer.nmae=adam: unknown key; did you mean \"name\"? (expected: "
            + keysOf("rprop")
            + ")",
        error(GOOD, "optimizer.nmae=adam"));
  }

  @Test
  void aSettingGivenBesideTheFileIsNotDroppedWithTheOptimizer() {
    assertEquals(
        "--set optimizer.max_step=3: unknown key (expected: " + keysOf("gd") + ")",
        error(GOOD + "optimizer: {max_step: 2}", "optimizer.max_step=3", "optimizer.name=gd"));
  }

  @Test
  void problemsOfTheFileComeBeforeThoseOfOverrides() {
    assertEquals(
        "job.yaml:3: compute: expected exact; found \"gpu\"\n"
            + "job.yaml:4: name: expected a name of at most 100 letters, digits and _ + - . that"
            + " begins with neither - nor .; found \"?\"\n"
            + "--set stop.rounds=0: expected a whole number of at least 1; found 0\n"
            + "--set partitions=x: expected a whole number from 1 to 1048576; found \"x\"",
        error(GOOD + "compute: gpu\nname: '?'", "stop.rounds=0", "partitions=x"));
  }

  @Test
  void aMessageStaysShortWhateverIsInTheFile() {
    String layers = "model: {layers: [" + "100000, ".repeat(10_000) + "10]}\ndata: digits";
    assertTrue(error(layers).length() < 1_100, error(layers));
  }

  @Test
  void anOverrideIsNoDeeperThanAJob() {
    String key = "a.".repeat(100_000) + "a";
    assertEquals(
        "--set " + "a.".repeat(30) + "...: expected KEY=VALUE, such as optimizer.name=adam",
        error(GOOD, key + "=1"));
  }

  @Test
  void noMoreThanTenProblemsAreShown() {
    String keys =
        IntStream.range(0, 15).mapToObj(i -> "z" + i + ": 1").collect(Collectors.joining("\n"));
    List<String> lines = error(GOOD + keys).lines().toList();

    assertEquals(11, lines.size());
    assertEquals("and 5 more", lines.get(10));
  }

  @Test
  void brokenYamlNamesTheLine() {
    assertEquals(
        "job.yaml:2: expected YAML 1.2; found %YAML 9.9; leave that line out",
        error("# mine\n%YAML 9.9\n---\n" + GOOD));
    assertFalse(error(GOOD + "name: \"\\UFFFFFFFF\"").contains("java"));
  }

  @Test
  void whatYamlOffersBeyondPlainDataIsRefused() {
    assertEquals("job.yaml:1: nested more than 16 levels deep", error("[".repeat(100_000)));
  }

  @Test
  void aJobIsAMapping() {
    assertEquals(
        "job.yaml:1: expected a mapping with name, model, data, optimizer, batch, local, partitions,"
            + " evaluate_every, digest_every, mode, staleness, compression,"
            + " compute, checkpoint, team, regularize, stop, keep; found a list",
        error("[1, 2]"));
    assertEquals("job.yaml: empty; expected a job", error(""));
    assertEquals("job.yaml: empty; expected a job", error("# nothing here\n"));
  }

  @Test
  void aFileThatIsNotThereIsNamed(@TempDir Path folder) {
    Path file = folder.resolve("none.yaml");
    assertEquals(file + ": no such file", errorOf(file));
    assertEquals(folder + ": a directory; expected a job file", errorOf(folder));
  }

  @Test
  void aFileThatIsNoTextIsRefused(@TempDir Path folder) throws IOException {
    Path file = Files.write(folder.resolve("b.yaml"), new byte[] {'a', (byte) 0xFF});
    assertEquals(file + ": not UTF-8 text; expected a job in YAML", errorOf(file));
  }

  @Test
  void anEmptyFileIsRefused(@TempDir Path folder) throws IOException {
    Path file = Files.createFile(folder.resolve("e.yaml"));
    assertEquals(file + ": empty; expected a job", errorOf(file));
  }

  @Test
  void anEnormousFileIsRefused(@TempDir Path folder) throws IOException {
    Path file = Files.write(folder.resolve("l.yaml"), new byte[(1 << 20) + 1]);
    assertEquals(file + ": larger than 1 MiB; expected a job", errorOf(file));
    assertEquals("job.yaml: larger than 1 MiB; expected a job", error("#".repeat((1 << 20) + 1)));
  }

  @Test
  void aModeThatTheOptimizerMakesNoSenseOfIsRefusedWithTheReason() {
    for (String optimizer :
        List.of("rprop+", "rprop-", "irprop+", "irprop-", "quickprop", "newton")) {
      String found = error(GOOD, "mode=async", "optimizer.name=" + optimizer);
      assertTrue(found.contains("cannot be async with optimizer " + optimizer + ": "), found);
    }
  }

  @Test
  void localStepsThatCannotBeMeantAreRefusedWithTheReason() {
    String local = "local={steps: 5, batch: 8, optimizer: gd}";
    assertEquals(
        "job.yaml:3: local.batch: missing; expected a whole number from 1 to 1048576\n"
            + "job.yaml:3: local.optimizer: missing; expected an optimizer's name, or a mapping with name and"
            + " the optimizer's settings\n"
            + "job.yaml:3: local.step: unknown key; did you mean \"steps\"? (expected: steps,"
            + " batch, optimizer)\n"
            + "job.yaml:3: local.steps: missing; expected a whole number from 1 to 1048576",
        sorted(error(GOOD + "local: {step: 5}")));
    assertTrue(
        error(GOOD, local, "local.optimizer.speed=1")
            .contains("local.optimizer.speed=1: unknown key"));
    assertTrue(error(GOOD, "local=5").contains("expected a mapping with steps, batch, optimizer"));
  }

  private static String sorted(String lines) {
    return lines.lines().sorted().collect(Collectors.joining("\n"));
  }
}
