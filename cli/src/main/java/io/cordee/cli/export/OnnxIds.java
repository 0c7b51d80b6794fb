package io.cordee.cli.export;

import static io.cordee.cli.export.OnnxFile.initializer;
import static io.cordee.cli.export.OnnxFile.integer;
import static io.cordee.cli.export.OnnxFile.node;
import static io.cordee.cli.export.OnnxFile.size;
import static io.cordee.cli.export.OnnxFile.value;

import com.google.protobuf.ByteString;
import io.cordee.common.job.data.IdColumn;
import io.cordee.common.job.data.TableEncoding;
import io.cordee.common.model.IdTable;
import io.cordee.formats.onnx.AttributeProto;
import io.cordee.formats.onnx.GraphProto;
import io.cordee.formats.onnx.NodeProto;
import io.cordee.formats.onnx.TensorProto;
import io.cordee.formats.onnx.TensorShapeProto;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * A column of ids in an ONNX model: texts, of which a dictionary makes rows of the table, or these
 * rows, of a hashed column. Cells with fewer ids than others end with empty texts or -1.
 */
final class OnnxIds {

  static final String DOMAIN = "ai.onnx.ml";
  static final long OPERATOR_SET = 2;

  private static final long NO_ROW = -1;

  private final String table;
  private final String column;
  private final IdColumn how;
  private final List<String> known;
  private final String input;
  private final boolean isOne;

  OnnxIds(IdTable table, TableEncoding.Ids ids) {
    this.table = table.tensor();
    column = table.name();
    how = ids.how();
    known = ids.known();
    input = "column." + column;
    isOne = how.separator().isEmpty();
  }

  String describe() {
    return "\"%s\" [n, %s], %s"
        .formatted(
            input,
            isOne ? "1" : "ids",
            how.isHashed() ? "XXH64 of the id modulo " + how.rows() : "texts");
  }

  /** Returns the name of what the table gives, [n, dim]. */
  String add(GraphProto.Builder graph) {
    TensorShapeProto.Dimension.Builder width = size(1);
    if (!isOne) {
      width.setDimParam("ids." + column);
    }
    TensorProto.DataType type =
        how.isHashed() ? TensorProto.DataType.INT64 : TensorProto.DataType.STRING;
    graph.addInput(value(input, type, width));
    String index = input;
    if (!how.isHashed()) {
      index = "index." + column;
      graph.addNode(dictionary(index));
    }
    String axis = "axis." + column;
    graph.addInitializer(integers(axis, 1));
    String rows = "rows." + column;
    graph.addNode(node("Gather", rows, table, index));
    if (!isOne) {
      String weights = weights(graph, index, axis);
      graph.addNode(node("Unsqueeze", "weights." + column, weights, axis));
      graph.addNode(node("MatMul", "sum." + column, "weights." + column, rows));
      rows = "sum." + column;
    }
    graph.addNode(node("Squeeze", "inputs." + column, rows, axis));
    return "inputs." + column;
  }

  /** Of the rows of cells, [n, ids]: 0 where there is none. */
  private String weights(GraphProto.Builder graph, String index, String axis) {
    String isRow = "isRow." + column;
    String counted = "counted." + column;
    graph.addInitializer(integers("none." + column, NO_ROW));
    graph.addNode(node("Greater", isRow, index, "none." + column));
    graph.addNode(
        node("Cast", counted, isRow)
            .addAttribute(integer("to", TensorProto.DataType.FLOAT.getNumber())));
    if (how.pool() == IdColumn.Pool.SUM) {
      return counted;
    }
    graph.addInitializer(initializer("one." + column, List.of(1.0)));
    graph.addNode(node("ReduceSum", "count." + column, counted, axis));
    graph.addNode(node("Max", "divisor." + column, "count." + column, "one." + column));
    graph.addNode(node("Div", "share." + column, counted, "divisor." + column));
    return "share." + column;
  }

  private NodeProto.Builder dictionary(String index) {
    AttributeProto.Builder texts =
        AttributeProto.newBuilder()
            .setName("keys_strings")
            .setType(AttributeProto.AttributeType.STRINGS);
    AttributeProto.Builder rows =
        AttributeProto.newBuilder()
            .setName("values_int64s")
            .setType(AttributeProto.AttributeType.INTS);
    for (int id = 0; id < known.size(); id++) {
      texts.addStrings(ByteString.copyFromUtf8(known.get(id)));
      rows.addInts(1 + id);
    }
    if (!known.contains("")) { // a dictionary must not be empty
      texts.addStrings(ByteString.EMPTY);
      rows.addInts(isOne ? 0 : NO_ROW);
    }
    return node("LabelEncoder", index, input)
        .setDomain(DOMAIN)
        .addAttribute(texts)
        .addAttribute(rows)
        .addAttribute(integer("default_int64", 0));
  }

  private static TensorProto integers(String name, long only) {
    ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    return TensorProto.newBuilder()
        .setName(name)
        .setDataType(TensorProto.DataType.INT64.getNumber())
        .addDims(1)
        .setRawData(ByteString.copyFrom(bytes.putLong(0, only)))
        .build();
  }
}
