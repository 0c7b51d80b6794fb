package io.cordee.cli.dataset;

import io.cordee.cli.commandline.TemporaryFolder;
import io.cordee.cli.console.Console;
import io.cordee.worker.data.format.CellReader;
import io.cordee.worker.data.format.ParquetFile;
import io.cordee.worker.data.format.RowStart;
import io.cordee.worker.fetch.NpmPackage;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Locale;
import java.util.stream.Stream;
import picocli.CommandLine.Command;

@Command(
    name = "flights",
    description = {
      "Fetches 3,000,000 flights within the USA, and which of them were late.",
      "Writes flights.csv, of January to June 2001 (18 MB): late are those of 15 minutes or more.",
      "They come with the npm package vega-datasets and are from the US Bureau of Transportation",
      "Statistics, published as 14 CFR 234 requires; it states no licence."
    },
    footer = {"", "Example:", "  cordee data flights"})
public final class FlightsCommand extends NpmDataSet {

  private static final NpmPackage VEGA =
      new NpmPackage(
          "vega-datasets",
          "3.2.1",
          "5e6db3455f021fa3dc132f75fb93e034044d4ee757744dc3f10eed78d496d903");

  private static final String CONTENT = "package/data/flights-3m.parquet";

  /** What airlines and authorities call late. */
  private static final int LATE_MINUTES = 15;

  private static final int ROWS_SHOWN = 100_000;

  FlightsCommand() {
    super(VEGA, "origin,destination,hour,weekday,month,distance,late");
  }

  @Override
  void write(Path archive, Writer to, Console console) throws IOException {
    Path parquet = TemporaryFolder.path().resolve("flights.parquet");
    Files.write(parquet, NpmPackage.files(archive, CONTENT::equals).get(CONTENT));
    ParquetFile table = ParquetFile.of(parquet);
    int[] at =
        Stream.of("origin", "destination", "date", "distance", "delay")
            .mapToInt(table.first()::indexOf)
            .toArray();
    long rows = 0;
    try (CellReader cells = table.open(RowStart.FIRST)) {
      while (cells.advance()) {
        LocalDateTime time = LocalDateTime.parse(cells.cell(at[2]));
        to.write(cells.cell(at[0]) + ',' + cells.cell(at[1]) + ',' + time.getHour());
        to.write("," + time.getDayOfWeek().getValue() + ',' + time.getMonthValue());
        boolean isLate = Integer.parseInt(cells.cell(at[4])) >= LATE_MINUTES;
        to.write("," + cells.cell(at[3]) + (isLate ? ",1\n" : ",0\n"));
        if (++rows % ROWS_SHOWN == 0) {
          console.statusIfLive(
              String.format(Locale.ROOT, "flights.csv: %.1f of 3.0 M rows", rows / 1e6));
        }
      }
    }
  }
}
