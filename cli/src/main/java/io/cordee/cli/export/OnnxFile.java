package io.cordee.cli.export;

import com.google.gson.GsonBuilder;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.cordee.cli.commandline.CommandException;
import io.cordee.common.job.data.TableEncoding;
import io.cordee.common.model.Activation;
import io.cordee.common.model.Mlp;
import io.cordee.common.wire.FloatCodec;
import io.cordee.formats.onnx.AttributeProto;
import io.cordee.formats.onnx.GraphProto;
import io.cordee.formats.onnx.ModelProto;
import io.cordee.formats.onnx.NodeProto;
import io.cordee.formats.onnx.OperatorSetIdProto;
import io.cordee.formats.onnx.StringStringEntryProto;
import io.cordee.formats.onnx.TensorProto;
import io.cordee.formats.onnx.TensorShapeProto;
import io.cordee.formats.onnx.TypeProto;
import io.cordee.formats.onnx.ValueInfoProto;
import io.cordee.function.Layout;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * A network as an ONNX model: Sub and Div that scale the features, if they are scaled by what
 * training found, then {@link OnnxIds what tables give}, or all of it {@link OnnxColumns from the
 * columns of a table}; one Gemm (rows · weightᵀ + bias) per layer, and what the layer applies to
 * its sums.
 *
 * <p>Source: the <a href="https://github.com/onnx/onnx/blob/main/docs/IR.md">format's
 * description</a>. The version of the format and of the operators are the oldest that have all it
 * takes, so that old runtimes read it too.
 */
final class OnnxFile {

  static final String INPUT = "rows";
  static final String OUTPUT = "outputs";

  private static final long IR_VERSION = 7;
  private static final double GELU_C = Math.sqrt(2 / Math.PI);
  static final long OPERATOR_SET = 13;

  /** The first that has the operator set of StringSplit. */
  private static final long IR_VERSION_OF_SPLIT = 9;

  /** A protobuf message ends below 2³¹ bytes; the rest is left to metadata and names. */
  static final long MAX_PARAMETERS = ((1L << 31) - (32 << 20)) / Float.BYTES;

  private OnnxFile() {}

  static String describe(TrainedModel model, OnnxInputs of) {
    Mlp spec = network(model);
    if (of == OnnxInputs.COLUMNS) {
      OnnxColumns columns = OnnxColumns.of(model, spec);
      return "ONNX, operator set %d: an input [n, 1] for each column: %s; outputs: %s\"%s\" [n, %d]"
          .formatted(
              columns.operatorSet(),
              columns.describe(),
              model.job().hasLabels() ? "\"" + OnnxColumns.LABEL + "\" [n], " : "",
              OUTPUT,
              spec.outputs());
    }
    List<String> inputs = new ArrayList<>();
    if (numbers(spec) > 0) {
      inputs.add("\"%s\" [n, %d], %s".formatted(INPUT, numbers(spec), rows(model)));
    }
    ids(model, spec).forEach(column -> inputs.add(column.describe()));
    return "ONNX, operator set %d: input %s; output \"%s\" [n, %d]"
        .formatted(OPERATOR_SET, String.join(", ", inputs), OUTPUT, spec.outputs());
  }

  private static List<OnnxIds> ids(TrainedModel model, Mlp spec) {
    return IntStream.range(0, spec.ids().size())
        .mapToObj(t -> OnnxIds.ofIds(spec.ids().get(t), model.encoding().ids().get(t)))
        .toList();
  }

  /** Inputs that do not come from tables. */
  private static int numbers(Mlp spec) {
    return spec.inputs() - spec.fromTables();
  }

  private static Mlp network(TrainedModel model) {
    if (model.job().model() instanceof Mlp mlp) {
      return mlp;
    }
    throw CommandException.failed(
        "only a network of model.layers can be written as ONNX; this model is %s: use safetensors or npz"
            .formatted(model.job().model().summary()));
  }

