package io.cordee.worker.process;

import io.cordee.worker.function.FunctionException;
import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A function process and the connection to it. It is killed with this process, however that ends.
 */
final class Child implements AutoCloseable {

  /** The variable in which a child finds the path of the socket. */
  static final String SOCKET = "CORDEE_FUNCTION";

  private static final int PROTOCOL = 1;

  /** A library may be read from a cold disk before a child connects. */
  private static final Duration START = Duration.ofMinutes(2);

  private static final Duration END = Duration.ofSeconds(1);

  /**
   * Runs a command without input, and kills it when this shell's own input ends: with the process
   * that started it, which cannot remove the folder ($1) any more, or because that wants it.
   */
  private static final String WATCHED =
      """
      folder=$1
      dead=
      shift
      exec 3<&0
      "$@" </dev/null 3<&- &
      child=$!
      exec 2>/dev/null
      {
        cat <&3 >/dev/null
        status=/proc/$$/status
        [ ! -r $status ] || grep -q "^PPid:[[:space:]]*$PPID$" $status || dead=yes
        kill -9 $child
        [ -z "$dead" ] || rm -rf "$folder"
      } &
      wait $child
      code=$?
      kill $!
      exit $code
      """;

  /**
   * Describes a child, in its own words.
   *
   * @param rows how many it holds to train on, to validate and to test; −1 for none of its own
   */
  record Hello(List<Long> rows, String arithmetic) {}

  private final Process process;
  private final SocketChannel connection;
  private final Hello hello;
  private final AtomicBoolean wasLate = new AtomicBoolean();

  private Child(Process process, SocketChannel connection, Hello hello) {
    this.process = process;
    this.connection = connection;
    this.hello = hello;
  }

  /**
   * Starts a child and waits for it.
   *
   * @param socket where it is to connect; nothing is there yet
   * @throws FunctionException if it cannot be started, ends before it connects, or does not
   */
  static Child start(List<String> command, Path socket) {
    try (ServerSocketChannel listening = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      listening.bind(UnixDomainSocketAddress.of(socket));
      Process process = process(command, socket);
      AtomicBoolean isLate = new AtomicBoolean();
      process.onExit().thenRun(() -> close(listening));
      CompletableFuture<Void> late =
          after(
              START,
              () -> {
                isLate.set(true);
                close(listening);
              });
      boolean isThere = false;
      try {
        SocketChannel connection = listening.accept();
        Child child = new Child(process, connection, hello(Message.read(connection)));
        isThere = true;
        return child;
      } catch (AsynchronousCloseException | EOFException e) {
        throw new FunctionException(
            isLate.get()
                ? "the function process did not connect to %s within %d s: %s"
                    .formatted(SOCKET, START.toSeconds(), String.join(" ", command))
                : "the function process ended before it greeted, %s: %s"
                    .formatted(how(process), String.join(" ", command)));
      } finally {
        if (!isThere) {
          kill(process);
        }
        late.cancel(false);
      }
    } catch (IOException e) {
      throw new FunctionException(
          "the function process cannot be started: %s: %s",
          String.join(" ", command), e.getMessage());
    } finally {
      delete(socket);
    }
  }

  private static Hello hello(Message said) {
    if (said.kind() != Message.HELLO || said.next() != PROTOCOL) {
      throw new FunctionException(
          "the function process is of another version: expected a greeting of protocol %d",
          PROTOCOL);
    }
    return new Hello(List.of(said.next(), said.next(), said.next()), said.text());
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

  private static CompletableFuture<Void> after(Duration delay, Runnable task) {
    return CompletableFuture.runAsync(
        task, CompletableFuture.delayedExecutor(delay.toMillis(), TimeUnit.MILLISECONDS));
  }

  private static void close(ServerSocketChannel channel) {
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
    CompletableFuture<Void> late =
        after(
            within,
            () -> {
              wasLate.set(true);
              kill(process);
            });
    try {
      Message.write(connection, kind, text, fields);
      Message answer = Message.read(connection);
      if (answer.kind() == Message.FAILED) {
        throw new FunctionException("%s", answer.text());
      }
      if (answer.kind() != Message.answerTo(kind)) {
        throw new FunctionException(
            "the function process answered a question of kind %d by a message of kind %d; expected kind %d",
            kind, answer.kind(), Message.answerTo(kind));
      }
      return answer;
    } finally {
      late.cancel(false);
    }
  }

  /** Says how the child has ended. */
  String end() {
    return wasLate.get() ? "killed, as it did not answer" : how(process);
  }

  /** Kills a process by the end of its input. */
  private static void kill(Process process) {
    try {
      process.getOutputStream().close();
    } catch (IOException e) {
      process.destroyForcibly();
    }
  }

  /** Ends the child: one that computes nothing sees the end of the connection. */
  @Override
  public void close() {
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
