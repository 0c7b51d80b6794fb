package io.cordee.cli.export;

import static io.cordee.cli.export.OnnxFile.cast;
import static io.cordee.cli.export.OnnxFile.initializer;
import static io.cordee.cli.export.OnnxFile.integer;
import static io.cordee.cli.export.OnnxFile.integers;
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
import io.cordee.formats.onnx.ValueInfoProto;
import io.cordee.worker.data.rows.Decimals;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/**
 * A column of ids in an ONNX model: texts, of which a dictionary makes rows of the table, or these
 * rows, of a hashed column. Cells with fewer ids than others end with empty texts or -1. Cells of
 * several ids may also come whole, and are then split by the graph.
 */
final class OnnxIds {

  static final String DOMAIN = "ai.onnx.ml";
  static final long OPERATOR_SET = 2;

  /** The first operator set that has StringSplit. */
  static final long OPERATOR_SET_OF_SPLIT = 20;

  private static final long NO_ROW = -1;

  private final String table;
  private final String column;
  private final IdColumn how;
  private final List<String> known;
  private final String input;
  private final boolean isOne;
  private final boolean isSplit;

  private OnnxIds(IdTable table, TableEncoding.Ids ids, String input, boolean isCell) {
    this.table = table.tensor();
    column = table.name();
    how = ids.how();
    known = ids.known();
    this.input = input;
    isOne = how.separator().isEmpty();
    isSplit = isCell && !isOne;
  }

  /** Takes the ids of a cell, or the rows of a hashed column. */
  static OnnxIds ofIds(IdTable table, TableEncoding.Ids ids) {
    return new OnnxIds(table, ids, "column." + table.name(), false);
  }

  /** Takes whole cells, which the graph splits. */
  static OnnxIds ofCells(IdTable table, TableEncoding.Ids ids) {
    return new OnnxIds(table, ids, table.name(), true);
  }

  boolean isSplit() {
    return isSplit;
  }

  String describe() {
    return "\"%s\" [n, %s], %s"
        .formatted(
            input,
            isOne ? "1" : "ids",
            how.isHashed() ? "XXH64 of the id modulo " + how.rows() : "texts");
  }

  ValueInfoProto.Builder input() {
    TensorShapeProto.Dimension.Builder width = size(1);
    if (!isOne) {
      width.setDimParam("ids." + column);
    }
    TensorProto.DataType type =
        how.isHashed() ? TensorProto.DataType.INT64 : TensorProto.DataType.STRING;
    return value(input, type, width);
  }

  /** Adds all but the input; returns the name of what the table gives, [n, dim]. */
  String add(GraphProto.Builder graph) {
    String axis = "axis." + column;
    graph.addInitializer(integers(axis, List.of(1L)));
    String ids = input;
    if (isSplit) {
      graph.addNode(
          node("StringSplit", "cells." + column, input)
              .addOutput("counts." + column)
              .addAttribute(
                  AttributeProto.newBuilder()
                      .setName("delimiter")
                      .setType(AttributeProto.AttributeType.STRING)
                      .setS(ByteString.copyFromUtf8(how.separator()))));
      ids = "split." + column;
      graph.addNode(node("Squeeze", ids, "cells." + column, axis));
    }
    String index = ids;
    if (!how.isHashed()) {
      index = "index." + column;
      graph.addNode(dictionary(index, ids));
    }
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
    graph.addInitializer(integers("none." + column, List.of(NO_ROW)));
    graph.addNode(node("Greater", isRow, index, "none." + column));
    graph.addNode(cast(TensorProto.DataType.FLOAT, counted, isRow));
    if (how.pool() == IdColumn.Pool.SUM) {
      return counted;
    }
    graph.addInitializer(initializer("one." + column, List.of(1.0)));
    graph.addNode(node("ReduceSum", "count." + column, counted, axis));
    graph.addNode(node("Max", "divisor." + column, "count." + column, "one." + column));
    graph.addNode(node("Div", "share." + column, counted, "divisor." + column));
    return "share." + column;
  }

  private NodeProto.Builder dictionary(String index, String ids) {
    Map<String, Long> rows = new LinkedHashMap<>();
    known.forEach(id -> rows.put(id, 1L + rows.size()));
    rows.putIfAbsent("", isOne ? 0 : NO_ROW);
    if (!isOne) {
      return encoder(index, ids, rows, 0);
    }
    return dictionary(index, ids, rows, 0);
  }

  /**
   * Looks up whole cells. A whole number with a point is the one without it: 8.0 is 8.
   *
   * @param other the index of all other strings
   */
  static NodeProto.Builder dictionary(
      String to, String from, Map<String, Long> indices, long other) {
    Map<String, Long> all = new LinkedHashMap<>(indices);
    indices.forEach(
        (text, index) -> {
          if (Decimals.plain(text + ".0").equals(text)) {
            all.putIfAbsent(text + ".0", index);
          }
        });
    all.putIfAbsent("", other); // a dictionary must not be empty
    return encoder(to, from, all, other);
  }

  private static NodeProto.Builder encoder(
      String to, String from, Map<String, Long> indices, long other) {
    return node("LabelEncoder", to, from)
        .setDomain(DOMAIN)
        .addAttribute(strings("keys_strings", indices.keySet()))
        .addAttribute(longs("values_int64s", indices.values()))
        .addAttribute(integer("default_int64", other));
  }

  /** Names the classes with these indices. */
  static NodeProto.Builder names(String to, String from, List<String> names) {
    return node("LabelEncoder", to, from)
        .setDomain(DOMAIN)
        .addAttribute(longs("keys_int64s", LongStream.range(0, names.size()).boxed().toList()))
        .addAttribute(strings("values_strings", names));
  }

  private static AttributeProto strings(String name, Collection<String> values) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.STRINGS)
        .addAllStrings(values.stream().map(ByteString::copyFromUtf8).toList())
        .build();
  }

  private static AttributeProto longs(String name, Collection<Long> values) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.INTS)
        .addAllInts(values)
        .build();
  }
}