  static void write(TrainedModel model, OnnxInputs inputs, OutputStream out) throws IOException {
    Mlp spec = network(model);
    if (model.parameters().length > MAX_PARAMETERS) {
      throw CommandException.failed(
          "an ONNX file holds at most %,d parameters (2 GiB); this model has %,d: use npz or safetensors"
              .formatted(MAX_PARAMETERS, model.parameters().length));
    }
    Optional<OnnxColumns> columns =
        inputs == OnnxInputs.COLUMNS ? Optional.of(OnnxColumns.of(model, spec)) : Optional.empty();
    GraphProto graph = graph(model, columns);
    long operatorSet = columns.map(OnnxColumns::operatorSet).orElse(OPERATOR_SET);
    ModelProto.Builder proto =
        ModelProto.newBuilder()
            .setIrVersion(operatorSet == OPERATOR_SET ? IR_VERSION : IR_VERSION_OF_SPLIT)
            .addOpsetImport(operators("", operatorSet))
            .setProducerName("cordee")
            .setGraph(graph);
    if (graph.getNodeList().stream().anyMatch(node -> node.getDomain().equals(OnnxIds.DOMAIN))) {
      proto.addOpsetImport(operators(OnnxIds.DOMAIN, OnnxIds.OPERATOR_SET));
    }
    metadata(model, inputs)
        .forEach(
            (key, value) ->
                proto.addMetadataProps(
                    StringStringEntryProto.newBuilder().setKey(key).setValue(value)));
    proto.build().writeTo(out);
  }

  private static OperatorSetIdProto operators(String domain, long version) {
    return OperatorSetIdProto.newBuilder().setDomain(domain).setVersion(version).build();
  }

  private static Map<String, String> metadata(TrainedModel model, OnnxInputs inputs) {
    boolean areColumns = inputs == OnnxInputs.COLUMNS;
    Map<String, String> metadata = new TreeMap<>(model.metadata());
    metadata.put("input_scale", Double.toString(areColumns ? 1 : model.scale()));
    putList(metadata, "classes", model.classes());
    List<String> features = model.columns().featureNames();
    if (!features.isEmpty()) {
      TableEncoding encoding = model.encoding();
      putList(
          metadata,
          "inputs",
          areColumns || encoding.columns().isEmpty() ? features : encoding.inputNames(features));
    }
    return metadata;
  }

  private static void putList(Map<String, String> metadata, String key, List<String> names) {
    if (!names.isEmpty()) {
      metadata.put(key, new GsonBuilder().disableHtmlEscaping().create().toJson(names));
    }
  }

  private static GraphProto graph(TrainedModel model, Optional<OnnxColumns> columns) {
    Mlp spec = network(model);
    GraphProto.Builder graph =
        GraphProto.newBuilder()
            .setName(model.job().name())
            .addOutput(value(OUTPUT, TensorProto.DataType.FLOAT, size(spec.outputs())));
    for (Layout.Tensor tensor : model.layout().tensors()) {
      graph.addInitializer(initializer(tensor, model.parameters()));
    }
    String from = columns.map(it -> it.add(graph)).orElseGet(() -> inputs(graph, model, spec));
    for (int layer = 1; layer <= spec.depth(); layer++) {
      boolean isLast = layer == spec.depth();
      String name = "layer" + layer;
      boolean isGelu = !isLast && spec.activation() == Activation.GELU;
      NodeProto.Builder applied =
          isGelu
              ? NodeProto.newBuilder().setOpType("Gelu")
              : isLast ? output(spec) : activation(spec);
      boolean isDecoded = isLast && !model.encoding().targets().isEmpty();
      String to = isLast && !isDecoded ? OUTPUT : name + ".units";
      boolean isSumOnly = applied.getOpType().isEmpty();
      String sum = isSumOnly ? to : name + ".sum";
      boolean isTable = layer == 1 && spec.isSparse();
      graph.addNode(sum(name, isTable ? Mlp.TABLE : name + ".weight", isTable, from, sum));
      if (isGelu) {
        gelu(graph, name, sum, to);
      } else if (!isSumOnly) {
        graph.addNode(applied.setName(name + ".applied").addInput(sum).addOutput(to));
      }
      from = to;
    }
    if (!model.encoding().targets().isEmpty()) {
      decoded(graph, model.encoding().targets(), from);
    }
    columns.ifPresent(it -> it.addLabel(graph));
    return graph.build();
  }

