package io.cordee.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.cordee.cli.commandline.CommandException;
import io.cordee.cli.file.OutputFile;
import io.cordee.cli.process.Ended;
import io.cordee.cli.process.InFolder;
import io.cordee.common.job.Job;
import io.cordee.common.job.file.JobFile;
import io.cordee.common.model.Activation;
import io.cordee.common.model.Mlp;
import io.cordee.common.model.ModelFile;
import io.cordee.common.model.Output;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Exported models give other programs the outputs of {@code predict}. */
class ExportCommandTest extends InFolder {

  private static final int INPUTS = 5;
  private static final int ROWS = 40;
  private static final double SCALE = 4;

  private Ended export(String out, String... more) {
    return Typed.run(
        List.of("export", "--model", path("model.safetensors"), "--out", path(out)), more);
  }

  private static Job job(String layers, String activation, String output) {
    String loss = output.equals("linear") ? "squared-error" : "cross-entropy";
    return JobFile.parse(
        """
        name: small
        model: {layers: %s, activation: %s, output: %s, loss: %s}
        optimizer: {name: gd}
        data: {train: {format: csv, file: t.csv, label: kind, scale: %s}}
        """
            .formatted(layers, activation, output, loss, SCALE),
        "job.yaml",
        List.of());
  }

  /** Weights that take units from saturation into their linear range. */
  private static float[] parameters(Job job) {
    Random random = new Random(7);
    float[] parameters = new float[job.model().layout().parameters()];
    for (int i = 0; i < parameters.length; i++) {
      parameters[i] = (float) random.nextGaussian();
    }
    return parameters;
  }

  private float[] trained(Job job) throws IOException {
    float[] parameters = parameters(job);
    ModelFile.write(
        folder.resolve("model.safetensors"),
        job.model(),
        parameters,
        Map.of("job", JobFile.write(job), "digest", "00ff"));
    return parameters;
  }

  @BeforeEach
  void aModel() throws IOException {
    trained(job("[5, 4, 3]", "tanh", "softmax"));
  }

  // ---- ONNX ----

  static Stream<Arguments> networks() {
    return Stream.of("[5, 3]", "[5, 8, 3]", "[5, 8, 6, 3]", "[5, 4, 1]")
        .flatMap(
            layers ->
                Arrays.stream(Activation.values())
                    .flatMap(
                        activation ->
                            Arrays.stream(Output.values())
                                .map(
                                    output ->
                                        Arguments.of(layers, word(activation), word(output)))));
  }

  private static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  @ParameterizedTest
  @MethodSource("networks")
  void onnxRuntimeGivesThePredictions(String layers, String activation, String output)
      throws IOException, OrtException {
    Job job = job(layers, activation, output);
    trained(job);
    float[][] rows = writeRows();
    assertEquals(0, export("model.onnx").exitCode());

    float[][] found = onnxOutputs(rows);

    float[][] expected = predictions(job.model().outputs());
    for (int row = 0; row < ROWS; row++) {
      for (int k = 0; k < expected[row].length; k++) {
        float wanted = expected[row][k];
        // Sums of at most 9 products of 24 bits, through at most 3 layers.
        assertEquals(wanted, found[row][k], 1e-6 + 4e-6 * Math.abs(wanted), "row " + row);
      }
    }
  }

  /** Writes a CSV file; the rows returned are scaled, as the network gets them. */
  private float[][] writeRows() throws IOException {
    Random random = new Random(1);
    float[][] rows = new float[ROWS][INPUTS];
    StringBuilder csv = new StringBuilder("a,b,c,d,e\n");
    for (float[] row : rows) {
      for (int i = 0; i < INPUTS; i++) {
        float feature = (float) random.nextGaussian() * 8;
        row[i] = (float) (feature / SCALE);
        csv.append(i == 0 ? "" : ",").append(feature);
      }
      csv.append('\n');
    }
    write("rows.csv", csv);
    return rows;
  }

  private float[][] onnxOutputs(float[][] rows) throws OrtException {
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    try (OrtSession session = environment.createSession(path("model.onnx"));
        OnnxTensor input = OnnxTensor.createTensor(environment, rows);
        OrtSession.Result result = session.run(Map.of("rows", input))) {
      return (float[][]) result.get("outputs").orElseThrow().getValue();
    }
  }

  private float[][] predictions(int outputs) {
    Ended result =
        Typed.run("predict", "--model", path("model.safetensors"), "--data", path("rows.csv"));
    result.expect(0);
    return result
        .out()
        .lines()
        .skip(1)
        .map(
            line -> {
              String[] fields = line.split(",");
              float[] row = new float[outputs];
              for (int k = 0; k < outputs; k++) {
                row[k] = Float.parseFloat(fields[fields.length - outputs + k]);
              }
              return row;
            })
        .toArray(float[][]::new);
  }

  @Test
  void anOnnxFileSaysWhereItComesFromAndWhatItTakes() throws OrtException {
    Ended result = export("model.onnx");

    result.expectOut("input \"rows\" [n, 5], features divided by 4");
    try (OrtSession session = OrtEnvironment.getEnvironment().createSession(path("model.onnx"))) {
      assertEquals("cordee", session.getMetadata().getProducerName());
      Map<String, String> metadata = session.getMetadata().getCustomMetadata();
      assertEquals("4.0", metadata.get("input_scale"));
      assertEquals("00ff", metadata.get("digest"));
      assertEquals(
          List.of(5, 4, 3),
          ((Mlp) JobFile.parse(metadata.get("job"), "job", List.of()).model()).layers());
    }
  }

