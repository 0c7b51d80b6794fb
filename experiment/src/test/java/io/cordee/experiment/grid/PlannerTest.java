package io.cordee.experiment.grid;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.common.job.Batch;
import io.cordee.common.job.Job;
import io.cordee.common.job.file.JobException;
import io.cordee.common.optimizer.OptimizerCatalog;
import io.cordee.experiment.grid.Planner.Planned;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PlannerTest {

  private static final long ROWS = 1437;

  @TempDir private Path folder;

  private final List<String> sets = new ArrayList<>();
  private Optional<Presets> own = Optional.empty();
  private Budget budget = Budget.OF_JOB;
  private Optional<Path> file = Optional.empty();

  private List<Planned> plan(String... axes) {
    Grid grid = new Grid(List.of(axes).stream().map(Axis::parse).toList(), List.of(7L));
    return new Planner(new Planner.Origin(file, sets, own, budget, ROWS, 4), grid).plan();
  }

  private Job job(String... axes) {
    return plan(axes).get(0).job();
  }

  @Test
  void theSeedIsThatOfTheWeightsAndOfTheBatches() {
    Job job = job("batch=256");

    assertEquals(7, job.model().seed());
    assertEquals(new Batch.Rows(256, 7), job.batch());
    assertEquals(new Batch.Full(), job("batch=full").batch());
  }

  @Test
  void localStepsAndTheirOptimizerAreVariedLikeAnyKeys() throws IOException {
    String local = "local: {steps: 4, batch: 8, optimizer: {name: adam, learning_rate: 0.01}}";
    file = Optional.of(folder.resolve("local.yaml"));
    Files.writeString(file.get(), "model: {layers: [64, 10]}\ndata: digits\n" + local);
    budget = Budget.parse("rows=10000");
    List<Planned> cells = plan("local.steps=2,8", "partitions=4,8");
    assertEquals(
        List.of(156, 78, 39, 19), cells.stream().map(cell -> cell.job().stop().rounds()).toList());
    assertEquals(
        List.of("adam", "momentum"),
        plan("local.optimizer=adam,momentum").stream()
            .map(cell -> cell.job().local().orElseThrow().optimizer().name())
            .toList());
    assertEquals(
        List.of(0.1, 0.3),
        plan("local.optimizer.learning_rate=0.1,0.3").stream()
            .map(cell -> cell.job().local().orElseThrow().optimizer())
            .map(optimizer -> optimizer.settings().number("learning_rate"))
            .toList());
  }

  @Test
  void inputsAndRowsOfIdsMayBeCountedBesideTheFile() throws IOException {
    file = Optional.of(folder.resolve("ids.yaml"));
    Files.writeString(
        file.get(),
        """
        model: {layers: [2]}
        data: {train: {format: csv, file: a.csv, label: y}, ids: {town: {dim: 3}}}
        """);
    sets.addAll(List.of("model.inputs=4", "data.ids.town.rows=9"));
    assertEquals(
        List.of(4, 4),
        plan("optimizer=adam,rprop").stream().map(cell -> cell.job().model().inputs()).toList());
  }

  @Test
  void presetsAreForGradientsAndNotForLocalSteps() {
    sets.add("local={steps: 4, batch: 8, optimizer: adam}");
    assertEquals(
        List.of("job", "defaults"),
        plan("optimizer=rprop,nesterov").stream().map(Planned::source).toList());
  }

  @Test
  void theJobsOwnOptimizerKeepsItsSettingsAndOthersGetPresets() {
    List<Planned> cells = plan("optimizer=rprop,adam,quickprop");

    assertEquals(List.of("job", "preset", "preset"), cells.stream().map(Planned::source).toList());
    assertEquals(0.1, cells.get(0).job().optimizer().settings().number("max_step"));
    assertEquals(0.01, cells.get(1).job().optimizer().settings().number("learning_rate"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "optimizer: {name: rprop}\n",
        "optimizer: {name: rprop, weight_decay: 0.01}\n",
        "optimizer: {name: rprop, max_step: null}\n"
      })
  void anOptimizerWithoutSettingsInTheFileGetsItsPresetLikeTheOthers(String optimizer)
      throws IOException {
    jobFile(optimizer);

    List<Planned> cells = plan("optimizer=rprop,irprop-,adam");

    for (Planned cell : cells) {
      assertEquals("preset", cell.source());
    }
    for (Planned cell : cells.subList(0, 2)) {
      assertEquals(0.1, cell.job().optimizer().settings().number("max_step"));
    }
    assertEquals(
        optimizer.contains("decay") ? 0.01 : 0,
        cells.get(0).job().optimizer().settings().number("weight_decay"),
        "an option is the job's");
  }

  @Test
  void aDefaultThatTheFileWritesOutIsTheJobs() throws IOException {
    jobFile("optimizer: {name: rprop, max_step: 50}\n");

    Planned cell = plan("optimizer=rprop").get(0);

    assertEquals("job", cell.source());
    assertEquals(50, cell.job().optimizer().settings().number("max_step"));
  }

  @Test
  void anOptimizerGivenBySetAsAWholeIsTheJobs() {
    sets.add("optimizer={name: adam, learning_rate: 0.2}");

    Planned cell = plan("batch=full").get(0);

    assertEquals(0.2, cell.job().optimizer().settings().number("learning_rate"));
    assertEquals("job", cell.source());
  }

  @Test
  void whatIsSetVariedOrTunedIsNamedBesideWhereTheRestIsFrom() {
    sets.add("optimizer.beta=0.5");
    List<Planned> cells = plan("optimizer=momentum,nesterov", "optimizer.learning_rate=0.3,0.4");

    assertEquals("set beta; varied learning_rate", cells.get(0).source(), "nothing else is left");
    sets.set(0, "optimizer.delta=0.8");
    assertEquals("preset; set delta", plan("optimizer=adam").get(0).source());
    assertEquals("preset", plan("optimizer=adam,rmsprop").get(1).source(), "it has no delta");
  }

  @Test
  void settingsMayBeVariedAndSetByTheirOtherNames() {
    sets.add("optimizer.beta1=0.8");
    List<Planned> cells = plan("optimizer=adam,lion", "optimizer.lr=0.3,0.4");

    assertEquals("preset; set delta; varied learning_rate", cells.get(0).source());
    assertEquals(0.3, cells.get(0).job().optimizer().settings().number("learning_rate"));
    assertEquals(0.8, cells.get(0).job().optimizer().settings().number("delta"));
    assertEquals(0.8, cells.get(2).job().optimizer().settings().number("beta1"));
  }

  @Test
  void aSettingThatIsVariedAndSetByTwoNamesIsRefused() {
    sets.add("optimizer.lr=0.1");
    assertEquals(
        "optimizer.lr: another name for optimizer.learning_rate, which is given too; leave one of them out",
        assertThrows(
                GridException.class,
                () -> plan("optimizer=adam", "optimizer.learning_rate=0.3,0.4"))
            .getMessage());
    sets.set(0, "optimizer.gamma=0.9");
    sets.add("optimizer.beta2=0.99"); // the same with adam, which is not compared here
    assertEquals(2, plan("optimizer=rmsprop,lion").size());
  }

  private void jobFile(String optimizer) throws IOException {
    file = Optional.of(folder.resolve("job.yaml"));
    Files.writeString(file.get(), "model: {layers: [64, 10]}\ndata: digits\n" + optimizer);
  }

  @Test
  void theRpropFamilySharesTheStepSizesOfTheJob() throws IOException {
    jobFile("optimizer: {name: rprop, initial_step: 0.2, max_step: 50, after_flip: keep}\n");

    List<Planned> cells = plan("optimizer=rprop,rprop+,irprop-,adam", "batch=full,64");

    assertEquals(
        List.of("job", "job", "job (rprop)", "job (rprop)", "job (rprop)", "job (rprop)"),
        cells.stream().limit(6).map(Planned::source).toList());
    for (Planned cell : cells.subList(0, 6)) {
      assertEquals(50, cell.job().optimizer().settings().number("max_step"));
      assertEquals(0.2, cell.job().optimizer().settings().number("initial_step"));
      assertEquals(1e-6, cell.job().optimizer().settings().number("min_step"));
    }
    assertEquals("preset", cells.get(6).source());
    own = Optional.of(Presets.builtIn());
    Planned preset = plan("optimizer=rprop,rprop+").get(1);
    assertEquals("preset", preset.source());
    assertEquals(0.1, preset.job().optimizer().settings().number("max_step"));
  }

  @Test
  void everyOptimizerHasAPreset() {
    for (String optimizer : OptimizerCatalog.names()) {
      assertTrue(Presets.builtIn().of(optimizer, new Batch.Full()).isPresent(), optimizer);
    }
  }

  @Test
  void aSettingOfTheJobsOptimizerDoesNotLeakIntoAnother() throws IOException {
    jobFile("optimizer: {name: momentum, learning_rate: 0.7, beta: 0.5, weight_decay: 0.01}\n");

    Job nesterov = job("optimizer=nesterov");

    assertEquals(0.2, nesterov.optimizer().settings().number("learning_rate"));
    assertEquals(0.9, nesterov.optimizer().settings().number("beta"));
    assertEquals(
        0.01, nesterov.optimizer().settings().number("weight_decay"), "an option of the job");
  }

  @Test
  void presetsOfTheUserWinOverTheJobAndDifferByBatch() throws IOException {
    Path presets = folder.resolve("presets.yaml");
    Files.writeString(
        presets,
        "rprop:\n  full: {max_step: 0.5}\n  rows: {initial_step: 0.01, max_step: 0.05}\nadam: {learning_rate: 0.2}\n");
    own = Optional.of(Presets.read(presets));

    List<Planned> cells = plan("optimizer=rprop,adam", "batch=full,64");

    assertEquals(0.5, cells.get(0).job().optimizer().settings().number("max_step"));
    assertEquals(0.05, cells.get(1).job().optimizer().settings().number("max_step"));
    assertEquals(0.2, cells.get(3).job().optimizer().settings().number("learning_rate"));
    assertEquals("preset file", cells.get(0).source());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "- 1",
        "adm: {learning_rate: 1}",
        "adam: {rate: 1}",
        "adam: 3",
        "adam: {full: {}, rate: 1}",
        "a: [",
        "a: &x b\nc: *x"
      })
  void presetsThatMakeNoSenseAreRefusedByName(String yaml) throws IOException {
    Path presets = folder.resolve("presets.yaml");
    Files.writeString(presets, yaml);

    GridException refused = assertThrows(GridException.class, () -> Presets.read(presets));

    assertTrue(refused.getMessage().contains("presets.yaml"), refused::getMessage);
  }

  @Test
  void presetsThatAreNoYamlAreRefusedWithLineAndReason() throws IOException {
    Path presets = folder.resolve("readme.md");
    Files.writeString(presets, "# Title\n\n[![build](x)](y) text: more\nadam: 3\n");

    GridException refused = assertThrows(GridException.class, () -> Presets.read(presets));

    String message = refused.getMessage();
    assertTrue(
        message.matches("(?s).*readme\\.md:3: not valid YAML: [^;]{10,}; expected optimizers .*"),
        message);
    assertThrows(GridException.class, () -> Presets.read(folder));
  }

  @Test
  void settingsOfAnOptimizerGivenBySetAreForTheOptimizersThatHaveThem() {
    sets.add("optimizer.beta=0.5");

    List<Planned> cells = plan("optimizer=gd,momentum");

    assertEquals(0.5, cells.get(1).job().optimizer().settings().number("beta"));
    assertThrows(GridException.class, () -> plan("optimizer=gd,adam"), "no optimizer has it");
  }

  @Test
  void anOptimizerAndABatchGivenBySetAreThoseOfEveryCell() {
    sets.addAll(List.of("optimizer.name=adam", "batch=64"));

    Planned cell = plan("evaluate_every=1,2").get(0);

    assertEquals("adam", cell.job().optimizer().name());
    assertEquals(
        0.001, cell.job().optimizer().settings().number("learning_rate"), "of small batches");
    assertEquals(new Batch.Rows(64, 7), cell.job().batch());
  }

  @Test
  void aVariedSettingWinsOverThePreset() {
    assertEquals(
        0.3,
        job("optimizer.learning_rate=0.3", "optimizer=gd")
            .optimizer()
            .settings()
            .number("learning_rate"));
  }

  @Test
  void varyingASettingThatAnOptimizerDoesNotHaveIsRefused() {
    GridException refused =
        assertThrows(
            GridException.class,
            () -> plan("optimizer=gd,rprop", "optimizer.learning_rate=0.1,0.2"));

    assertTrue(refused.getMessage().contains("rprop has no such setting"), refused::getMessage);
  }

  @Test
  void aCellThatMakesNoJobIsNamed() {
    GridException refused = assertThrows(GridException.class, () -> plan("optimizer=gd,adm"));

    assertTrue(refused.getMessage().contains("optimizer=adm"), refused::getMessage);
  }

  @Test
  void aJobFileThatIsNotThereIsSaidAtOnce() {
    file = Optional.of(folder.resolve("none.yaml"));

    assertThrows(JobException.class, () -> plan("optimizer=gd"));
  }

  @Test
  void whatIsVariedCannotBeSetAsWell() {
    sets.add("batch=64");

    assertThrows(GridException.class, () -> plan("batch=full,256"));
    sets.set(0, "optimizer={name: gd}");
    assertThrows(GridException.class, () -> plan("optimizer=rprop,adam"));
  }

  @Test
  void roundsOfABudgetAreThoseOfEachCell() {
    budget = Budget.parse("rounds=40");
    assertEquals(40, job("batch=256").stop().rounds());
    budget = Budget.parse("rows=14.37k");
    assertEquals(10, job("batch=full").stop().rounds());
    assertEquals(56, job("batch=256").stop().rounds());
    budget = Budget.parse("bytes=10MB");
    // (10,000,000 − 38,560) / 77,120, by the count of FiguresOfRunsTest.
    assertEquals(129, job("optimizer=gd").stop().rounds());
    budget = Budget.parse("seconds=90");
    assertEquals(1.5, job("optimizer=gd").stop().minutes().orElseThrow());
  }

  @Test
  void aThousandIsWrittenWithEitherLetter() {
    assertEquals(Budget.parse("rows=150000"), Budget.parse("rows=150k"));
    assertEquals(Budget.parse("rows=150000"), Budget.parse("rows=150K"));
    assertEquals(Budget.parse("bytes=2000"), Budget.parse("bytes=2KB"));
  }

  @Test
  void aCellIsEvaluatedAboutAHundredTimesUnlessTheUserSaysHowOften() {
    budget = Budget.parse("rounds=2000");
    assertEquals(20, job("optimizer=gd").evaluateEvery());
    sets.add("evaluate_every=3");
    assertEquals(3, job("optimizer=gd").evaluateEvery());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "rounds",
        "rounds=0",
        "rounds=-1",
        "rounds=1.5e3",
        "rows=3MB",
        "bytes=3M",
        "hours=3",
        "seconds=0",
        "rounds=9T"
      })
  void whatIsNoBudgetIsRefused(String text) {
    GridException refused = assertThrows(GridException.class, () -> Budget.parse(text));

    assertTrue(refused.getMessage().contains("rounds=200"), refused::getMessage);
  }
}
