package io.cordee.cli.serve;

import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.MalformedJsonException;
import io.cordee.common.job.data.Columns;
import io.cordee.common.job.data.SourceSpec;
import io.cordee.common.job.data.TableFormat;
import io.cordee.common.job.file.Nearest;
import io.cordee.common.text.OutsideText;
import io.cordee.worker.data.format.CsvFile;
import io.cordee.worker.data.format.GivenRows;
import io.cordee.worker.data.format.Input;
import io.cordee.worker.data.table.Dates;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.io.EOFException;
import java.io.IOException;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The form of the rows that a model takes, and how they are read from the body of a request.
 *
 * @param format of a table in a body
 * @param features the names of the model's columns, in order; empty if they have none
 * @param columns that a row must have: of parts of a date, such as {@code day.month}, the date
 * @param others columns that a row may have besides, the features included
 */
record RowForm(
    TableFormat.Csv format, List<String> features, List<String> columns, Set<String> others) {

  /** Rows of a request, at most. */
  static final int MOST_ROWS = 10_000;

  /** The name of the rows in messages. */
  static final String NAME = "the request";

  private static final String ROWS = "rows";
  private static final String NAMELESS =
      "expected rows that are arrays of numbers, since the model's columns have no names";
  private static final int MOST_SHOWN = 20;
  private static final int LONGEST_SHOWN = 100;

  static RowForm of(SourceSpec.Table spec, Columns known) {
    Set<String> others = new HashSet<>(spec.wanted());
    others.addAll(spec.ignored());
    others.addAll(known.targetNames());
    TableFormat.Csv format = (TableFormat.Csv) spec.format();
    List<String> features = format.header() ? known.featureNames() : List.of();
    others.addAll(features);
    List<String> columns =
        features.stream().map(name -> Dates.ofPart(name).orElse(name)).distinct().toList();
    others.addAll(columns);
    return new RowForm(format, features, columns, others);
  }

  boolean isNamed() {
    return !features.isEmpty();
  }

  /**
   * @throws RequestException if they are no rows of this form
   */
  GivenRows read(byte[] body, boolean isCsv) {
    String text = decoded(body);
    if (text.isBlank()) {
      throw RequestException.bad("expected rows; found an empty body");
    }
    GivenRows rows =
        isCsv
            ? GivenRows.of(new CsvFile(format, Input.memory(NAME, body)), MOST_ROWS + 1)
            : json(text);
    if (rows.rows().isEmpty()) {
      throw RequestException.bad(
          "expected at least one row; found none%s",
          isCsv
              ? ", only a header: curl keeps the line ends of a file by --data-binary @FILE"
              : "");
    }
    requireFew(rows.rows().size());
    return rows;
  }

  private static void requireFew(int rows) {
    if (rows > MOST_ROWS) {
      throw new RequestException(
          HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE,
          "expected at most %,d rows in a request; found more: send several requests"
              .formatted(MOST_ROWS));
    }
  }

  private static String decoded(byte[] body) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString();
    } catch (CharacterCodingException e) {
      throw RequestException.bad("expected text in UTF-8; found bytes that are none");
    }
  }

  // ---- JSON ----

  private GivenRows json(String text) {
    JsonReader in = new JsonReader(new StringReader(text));
    in.setStrictness(Strictness.STRICT);
    try {
      GivenRows rows = json(in);
      if (in.peek() != JsonToken.END_DOCUMENT) {
        throw RequestException.bad("malformed JSON: expected one value; found more behind it");
      }
      return rows;
    } catch (MalformedJsonException | EOFException e) {
      String why = e.getMessage().lines().findFirst().orElse("");
      throw RequestException.bad("malformed JSON: %s", OutsideText.message(why));
    } catch (IOException e) {
      throw new IllegalStateException("a text in memory can be read", e);
    }
  }

  private interface Row {
    /**
     * @param number of the row, from 0
     */
    void read(int number) throws IOException;
  }

  /** Reads a bare array of rows, one below {@code rows}, or a single object, which is a row. */
  private GivenRows json(JsonReader in) throws IOException {
    List<Map<String, String>> objects = new ArrayList<>();
    List<List<String>> arrays = new ArrayList<>();
    Row row =
        number -> {
          if (isNamed()) {
            require(in, JsonToken.BEGIN_OBJECT, place(number) + "expected an object");
            in.beginObject();
            objects.add(members(in, number, new LinkedHashMap<>()));
          } else {
            require(in, JsonToken.BEGIN_ARRAY, place(number) + NAMELESS);
            arrays.add(cells(in, number));
          }
        };
    if (in.peek() == JsonToken.BEGIN_ARRAY) {
      array(in, row);
    } else {
      require(in, JsonToken.BEGIN_OBJECT, "expected an object or an array");
      in.beginObject();
      boolean isEmpty = !in.hasNext();
      String first = isEmpty ? "" : in.nextName();
      if (first.equals(ROWS) && in.peek() == JsonToken.BEGIN_ARRAY) {
        array(in, row);
        if (in.hasNext()) {
          throw RequestException.bad(
              "expected nothing beside \"rows\"; found \"%s\"", shown(in.nextName()));
        }
        in.endObject();
      } else if (!isNamed()) {
        throw RequestException.bad("expected {\"rows\": [[1, 2]]}: %s; found an object", NAMELESS);
      } else {
        Map<String, String> only = new LinkedHashMap<>();
        if (!isEmpty) {
          putMember(in, 0, first, only);
        }
        objects.add(members(in, 0, only));
      }
    }
    return isNamed() ? table(objects) : new GivenRows(NAME, List.of(), sameWidth(arrays));
  }

  private static void array(JsonReader in, Row row) throws IOException {
    in.beginArray();
    for (int number = 0; in.hasNext(); number++) {
      requireFew(number + 1);
      row.read(number);
    }
    in.endArray();
  }

  /** Reads the rest of an object. */
  private Map<String, String> members(JsonReader in, int row, Map<String, String> into)
      throws IOException {
    while (in.hasNext()) {
      putMember(in, row, in.nextName(), into);
    }
    in.endObject();
    return into;
  }

  private void putMember(JsonReader in, int row, String name, Map<String, String> into)
      throws IOException {
    if (!others.contains(name)) {
      throw RequestException.bad(
          "%sunknown column '%s'; %s",
          place(row),
          shown(name),
          Nearest.to(name, columns)
              .map("did you mean '%s'?"::formatted)
              .orElse("expected " + shown(columns)));
    }
    if (into.put(name, value(in, place(row) + "column '" + name + "'")) != null) {
      throw RequestException.bad("%scolumn '%s' is given twice", place(row), name);
    }
  }

  private static List<String> cells(JsonReader in, int row) throws IOException {
    List<String> cells = new ArrayList<>();
    in.beginArray();
    while (in.hasNext()) {
      cells.add(value(in, place(row) + "value " + cells.size()));
    }
    in.endArray();
    return cells;
  }

  /** Returns a value as it would stand in a file. */
  private static String value(JsonReader in, String place) throws IOException {
    JsonToken kind = in.peek();
    return switch (kind) {
      case STRING, NUMBER -> in.nextString();
      case BOOLEAN -> Boolean.toString(in.nextBoolean());
      case NULL -> {
        in.nextNull();
        yield "";
      }
      default ->
          throw RequestException.bad(
              "%s: expected a text, a number, true, false or null; found an %s",
              place, kind == JsonToken.BEGIN_ARRAY ? "array" : "object");
    };
  }

  private static void require(JsonReader in, JsonToken expected, String words) throws IOException {
    if (in.peek() != expected) {
      String found = in.peek().toString().toLowerCase(Locale.ROOT).replace("begin_", "an ");
      throw RequestException.bad("%s; found %s", words, found);
    }
  }

  private static List<List<String>> sameWidth(List<List<String>> rows) {
    for (int i = 1; i < rows.size(); i++) {
      if (rows.get(i).size() != rows.get(0).size()) {
        throw RequestException.bad(
            "%sexpected %d numbers, as in row 0; found %d",
            place(i), rows.get(0).size(), rows.get(i).size());
      }
    }
    return rows;
  }

  /** The rows as a table, whose columns are those of the first row that are in use. */
  private GivenRows table(List<Map<String, String>> rows) {
    Set<String> given = rows.isEmpty() ? Set.of() : rows.get(0).keySet();
    List<String> needed =
        features.stream()
            .map(name -> given.contains(name) ? name : Dates.ofPart(name).orElse(name))
            .distinct()
            .toList();
    List<List<String>> cells = new ArrayList<>();
    for (Map<String, String> row : rows) {
      for (String column : needed) {
        if (!row.containsKey(column)) {
          throw RequestException.bad(
              "%scolumn '%s' is missing; give null for an empty cell", place(cells.size()), column);
        }
      }
      cells.add(needed.stream().map(row::get).toList());
    }
    return new GivenRows(NAME, needed, cells);
  }

  private static String place(int row) {
    return "row " + row + " (from 0): ";
  }

  private static String shown(String name) {
    return OutsideText.printable(name, LONGEST_SHOWN);
  }

  private static String shown(List<String> names) {
    return names.stream().limit(MOST_SHOWN).collect(Collectors.joining(", "))
        + (names.size() > MOST_SHOWN ? ", ..." : "");
  }
}
