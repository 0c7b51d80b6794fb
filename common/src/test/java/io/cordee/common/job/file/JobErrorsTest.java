package io.cordee.common.job.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.common.rule.RuleCatalog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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

  private static String keysOf(String rule) {
    return String.join(", ", RuleForm.keys(RuleCatalog.find(rule).orElseThrow()));
  }

  /** A CSV source, from line 4 on. */
  private static String csv(String lines) {
    return "model: {layers: [3, 2]}\ndata:\n  train:\n    format: csv\n    file: a.csv\n"
        + lines.indent(4);
  }

  @Test
  void anUnknownKeyNamesTheNearest() {
    assertEquals(
        "job.yaml:3: data.train.labels: missing; expected a file's name\n"
            + "job.yaml:6: data.train.lables: unknown key; did you mean \"labels\"? (expected: format,"
            + " features, labels, scale, sha256)",
        error(
            """
                model: {layers: [4, 2]}
                data:
                  train:
                    format: idx
                    features: f
                    lables: l
                """));
  }

  @Test
  void anUnknownKeyThatIsNearNoneNamesAll() {
    assertEquals(
        "job.yaml:3: stop.passes: unknown key (expected: rounds, epochs, accuracy, loss, tolerance,"
            + " minutes, patience, min_delta, monitor)",
        error(GOOD + "stop: {passes: 3}"));
    assertEquals(
        "job.yaml:3: stop.epochs: rounds are given, too; leave one of them out",
        error(GOOD + "stop: {rounds: 4, epochs: 3}"));
    assertEquals(
        "job.yaml:3: \"a b\\n\": unknown key (expected: name, model, data, rule, batch,"
            + " local, partitions, evaluate_every, digest_every, mode, staleness, downlink, check_every, uplink, compute, checkpoint, team, regularize, stop, keep)",
        error(GOOD + "\"a b\\n\": 1"));
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
  void aSettingOfAnotherRuleIsUnknown() {
    assertEquals(
        "job.yaml:4: rule.learning_rate: unknown key (expected: " + keysOf("rprop") + ")",
        error(GOOD + "rule:\n  learning_rate: 1"));
  }

  @Test
  void aKeyGivenTwiceNamesBothLines() {
    assertEquals(
        "job.yaml:6: stop.rounds: given twice; first at job.yaml:4",
        error(GOOD + "stop:\n  rounds: 3\n  loss: 1\n  rounds: 4"));
  }

  @Test
  void aKeyThatIsNoWordIsRefused() {
    assertEquals(
        "job.yaml:3: expected a word as a key; found a list", error(GOOD + "? [a, b]\n: 3"));
  }

  @Test
  void whatIsMissingIsNamed() {
    assertEquals(
        "job.yaml:1: model: missing; expected a mapping with layers, parameters, function, activation, output, loss,"
            + " init, derivative_offset\n"
            + "job.yaml:1: data: missing; expected digits, or a mapping with folder, train, validation, test,"
            + " split, preprocess",
        error("name: a"));
    assertEquals(
        "job.yaml:2: model.layers: missing; expected a list of at least 2 whole numbers, such as"
            + " [64, 32, 10]\n"
            + "job.yaml:4: data.train: missing; expected a mapping such as {format: csv, file:"
            + " train.csv, label: class}",
        error("name: a\nmodel:\n  activation: tanh\ndata:\n  folder: a"));
    assertEquals(
        "job.yaml:2: data.train.format: missing; expected one of idx, npy, csv, parquet, libsvm, digits, external",
        error("model: {layers: [2, 2]}\ndata: {train: {file: a}}"));
    assertEquals(
        "job.yaml:2: data.train.file: missing; expected a file's name",
        error("model: {layers: [2, 2]}\ndata: {train: {format: libsvm}}"));
    assertEquals(
        "job.yaml:2: model.init.range: missing; expected a number above 0",
        error("model:\n  init: {scheme: uniform}\n  layers: [64, 10]\ndata: digits"));
    assertEquals(
        "job.yaml:3: batch.rows: missing; expected a whole number of at least 1",
        error(GOOD + "batch: {seed: 3}"));
  }

  @Test
  void aWordThatIsNoneOfTheChoicesNamesTheNearest() {
    assertEquals(
        "job.yaml:3: model.activation: expected one of tanh, sigmoid, relu, leaky-relu, elu, softplus, gelu; found \"tanhh\"; did"
            + " you mean \"tanh\"?",
        error("model:\n  layers: [64, 10]\n  activation: tanhh\ndata: digits"));
    assertEquals(
        "job.yaml:1: model.loss: expected one of cross-entropy, squared-error; found"
            + " \"crossentropy\"; did you mean \"cross-entropy\"?",
        error("model: {layers: [64, 10], loss: crossentropy}\ndata: digits"));
    assertEquals(
        "job.yaml:3: compute: expected exact; found \"gpu\"", error(GOOD + "compute: gpu"));
    assertEquals(
        "job.yaml:3: rule.name: expected one of gd, momentum, nesterov, rprop, rprop+, rprop-,"
            + " irprop+, irprop-, quickprop, rmsprop, adam, signsgd, signum, lion, newton, or a rule from a"
            + " jar under --plugins; found \"Adma\"; did you mean"
            + " \"adam\"?",
        error(GOOD + "rule: {name: Adma, eta: 3}"));
    assertEquals(
        "job.yaml:3: rule.after_flip: expected one of freeze, keep; found \"kep\"; did you mean"
            + " \"keep\"?",
        error(GOOD + "rule: {after_flip: kep}"));
  }

  @Test
  void aWholeNumberIsOneWithinItsRange() {
    assertEquals(
        "job.yaml:3: stop.rounds: expected a whole number of at least 1; found \"many\"",
        error(GOOD + "stop: {rounds: many}"));
    assertEquals(
        "job.yaml:3: stop.rounds: expected a whole number of at least 1; found 0",
        error(GOOD + "stop: {rounds: 0}"));
    assertEquals(
        "job.yaml:3: stop.rounds: expected a whole number of at least 1; found 1.5",
        error(GOOD + "stop: {rounds: 1.5}"));
    assertEquals(
        "job.yaml:3: stop.rounds: expected a whole number from 1 to 2147483647; found 2147483648",
        error(GOOD + "stop: {rounds: 2147483648}"));
    assertEquals(
        "job.yaml:3: stop.rounds: expected a whole number of at least 1; found the text \"5\"",
        error(GOOD + "stop: {rounds: '5'}"));
    assertEquals(
        "job.yaml:3: partitions: expected a whole number from 1 to 1048576; found 1048577",
        error(GOOD + "partitions: 1048577"));
    assertEquals(
        "job.yaml:3: check_every: expected a whole number of at least 1; found a list",
        error(GOOD + "check_every: [1]"));
    assertEquals(
        "job.yaml:3: check_every: expected a whole number of at least 1; found 0",
        error(GOOD + "check_every: 0"));
    assertEquals(
        "job.yaml:3: digest_every: expected a whole number of at least 0; found -1",
        error(GOOD + "digest_every: -1"));
    assertEquals(
        "job.yaml:3: check_every: expected a whole number of at least 1; found 0",
        error(GOOD + "check_every: 0"));
    assertEquals(
        "job.yaml:5: staleness: expected a whole number from 0 to 1000000; found -1",
        error(GOOD + "mode: async\nrule: {name: gd}\nstaleness: -1"));
    assertEquals(
        "job.yaml:3: batch.rows: expected a whole number of at least 1; found 0",
        error(GOOD + "batch: {rows: 0}"));
    assertEquals(
        "job.yaml:3: team.min_workers: expected a whole number of at least 1; found 0",
        error(GOOD + "team: {min_workers: 0}"));
    assertEquals(
        "job.yaml:3: checkpoint.keep: expected a whole number of at least 2; found 1",
        error(GOOD + "checkpoint: {keep: 1}"));
    assertEquals(
        "job.yaml:3: evaluate_every: expected a whole number of at least 1; found -3",
        error(GOOD + "evaluate_every: -3"));
    assertEquals(
        "job.yaml:3: batch.rows: expected a whole number of at least 1; found 0",
        error(GOOD + "batch: 0"));
    assertEquals(
        "job.yaml:3: batch.seed: expected a whole number; found \"x\"",
        error(GOOD + "batch: {rows: 1, seed: x}"));
    assertEquals(
        "job.yaml:1: model.init.seed: expected a whole number from -9223372036854775808 to"
            + " 9223372036854775807; found 9223372036854775808",
        error("model: {layers: [64, 10], init: {seed: 9223372036854775808}}\ndata: digits"));
  }

  @Test
  void aNumberIsFiniteAndWithinItsRange() {
    assertEquals(
        "job.yaml:3: stop.accuracy: expected a number in [0, 1]; found 95",
        error(GOOD + "stop: {accuracy: 95}"));
    assertEquals(
        "job.yaml:3: stop.loss: expected a number of at least 0; found -1",
        error(GOOD + "stop: {loss: -1}"));
    assertEquals(
        "job.yaml:3: stop.tolerance: expected a number above 0; found 0",
        error(GOOD + "stop: {tolerance: 0}"));
    assertEquals(
        "job.yaml:3: team.lease: expected auto or a number of at least 3; found 2.9",
        error(GOOD + "team: {lease: 2.9}"));
    assertEquals(
        "job.yaml:3: team.wait: expected a number of at least 0; found -1",
        error(GOOD + "team: {wait: -1}"));
    assertEquals(
        "job.yaml:3: stop.minutes: expected a number above 0; found \".inf\"",
        error(GOOD + "stop: {minutes: .inf}"));
    assertEquals(
        "job.yaml:3: stop.minutes: expected a number above 0; found 1e999",
        error(GOOD + "stop: {minutes: 1e999}"));
    assertEquals(
        "job.yaml:3: rule.increase: expected a number above 1; found \".nan\"",
        error(GOOD + "rule: {increase: .nan}"));
    assertEquals(
        "job.yaml:3: rule.increase: expected a number above 1; found 1.0",
        error(GOOD + "rule: {increase: 1.0}"));
    assertEquals(
        "job.yaml:3: rule.decrease: expected a number in (0, 1); found a mapping",
        error(GOOD + "rule: {decrease: {a: 1}}"));
  }

  @Test
  void aSettingStaysWithinItsRangeAsAFloat() {
    assertEquals(
        "job.yaml:3: rule.increase: expected a number above 1 when rounded to float32; found"
            + " 1.00000000001",
        error(GOOD + "rule: {increase: 1.00000000001}"));
    assertEquals(
        "job.yaml:3: rule.max_step: expected a number above 0 when rounded to float32; found 1e39",
        error(GOOD + "rule: {max_step: 1e39}"));
  }

  @Test
  void layersAreAListOfCounts() {
    String list = "expected a list of at least 2 whole numbers, such as [64, 32, 10]; found ";
    assertEquals(
        "job.yaml:1: model.layers: " + list + "64", error("model: {layers: 64}\ndata: digits"));
    assertEquals(
        "job.yaml:1: model.layers: " + list + "a list",
        error("model: {layers: [64]}\ndata: digits"));
    assertEquals(
        "job.yaml:4: model.layers[1]: expected a whole number of at least 1; found \"ten\"\n"
            + "job.yaml:5: model.layers[2]: expected a whole number of at least 1; found nothing",
        error("model:\n  layers:\n    - 64\n    - ten\n    -\ndata: digits"));
    assertEquals(
        "job.yaml:1: model.layers: a model has at most 2^31 parameters; up to"
            + " layer2.weight it has more",
        error("model: {layers: [64, 100000, 100000, 10]}\ndata: digits"));
  }

  @Test
  void aNameIsFitForAFolder() {
    String name =
        "job.yaml:3: name: expected a name of at most 100 letters, digits and _ + - . that begins with"
            + " neither - nor .; found ";
    assertEquals(name + "\"../x\"", error(GOOD + "name: ../x"));
    assertEquals(name + "\"a b\"", error(GOOD + "name: a b"));
    assertEquals(name + "\"\"", error(GOOD + "name: ''"));
    assertEquals(name + "\"..\"", error(GOOD + "name: .."));
  }

  @Test
  void aSectionIsAMapping() {
    assertEquals(
        "job.yaml:1: model: expected a mapping with layers, parameters, function, activation, output, loss, init,"
            + " derivative_offset; found a list",
        error("model: [64, 10]\ndata: digits"));
    assertEquals(
        "job.yaml:2: data: expected digits, or a mapping with folder, train, validation, test, split, preprocess; found \"digts\"",
        error("model: {layers: [64, 10]}\ndata: digts"));
    assertEquals(
        "job.yaml:3: rule: expected a rule's name, or a mapping with name and the rule's settings;"
            + " found a list",
        error(GOOD + "rule: [adam]"));
    assertEquals(
        "job.yaml:3: stop: expected a mapping with rounds, epochs, accuracy, loss, tolerance, minutes, patience, min_delta, monitor;"
            + " found 100",
        error(GOOD + "stop: 100"));
    assertEquals(
        "job.yaml:3: batch: expected full, a whole number of rows, or {rows: 256, seed: 1}; found"
            + " \"half\"",
        error(GOOD + "batch: half"));
    assertEquals(
        "job.yaml:1: model.init: expected a mapping with scheme, seed, range, file; found \"he\"",
        error("model: {layers: [64, 10], init: he}\ndata: digits"));
    assertEquals(
        "job.yaml:1: data.train: expected a mapping such as {format: csv, file: train.csv, label:"
            + " class}; found \"a.csv\"",
        error("data: {train: a.csv}\nmodel: {layers: [64, 10]}"));
  }

  @Test
  void aCsvHasEitherALabelOrTargets() {
    assertEquals(
        "job.yaml:3: data.train: give either a label column or target columns", error(csv("")));
    assertEquals(
        "job.yaml:3: data.train: give either a label column or target columns",
        error(csv("label: a\ntargets: [b, c]")));
  }

  @Test
  void arraysHaveEitherLabelsOrTargets() {
    String npy = "model: {layers: [2, 2]}\ndata: {train: {format: npy, features: x%s}}";
    for (String wanted : List.of("", ", labels: y, targets: y")) {
      assertEquals(
          "job.yaml:2: data.train: give either labels or targets", error(npy.formatted(wanted)));
    }
    assertEquals(
        "job.yaml:3: regularize.label_smoothing: needs labels, but the rows have targets",
        error(npy.formatted(", targets: y") + "\nregularize: {label_smoothing: 0.1}"));
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
  void columnsOfACsvWithoutHeaderAreIndices() {
    String index = "expected a column's index from 0, as there is no header; found ";
    assertEquals(
        "job.yaml:7: data.train.label: " + index + "\"class\"",
        error(csv("header: false\nlabel: class")));
    assertEquals(
        "job.yaml:7: data.train.targets[1]: " + index + "-1",
        error(csv("header: false\ntargets: [3, -1]")));
  }

  @Test
  void parquetNeedsToldNeitherNamesNorSeparators() {
    assertEquals(
        "job.yaml:6: data.train.header: applies only to format: csv\n"
            + "job.yaml:7: data.train.separator: applies only to format: csv",
        error(
            csv("header: false\nseparator: ';'\nlabel: class")
                .replace("format: csv", "format: parquet")));
  }

  @Test
  void aCsvIsReadAsItSays() {
    assertEquals(
        "job.yaml:6: data.train.header: expected true or false; found \"yes\"\n"
            + "job.yaml:7: data.train.separator: expected one character, such as \",\" or \"\\t\";"
            + " found \"tab\"\n"
            + "job.yaml:8: data.train.scale: expected a number above 0; found 0\n"
            + "job.yaml:9: data.train.targets: expected a list of columns, such as [x, y]; found"
            + " \"y\"",
        error(csv("header: yes\nseparator: tab\nscale: 0\ntargets: y")));
  }

  @Test
  void targetsAndClassesAreAsManyAsTheModelTellsApart() {
    assertEquals(
        "job.yaml:6: data.train.targets: expected as many columns as the model has outputs, which"
            + " is 2; found 3",
        error(csv("targets: [a, b, c]")));
    assertEquals(
        "job.yaml:7: data.train.classes: expected 2 classes, as the model has 2 outputs; found 3",
        error(csv("label: a\nclasses: [a, b, c]")));
    assertEquals(
        "job.yaml:2: data.train.classes: expected 2 classes, as the model has 1 output; found 3",
        error(
            "model: {layers: [3, 1], output: sigmoid}\n"
                + "data: {train: {format: libsvm, file: a, classes: [a, b, c]}}"));
  }

  @Test
  void aFileNameIsPrintable() {
    assertEquals(
        "job.yaml:2: data.train.features: expected a file's name; found \"a\\u0000b\"\n"
            + "job.yaml:2: data.train.labels: expected a file's name; found \"\"",
        error(
            "model: {layers: [3, 1]}\n"
                + "data: {train: {format: idx, features: \"a\\0b\", labels: ''}}"));
  }

  @Test
  void theDigitsFixTheFirstAndTheLastLayer() {
    assertEquals(
        "job.yaml:2: model.layers: the digits need 64 inputs and 10 outputs, as in [64, 32, 10];"
            + " found [784, 10]",
        error("model:\n  layers: [784, 10]\ndata: digits"));
  }

  @Test
  void accuracyTakesLabelledRowsToTestOn() {
    assertEquals(
        "job.yaml:3: stop.accuracy: needs validation or test rows; add data.validation, data.test or data.split",
        error("model: {layers: [64, 10]}\ndata: {train: {format: digits}}\nstop: {accuracy: 0.9}"));
    assertEquals(
        "job.yaml:8: stop.accuracy: needs labels, but the rows have targets",
        error(
            csv("label: a")
                + "  test: {format: csv, file: b, targets: [a, b]}\nstop: {accuracy: 0.9}"));
  }

  @Test
  void linearOutputsHaveNoCrossEntropy() {
    assertEquals(
        "job.yaml:1: model.loss: linear outputs have no cross-entropy; expected squared-error",
        error("model: {layers: [64, 10], output: linear, loss: cross-entropy}\ndata: digits"));
  }

  @Test
  void anOffsetOnTheDerivativeTakesASigmoid() {
    String misplaced =
        "job.yaml:1: model: derivative_offset is for the sigmoid's derivative: of sigmoid hidden"
            + " units, or of sigmoid outputs with a squared error; this model has neither";
    assertEquals(
        misplaced, error("model: {layers: [64, 9, 10], derivative_offset: 0.1}\ndata: digits"));
    assertEquals(
        misplaced,
        error(
            "model: {layers: [64, 10], activation: sigmoid, output: sigmoid, derivative_offset:"
                + " 0.1}\ndata: digits"));
    assertEquals(
        "job.yaml:1: model.derivative_offset: expected a number in [0, 1]; found -0.1",
        error("model: {layers: [64, 10], derivative_offset: -0.1}\ndata: digits"));
  }

  @Test
  void anOffsetOnTheDerivativeHasNoCurvature() {
    assertEquals(
        "job.yaml:1: model.derivative_offset: turns the gradient into one that no function has, and"
            + " rule newton needs the curvature that belongs to it; use another rule, or leave it"
            + " out",
        error(
            "model: {layers: [64, 9, 10], activation: sigmoid, derivative_offset: 0.1}\n"
                + "data: digits\nrule: {name: newton}"));
  }

  @Test
  void onlyUniformWeightsHaveARange() {
    assertEquals(
        "job.yaml:1: model.init.range: applies only to scheme uniform; found scheme he",
        error("model: {layers: [64, 10], init: {scheme: he, range: 1}}\ndata: digits"));
  }

  @Test
  void aMistakeInAnOverrideNamesTheOverride() {
    assertEquals(
        "--set rule.nmae=adam: unknown key; did you mean \"name\"? (expected: "
            + keysOf("rprop")
            + ")",
        error(GOOD, "rule.nmae=adam"));
    assertEquals(
        "--set stop.rounds=many: expected a whole number of at least 1; found \"many\"",
        error(GOOD, "stop.rounds=many"));
    assertEquals(
        "--set stop={rounds: many}: stop.rounds: expected a whole number of at least 1; found"
            + " \"many\"",
        error(GOOD, "stop={rounds: many}"));
    assertEquals(
        "--set stpo.rounds=3: stpo: unknown key; did you mean \"stop\"? (expected: name, model,"
            + " data, rule, batch, local, partitions, evaluate_every, digest_every, mode, staleness, downlink, check_every, uplink, compute, checkpoint, team, regularize, stop, keep)",
        error(GOOD, "stpo.rounds=3"));
    assertEquals(
        "--set model.layers.1=3: model.layers: expected a list of at least 2 whole numbers, such"
            + " as [64, 32, 10]; found a mapping",
        error(GOOD, "model.layers.1=3"));
    assertEquals(
        "--set stop={loss: 1, loss: 2}: stop.loss: given twice; first at --set stop={loss: 1,"
            + " loss: 2}",
        error(GOOD, "stop={loss: 1, loss: 2}"));
  }

  @Test
  void anOverrideIsAKeyAndAValue() {
    assertEquals(
        "--set rule.name: expected KEY=VALUE, such as rule.name=adam", error(GOOD, "rule.name"));
    assertEquals("--set =adam: expected KEY=VALUE, such as rule.name=adam", error(GOOD, "=adam"));
    assertEquals(
        "--set rule..name=adam: expected KEY=VALUE, such as rule.name=adam",
        error(GOOD, "rule..name=adam"));
    assertEquals(
        "--set model.layers=[64,: not valid YAML: expected the node content, but found"
            + " '<stream end>'",
        error(GOOD, "model.layers=[64,"));
  }

  @Test
  void aSettingGivenBesideTheFileIsNotDroppedWithTheRule() {
    assertEquals(
        "--set rule.max_step=3: unknown key (expected: " + keysOf("gd") + ")",
        error(GOOD + "rule: {max_step: 2}", "rule.max_step=3", "rule.name=gd"));
  }

  @Test
  void problemsOfTheFileComeBeforeThoseOfOverrides() {
    assertEquals(
        "job.yaml:3: compute: expected exact; found \"gpu\"\n"
            + "job.yaml:4: name: expected a name of at most 100 letters, digits and _ + - . that begins with"
            + " neither - nor .; found \"?\"\n"
            + "--set stop.rounds=0: expected a whole number of at least 1; found 0\n"
            + "--set partitions=x: expected a whole number from 1 to 1048576; found \"x\"",
        error(GOOD + "compute: gpu\nname: '?'", "stop.rounds=0", "partitions=x"));
  }

  @Test
  void theSameItemWrongTwiceIsTwoProblems() {
    assertEquals(
        "--set model.layers=[0, 10, 0]: model.layers[0]: expected a whole number of at least 1;"
            + " found 0\n"
            + "--set model.layers=[0, 10, 0]: model.layers[2]: expected a whole number of at least"
            + " 1; found 0",
        error(GOOD, "model.layers=[0, 10, 0]"));
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
        "--set " + "a.".repeat(30) + "...: expected KEY=VALUE, such as rule.name=adam",
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
        "job.yaml:2: not valid YAML: mapping values are not allowed here",
        error("model: {layers: [64, 10]}\nname: a: b"));
    assertEquals(
        "job.yaml:2: not valid YAML: found character '\\t(TAB)' that cannot start any token."
            + " (Do not use \\t(TAB) for indentation)",
        error("model:\n\tlayers: [64, 10]"));
    assertEquals(
        "job.yaml:3: not valid YAML: the character U+0007 is not allowed",
        error(GOOD + "name: \u0007"));
    assertEquals(
        "job.yaml:2: expected YAML 1.2; found %YAML 9.9; leave that line out",
        error("# mine\n%YAML 9.9\n---\n" + GOOD));
    assertFalse(error(GOOD + "name: \"\\UFFFFFFFF\"").contains("java"));
  }

  @Test
  void whatYamlOffersBeyondPlainDataIsRefused() {
    assertEquals(
        "job.yaml:3: tags are not supported; leave out tag:yaml.org,2002:java.net.URL",
        error(GOOD + "name: !!java.net.URL [x]"));
    assertEquals(
        "job.yaml:4: aliases are not supported; write out what *a stands for",
        error(GOOD + "rule: &a {name: rprop}\nstop: *a"));
    assertEquals(
        "job.yaml:3: expected one YAML document; a second one starts here",
        error(GOOD + "---\nname: x"));
    assertEquals("job.yaml:1: nested more than 16 levels deep", error("[".repeat(100_000)));
  }

  @Test
  void aJobIsAMapping() {
    assertEquals(
        "job.yaml:1: expected a mapping with name, model, data, rule, batch,"
            + " local, partitions, evaluate_every, digest_every, mode, staleness, downlink, check_every, uplink, compute, checkpoint, team, regularize, stop, keep; found a list",
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
  void aModeThatTheRuleMakesNoSenseOfIsRefusedWithTheReason() {
    assertEquals(
        "--set mode=async: cannot be async with rule rprop: it compares the signs of"
            + " successive gradients of the whole batch, and those of parts of it flip by chance;"
            + " use mode: sync, or one of the rules gd, momentum, nesterov, rmsprop, adam,"
            + " signsgd, signum, lion",
        error(GOOD, "mode=async"));
    for (String rule : List.of("rprop+", "rprop-", "irprop+", "irprop-", "quickprop", "newton")) {
      String found = error(GOOD, "mode=async", "rule.name=" + rule);
      assertTrue(found.contains("cannot be async with rule " + rule + ": "), found);
    }
    assertEquals(
        "--set rule.clip_norm=1: needs the gradient of the whole batch and vector, but mode: async"
            + " applies each part as it comes; use mode: sync, or leave it out",
        error(GOOD, "mode=async", "rule.name=adam", "rule.clip_norm=1"));
    assertEquals("--set staleness=2: applies only to mode: async", error(GOOD, "staleness=2"));
  }

  @Test
  void localStepsThatCannotBeMeantAreRefusedWithTheReason() {
    String local = "local={steps: 5, batch: 8, rule: gd}";
    assertEquals(
        "job.yaml:3: local.batch: missing; expected a whole number from 1 to 1048576\n"
            + "job.yaml:3: local.rule: missing; expected a rule's name, or a mapping with name and"
            + " the rule's settings\n"
            + "job.yaml:3: local.step: unknown key; did you mean \"steps\"? (expected: steps, batch,"
            + " rule)\n"
            + "job.yaml:3: local.steps: missing; expected a whole number from 1 to 1048576",
        sorted(error(GOOD + "local: {step: 5}")));
    assertEquals(
        "--set batch=64: local steps take batches of their own, of local.batch rows; leave one of"
            + " them out",
        error(GOOD, local, "batch=64"));
    assertEquals(
        "--set "
            + local
            + ": needs mode: sync, as the outer rule steps on the mean of what all"
            + " partitions have come to; use one or the other",
        error(GOOD, local, "rule=gd", "mode=async"));
    assertEquals(
        "--set rule.name=newton: needs the curvature of the loss at one point, which local steps do"
            + " not give; use another rule, or leave local out",
        error(GOOD, local, "rule.name=newton"));
    assertEquals(
        "--set local.rule=newton: local.rule.name: needs curvature, but local steps are taken on gradients; use"
            + " another rule",
        error(GOOD, local, "local.rule=newton"));
    assertEquals(
        "--set local.rule.gradient_noise=0.1: would be the same noise in every partition; give it"
            + " to the outer rule, as rule.gradient_noise",
        error(GOOD, local, "local.rule.gradient_noise=0.1"));
    assertEquals(
        "--set stop.tolerance=0.1: compares the outputs of all rows at the same weights, but local"
            + " steps take rows at ever other ones; leave it out",
        error(GOOD, local, "stop.tolerance=0.1"));
    assertTrue(
        error(GOOD, local, "local.rule.speed=1").contains("local.rule.speed=1: unknown key"));
    assertTrue(error(GOOD, "local=5").contains("expected a mapping with steps, batch, rule"));
  }

  private static String sorted(String lines) {
    return lines.lines().sorted().collect(Collectors.joining("\n"));
  }

  @Test
  void signsOfARuleThatNeedsMoreAreRefused() {
    assertEquals(
        "--set downlink=signs: needs a rule whose step can be replayed from signs: rprop,"
            + " rprop+, rprop-, irprop+, irprop-, signsgd, signum, lion; found adam",
        error(GOOD, "downlink=signs", "rule.name=adam"));
  }

  @Test
  void aSettingThatIsGivenByTwoNamesIsRefused() {
    String rule = "rule: {name: adam, learning_rate: 0.1, lr: 0.1}";
    assertTrue(
        error(GOOD + rule)
            .endsWith(
                "rule.lr: another name for learning_rate, which is given too; leave one of them"
                    + " out"));
    assertEquals(
        "--set rule.rho=0.2: another name for alpha, which is given too; leave one of"
            + " them out",
        error(GOOD, "rule.name=rmsprop", "rule.rho=0.2", "rule.alpha=0.2"));
  }

  @Test
  void signsOfPartsOfABatchAreRefused() {
    assertEquals(
        "--set downlink=signs: needs mode: sync, as workers can only replay the steps of whole"
            + " rounds; use one or the other",
        error(GOOD, "downlink=signs", "rule.name=lion", "mode=async"));
  }
}