  // ---- npz, read as its description says ----

  @Test
  void anNpzFileHoldsEveryTensorAsNumpyReadsIt() throws IOException {
    float[] parameters = parameters(job("[5, 4, 3]", "tanh", "softmax"));
    assertEquals(0, export("model.npz").exitCode());

    try (ZipFile zip = new ZipFile(path("model.npz"))) {
      assertEquals(4, zip.size());
      assertArray(zip, "layer1.weight", "(4, 5)", Arrays.copyOfRange(parameters, 0, 20));
      assertArray(zip, "layer1.bias", "(4,)", Arrays.copyOfRange(parameters, 20, 24));
      assertArray(zip, "layer2.weight", "(3, 4)", Arrays.copyOfRange(parameters, 24, 36));
      assertArray(zip, "layer2.bias", "(3,)", Arrays.copyOfRange(parameters, 36, 39));
    }
  }

  private static void assertArray(ZipFile zip, String name, String shape, float[] expected)
      throws IOException {
    ZipEntry entry = zip.getEntry(name + ".npy");
    // Reading to the end checks the entry's CRC.
    byte[] bytes = zip.getInputStream(entry).readAllBytes();
    assertArrayEquals(
        new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0}, Arrays.copyOf(bytes, 8));
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).position(8);
    byte[] header = new byte[buffer.getShort()];
    buffer.get(header);
    assertEquals(0, buffer.position() % 64);
    String text = new String(header, StandardCharsets.US_ASCII);
    assertEquals(
        "{'descr': '<f4', 'fortran_order': False, 'shape': " + shape + ", }", text.strip());
    assertTrue(text.endsWith("\n"));
    float[] found = new float[buffer.remaining() / 4];
    buffer.asFloatBuffer().get(found);
    assertArrayEquals(expected, found);
  }

  // ---- safetensors, read as its description says ----

  @Test
  void aSafetensorsFileHoldsTheTensorsAndNothingOfTheJob() throws IOException {
    float[] parameters = parameters(job("[5, 4, 3]", "tanh", "softmax"));
    assertEquals(0, export("bare.safetensors").exitCode());

    ByteBuffer file =
        ByteBuffer.wrap(Files.readAllBytes(folder.resolve("bare.safetensors")))
            .order(ByteOrder.LITTLE_ENDIAN);
    byte[] header = new byte[(int) file.getLong()];
    file.get(header);
    JsonObject json =
        JsonParser.parseString(new String(header, StandardCharsets.UTF_8)).getAsJsonObject();
    assertEquals("{\"format\":\"pt\"}", json.get("__metadata__").toString());
    assertEquals(
        "{\"dtype\":\"F32\",\"shape\":[3,4],\"data_offsets\":[96,144]}",
        json.get("layer2.weight").toString());
    assertEquals(5, json.size());
    float[] found = new float[file.remaining() / 4];
    file.asFloatBuffer().get(found);
    assertArrayEquals(parameters, found);
  }

  // ---- refusals ----

  @ParameterizedTest
  @ValueSource(strings = {"onnx", "npz", "safetensors"})
  void theSameModelGivesTheSameFile(String format) throws IOException {
    export("a." + format);
    export("b", "--format", format);
    assertEquals(
        -1, Files.mismatch(folder.resolve("a." + format), folder.resolve("b")), "first difference");
  }

  @Test
  void aFileThatIsThereIsReplacedOnlyIfAskedFor() throws IOException {
    Path out = write("model.onnx", "precious");
    export("model.onnx").expectOneLine(1, "model.onnx exists already", "--force");
    assertEquals("precious", Files.readString(out));
    assertEquals(0, export("model.onnx", "--force").exitCode());
    assertTrue(Files.size(out) > 100);
  }

  @Test
  void theModelItselfIsNeverReplaced() throws IOException {
    byte[] before = Files.readAllBytes(folder.resolve("model.safetensors"));
    export("model.safetensors", "--force").expectOneLine(2, "is the model itself");
    assertArrayEquals(before, Files.readAllBytes(folder.resolve("model.safetensors")));
  }

  @Test
  void wrongFilesAreNamed() throws IOException {
    write("model.safetensors", "no model, but long enough to be one");
    export("model.onnx").expectOneLine(1, "model.safetensors: not a safetensors file");
    assertFalse(Files.exists(folder.resolve("model.onnx")));
    Files.delete(folder.resolve("model.safetensors"));
    export("model.onnx").expectOneLine(1, "model.safetensors: no such file");
  }

  @Test
  void placesThatCannotBeWrittenAreNamed() {
    export("nowhere/model.onnx").expectOneLine(1, "cannot write", "there is no folder", "nowhere");
    export(".", "--format", "npz").expectOneLine(1, "is a folder");
    export("model.bin").expectOneLine(2, "model.bin", ".onnx, .npz or .safetensors", "--format");
    export("model", "--format", "pickle").expectOneLine(2, "--format", "pickle");
  }

  @Test
  void whatCannotBeWrittenToItsEndLeavesNothing() throws IOException {
    OutputFile file = OutputFile.checked(folder.resolve("model.onnx"), false);
    CommandException e =
        assertThrows(
            CommandException.class,
            () ->
                file.write(
                    out -> {
                      out.write(new byte[100_000]);
                      throw new IOException("No space left on device");
                    }));
    assertTrue(e.getMessage().contains("model.onnx: No space left on device"), e.getMessage());
    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(
          List.of("model.safetensors"), files.map(f -> f.getFileName().toString()).toList());
    }
  }
}
