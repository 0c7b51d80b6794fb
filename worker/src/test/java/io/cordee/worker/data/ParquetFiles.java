package io.cordee.worker.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroup;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.LocalOutputFile;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;

final class ParquetFiles {

  private ParquetFiles() {}

  /**
   * @param columns as in {@code "required double x; optional binary kind (STRING);"}
   * @param rows their values, as texts; an empty one is none
   */
  static void write(Path file, String columns, CompressionCodecName codec, List<List<String>> rows)
      throws IOException {
    MessageType schema = MessageTypeParser.parseMessageType("message rows { " + columns + " }");
    Files.deleteIfExists(file);
    try (ParquetWriter<Group> writer =
        ExampleParquetWriter.builder(new LocalOutputFile(file))
            .withConf(new PlainParquetConfiguration())
            .withType(schema)
            .withCompressionCodec(codec)
            .withRowGroupSize(2000L)
            .withMinRowCountForPageSizeCheck(2)
            .build()) {
      for (List<String> row : rows) {
        Group group = new SimpleGroup(schema);
        for (int i = 0; i < row.size(); i++) {
          if (!row.get(i).isEmpty()) {
            add(group, i, row.get(i));
          }
        }
        writer.write(group);
      }
    }
  }

  private static void add(Group row, int column, String text) {
    switch (row.getType().getType(column).asPrimitiveType().getPrimitiveTypeName()) {
      case BOOLEAN -> row.add(column, text.equals("1"));
      case INT32 -> row.add(column, Integer.parseInt(text));
      case INT64 -> row.add(column, Long.parseLong(text));
      case FLOAT -> row.add(column, Float.parseFloat(text));
      case DOUBLE -> row.add(column, Double.parseDouble(text));
      default -> row.add(column, text);
    }
  }
}
