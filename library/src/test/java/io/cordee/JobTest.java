package io.cordee;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.common.job.StopConditions;
import io.cordee.common.job.data.SourceSpec;
import io.cordee.common.model.TensorFile;
import io.cordee.common.text.Advice;
import io.cordee.function.Layout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

class JobTest {

  @TempDir Path folder;

  @Test
  void whatIsSaidIsInTheJob() {
    Job job =
        Line.job()
            .optimizer("adam", Map.of("learning_rate", 0.25))
            .batch(16)
            .partitions(4)
            .stop(Stop.epochs(7).or(Stop.loss(0.5)).or(Stop.minutes(3)))
            .set("name", "line")
            .build();
    assertEquals("line", job.name());
    assertEquals(Line.LAYOUT, job.layout());
    String file = job.toString();
    for (String line :
        List.of("name: adam", "learning_rate: 0.25", "partitions: 4", "epochs: 7", "loss: 0.5")) {
      assertTrue(file.contains(line), file);
    }
  }

  @Test
  void namesOfTensorsMayBeAnything() {
    Layout layout = Layout.of(Map.of("a: \"b\" #{<é>}", List.of(1, 2)));
    Job job = Job.builder().parameters(layout, new float[2]).rows(40).build();
    assertEquals(layout, job.layout());
  }

  @Test
  void ofTwoConditionsOfAKindTheLaterCounts() {
    Job job = Line.job().stop(Stop.rounds(5).or(Stop.rounds(6))).build();
    assertTrue(job.toString().contains("rounds: 6"), job::toString);
  }

  @Test
  void anyConditionTakesThePlaceOfTheUsualRounds() {
    assertEquals(100, rounds(line()));
    assertEquals(StopConditions.UNBOUNDED, rounds(line().stop(Stop.minutes(1))));
    assertEquals(StopConditions.UNBOUNDED, rounds(line().set("stop.tolerance", 0.4)));
    assertEquals(7, rounds(line().stop(Stop.minutes(1).or(Stop.rounds(7)))));
    assertEquals(7, rounds(line().stop(Stop.rounds(7)).stop(Stop.minutes(1))));
    Job job = line().stop(Stop.epochs(3).or(Stop.loss(0.1))).build();
    assertEquals(3, job.spec().stop().epochs().orElseThrow());
  }

  private static Job.Builder line() {
    return Job.builder().parameters(Line.LAYOUT, new float[4]).rows(Line.ROWS).partitions(8);
  }

  private static int rounds(Job.Builder builder) {
    return builder.build().spec().stop().rounds();
  }

  @Test
  void parametersAreRequired() {
    assertEquals(
        "the job has no parameters; give layout and first values", problem(Job.builder().rows(10)));
  }

  @Test
  void thereIsAFirstValueForEveryParameter() {
    assertEquals(
        "parameters: expected 4 first values, as many as the layout has; found 3",
        refusal(() -> Line.job().parameters(Line.LAYOUT, new float[3])));
  }

  @Test
  void firstValuesAreFinite() {
    assertEquals(
        "parameters: expected finite first values; found NaN in slope, at index 2 of all values",
        refusal(() -> Line.job().parameters(Line.LAYOUT, new float[] {1, 2, Float.NaN, 4})));
    assertEquals(
        "parameters: expected finite first values; found -Infinity in intercept, at index 3 of all"
            + " values",
        refusal(
            () ->
                Line.job()
                    .parameters(Line.LAYOUT, new float[] {1, 2, 3, Float.NEGATIVE_INFINITY})));
  }

  @Test
  void aKeyIsSetToAValue() {
    assertEquals(
        "digest_every: expected a value; found null; give the text \"null\" for the default",
        refusal(() -> Line.job().set("digest_every", null)));
  }

  @Test
  void thereIsARowForEachPartitionUnlessTheirNumberIsSaid() {
    Job.Builder builder = Job.builder().parameters(Line.LAYOUT, new float[4]);
    assertEquals("32", rows(builder.build()));
    assertEquals("7", rows(builder.set("partitions", 7).build()));
    assertEquals("60", rows(builder.rows(60).build()));
    assertEquals(
        "data.train.name: expected how many rows the gradient functions hold, at least 1, as in"
            + " \"800\" or \"200 from 800\"; found 0",
        problem(builder.rows(0)));
  }

  @Test
  void thereAreNoFewerRowsThanPartitionsOrThanABatchTakes() {
    assertEquals(
        "partitions: expected at most 2, as there are no more rows; found 4",
        problem(Line.job().rows(2).partitions(4)));
    assertEquals(
        "batch: expected at most 60, as there are no more rows; found 61",
        problem(Line.job().batch(61)));
    assertEquals("4", rows(Line.job().rows(4).partitions(4).batch(4).build()));
  }

  private static String rows(Job job) {
    return ((SourceSpec.External) job.spec().data().train()).name();
  }

