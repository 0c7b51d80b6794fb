import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/**
 * Makes digits.csv.gz, the digits that ship with Cordee, from the file of scikit-learn: the same
 * lines in a fixed shuffled order. {@code java MakeDigits.java FROM.csv.gz TO.csv.gz}
 *
 * <p>Random and Collections.shuffle are specified down to the algorithm, and Java writes no time
 * into a gzip header, so the result is the same wherever zlib packs alike; the rows are the same
 * everywhere.
 */
public class MakeDigits {

  private static final long SEED = 1998;

  public static void main(String[] args) throws IOException {
    if (args.length != 2) {
      System.err.println("usage: java MakeDigits.java FROM.csv.gz TO.csv.gz");
      System.exit(2);
    }
    List<String> lines = new ArrayList<>();
    try (BufferedReader from =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(Path.of(args[0]))),
                StandardCharsets.US_ASCII))) {
      from.lines().forEach(lines::add);
    }
    if (lines.size() != 1797) {
      throw new IOException("expected 1797 rows in " + args[0] + "; found " + lines.size());
    }
    Collections.shuffle(lines, new Random(SEED));
    try (OutputStream to = new GZIPOutputStream(Files.newOutputStream(Path.of(args[1])))) {
      to.write((String.join("\n", lines) + "\n").getBytes(StandardCharsets.US_ASCII));
    }
  }
}
