package io.cordee.cli.tensorboard;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.common.job.Evaluated;
import io.cordee.common.job.Tally;
import io.cordee.formats.tensorboard.Event;
import io.cordee.formats.tensorboard.SessionLog;
import io.cordee.formats.tensorboard.Summary;
import io.cordee.function.Stats;
import io.cordee.server.training.Measurement;
import io.cordee.server.training.Outcome;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EventLogTest {

  private static final Instant START = Instant.parse("2026-11-24T10:00:00.500Z");

  @TempDir Path folder;

  private final List<String> warnings = new ArrayList<>();
  private final SetClock clock = new SetClock();

  private static final class SetClock extends Clock {
    private Instant now = START;

    @Override
    public Instant instant() {
      return now;
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }

  private EventLog begun(Path in) {
    EventLog log = new EventLog(in, clock);
    log.begin(warnings::add);
    return log;
  }

  /** Of ten rows, six of them right. */
  private static Measurement row(int round, Optional<Tally> test) {
    OptionalDouble speed = round == 0 ? OptionalDouble.empty() : OptionalDouble.of(2500);
    return Measurement.of(
        List.of(),
        round,
        new Tally(10, 2.5, 6, 0),
        new Evaluated(Optional.empty(), test),
        Optional.empty(),
        round,
        speed,
        "");
  }

  private List<Path> files(Path in) throws IOException {
    try (Stream<Path> files = Files.list(in)) {
      return files.sorted().toList();
    }
  }

  private static List<String> texts(Event event) {
    List<String> texts = new ArrayList<>();
    for (Summary.Value value : event.getSummary().getValueList()) {
      texts.add(value.getTag() + " " + value.getSimpleValue());
    }
    return texts;
  }

  @Test
  void aRoundIsAStepWithItsScalars() throws IOException {
    try (EventLog log = begun(folder.resolve("a/run"))) {
      log.measured(row(0, Optional.of(new Tally(4, 1, 3, 0))));
      clock.now = START.plusMillis(250);
      log.measured(row(1, Optional.empty()));
    }
    List<Event> events = Records.read(files(folder.resolve("a/run")).get(0));
    assertEquals(3, events.size());
    assertEquals("brain.Event:2", events.get(0).getFileVersion());
    assertEquals(0, events.get(1).getStep());
    assertEquals(
        List.of("loss 0.25", "accuracy/train 0.6", "loss/test 0.25", "accuracy/test 0.75"),
        texts(events.get(1)));
    assertEquals(1, events.get(2).getStep());
    assertEquals(
        List.of("loss 0.25", "accuracy/train 0.6", "rows_per_second 2500.0"), texts(events.get(2)));
    assertEquals(START.getEpochSecond() + 0.75, events.get(2).getWallTime());
    assertEquals(List.of(), warnings);
  }

  @Test
  void aRegressionHasNoAccuracy() throws IOException {
    try (EventLog log = new EventLog(folder, clock)) {
      log.begin(warnings::add);
      Tally train = new Tally(10, 2.5, Stats.NOT_COUNTED, 0);
      Tally test = new Tally(4, 1, Stats.NOT_COUNTED, 0);
      log.measured(
          Measurement.of(
              List.of(),
              0,
              train,
              new Evaluated(Optional.empty(), Optional.of(test)),
              Optional.empty(),
              0,
              OptionalDouble.empty(),
              ""));
    }
    assertEquals(
        List.of("loss 0.25", "loss/test 0.25"), texts(Records.read(files(folder).get(0)).get(1)));
  }

  @Test
  void aFileIsCalledAsTensorBoardExpectsIt() throws IOException {
    begun(folder).close();
    String name = files(folder).get(0).getFileName().toString();
    assertTrue(name.startsWith("events.out.tfevents." + START.getEpochSecond() + "."), name);
  }

  /** The example that RFC 3720, B.4, gives for CRC-32C, and the record of an empty event. */
  @Test
  void checksumsAreThoseOfTheFormat() throws IOException {
    assertEquals(0x8a9136aa, Records.crc32c(new byte[32]));
    assertEquals(0xe3069283, Records.crc32c("123456789".getBytes(StandardCharsets.US_ASCII)));
    try (EventFile file = EventFile.create(folder, 0, "x")) {
      file.append(Event.getDefaultInstance());
      file.write();
    }
    // Eight zeros have the checksum 0x8c28b28a; that of nothing is 0.
    int masked = Integer.rotateRight(0x8c28b28a, 15) + 0xa282ead8;
    String expected =
        "0000000000000000" + HexFormat.of().toHexDigits(Integer.reverseBytes(masked)) + "d8ea82a2";
    assertEquals(expected, HexFormat.of().formatHex(Files.readAllBytes(files(folder).get(0))));
  }

  @Test
  void whatWasSaidBeforeACheckpointIsVoidInTheFileOfARunThatGoesOn() throws IOException {
    try (EventLog log = begun(folder)) {
      for (int round = 0; round <= 7; round++) {
        log.measured(row(round, Optional.empty()));
      }
    }
    try (EventLog log = begun(folder)) {
      log.resumed(5);
      log.measured(row(5, Optional.empty()));
    }
    assertEquals(2, files(folder).size(), "each process writes a file of its own");
    List<Event> events = Records.read(files(folder).get(1));
    assertEquals("brain.Event:2", events.get(0).getFileVersion());
    assertEquals(SessionLog.SessionStatus.START, events.get(1).getSessionLog().getStatus());
    assertEquals(5, events.get(1).getStep());
    assertEquals(5, events.get(2).getStep());
  }

  @Test
  void nothingIsVoidBeforeTheFirstNewRow() throws IOException {
    try (EventLog log = begun(folder)) {
      log.resumed(5);
      log.ended(new Outcome.Interrupted("interrupted"), 5, "", Optional.empty());
    }
    List<Event> events = Records.read(files(folder).get(0));
    assertEquals(1, events.size(), events::toString);
    assertEquals("brain.Event:2", events.get(0).getFileVersion());
  }

  @Test
  void eventsAreOnTheDiskASecondLaterAndAtTheEnd() throws IOException {
    try (EventLog log = begun(folder)) {
      log.measured(row(0, Optional.empty()));
      assertEquals(1, Records.read(files(folder).get(0)).size());
      clock.now = START.plus(Duration.ofSeconds(1));
      log.measured(row(1, Optional.empty()));
      assertEquals(3, Records.read(files(folder).get(0)).size());
      log.measured(row(2, Optional.empty()));
      log.ended(new Outcome.Completed("done"), 2, "", Optional.empty());
      assertEquals(4, Records.read(files(folder).get(0)).size());
    }
  }

  @Test
  void aFolderThatCannotBeWrittenIsAWarningAndNoMore() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "precious");
    try (EventLog log = begun(file.resolve("run"))) {
      log.measured(row(0, Optional.empty()));
      log.resumed(0);
    }
    assertEquals(1, warnings.size());
    assertTrue(warnings.get(0).contains("cannot write TensorBoard events to " + file));
    assertEquals("precious", Files.readString(file));
  }

  @Test
  void aRecordThatWasWrittenInPartIsWrittenAgainFromItsBeginning() throws IOException {
    EventFile file = EventFile.create(folder, 0, "x");
    file.append(Event.newBuilder().setStep(1).build());
    file.write();
    byte[] whole = Files.readAllBytes(file.path());
    byte[] torn = Arrays.copyOf(whole, whole.length + 7);
    Files.write(file.path(), torn);
    file.append(Event.newBuilder().setStep(2).build());
    file.write();
    file.close();
    assertEquals(List.of(1L, 2L), Records.read(file.path()).stream().map(Event::getStep).toList());
  }

  @Test
  void whatIsTornBehindTheLastRecordIsCutOffAtTheEnd() throws IOException {
    EventFile file = EventFile.create(folder, 0, "x");
    file.append(Event.newBuilder().setStep(1).build());
    file.write();
    byte[] whole = Files.readAllBytes(file.path());
    Files.write(file.path(), Arrays.copyOf(whole, whole.length + 7));
    file.close();
    assertArrayEquals(whole, Files.readAllBytes(file.path()));
  }
}