  @Test
  void aSecondOptimizerForgetsTheSettingsOfTheFirst() {
    Job.Builder builder = Line.job().optimizer("adam", Map.of("learning_rate", 0.25, "beta1", 0.5));
    assertEquals(
        Line.job().optimizer("rprop").build().toString(),
        builder.optimizer("rprop").build().toString());
    assertEquals(
        Line.job().optimizer("adam").build().toString(),
        builder.optimizer("adam").build().toString());
  }

  @Test
  void otherKeysOfAnOptimizerMayBeSetBeforeIt() {
    assertEquals(
        Line.job().optimizer("gd").set("optimizer.weight_decay", 0.25).build().toString(),
        Line.job().set("optimizer.weight_decay", 0.25).optimizer("gd").build().toString());
  }

  @Test
  void anOptimizerThatDoesNotExistIsNamed() {
    String problem = problem(Line.job().optimizer("rpropp"));
    assertTrue(problem.startsWith("optimizer=rpropp: optimizer"), problem);
    assertTrue(problem.contains("did you mean \"rprop\"?"), problem);
    assertTrue(problem.contains("or an optimizer from a jar on the class path"), problem);
  }

  @Test
  void allProblemsAreInOneLine() {
    String problem =
        problem(
            Line.job()
                .optimizer("rprop", Map.of("max_stepp", 1))
                .partitions(0)
                .stop(Stop.rounds(-1)));
    for (String word : List.of("optimizer.max_stepp=1: ", "partitions=0: ", "stop.rounds=-1: ")) {
      assertTrue(problem.contains(word), problem);
    }
    assertEquals(1, problem.lines().count());
  }

  @Test
  void aFileThatIsNotThereIsNamed() {
    assertEquals(
        "nowhere.yaml: no such file",
        assertThrows(CordeeException.class, () -> Job.read(Path.of("nowhere.yaml"))).getMessage());
  }

  @Test
  void noAdviceIsAnOptionOfTheCommand() throws Exception {
    Line.job().build();
    for (Advice advice : Advice.values()) {
      String words = advice.toString();
      assertFalse(words.contains("--") || words.contains("CORDEE"), words);
    }
    Path table = Files.writeString(folder.resolve("line.csv"), "x,y\n1,2\n");
    assertEquals(table + ": a table; expected a job file", refusal(() -> Job.read(table)));
  }

  @Test
  void aFileSaysTheSame() throws Exception {
    Job job = Line.job().optimizer("quickprop").build();
    Path first = folder.resolve("first.safetensors");
    TensorFile.write(first, Line.LAYOUT, new float[4]);
    Path file =
        Files.writeString(
            folder.resolve("job.yaml"),
            """
            model: {parameters: first.safetensors}
            data: {train: {format: external, name: 60, labels: false}}
            optimizer: quickprop
            partitions: 8
            """);
    Job read = Job.read(file, "stop.rounds=30");
    assertEquals(job.layout(), read.layout());
    try (LocalTeam one = LocalTeam.of(job, 1, thread -> new Line());
        LocalTeam other = LocalTeam.of(read, 2, thread -> new Line())) {
      assertEquals(one.train().digest(), other.train().digest());
    }
  }

  @Test
  void modelsAndRowsThatGradientFunctionsDoNotHoldAreRefused() throws Exception {
    Path network =
        Files.writeString(
            folder.resolve("digits.yaml"), "model: {layers: [64, 10]}\ndata: digits\n");
    String problem = assertThrows(CordeeException.class, () -> Job.read(network)).getMessage();
    assertTrue(problem.endsWith("found a network, 64-10"), problem);
    String rows = "{format: csv, file: rows.csv, targets: [y]}";
    assertTrue(
        problem(Line.job().set("model.inputs", 3).set("model.outputs", 1).set("data.train", rows))
            .endsWith("found files"));
    assertTrue(
        problem(Line.job().set("data.test", "{format: external, name: 9, labels: false}"))
            .endsWith("found a split, or test rows; leave them out"));
  }

  @Test
  void validationRowsAreOthersThanThoseToTrainOn() {
    String rows = "{format: external, name: %s, labels: false}";
    assertEquals(
        "data.validation.name: expected rows that are not trained on, as in \"10 from 60\"; found \"10"
            + " from 55\", and those to train on are \"60\"",
        problem(Line.job().set("data.validation", rows.formatted("10 from 55"))));
    assertEquals(
        Line.job().validationRows(10).build().toString(),
        Line.job().set("data.validation", rows.formatted("10 from 60")).build().toString());
  }

  @Test
  void patienceNeedsValidationRows() {
    assertEquals(
        "stop.patience=3: needs validation rows; add data.validation, as by"
            + " Job.Builder.validationRows",
        problem(Line.job().stop(Stop.patience(3))));
    Job job =
        Line.job().validationRows(10).stop(Stop.patience(3).or(Stop.patienceRounds(4))).build();
    assertEquals("4 rounds", job.spec().stop().patience().orElseThrow().toString());
  }

  private static String problem(Job.Builder builder) {
    return refusal(builder::build);
  }

  private static String refusal(Executable call) {
    return assertThrows(CordeeException.class, call).getMessage();
  }
}
