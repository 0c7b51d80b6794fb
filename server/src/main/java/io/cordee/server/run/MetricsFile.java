package io.cordee.server.run;

import io.cordee.common.job.Best;
import io.cordee.common.job.Job;
import io.cordee.common.job.Mode;
import io.cordee.common.run.Measure;
import io.cordee.common.run.RoundRow;
import io.cordee.common.run.RoundTable;
import io.cordee.common.text.OutsideText;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The CSV file of a run's metrics, to which rows are appended. Rows that cannot be written, as the
 * disk is full, are kept and tried again with the next.
 *
 * <p>A file that is resumed stays unchanged until a row is added, which replaces the rows from its
 * round on.
 */
final class MetricsFile implements AutoCloseable {

  private static final int LONGEST_FOUND = 80;
  private static final int LONGEST_HEADER = 1000;
  private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{16}");

  private final Path file;
  private final Job job;
  private final RoundTable table;
  private final String header;
  private final StringBuilder waiting = new StringBuilder();

  /** Empty before something is written. */
  private Optional<FileChannel> channel = Optional.empty();

  /** Where the next row goes; anything after it does not count. */
  private long end;

  /** Of the file; what is between {@code end} and this is cut off after the next row. */
  private long length;

  /** The rounds of the first row and of the row to come. */
  private int first;

  private int next;

  /** True if there were rows, and nobody knows how many. */
  private boolean isTakenAway;

  private String digest = "";
  private boolean isLastEvaluated;

  /** The best weights that the rows tell of. */
  private Optional<Best> best = Optional.empty();

  private MetricsFile(Path file, Job job) {
    this.file = file;
    this.job = job;
    this.table = RoundTable.of(job);
    this.header = table.header() + "\n";
  }

