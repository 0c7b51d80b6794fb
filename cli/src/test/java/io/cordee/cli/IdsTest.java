package io.cordee.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.cordee.cli.process.Ended;
import io.cordee.cli.process.InFolder;
import io.cordee.cli.process.Run;
import io.cordee.common.job.file.JobFile;
import io.cordee.common.kernel.Xxh64;
import io.cordee.common.model.InitialWeights;
import io.cordee.common.model.Mlp;
import io.cordee.common.model.TensorFile;
import io.cordee.function.Layout;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Columns of ids, from the job to predictions. */
@Tag("slow")
class IdsTest extends InFolder {

  private static final int ROWS = 400;

  /** Whether a row is late can be told from its place and its words. */
  @BeforeEach
  void data() throws IOException {
    Random random = new Random(1);
    List<String> lines = new ArrayList<>(List.of("place,words,user,when.day,x,late"));
    for (int row = 0; row < ROWS; row++) {
      int place = random.nextInt(30);
      int word = random.nextInt(20);
      boolean isLate = place % 2 == 0 || word % 2 == 0;
      lines.add(
          "p%d,w%d the w%d,u%d,d%d,%.2f,%s"
              .formatted(
                  place,
                  word,
                  word,
                  random.nextInt(1000),
                  random.nextInt(5),
                  random.nextGaussian(),
                  isLate ? "yes" : "no"));
    }
    Files.write(folder.resolve("train.csv"), lines);
    Files.write(
        folder.resolve("job.yaml"),
        List.of(
            "data:",
            "  train: {format: csv, file: train.csv, label: late}",
            "  split: {validation: 0.1, test: 0.1}",
            "  ids:",
            "    words: {dim: 3, split: ' ', pool: mean, min_count: 2}",
            "    place: {dim: 2}",
            "    user: {dim: 1, hash: 50}",
            "    when.day: {dim: 2}",
            "model: {layers: [8, auto]}",
            "partitions: 7",
            "stop: {rounds: 12}"));
  }