  /** Adds the inputs, and what becomes of them; returns the name of what goes into the network. */
  private static String inputs(GraphProto.Builder graph, TrainedModel model, Mlp spec) {
    List<String> parts = new ArrayList<>();
    for (OnnxIds column : ids(model, spec)) {
      graph.addInput(column.input());
      parts.add(column.add(graph));
    }
    if (numbers(spec) > 0) {
      graph.addInput(
          value(INPUT, TensorProto.DataType.FLOAT, size(numbers(spec))).setDocString(rows(model)));
      parts.add(encoded(graph, model.encoding()));
    }
    return joined(graph, "inputs", parts);
  }

  /** Adds what puts columns beside each other; returns its name, that of the only one if so. */
  static String joined(GraphProto.Builder graph, String name, List<String> parts) {
    if (parts.size() == 1) {
      return parts.get(0);
    }
    graph.addNode(
        node("Concat", name, parts.toArray(String[]::new)).addAttribute(integer("axis", 1)));
    return name;
  }

  /** Adds what encodes the rows; returns the name of what it makes of them. */
  private static String encoded(GraphProto.Builder graph, TableEncoding encoding) {
    if (encoding.columns().isEmpty()) {
      return INPUT;
    }
    List<TableEncoding.Numbers> inputs = encoding.byInput();
    String from = INPUT;
    if (inputs.stream().anyMatch(input -> input.fill().isPresent())) {
      graph.addInitializer(
          initializer(
              "features.fill", inputs.stream().map(it -> it.fill().orElse(Double.NaN)).toList()));
      graph.addNode(node("IsNaN", "features.missing", INPUT));
      graph.addNode(node("Where", "features.filled", "features.missing", "features.fill", INPUT));
      from = "features.filled";
    }
    List<TableEncoding.Range> ranges = inputs.stream().map(TableEncoding.Numbers::range).toList();
    graph.addInitializer(initializer("features.shift", shifts(ranges)));
    graph.addInitializer(initializer("features.scale", scales(ranges)));
    graph.addNode(node("Sub", "features.shifted", from, "features.shift"));
    graph.addNode(node("Div", "features", "features.shifted", "features.scale"));
    return "features";
  }

  /** Adds what makes values of the last layer's outputs. */
  private static void decoded(
      GraphProto.Builder graph, List<TableEncoding.Range> targets, String from) {
    graph.addInitializer(initializer("targets.shift", shifts(targets)));
    graph.addInitializer(initializer("targets.scale", scales(targets)));
    graph.addNode(node("Mul", "targets.scaled", from, "targets.scale"));
    graph.addNode(node("Add", OUTPUT, "targets.scaled", "targets.shift"));
  }

  static List<Double> shifts(List<TableEncoding.Range> ranges) {
    return ranges.stream().map(TableEncoding.Range::shift).toList();
  }

  static List<Double> scales(List<TableEncoding.Range> ranges) {
    return ranges.stream().map(TableEncoding.Range::scale).toList();
  }

  static NodeProto.Builder node(String operator, String to, String... from) {
    return NodeProto.newBuilder()
        .setName(to)
        .setOpType(operator)
        .addAllInput(List.of(from))
        .addOutput(to);
  }

