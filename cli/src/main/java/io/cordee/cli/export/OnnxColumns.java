package io.cordee.cli.export;

import static io.cordee.cli.export.OnnxFile.cast;
import static io.cordee.cli.export.OnnxFile.doubles;
import static io.cordee.cli.export.OnnxFile.initializer;
import static io.cordee.cli.export.OnnxFile.integer;
import static io.cordee.cli.export.OnnxFile.integers;
import static io.cordee.cli.export.OnnxFile.joined;
import static io.cordee.cli.export.OnnxFile.node;
import static io.cordee.cli.export.OnnxFile.size;
import static io.cordee.cli.export.OnnxFile.value;

import io.cordee.cli.commandline.CommandException;
import io.cordee.common.job.data.TableEncoding;
import io.cordee.common.job.data.TableEncoding.Ids;
import io.cordee.common.job.data.TableEncoding.Numbers;
import io.cordee.common.job.data.TableEncoding.Texts;
import io.cordee.common.model.Mlp;
import io.cordee.formats.onnx.GraphProto;
import io.cordee.formats.onnx.TensorProto;
import io.cordee.formats.onnx.ValueInfoProto;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * The columns of a table as the inputs of an ONNX model, [n, 1] each: numbers as doubles, NaN where
 * a value is missing, and strings. The graph encodes them as training did.
 */
final class OnnxColumns {

  /** The output with the name of the predicted class. */
  static final String LABEL = "label";

  private static final int SHOWN = 10;
  private static final String ENCODED = "export with --inputs encoded";

  private final TrainedModel model;
  private final Mlp spec;
  private final List<String> names;
  private final List<TableEncoding.Column> columns;

  private OnnxColumns(
      TrainedModel model, Mlp spec, List<String> names, List<TableEncoding.Column> columns) {
    this.model = model;
    this.spec = spec;
    this.names = names;
    this.columns = columns;
  }

  /**
   * @throws CommandException if the model knows no columns, or has one that ONNX cannot encode
   */
  static OnnxColumns of(TrainedModel model, Mlp spec) {
    if (OnnxInputs.of(model) != OnnxInputs.COLUMNS) {
      throw CommandException.failed(
          "--inputs columns: expected a model of a table whose columns have names; found none in "
              + model.file()
              + ": "
              + ENCODED);
    }
    List<String> names = model.columns().featureNames();
    Numbers asTheyAre =
        new Numbers(new TableEncoding.Range(0, model.scale()), OptionalDouble.empty(), false);
    List<TableEncoding.Column> encoded = model.encoding().columns();
    List<TableEncoding.Column> columns =
        encoded.isEmpty() ? Collections.nCopies(names.size(), asTheyAre) : encoded;
    for (int i = 0; i < names.size(); i++) {
      if (columns.get(i) instanceof Ids ids && ids.how().isHashed()) {
        throw CommandException.failed(
            "column '%s' is hashed (data.ids), which no ONNX operator does: %s, which takes the hashes, or train without hash"
                .formatted(names.get(i), ENCODED));
      }
    }
    return new OnnxColumns(model, spec, names, columns);
  }

  private List<OnnxIds> ids() {
    List<Ids> ids = model.encoding().ids();
    return IntStream.range(0, ids.size())
        .mapToObj(t -> OnnxIds.ofCells(spec.ids().get(t), ids.get(t)))
        .toList();
  }

  long operatorSet() {
    return ids().stream().anyMatch(OnnxIds::isSplit)
        ? OnnxIds.OPERATOR_SET_OF_SPLIT
        : OnnxFile.OPERATOR_SET;
  }

  String describe() {
    return Stream.of(true, false)
        .map(areNumbers -> described(areNumbers, areNumbers ? "numbers (double)" : "strings"))
        .filter(words -> !words.isEmpty())
        .collect(Collectors.joining("; "));
  }

  private String described(boolean areNumbers, String kind) {
    List<String> of =
        IntStream.range(0, names.size())
            .filter(i -> columns.get(i) instanceof Numbers == areNumbers)
            .mapToObj(names::get)
            .toList();
    String rest = of.size() > SHOWN ? ", ... (%,d)".formatted(of.size()) : "";
    return of.isEmpty()
        ? ""
        : kind + " " + of.stream().limit(SHOWN).collect(Collectors.joining(", ")) + rest;
  }

