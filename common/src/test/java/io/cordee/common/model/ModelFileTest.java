package io.cordee.common.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.cordee.common.kernel.Xxh64;
import io.cordee.function.Layout;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

class ModelFileTest {

  private static final ModelSpec MODEL =
      new Mlp(
          List.of(3, 2, 1),
          Activation.RELU,
          Output.SIGMOID,
          Loss.CROSS_ENTROPY,
          new Init(Init.Scheme.UNIFORM, Long.MIN_VALUE, 0.1),
          0);

  private static float[] randomFloats(int length, long seed) {
    Random random = new Random(seed);
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = Float.intBitsToFloat(random.nextInt());
    }
    return values;
  }

  private static int[] bits(float[] values) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length);
    bytes.asFloatBuffer().put(values);
    int[] bits = new int[values.length];
    bytes.asIntBuffer().get(bits);
    return bits;
  }

  @Test
  void aModelIsItselfAfterJavasSerialization() throws Exception {
    ModelSpec function =
        new FunctionModel(
            Layout.of(Map.of("w", List.of(2, 3))),
            FirstWeights.in("first.safetensors", "00ff"),
            Optional.of("mine"),
            Optional.of("mine.bin"),
            Map.of("depth", "3"),
            3,
            2,
            Optional.of(Loss.SQUARED_ERROR),
            true,
            7,
            List.of(new IdTable("user", 5, 4)));
    for (ModelSpec model : List.of(MODEL, function)) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
        out.writeObject(new ModelFile(model, new float[] {1, 2}, Map.of("job", "x")));
      }
      try (ObjectInputStream in =
          new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
        ModelFile read = (ModelFile) in.readObject();
        assertEquals(model, read.model());
        assertArrayEquals(new float[] {1, 2}, read.parameters());
      }
    }
  }

  @Test
  void aModelReadsBackAsItself(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("model.safetensors");
    float[] parameters = randomFloats(11, 1);
    Map<String, String> metadata =
        Map.of("job", "name: x\n\"é\u2028😀\"\n", "rounds", "7", "digest", "00ff", "", "");

    ModelFile.write(file, MODEL, parameters, metadata);
    ModelFile read = ModelFile.read(file);

    assertEquals(MODEL, read.model());
    assertArrayEquals(bits(parameters), bits(read.parameters()));
    assertEquals(metadata, read.metadata());

    Path inParts = folder.resolve("parts.safetensors");
    List<float[]> parts =
        List.of(Arrays.copyOf(parameters, 4), Arrays.copyOfRange(parameters, 4, 11));
    ModelFile.write(inParts, MODEL, parts, metadata);
    assertArrayEquals(Files.readAllBytes(file), Files.readAllBytes(inParts));
  }

  @Test
  void aChangedByteAnywhereInTheFileIsFound(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("model.safetensors");
    ModelFile.write(file, MODEL, randomFloats(11, 1), Map.of("encoding", "{\"shift\":5.8}"));
    byte[] bytes = Files.readAllBytes(file);
    for (int at = 0; at < bytes.length; at++) {
      for (int flipped : new int[] {1, 4, 0x20, 0xff}) {
        bytes[at] ^= (byte) flipped;
        Files.write(file, bytes);
        assertThrows(
            ModelFileException.class, () -> ModelFile.read(file), "byte " + at + " ^ " + flipped);
        bytes[at] ^= (byte) flipped;
      }
    }
    Files.write(file, bytes);
    ModelFile.read(file);
  }

  @Test
  void aChangedDigitOfAnEncodingIsRefusedByEveryReader(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("model.safetensors");
    ModelFile.write(file, MODEL, randomFloats(11, 1), Map.of("encoding", "{\"shift\":5.8}"));
    replace(file, "5.8", "5.9");

    for (Executable reader :
        List.<Executable>of(
            () -> ModelFile.read(file),
            () -> ModelFile.readMetadata(file),
            () -> ModelFile.readCheckedMetadata(file),
            () -> ModelFile.coversMetadata(file),
            () -> TensorFile.read(file))) {
      String error = assertThrows(ModelFileException.class, reader).getMessage();
      assertTrue(
          error.startsWith(
              file + ": damaged, or changed by another program: expected a header of checksum "),
          error);
    }
  }

  @Test
  void changedParametersAreRefusedByAllWhoReadThem(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("model.safetensors");
    ModelFile.write(file, MODEL, randomFloats(11, 1), Map.of());
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length - 9] ^= 4;
    Files.write(file, bytes);

    for (Executable reader :
        List.<Executable>of(
            () -> ModelFile.read(file),
            () -> ModelFile.readCheckedMetadata(file),
            () -> TensorFile.read(file))) {
      String error = assertThrows(ModelFileException.class, reader).getMessage();
      assertTrue(
          error.startsWith(
              file + ": damaged, or changed by another program: expected parameters of checksum "),
          error);
    }
  }

  /** As versions wrote it whose checksum was of the parameters alone. */
  private static void makeOlder(Path file) throws IOException {
    replace(file, "cordee-model-2", "cordee-model-1");
    String text = Files.readString(file, StandardCharsets.ISO_8859_1);
    int at = text.indexOf("\"checksum\":\"") + "\"checksum\":\"".length();
    String sum = text.substring(at, at + 32);
    replace(file, '"' + sum + '"', '"' + sum.substring(16) + '"' + " ".repeat(16));
  }

  private static void replace(Path file, String what, String by) throws IOException {
    assertEquals(what.length(), by.length());
    String text = Files.readString(file, StandardCharsets.ISO_8859_1);
    assertTrue(text.contains(what), what);
    Files.writeString(file, text.replace(what, by), StandardCharsets.ISO_8859_1);
  }

  @Test
  void anOlderFileIsReadAndKnownAsOne(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("model.safetensors");
    float[] parameters = randomFloats(11, 1);
    ModelFile.write(file, MODEL, parameters, Map.of("rounds", "7"));
    assertTrue(ModelFile.coversMetadata(file));
    makeOlder(file);

    assertFalse(ModelFile.coversMetadata(file));
    ModelFile read = ModelFile.read(file);
    assertArrayEquals(bits(parameters), bits(read.parameters()));
    assertEquals(Map.of("rounds", "7"), read.metadata());
    assertEquals(Map.of("rounds", "7"), ModelFile.readCheckedMetadata(file));
    assertArrayEquals(bits(parameters), bits(TensorFile.read(file).values()));

    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length - 9] ^= 4;
    Files.write(file, bytes);
    assertThrows(ModelFileException.class, () -> ModelFile.read(file));
    assertThrows(ModelFileException.class, () -> TensorFile.read(file));
  }

  @Test
  void aNewerFileWithoutItsChecksumIsRefused() {
    JsonObject header = header();
    JsonObject metadata = header.getAsJsonObject("__metadata__");
    metadata.addProperty("format", "cordee-model-2");
    for (String found : new String[] {"none", "ab"}) {
      if (!found.equals("none")) {
        metadata.addProperty("checksum", found);
      }
      String error = errorOfHeader(header.toString());
      String expected =
          "damaged, or changed by another program: expected a checksum of 32 digits; found ";
      assertTrue(error.startsWith(expected + found), error);
    }
  }

  /** Reads the file by the format's specification, without our reader. */
  @Test
  void theFileIsASafetensorsFile(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("model.safetensors");
    ModelFile.write(
        file, MODEL, new float[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}, Map.of("rounds", "3"));

    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    int length = (int) bytes.getLong();
    String text = new String(bytes.array(), 8, length, StandardCharsets.UTF_8);
    JsonObject header = JsonParser.parseString(text).getAsJsonObject();
    assertEquals(0, length % 8);
    assertEquals('{', text.charAt(0));
    assertEquals(8 + length + 11 * 4, bytes.capacity());
    assertEquals(
        JsonParser.parseString("{dtype: F32, shape: [2, 3], data_offsets: [0, 24]}"),
        header.get("layer1.weight"));
    assertEquals(
        JsonParser.parseString("{dtype: F32, shape: [2], data_offsets: [24, 32]}"),
        header.get("layer1.bias"));
    assertEquals(
        JsonParser.parseString("{dtype: F32, shape: [1, 2], data_offsets: [32, 40]}"),
        header.get("layer2.weight"));
    assertEquals(
        JsonParser.parseString("{dtype: F32, shape: [1], data_offsets: [40, 44]}"),
        header.get("layer2.bias"));
    JsonObject metadata = header.getAsJsonObject("__metadata__");
    assertEquals("cordee-model-2", metadata.get("format").getAsString());
    String checksum = metadata.get("checksum").getAsString();
    byte[] blank =
        text.replace(checksum.substring(0, 16), "0".repeat(16)).getBytes(StandardCharsets.UTF_8);
    assertEquals(checksum.substring(0, 16), String.format("%016x", Xxh64.hash(blank)));
    byte[] data = Arrays.copyOfRange(bytes.array(), 8 + length, bytes.capacity());
    assertEquals(checksum.substring(16), String.format("%016x", Xxh64.hash(data)));
    assertEquals("3", metadata.get("rounds").getAsString());
    JsonObject model =
        JsonParser.parseString(metadata.get("model").getAsString()).getAsJsonObject();
    assertEquals("cross-entropy", model.get("loss").getAsString());
    for (int i = 0; i < 11; i++) {
      assertEquals(1 + i, bytes.getFloat(8 + length + 4 * i));
    }
  }

  @Test
  void theOffsetOfTheDerivativeReadsBackAsItself(@TempDir Path folder) throws IOException {
    ModelSpec model =
        new Mlp(
            List.of(3, 2, 1),
            Activation.SIGMOID,
            Output.SIGMOID,
            Loss.SQUARED_ERROR,
            new Init(Init.Scheme.GLOROT, 1, 0),
            0.1);
    Path file = folder.resolve("model.safetensors");
    ModelFile.write(file, model, new float[model.layout().parameters()], Map.of());
    assertEquals(model, ModelFile.read(file).model());
  }

  @Test
  void aModelOfMoreThanOneBufferReadsBackAsItself(@TempDir Path folder) throws IOException {
    ModelSpec model =
        new Mlp(
            List.of(999, 777, 2),
            Activation.TANH,
            Output.LINEAR,
            Loss.SQUARED_ERROR,
            new Init(Init.Scheme.HE, 1, 0),
            0);
    float[] parameters = randomFloats(model.layout().parameters(), 5);

    ModelFile.write(folder.resolve("m"), model, parameters, Map.of());

    ModelFile read = ModelFile.read(folder.resolve("m"));
    assertArrayEquals(bits(parameters), bits(read.parameters()));
    assertEquals(model, read.model());
  }

  @Test
  void equalModelsAreEqualFiles(@TempDir Path folder) throws IOException {
    Map<String, String> metadata = Map.of("b", "1", "a", "2", "c", "3");
    ModelFile.write(folder.resolve("1"), MODEL, new float[11], metadata);
    ModelFile.write(folder.resolve("2"), MODEL, new float[11], new TreeMap<>(metadata));

    assertEquals(-1, Files.mismatch(folder.resolve("1"), folder.resolve("2")));
  }

  @Test
  void aFileIsReplacedAsAWholeAndNothingIsLeftBehind(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("model");
    ModelFile.write(file, MODEL, new float[11], Map.of("rounds", "1"));
    ModelFile.write(file, MODEL, new float[11], Map.of("rounds", "2"));

    assertEquals("2", ModelFile.read(file).metadata().get("rounds"));
    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(List.of(file), files.toList());
    }
  }

  @Test
  void whatCannotBeWrittenLeavesNothingBehind(@TempDir Path folder) throws IOException {
    Path missing = folder.resolve("none").resolve("model");
    String message =
        assertThrows(
                ModelFileException.class,
                () -> ModelFile.write(missing, MODEL, new float[11], Map.of()))
            .getMessage();
    assertTrue(message.startsWith(missing + ": cannot be written: NoSuchFileException "), message);

    Path occupied = Files.createDirectories(folder.resolve("model").resolve("x")).getParent();
    assertThrows(
        ModelFileException.class, () -> ModelFile.write(occupied, MODEL, new float[11], Map.of()));
    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(List.of(occupied), files.toList());
    }
  }

  @Test
  void whatWouldNotReadBackIsNotWritten(@TempDir Path folder) {
    Path file = folder.resolve("model");
    assertEquals(
        "model 3-2-1 has 11 parameters; found 10",
        assertThrows(
                IllegalArgumentException.class,
                () -> ModelFile.write(file, MODEL, new float[10], Map.of()))
            .getMessage());
    assertEquals(
        "the metadata key model is the model file's own",
        assertThrows(
                IllegalArgumentException.class,
                () -> ModelFile.write(file, MODEL, new float[11], Map.of("model", "x")))
            .getMessage());
    String large = "x".repeat(9 << 20);
    assertThrows(
        IllegalArgumentException.class,
        () -> ModelFile.write(file, MODEL, new float[11], Map.of("note", large)));
    assertThrows(
        ModelFileException.class,
        () -> ModelFile.write(file, MODEL, new float[11], Map.of("note", "\ud800")));
    assertTrue(Files.notExists(file));
  }

  /** The header of a model of one weight and one bias; tests replace parts of it. */
  private static JsonObject header() {
    JsonObject header = new JsonObject();
    JsonObject metadata = new JsonObject();
    metadata.addProperty("format", "cordee-model-1");
    metadata.addProperty(
        "model",
        "{\"layers\":[1,1],\"activation\":\"tanh\",\"output\":\"linear\","
            + "\"loss\":\"squared-error\",\"init\":{\"scheme\":\"he\",\"seed\":1}}");
    header.add("__metadata__", metadata);
    header.add("layer1.weight", tensor("F32", "[1, 1]", 0, 4));
    header.add("layer1.bias", tensor("F32", "[1]", 4, 8));
    return header;
  }

  private static JsonObject tensor(String dtype, String shape, long begin, long end) {
    JsonObject tensor = new JsonObject();
    tensor.addProperty("dtype", dtype);
    tensor.add("shape", JsonParser.parseString(shape));
    JsonArray offsets = new JsonArray();
    offsets.add(begin);
    offsets.add(end);
    tensor.add("data_offsets", offsets);
    return tensor;
  }

  private static byte[] file(String header, int dataBytes) {
    byte[] text = header.getBytes(StandardCharsets.UTF_8);
    ByteBuffer bytes =
        ByteBuffer.allocate(8 + text.length + dataBytes).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(text.length).put(text);
    for (int i = 0; i < dataBytes / 4; i++) {
      bytes.putFloat(1 + i);
    }
    return bytes.array();
  }

  /** The error for a file of these bytes, without the file's name. */
  private static String error(byte[] bytes) {
    try {
      Path file = Files.createTempFile("model", ".safetensors");
      try {
        Files.write(file, bytes);
        String message =
            assertThrows(ModelFileException.class, () -> ModelFile.read(file)).getMessage();
        assertTrue(message.startsWith(file + ": "), message);
        return message.substring(file.toString().length() + 2);
      } finally {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static String errorWith(String name, JsonObject tensor) {
    JsonObject header = header();
    header.add(name, tensor);
    return error(file(header.toString(), 8));
  }

  private static String errorOfHeader(String header) {
    return error(file(header, 8));
  }

  @Test
  void tensorsMayLieInAnyOrder(@TempDir Path folder) throws IOException {
    JsonObject header = header();
    header.add("layer1.weight", tensor("F32", "[1, 1]", 4, 8));
    header.add("layer1.bias", tensor("F32", "[1]", 0, 4));
    Path file = Files.write(folder.resolve("m"), file(header + "    ", 8));

    assertArrayEquals(new float[] {2, 1}, ModelFile.read(file).parameters());
  }

  @Test
  void aFileThatIsNotThereIsNamed(@TempDir Path folder) {
    Path none = folder.resolve("none");
    assertEquals(
        none + ": no such file",
        assertThrows(ModelFileException.class, () -> ModelFile.read(none)).getMessage());
    assertEquals(
        folder
            + ": a directory; expected a model file, such as "
            + folder.resolve("model.safetensors"),
        assertThrows(ModelFileException.class, () -> ModelFile.read(folder)).getMessage());
  }

  @Test
  void aFileOfAnotherKindIsRefused() {
    assertEquals("not a safetensors file: it has only 0 bytes", error(new byte[0]));
    assertEquals("not a safetensors file: it has only 7 bytes", error(new byte[7]));
    assertEquals(
        "not a safetensors file: its first 8 bytes ask for a header of 16777216 bytes;"
            + " at most 8388608 are expected",
        error(new byte[] {0, 0, 0, 1, 0, 0, 0, 0, '{'}));
    assertEquals(
        "not a safetensors file: its first 8 bytes ask for a header of 18446744073709551615 bytes;"
            + " at most 8388608 are expected",
        error(new byte[] {-1, -1, -1, -1, -1, -1, -1, -1, 0}));
    assertEquals(
        "not a safetensors file: its header is not valid: it does not begin with {",
        errorOfHeader(" {}"));
    assertEquals(
        "not a safetensors file: its header is not valid: it does not begin with {",
        errorOfHeader(""));
  }

  @Test
  void aSafetensorsFileOfAnotherMakerIsRefused() {
    assertEquals(
        "not a model of Cordee's: expected cordee-model-2 (or an older file's cordee-model-1) as the format"
            + " in the metadata; found none",
        errorOfHeader("{\"x\": " + tensor("F32", "[2]", 0, 8) + "}"));
    assertEquals(
        "not a model of Cordee's: expected cordee-model-2 (or an older file's cordee-model-1) as the format"
            + " in the metadata; found pt",
        errorOfHeader("{\"__metadata__\": {\"format\": \"pt\"}}"));
  }

  @Test
  void aDescriptionThatIsNoModelIsRefused() {
    String invalid = "the description of the model in the metadata is not valid: ";
    assertEquals(invalid + "not the JSON of a model", errorOfModel(""));
    assertEquals(invalid + "not the JSON of a model", errorOfModel("[1]"));
    assertEquals(invalid + "not the JSON of a model", errorOfModel("{layers"));
    assertEquals(invalid + "layers is missing", errorOfModel("{}"));
    String model = header().getAsJsonObject("__metadata__").get("model").getAsString();
    assertEquals(
        invalid
            + "activation must be one of [tanh, sigmoid, relu, leaky-relu, elu, softplus, gelu];"
            + " found swish",
        errorOfModel(model.replace("tanh", "swish")));
    assertEquals(
        invalid + "a model needs at least an input and an output layer; found [1]",
        errorOfModel(model.replace("[1,1]", "[1]")));
    assertEquals(
        "a model has at most 2^31 parameters; up to layer1.weight it has more",
        errorOfModel(model.replace("[1,1]", "[99999,99999]")));
    assertEquals(
        "tensor layer1.weight: expected shape [9999, 9999], as the model has it; found [1, 1]",
        errorOfModel(model.replace("[1,1]", "[9999,9999]")));
  }

  private static String errorOfModel(String model) {
    JsonObject header = header();
    header.getAsJsonObject("__metadata__").addProperty("model", model);
    return errorOfHeader(header.toString());
  }

  @Test
  void aFileCutShortOrTooLongIsRefused() {
    byte[] whole = file(header().toString(), 8);
    int data = whole.length - 8;
    assertEquals(
        "cut short: its header should end at byte " + data + ", and the file ends at byte 9",
        error(Arrays.copyOf(whole, 9)));
    assertEquals(
        "cut short: the tensors have 8 bytes, of which the file has 5",
        error(Arrays.copyOf(whole, data + 5)));
    assertEquals(
        "3 bytes too long: there is data that belongs to no tensor",
        error(Arrays.copyOf(whole, data + 11)));
  }

  @Test
  void tensorsThatOverlapOrLeaveGapsAreRefused() {
    String expected = "; expected it to begin at %d, where the one before it ends";
    assertEquals(
        "tensor layer1.bias lies at bytes 3 to 7 of the data" + expected.formatted(4),
        errorWith("layer1.bias", tensor("F32", "[1]", 3, 7)));
    assertEquals(
        "tensor layer1.bias lies at bytes 5 to 9 of the data" + expected.formatted(4),
        errorWith("layer1.bias", tensor("F32", "[1]", 5, 9)));
    assertEquals(
        "tensor layer1.weight lies at bytes -4 to 4 of the data" + expected.formatted(0),
        errorWith("layer1.weight", tensor("F32", "[1]", -4, 4)));
    assertEquals(
        "tensor layer1.bias lies at bytes 4 to 0 of the data" + expected.formatted(4),
        errorWith("layer1.bias", tensor("F32", "[1]", 4, 0)));
    assertEquals(
        "cut short: the tensors have 9223372036854775807 bytes, of which the file has 8",
        errorWith("layer1.bias", tensor("F32", "[1]", 4, Long.MAX_VALUE)));
  }

  @Test
  void tensorsThatAreNotTheModelsAreRefused() {
    assertEquals(
        "tensor layer1.bias: expected F32; found F16",
        errorWith("layer1.bias", tensor("F16", "[1]", 4, 8)));
    assertEquals(
        "tensor layer1.bias: expected shape [1], as the model has it; found [1, 1]",
        errorWith("layer1.bias", tensor("F32", "[1, 1]", 4, 8)));
    assertEquals(
        "tensor layer1.weight: expected 4 bytes for shape [1, 1]; found 0",
        errorOfHeader(header().toString().replace("[0,4]", "[0,0]").replace("[4,8]", "[0,8]")));
    assertEquals(
        "tensor extra is not one of the model's", errorWith("extra", tensor("F32", "[0]", 8, 8)));
    JsonObject incomplete = header();
    incomplete.remove("layer1.bias");
    assertEquals("tensor layer1.bias is missing", error(file(incomplete.toString(), 4)));
  }

  @Test
  void aHeaderThatSaysThingsTwiceIsRefused() {
    String twice = "not a safetensors file: its header is not valid: %s is there twice";
    String header = header().toString();
    String bias = "\"layer1.bias\":" + tensor("F32", "[1]", 4, 8);
    assertEquals(
        twice.formatted("layer1.bias"), errorOfHeader(header.replace(bias, bias + "," + bias)));
    assertEquals(
        twice.formatted("__metadata__"),
        errorOfHeader("{\"__metadata__\": {}," + header.substring(1)));
    assertEquals(
        "not a safetensors file: its header is not valid: Duplicate key 'format'; at path"
            + " $.__metadata__.format",
        errorOfHeader(header.replace("{\"format\"", "{\"format\":\"\",\"format\"")));
  }

  @Test
  void aHeaderOfAnotherShapeIsRefused() {
    String invalid = "not a safetensors file: its header is not valid: ";
    for (String tensor :
        List.of(
            "{'dtype':'F32'}",
            "{'dtype':'F32','shape':[],'data_offsets':[0]}",
            "{'dtype':'F32','shape':[-1],'data_offsets':[0,4]}")) {
      String json = tensor.replace('\'', '"');
      assertEquals(
          invalid + "tensor x needs dtype, shape and 2 data_offsets; found " + json,
          errorOfHeader("{\"x\": " + json + "}"));
    }
    assertEquals(
        invalid + "__metadata__ has something other than text",
        errorOfHeader("{\"__metadata__\": {\"rounds\": null}}"));
    assertTrue(errorOfHeader("{\"x\": 3}").startsWith(invalid));
    assertTrue(errorOfHeader("{\"x\": {\"shape\": [1.5]}}").startsWith(invalid));
    assertTrue(errorOfHeader("{\"x\"").startsWith(invalid));
    assertTrue(errorOfHeader(header() + "x").startsWith(invalid));
    byte[] notUtf8 = file("{  }", 0);
    notUtf8[9] = (byte) 0xFF;
    assertEquals(invalid + "it is not UTF-8 text", error(notUtf8));
  }

  @Property(tries = 500)
  void aDamagedFileIsRefusedOrStillAModel(@ForAll long seed) throws IOException {
    Random random = new Random(seed);
    byte[] bytes = file(header().toString(), 8);
    for (int i = 1 + random.nextInt(3); i > 0; i--) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
    }
    Path file = Files.createTempFile("model", ".safetensors");
    try {
      Files.write(file, bytes);
      assertEquals(2, ModelFile.read(file).parameters().length);
    } catch (ModelFileException e) {
      assertTrue(e.getMessage().startsWith(file + ": "), e.getMessage());
    } finally {
      Files.delete(file);
    }
  }
}
