package io.cordee.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class SessionTest {

  private final ByteArrayOutputStream codes = new ByteArrayOutputStream();
  private final AtomicInteger ends = new AtomicInteger();

  private static byte[] line(String... arguments) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeInt(arguments.length);
    for (String argument : arguments) {
      byte[] text = argument.getBytes(StandardCharsets.UTF_8);
      out.writeInt(text.length);
      out.write(text);
    }
    return bytes.toByteArray();
  }

  private static byte[] all(byte[]... parts) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    List.of(parts).forEach(bytes::writeBytes);
    return bytes.toByteArray();
  }

  /** What it has executed. */
  private List<List<String>> served(byte[] lines) throws Exception {
    List<List<String>> executed = new ArrayList<>();
    SessionCommand.serve(
        new ByteArrayInputStream(lines),
        codes,
        arguments -> {
          executed.add(List.of(arguments));
          return executed.size() - 1;
        },
        ends::incrementAndGet);
    return executed;
  }

  @Test
  void commandsRunInTurnAndTheirExitCodesAreTold() throws Exception {
    byte[] lines = all(line("train", "--out=a folder", ""), line(), line("größer\n\0"));
    assertEquals(
        List.of(List.of("train", "--out=a folder", ""), List.of(), List.of("größer\n\0")),
        served(lines));
    assertEquals("0\n1\n2\n", codes.toString());
    assertEquals(1, ends.get());
  }

  @Test
  void aCommandThatIsCutShortIsNotExecuted() throws Exception {
    byte[] lines = all(line("optimizers"), line("train", "--rounds=100"));
    for (int missing = 1; missing < 12; missing++) {
      byte[] cut = Arrays.copyOf(lines, lines.length - missing);
      assertEquals(List.of(List.of("optimizers")), served(cut));
    }
  }

  @Test
  void nothingIsExecutedAfterLengthsThatCannotBe() throws Exception {
    for (int length : new int[] {-1, Integer.MAX_VALUE}) {
      byte[] bytes = ByteBuffer.allocate(8).putInt(1).putInt(length).array();
      assertEquals(List.of(), served(all(bytes, line("optimizers"))));
      assertEquals(List.of(), served(all(Arrays.copyOfRange(bytes, 4, 8))));
    }
    assertEquals(4, ends.get());
  }

  @Test
  void theEndIsNoticedWhileACommandRuns() throws Exception {
    CountDownLatch ended = new CountDownLatch(1);
    CountDownLatch begun = new CountDownLatch(1);
    PipedOutputStream program = new PipedOutputStream();
    PipedInputStream lines = new PipedInputStream(program);
    Thread session =
        new Thread(
            () -> {
              try {
                SessionCommand.serve(
                    lines,
                    codes,
                    arguments -> {
                      begun.countDown();
                      try {
                        return ended.await(20, TimeUnit.SECONDS) ? 130 : 1;
                      } catch (InterruptedException e) {
                        return 2;
                      }
                    },
                    ended::countDown);
              } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
              }
            });
    session.start();
    program.write(line("train"));
    program.flush();
    assertTrue(begun.await(20, TimeUnit.SECONDS));
    program.close();
    session.join(20_000);
    assertEquals("130\n", codes.toString());
  }
}