  /** Returns whether a file is one of metrics, or may become one, in which there are none yet. */
  static boolean hasNoRow(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      String text = new String(in.readNBytes(LONGEST_HEADER), StandardCharsets.ISO_8859_1);
      int end = text.indexOf('\n');
      return (text.startsWith(RoundTable.HEADER) || RoundTable.HEADER.startsWith(text))
          && (end < 0 ? text.length() < LONGEST_HEADER : end == text.length() - 1);
    }
  }

  /**
   * @throws IOException if there is one of that name, or it cannot be written
   */
  static MetricsFile create(Path file, Job job) throws IOException {
    MetricsFile metrics = new MetricsFile(file, job);
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    metrics.channel = Optional.of(channel);
    try {
      metrics.writeAtEnd(metrics.header);
      return metrics;
    } catch (IOException | RuntimeException e) {
      channel.close();
      // Nothing is begun.
      Files.deleteIfExists(file);
      throw e;
    }
  }

  /**
   * Resumes a file after its last complete row; begins a new one if it is gone. Nothing is written
   * yet.
   *
   * @throws IOException if it begins with anything but a header, or the part of one that a killed
   *     process left, or cannot be read
   */
  static MetricsFile resume(Path file, Job job) throws IOException {
    MetricsFile metrics = new MetricsFile(file, job);
    metrics.isTakenAway = Files.notExists(file);
    if (!metrics.isTakenAway) {
      metrics.requireHeader();
      metrics.goOnBefore(Integer.MAX_VALUE);
    }
    return metrics;
  }

  private void requireHeader() throws IOException {
    String text = Files.readString(file, StandardCharsets.ISO_8859_1);
    if (!text.startsWith(header) && !header.startsWith(text)) {
      String first = text.lines().findFirst().orElse("");
      throw new IOException(
          String.format(
              "%s is damaged, or another version's: expected to begin with \"%s\", found \"%s\";"
                  + " move it away to continue without its rows",
              file, header.strip(), OutsideText.printable(first, LONGEST_FOUND)));
    }
  }

  int first() {
    return first;
  }

  int next() {
    return next;
  }

  /**
   * Returns whether the file of a run that is resumed is gone, and none of its rows written again.
   */
  boolean isTakenAway() {
    return isTakenAway;
  }

  /** The digest of the last row; empty if it has none. */
  String digest() {
    return digest;
  }

  /** Returns whether the last row tells how good the weights are on all rows held out. */
  boolean isLastEvaluated() {
    return isLastEvaluated;
  }

  /** The best weights of the rows so far; empty where the job does not monitor them. */
  Optional<Best> best() {
    return best;
  }

  /** The rows from this round on are written again. */
  void goOnAt(int round) throws IOException {
    isTakenAway = false;
    List<String> kept =
        waiting
            .toString()
            .lines()
            .filter(row -> RoundTable.roundOf(row).orElseThrow() < round)
            .toList();
    waiting.setLength(0);
    kept.forEach(row -> waiting.append(row).append('\n'));
    if (Files.exists(file)) {
      goOnBefore(round);
    }
    next = round;
  }

  /** Goes on in front of the first row that is not below this round, or not sound. */
  private void goOnBefore(int round) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    length = bytes.length;
    end = 0;
    first = 0;
    next = 0;
    digest = "";
    best = Optional.empty();
    boolean isHeader = true;
    for (int at = 0; at < bytes.length; at++) {
      if (bytes[at] != '\n') {
        continue;
      }
      if (!isHeader) {
        String row = new String(bytes, (int) end, (int) (at - end), StandardCharsets.ISO_8859_1);
        Optional<RoundRow> sound = sound(row);
        if (sound.isEmpty() || sound.get().round() >= round) {
          break;
        }
        int found = sound.get().round();
        first = next == 0 ? found : first;
        next = found + 1;
        recall(sound.get());
      }
      isHeader = false;
      end = at + 1;
    }
  }

  /** The row, if it is that of the round to come, with a digest wherever the job has one. */
  private Optional<RoundRow> sound(String line) {
    try {
      RoundRow row = table.read(line);
      boolean isDigestSound =
          DIGEST.matcher(row.digest()).matches()
              || row.digest().isEmpty() && !isDigestDue(row.round());
      return Optional.of(row).filter(it -> isNext(it.round()) && isDigestSound);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private void recall(RoundRow row) {
    digest = row.digest();
    isLastEvaluated =
        (!job.data().hasTest() || row.has(Measure.TEST_LOSS))
            && (!job.data().hasValidation() || row.has(Measure.VALIDATION_LOSS));
    double figure = row.value(Measure.of(job.stop().monitor()));
    if (job.isMonitored() && !Double.isNaN(figure)) {
      best = Optional.of(Best.after(best, row.round(), figure, job.stop()));
    }
  }

  /** Every round has a row, unless each worker has rounds of its own: then most of them have. */
  private boolean isNext(int round) {
    return next == 0 || isAsynchronous() ? round >= next : round == next;
  }

  private boolean isDigestDue(int round) {
    return !isAsynchronous() && job.digestEvery() > 0 && round % job.digestEvery() == 0;
  }

  private boolean isAsynchronous() {
    return job.mode() instanceof Mode.Async;
  }

  /** Adds the row of a round to those that wait to be written. */
  void add(RoundRow row) {
    waiting.append(table.write(row)).append('\n');
    next = row.round() + 1;
  }

  void write() throws IOException {
    if (waiting.isEmpty()) {
      return;
    }
    if (channel.isEmpty()) {
      channel =
          Optional.of(FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE));
      length = channel.get().size();
    }
    writeAtEnd(end == 0 ? header + waiting : waiting.toString());
    waiting.setLength(0);
  }

  /**
   * What was written in part is written again from its beginning. Former rows are removed only
   * after the new one is written: whenever a process is killed, one of the two is there.
   */
  private void writeAtEnd(String text) throws IOException {
    FileChannel to = channel.orElseThrow();
    ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    long at = end;
    while (bytes.hasRemaining()) {
      at += to.write(bytes, at);
    }
    if (at < length) {
      to.truncate(at);
    }
    length = at;
    end = at;
  }

  @Override
  public void close() throws IOException {
    try {
      write();
    } finally {
      if (channel.isPresent()) {
        channel.get().close();
      }
    }
  }
}