  private Run train(String... more) throws IOException {
    List<String> arguments = new ArrayList<>();
    arguments.add(path("job.yaml"));
    arguments.add("--data=" + folder);
    arguments.addAll(List.of(more));
    Path out = Files.createTempDirectory(folder, "run");
    return Typed.train(out.resolve("it"), arguments.toArray(String[]::new));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"optimizer=irprop-", "optimizer=irprop+", "optimizer=adam", "optimizer=quickprop"})
  void digestsAreThoseOfAnyTeam(String optimizer) throws IOException {
    for (String batch : List.of("batch=full", "batch=50")) {
      List<String> digests = null;
      for (int workers : new int[] {1, 2, 4, 7}) {
        Run run = train("--set=" + optimizer, "--set=" + batch, "--workers=" + workers);
        digests = digests == null ? run.digests() : digests;
        assertEquals(digests, run.digests(), workers + " workers");
      }
    }
  }

  @Test
  void tablesAreCountedLearntAndUsed() throws IOException {
    Run run = train("--rounds=150", "--set=optimizer=irprop-", "--set=keep=last");
    Mlp model = (Mlp) JobFile.read(run.folder().resolve("job.yaml"), List.of()).model();
    assertEquals(List.of(3 + 2 + 1 + 2 + 1, 8, 2), model.layers());
    assertEquals(List.of(22, 31, 50, 6), model.ids().stream().map(it -> it.rows()).toList());
    String of = "--model=" + run.folder();
    Typed.run("evaluate", of, "--part=train", "--data=" + folder)
        .expectSuccess()
        .expectOut("accuracy  1.0000");

    Path others = folder.resolve("others.csv");
    Files.writeString(
        others,
        "x,words,place,user,when.day\n0,w1 the w1,new,u,d0\n0,w1 the w1,newer,u,d0\n0,,p1,v,d9\n");
    Ended ended = Typed.run("predict", of, "--data=" + others).expectSuccess();
    ended.expectErr(
        "warning: 3 rows have strings not seen in training (",
        "column place: new, newer",
        "; in 2 rows no string of column place is known, so the outputs say little");
    List<String> predicted = ended.out().lines().toList();
    assertEquals(4, predicted.size());
    assertEquals(predicted.get(1).substring(1), predicted.get(2).substring(1));

    for (String format : List.of("npz", "safetensors")) {
      Typed.run("export", of, "--out=" + folder.resolve("model." + format)).expectSuccess();
    }
  }

  /** Known ids, unknown ones, several, equal ones and none. */
  @ParameterizedTest
  @ValueSource(strings = {"mean", "sum"})
  void onnxRuntimeGivesThePredictions(String pool) throws IOException, OrtException {
    Run run = train("--rounds=30", "--set=optimizer=irprop-", "--set=data.ids.words.pool=" + pool);
    float[][] x = {{0}, {-1.5f}, {2}, {0.25f}};
    String[][] words = {{"w1", "the", "w1"}, {"w2", "", ""}, {"", "", ""}, {"new", "w19", "the"}};
    String[][] places = {{"p1"}, {"p2"}, {"new"}, {"p29"}};
    String[][] days = {{"d0"}, {"d4"}, {"d9"}, {"d1"}};
    String[] users = {"u1", "u2", "other", "é"};
    long[][] hashes = new long[4][1];
    List<String> lines = new ArrayList<>(List.of("x,words,place,user,when.day"));
    for (int row = 0; row < 4; row++) {
      byte[] user = users[row].getBytes(StandardCharsets.UTF_8);
      hashes[row][0] = Long.remainderUnsigned(Xxh64.hash(user), 50);
      String text = String.join(" ", words[row]);
      lines.add(
          "%s,%s,%s,%s,%s".formatted(x[row][0], text, places[row][0], users[row], days[row][0]));
    }
    Path rows = Files.write(folder.resolve("rows.csv"), lines);
    List<String> predicted =
        Typed.run("predict", "--model=" + run.folder(), "--data=" + rows)
            .expectSuccess()
            .out()
            .lines()
            .skip(1)
            .toList();
    String file = path("model.onnx");
    Ended exported =
        Typed.run("export", "--model=" + run.folder(), "--inputs=encoded", "--out=" + file);
    assertTrue(
        exported
            .expectSuccess()
            .out()
            .contains("\"column.words\" [n, ids], texts, \"column.place\""),
        exported.out());

    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    try (OrtSession session = environment.createSession(file);
        OnnxTensor numbers = OnnxTensor.createTensor(environment, x);
        OnnxTensor wordIds = OnnxTensor.createTensor(environment, words);
        OnnxTensor placeIds = OnnxTensor.createTensor(environment, places);
        OnnxTensor dayIds = OnnxTensor.createTensor(environment, days);
        OnnxTensor userRows = OnnxTensor.createTensor(environment, hashes);
        OrtSession.Result result =
            session.run(
                Map.of(
                    "rows", numbers,
                    "column.words", wordIds,
                    "column.place", placeIds,
                    "column.when.day", dayIds,
                    "column.user", userRows))) {
      float[][] outputs = (float[][]) result.get("outputs").orElseThrow().getValue();
      for (int row = 0; row < 4; row++) {
        String[] fields = predicted.get(row).split(",");
        for (int k = 0; k < 2; k++) {
          float expected = Float.parseFloat(fields[fields.length - 2 + k]);
          assertEquals(expected, outputs[row][k], 1e-5, predicted.get(row));
        }
      }
      assertEquals("[\"x\"]", session.getMetadata().getCustomMetadata().get("inputs"));
    }
  }

  /** A function that computes what a network does ends each round with the same bits. */
  @ParameterizedTest
  @ValueSource(strings = {"optimizer=irprop-; batch=full", "optimizer=adam; batch=50"})
  void functionsReadTablesToo(String how) throws IOException {
    List<String> arguments = new ArrayList<>();
    arguments.add("--set=data.train={format: csv, file: train.csv, targets: [x]}");
    arguments.add("--set=data.ids.late={dim: 2}");
    List.of(how.split("; ")).forEach(set -> arguments.add("--set=" + set));
    String network = "--set=model={layers: [1], output: linear}";
    Run expected = train(with(arguments, network));
    Mlp model = (Mlp) JobFile.read(expected.folder().resolve("job.yaml"), List.of()).model();
    Layout own = model.with(List.of()).layout();
    float[] first = Arrays.copyOf(InitialWeights.of(model), own.parameters());
    TensorFile.write(folder.resolve("first.safetensors"), own, first);
    String function =
        "--set=model={parameters: first.safetensors, function: linear-on-ids, outputs: 1}";
    for (int workers : new int[] {1, 3}) {
      Run run = train(with(arguments, function, "--workers=" + workers));
      assertEquals(expected.digests(), run.digests(), workers + " workers");
      assertEquals(predicted(expected), predicted(run));
    }
    String deaf = function.replace("outputs: 1", "outputs: 1, settings: {deaf: 'yes'}");
    String[] wrong = with(arguments, deaf, path("job.yaml"));
    Path out = folder.resolve("deaf");
    List<String> train = List.of("train", "--in-process", "--data=" + folder, "--out=" + out);
    String said = Typed.run(train, wrong).err();
    assertTrue(said.contains("gives no derivatives by features, which data.ids needs"), said);
  }

  /** Shapes are compared once rows and classes are counted; names before the data are opened. */
  @Test
  void aTrainedModelIsWhereAJobThatCountsItsRowsBegins() throws IOException {
    Path trained = train("--rounds=3").folder();
    String init = "--set=model.init.file=" + trained.resolve("model.safetensors");
    List<String> same = train(init).digests();
    Path out = folder.resolve("counted");
    List<String> counted = List.of("train", "--in-process", "--data=" + folder, "--out=" + out);
    String[] again = {trained.resolve("job.yaml").toString(), init, "--rounds=12"};
    Typed.run(counted, again).expectSuccess();
    assertEquals(new Run(out).digests(), same);

    String other = path("other");
    List<String> begun = new ArrayList<>(List.of("train", "--in-process", "--data=" + folder));
    begun.addAll(List.of(path("job.yaml"), init));
    Typed.run(begun, "--out=" + other, "--rounds=5").expectSuccess();
    Typed.run(begun, "--resume=" + other).expectSuccess();
    assertEquals(same, new Run(Path.of(other)).digests());

    String narrow = "--set=model.layers=[7, auto]";
    Typed.run(begun, narrow)
        .expect(
            2, "tensor layer1.weight: expected shape [7, 9], as the model has it; found [8, 9]");
    String deep = "--set=model.layers=[8, 7, auto]";
    Typed.run(begun, deep, "--set=data.train.file=no.csv")
        .expect(2, "tensor layer3.weight is missing");
    String tables = "--set=data.ids={place: {dim: 2}}";
    Typed.run(begun, tables, "--set=data.train.file=no.csv")
        .expect(2, "tensor ids.words is not one of the model's");
  }

  private static String[] with(List<String> arguments, String... more) {
    return Stream.concat(arguments.stream(), Stream.of(more)).toArray(String[]::new);
  }

  private String predicted(Run run) {
    return Typed.run("predict", "--model=" + run.folder(), "--data=" + folder.resolve("train.csv"))
        .expectSuccess()
        .out();
  }

  @Test
  void whatIsWrongIsSaidBeforeIdsAreCounted() {
    for (String wrong :
        List.of(
            "data.ids.place.dim=0; expected a whole number of at least 1; found 0",
            "data.ids={}; --set data.ids={}: expected at least one column; found none",
            "model.layers=[auto, 8, 2]; with data.ids, expected layers without the inputs",
            "data.ids.where={dim: 2}; expected the data.ids column 'where'",
            "data.train.file=no.csv; no.csv: no such file in ")) {
      String[] parts = wrong.split("; ", 2);
      String job = path("job.yaml");
      String found =
          Typed.run("train", "--in-process", job, "--data=" + folder, "--set=" + parts[0]).err();
      assertTrue(found.contains(parts[1]), found);
      assertEquals(1, found.lines().count(), found);
    }
  }
}
