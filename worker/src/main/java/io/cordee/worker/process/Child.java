package io.cordee.worker.process;

import io.cordee.worker.function.FunctionException;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.Channel;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A function process and the connection to it. It is killed with this process, however that ends.
 */
final class Child implements AutoCloseable {

  /** The variable in which a child finds the path of the socket. */
  static final String SOCKET = "CORDEE_FUNCTION";

  private static final int PROTOCOL = 1;

  private static final Duration END = Duration.ofSeconds(1);

  /**
   * Runs a command without input, in a session of its own where the system has {@code setsid}.
   * Kills it, with what it has started, when this shell's own input ends. If that ends without a
   * word, the process that wrote it has died, and the shell removes the folder ($1) in its place:
   * before it kills the command, as the end of that is the end of this shell.
   */
  static final String WATCHED =
      """
      folder=$1
      apart=
      shift
      command -v setsid >/dev/null && apart=setsid
      exec 3<&0
      $apart "$@" </dev/null 3<&- &
      child=$!
      exec 2>/dev/null
      {
        word=$(cat <&3)
        [ -n "$word" ] || rm -rf "$folder"
        kill -9 -$child || kill -9 $child
      } &
      wait $child
      code=$?
      kill $!
      kill -9 -$child
      exit $code
      """;

  /** The word before the end of the shell's input. */
  private static final byte[] WORD = "end\n".getBytes(StandardCharsets.US_ASCII);

  /**
   * Describes a child, in its own words.
   *
   * @param rows how many it holds to train on, to validate and to test; −1 for none of its own
   */
  record Hello(List<Long> rows, String arithmetic) {}

  private final Process process;
  private final SocketChannel connection;
  private final InputStream answers;
  private final Deadline deadline = new Deadline(this::killLate);
  private volatile boolean wasLate;
  private Hello hello = new Hello(List.of(), "");

  private Child(Process process, SocketChannel connection) {
    this.process = process;
    this.connection = connection;
    answers = new BufferedInputStream(Channels.newInputStream(connection));
    // What it has started may hold the connection open; an answer that is under way is read first.
    process.onExit().thenRun(() -> new Deadline(() -> close(connection)).set(END));
  }

  /**
   * Starts a child and waits for its greeting.
   *
   * @param socket where it is to connect; nothing is there yet
   * @param patience until it has connected, and again until it has greeted
   * @throws FunctionException if it cannot be started, ends before it greets, or does not in time
   */
  static Child start(List<String> command, Path socket, Duration patience) {
    String words = String.join(" ", command);
    try (ServerSocketChannel listening = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      listening.bind(UnixDomainSocketAddress.of(socket));
      Process process = process(command, socket);
      process.onExit().thenRun(() -> close(listening));
      Child child = new Child(process, accepted(listening, process, words, patience));
      child.greet(words, patience);
      return child;
    } catch (IOException e) {
      throw new FunctionException(
          "the function process cannot be started: %s: %s", words, e.getMessage());
    } finally {
      delete(socket);
    }
  }

  /** Waits for a child to connect; kills it if it does not. */
  private static SocketChannel accepted(
      ServerSocketChannel listening, Process process, String command, Duration patience)
      throws IOException {
    AtomicBoolean isLate = new AtomicBoolean();
    Deadline start =
        new Deadline(
            () -> {
              isLate.set(true);
              close(listening);
            });
    boolean isThere = false;
    try (start) {
      start.set(patience);
      SocketChannel connection = listening.accept();
      isThere = true;
      return connection;
    } catch (AsynchronousCloseException e) {
      throw isLate.get()
          ? new FunctionException(
              "the function process did not connect to %s within %d s: %s",
              SOCKET, patience.toSeconds(), command)
          : endedEarly(process, command);
    } finally {
      if (!isThere) {
        kill(process);
      }
    }
  }

  private static FunctionException endedEarly(Process process, String command) {
    return new FunctionException(
        "the function process ended before it greeted, %s: %s", how(process), command);
  }

  private void greet(String command, Duration patience) {
    boolean isDone = false;
    try {
      Message said = within(patience, () -> Message.read(answers));
      if (said.kind() != Message.HELLO || said.next() != PROTOCOL) {
        throw new FunctionException(
            "the function process is of another version: expected a greeting of protocol %d",
            PROTOCOL);
      }
      hello = new Hello(List.of(said.next(), said.next(), said.next()), said.text());
      isDone = true;
    } catch (IOException e) {
      throw wasLate
          ? new FunctionException(
              "the function process connected to %s, but did not greet within %d s: %s",
              SOCKET, patience.toSeconds(), command)
          : endedEarly(process, command);
    } finally {
      if (!isDone) {
        close();
      }
    }
  }

  private static Process process(List<String> command, Path socket) throws IOException {
    List<String> watched = new ArrayList<>(List.of("/bin/sh", "-c", WATCHED, "sh"));
    watched.add(socket.getParent().toString());
    watched.addAll(command);
    ProcessBuilder builder =
        new ProcessBuilder(watched)
            .redirectOutput(ProcessBuilder.Redirect.INHERIT)
            .redirectError(ProcessBuilder.Redirect.INHERIT);
    builder.environment().put(SOCKET, socket.toString());
    return builder.start();
  }

  /** Closes what a thread may wait for. */
  private static void close(Channel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void delete(Path socket) {
    try {
      Files.deleteIfExists(socket);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String how(Process process) {
    try {
      process.waitFor(END.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (process.isAlive()) {
      return "though it still runs";
    }
    int code = process.exitValue();
    return code > 128 ? "killed by signal " + (code - 128) : "with exit code " + code;
  }

  Hello hello() {
    return hello;
  }

  /**
   * Asks the child, and waits for its answer.
   *
   * @param within after this, the child is killed
   * @throws IOException if the child ends instead
   * @throws FunctionException with its words, if it cannot answer
   */
  Message ask(Duration within, int kind, String text, long... fields) throws IOException {
    Message answer =
        within(
            within,
            () -> {
              Message.write(connection, kind, text, fields);
              return Message.read(answers);
            });
    if (answer.kind() == Message.FAILED) {
      throw new FunctionException("%s", answer.text());
    }
    if (answer.kind() != Message.answerTo(kind)) {
      throw new FunctionException(
          "the function process answered a question of kind %d by a message of kind %d; expected kind %d",
          kind, answer.kind(), Message.answerTo(kind));
    }
    return answer;
  }

  /** Something that the child is waited for. */
  private interface Exchange {
    Message run() throws IOException;
  }

  private Message within(Duration patience, Exchange exchange) throws IOException {
    deadline.set(patience);
    try {
      return exchange.run();
    } catch (AsynchronousCloseException e) {
      throw new EOFException();
    } finally {
      deadline.meet();
    }
  }

  private void killLate() {
    wasLate = true;
    kill(process);
  }

  /** Says how the child has ended. */
  String end() {
    return wasLate ? "killed, as it did not answer" : how(process);
  }

  /** Kills a child by the end of its shell's input. */
  private static void kill(Process process) {
    try (OutputStream toShell = process.getOutputStream()) {
      toShell.write(WORD);
    } catch (IOException e) {
      // The shell has ended, or was told before.
    }
  }

  /** Ends the child: one that computes nothing sees the end of the connection. */
  @Override
  public void close() {
    deadline.close();
    try {
      connection.close();
      process.waitFor(END.toMillis(), TimeUnit.MILLISECONDS);
    } catch (IOException e) {
      // It is killed instead.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    kill(process);
  }
}