  /** Adds the inputs and what encodes them; returns the name of what goes into the network. */
  String add(GraphProto.Builder graph) {
    for (int i = 0; i < names.size(); i++) {
      TensorProto.DataType type =
          columns.get(i) instanceof Numbers
              ? TensorProto.DataType.DOUBLE
              : TensorProto.DataType.STRING;
      graph.addInput(value(names.get(i), type, size(1)));
    }
    List<String> parts = new ArrayList<>();
    ids().forEach(column -> parts.add(column.add(graph)));
    Map<String, Numbers> numbers = new LinkedHashMap<>();
    for (int i = 0; i < names.size(); i++) {
      TableEncoding.Column column = columns.get(i);
      if (column instanceof Numbers of) {
        numbers.put(names.get(i), of);
      }
      boolean isIndicated = column instanceof Numbers of && of.indicator();
      boolean isRunOver = isIndicated || column instanceof Texts || i == names.size() - 1;
      if (isRunOver && !numbers.isEmpty()) {
        parts.add(scaled(graph, "columns." + i, numbers));
        numbers.clear();
      }
      if (isIndicated) {
        String missing = "indicator." + names.get(i);
        graph.addNode(node("IsNaN", missing + ".of", names.get(i)));
        graph.addNode(cast(TensorProto.DataType.FLOAT, missing, missing + ".of"));
        parts.add(missing);
      }
      if (column instanceof Texts texts) {
        parts.add(oneHot(graph, names.get(i), texts));
      }
    }
    return joined(graph, "inputs", parts);
  }

  private static String scaled(GraphProto.Builder graph, String at, Map<String, Numbers> numbers) {
    String from = joined(graph, at, List.copyOf(numbers.keySet()));
    List<Numbers> how = List.copyOf(numbers.values());
    if (how.stream().anyMatch(it -> it.fill().isPresent())) {
      List<Double> fills = how.stream().map(it -> it.fill().orElse(Double.NaN)).toList();
      graph.addInitializer(doubles(at + ".fill", fills));
      graph.addNode(node("IsNaN", at + ".missing", from));
      graph.addNode(node("Where", at + ".filled", at + ".missing", at + ".fill", from));
      from = at + ".filled";
    }
    List<TableEncoding.Range> ranges = how.stream().map(Numbers::range).toList();
    graph.addInitializer(doubles(at + ".shift", OnnxFile.shifts(ranges)));
    graph.addInitializer(doubles(at + ".scale", OnnxFile.scales(ranges)));
    graph.addNode(node("Sub", at + ".shifted", from, at + ".shift"));
    graph.addNode(node("Div", at + ".divided", at + ".shifted", at + ".scale"));
    graph.addNode(cast(TensorProto.DataType.FLOAT, at + ".scaled", at + ".divided"));
    return at + ".scaled";
  }

  /** Without an input for other strings, these are refused: their index is out of bounds. */
  private static String oneHot(GraphProto.Builder graph, String column, Texts texts) {
    String at = "string." + column;
    int other = texts.texts().size();
    Map<String, Long> indices = new LinkedHashMap<>();
    texts.texts().forEach(text -> indices.put(text, (long) indices.size()));
    graph.addNode(OnnxIds.dictionary(at + ".found", column, indices, other));
    String index = at + ".found";
    if (!texts.hasOther()) {
      graph.addInitializer(integers(at + ".known", LongStream.range(0, other).boxed().toList()));
      graph.addNode(
          node("Gather", at + ".checked", at + ".known", index)
              .setName("string of column '%s' that training lacked".formatted(column)));
      index = at + ".checked";
    }
    graph.addInitializer(integers(at + ".width", List.of((long) texts.inputs())));
    graph.addInitializer(initializer(at + ".values", List.of(0.0, 1.0)));
    graph.addInitializer(integers(at + ".axis", List.of(1L)));
    graph.addNode(node("OneHot", at + ".inputs", index, at + ".width", at + ".values"));
    graph.addNode(node("Squeeze", at, at + ".inputs", at + ".axis"));
    return at;
  }

  /** Adds the output with the name of the predicted class, if there are classes. */
  void addLabel(GraphProto.Builder graph) {
    if (model.job().hasLabels()) {
      String index = "label.index";
      if (spec.outputs() == 1) {
        graph.addInitializer(initializer("label.least", List.of(0.5)));
        graph.addInitializer(integers("label.axis", List.of(1L)));
        graph.addNode(node("GreaterOrEqual", "label.isSecond", OnnxFile.OUTPUT, "label.least"));
        graph.addNode(cast(TensorProto.DataType.INT64, "label.column", "label.isSecond"));
        graph.addNode(node("Squeeze", index, "label.column", "label.axis"));
      } else {
        graph.addNode(
            node("ArgMax", index, OnnxFile.OUTPUT)
                .addAttribute(integer("axis", 1))
                .addAttribute(integer("keepdims", 0)));
      }
      graph.addNode(OnnxIds.names(LABEL, index, model.classNames()));
      ValueInfoProto.Builder output = value(LABEL, TensorProto.DataType.STRING, size(1));
      output.getTypeBuilder().getTensorTypeBuilder().getShapeBuilder().removeDim(1);
      graph.addOutput(output);
    }
    requireNamesOfTheirOwn(graph);
  }

  private void requireNamesOfTheirOwn(GraphProto.Builder graph) {
    Set<String> used = new HashSet<>();
    graph.getInitializerList().forEach(it -> used.add(it.getName()));
    graph.getNodeList().forEach(it -> used.addAll(it.getOutputList()));
    for (String name : names) {
      if (name.isEmpty() || !used.add(name)) {
        throw CommandException.failed(
            "column '%s' needs a name that no other column and no part of the graph has: rename it before training, or %s"
                .formatted(name, ENCODED));
      }
    }
  }
}