  static TensorProto initializer(String name, List<Double> values) {
    float[] floats = new float[values.size()];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = values.get(i).floatValue();
    }
    return initializer(name, List.of((long) floats.length), floats, 0, floats.length);
  }

  private static String rows(TrainedModel model) {
    double scale = model.scale();
    return scale == 1
        ? "features as they are in the data"
        : "features divided by " + (scale == Math.rint(scale) ? "%.0f" : "%s").formatted(scale);
  }

  /** Weights are [out, in], row-major, so that Gemm is told to transpose them. */
  private static NodeProto sum(
      String layer, String weights, boolean isTable, String from, String to) {
    return NodeProto.newBuilder()
        .setName(layer)
        .setOpType("Gemm")
        .addInput(from)
        .addInput(weights)
        .addInput(layer + ".bias")
        .addOutput(to)
        .addAttribute(integer("transB", isTable ? 0 : 1))
        .build();
  }

  private static NodeProto.Builder activation(Mlp spec) {
    NodeProto.Builder node = NodeProto.newBuilder();
    return switch (spec.activation()) {
      case TANH -> node.setOpType("Tanh");
      case SIGMOID -> node.setOpType("Sigmoid");
      case RELU -> node.setOpType("Relu");
      case LEAKY_RELU -> node.setOpType("LeakyRelu"); // its alpha is 0.01
      case ELU -> node.setOpType("Elu"); // its alpha is 1
      case SOFTPLUS -> node.setOpType("Softplus");
      case GELU -> throw new IllegalStateException("it takes several nodes");
    };
  }

  /** ½z(1 + tanh(C(z + Kz³))), of what this set of operators has. */
  private static void gelu(GraphProto.Builder graph, String name, String from, String to) {
    String at = name + ".gelu.";
    Map<String, Double> constants = new TreeMap<>(Map.of("k", 0.044715, "c", GELU_C));
    constants.putAll(Map.of("one", 1.0, "half", 0.5));
    constants.forEach((key, value) -> graph.addInitializer(initializer(at + key, List.of(value))));
    graph.addNode(node("Mul", at + "square", from, from));
    graph.addNode(node("Mul", at + "scaled", at + "square", at + "k"));
    graph.addNode(node("Add", at + "factor", at + "scaled", at + "one"));
    graph.addNode(node("Mul", at + "cubed", from, at + "factor"));
    graph.addNode(node("Mul", at + "inner", at + "cubed", at + "c"));
    graph.addNode(node("Tanh", at + "tanh", at + "inner"));
    graph.addNode(node("Add", at + "share", at + "tanh", at + "one"));
    graph.addNode(node("Mul", at + "halved", from, at + "half"));
    graph.addNode(node("Mul", to, at + "halved", at + "share"));
  }

  private static NodeProto.Builder output(Mlp spec) {
    NodeProto.Builder node = NodeProto.newBuilder();
    return switch (spec.output()) {
      case SOFTMAX -> node.setOpType("Softmax").addAttribute(integer("axis", -1));
      case SIGMOID -> node.setOpType("Sigmoid");
      case LINEAR -> node;
    };
  }

  static TensorProto doubles(String name, List<Double> values) {
    ByteBuffer bytes =
        ByteBuffer.allocate(values.size() * Double.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    values.forEach(bytes::putDouble);
    return raw(name, TensorProto.DataType.DOUBLE, values.size(), bytes);
  }

  static TensorProto integers(String name, List<Long> values) {
    ByteBuffer bytes =
        ByteBuffer.allocate(values.size() * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    values.forEach(bytes::putLong);
    return raw(name, TensorProto.DataType.INT64, values.size(), bytes);
  }

  private static TensorProto raw(
      String name, TensorProto.DataType type, long count, ByteBuffer bytes) {
    return TensorProto.newBuilder()
        .setName(name)
        .setDataType(type.getNumber())
        .addDims(count)
        .setRawData(ByteString.copyFrom(bytes.flip()))
        .build();
  }

  /** Changes the type of the elements. */
  static NodeProto.Builder cast(TensorProto.DataType type, String to, String from) {
    return node("Cast", to, from).addAttribute(integer("to", type.getNumber()));
  }

  static AttributeProto integer(String name, long value) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.INT)
        .setI(value)
        .build();
  }

  static TensorShapeProto.Dimension.Builder size(long size) {
    return TensorShapeProto.Dimension.newBuilder().setDimValue(size);
  }

  /** [n, width]. */
  static ValueInfoProto.Builder value(
      String name, TensorProto.DataType type, TensorShapeProto.Dimension.Builder width) {
    TensorShapeProto shape =
        TensorShapeProto.newBuilder()
            .addDim(TensorShapeProto.Dimension.newBuilder().setDimParam("n"))
            .addDim(width)
            .build();
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(
            TypeProto.newBuilder()
                .setTensorType(
                    TypeProto.Tensor.newBuilder().setElemType(type.getNumber()).setShape(shape)));
  }

  private static TensorProto initializer(Layout.Tensor tensor, float[] parameters) {
    List<Long> shape = tensor.shape().stream().map(Number::longValue).toList();
    return initializer(tensor.name(), shape, parameters, tensor.offset(), tensor.size());
  }

  private static TensorProto initializer(
      String name, List<Long> shape, float[] values, int from, int count) {
    byte[] bytes = new byte[Math.multiplyExact(count, Float.BYTES)];
    FloatCodec.encode(values, from, count, bytes, 0);
    return TensorProto.newBuilder()
        .setName(name)
        .setDataType(TensorProto.DataType.FLOAT_VALUE)
        .addAllDims(shape)
        .setRawData(UnsafeByteOperations.unsafeWrap(bytes))
        .build();
  }
}
