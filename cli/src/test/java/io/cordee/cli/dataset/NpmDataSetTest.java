package io.cordee.cli.dataset;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.cordee.cli.console.Console;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroup;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.io.LocalOutputFile;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NpmDataSetTest {

  private static final MessageType FLIGHTS =
      MessageTypeParser.parseMessageType(
          "message root { optional int64 date (TIMESTAMP(MICROS,false)); optional int64 delay;"
              + " optional int64 distance; optional binary origin (STRING);"
              + " optional binary destination (STRING); }");

  @TempDir Path folder;

  private final ByteArrayOutputStream tar = new ByteArrayOutputStream();

  private void add(String path, byte[] content) {
    byte[] header = Arrays.copyOf(path.getBytes(StandardCharsets.US_ASCII), 512);
    byte[] size = "%011o".formatted(content.length).getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(size, 0, header, 124, size.length);
    tar.writeBytes(header);
    tar.writeBytes(Arrays.copyOf(content, (content.length + 511) / 512 * 512));
  }

  private List<String> rows(NpmDataSet set) throws IOException {
    Path archive = folder.resolve("archive.tgz");
    try (GZIPOutputStream out = new GZIPOutputStream(Files.newOutputStream(archive))) {
      out.write(tar.toByteArray());
    }
    StringWriter to = new StringWriter();
    set.write(archive, to, new Console(new PrintStream(new ByteArrayOutputStream()), false));
    return to.toString().lines().toList();
  }

  private static void add(LocalDateTime time, long delay, String to, ParquetWriter<Group> flights)
      throws IOException {
    Group flight = new SimpleGroup(FLIGHTS);
    flight.add("date", time.toEpochSecond(ZoneOffset.UTC) * 1_000_000);
    flight.add("delay", delay);
    flight.add("distance", 300L);
    flight.add("origin", "ATL");
    flight.add("destination", to);
    flights.write(flight);
  }

  @Test
  void flightsOfAQuarterOfAnHourLateAreLate() throws IOException {
    Path parquet = folder.resolve("flights.parquet");
    try (ParquetWriter<Group> flights =
        ExampleParquetWriter.builder(new LocalOutputFile(parquet))
            .withConf(new PlainParquetConfiguration())
            .withType(FLIGHTS)
            .build()) {
      add(LocalDateTime.of(2001, 1, 1, 0, 1), 15, "SAV", flights); // a Monday
      add(LocalDateTime.of(2001, 6, 24, 23, 59), 14, "JFK", flights); // a Sunday
      add(LocalDateTime.of(2001, 6, 25, 8, 0), -14, "JFK", flights);
    }
    add("package/data/flights-2k.json", new byte[] {'[', ']'});
    add("package/data/flights-3m.parquet", Files.readAllBytes(parquet));
    assertEquals(
        List.of("ATL,SAV,0,1,1,300,1", "ATL,JFK,23,7,6,300,0", "ATL,JFK,8,1,6,300,0"),
        rows(new FlightsCommand()));
  }

  @Test
  void textsAreCutIntoEvenPassagesOfWordsWithoutTags() throws IOException {
    List<String> words = new ArrayList<>();
    StringBuilder text = new StringBuilder("\n\n\t");
    for (int i = 0; i < 150; i++) {
      words.add("w" + i);
      text.append("W").append(i).append("/nn-tl").append(i % 20 == 19 ? "\n\n\n\t" : " ");
    }
    add("package/README", "no text".getBytes(StandardCharsets.US_ASCII));
    add("package/cr01", "1/2/cd \"/\" ./.\n".getBytes(StandardCharsets.US_ASCII));
    add("package/ca44", text.toString().getBytes(StandardCharsets.US_ASCII));
    assertEquals(
        List.of(
            '"' + String.join(" ", words.subList(0, 75)) + "\",reportage",
            '"' + String.join(" ", words.subList(75, 150)) + "\",reportage",
            "\"1/2 \"\" .\",humor"),
        rows(new BrownCommand()));
  }
}
