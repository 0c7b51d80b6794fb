package io.cordee.worker.data.format;

import io.cordee.worker.data.rows.Decimals;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.LocalDate;
import org.apache.parquet.column.ColumnReader;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.LogicalTypeAnnotation.DecimalLogicalTypeAnnotation;
import org.apache.parquet.schema.PrimitiveStringifier;
import org.apache.parquet.schema.PrimitiveType;

/** A column of a row group, of which each value is a text. It only moves forward. */
final class ParquetColumn {

  private static final long JULIAN_DAY_OF_1970 = 2_440_588;

  private final ColumnReader values;
  private final PrimitiveType type;
  private final PrimitiveStringifier texts;
  private final boolean isDecimal;
  private long row;

  ParquetColumn(ColumnReader values) {
    this.values = values;
    type = values.getDescriptor().getPrimitiveType();
    texts = type.stringifier();
    isDecimal = type.getLogicalTypeAnnotation() instanceof DecimalLogicalTypeAnnotation;
  }

  /** Empty if the row has no value. */
  String text(long wanted) {
    skipTo(wanted);
    if (!isThere()) {
      return "";
    }
    String text = text();
    return isDecimal ? new BigDecimal(text).toPlainString() : text;
  }

  /** NaN if the row has no finite value, or its text is to tell. */
  double number(long wanted) {
    skipTo(wanted);
    if (!isThere() || type.getLogicalTypeAnnotation() != null) {
      return Double.NaN;
    }
    return switch (type.getPrimitiveTypeName()) {
      case INT32 -> values.getInteger();
      case INT64 -> values.getLong();
      case DOUBLE -> {
        double value = values.getDouble() + 0.0; // no sign of 0, as in texts
        yield Double.isFinite(value) ? value : Double.NaN;
      }
      default -> Double.NaN;
    };
  }

  private void skipTo(long wanted) {
    for (; row < wanted; row++) {
      if (isThere()) {
        values.skip();
      }
      values.consume();
    }
  }

  private boolean isThere() {
    return values.getCurrentDefinitionLevel() == values.getDescriptor().getMaxDefinitionLevel();
  }

  private String text() {
    return switch (type.getPrimitiveTypeName()) {
      case BOOLEAN -> values.getBoolean() ? "True" : "False";
      case INT32 -> utc(texts.stringify(values.getInteger()));
      case INT64 -> utc(texts.stringify(values.getLong()));
      case FLOAT -> Decimals.plain(Float.toString(values.getFloat()));
      case DOUBLE -> Decimals.plain(Double.toString(values.getDouble()));
      case BINARY, FIXED_LEN_BYTE_ARRAY -> texts.stringify(values.getBinary());
      case INT96 -> oldTimestamp(values.getBinary());
    };
  }

  private static String utc(String text) {
    return text.replace("+0000", "Z");
  }

  /** Nanoseconds of a day, and its Julian number. */
  private static String oldTimestamp(Binary value) {
    ByteBuffer bytes = value.toByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    long nanoseconds = bytes.getLong();
    long day = bytes.getInt() - JULIAN_DAY_OF_1970;
    return LocalDate.ofEpochDay(day).atStartOfDay().plusNanos(nanoseconds).toString();
  }
}
