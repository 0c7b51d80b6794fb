package io.cordee.cli;

import io.cordee.cli.commandline.AtExit;
import io.cordee.cli.commandline.CordeeCommand;
import io.cordee.cli.commandline.ExitCode;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.ToIntFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/**
 * Runs the command lines of another program, so that only the first waits for Java to start. What
 * they print goes where this process prints. Not for people.
 *
 * <p>A command line is the number of its arguments, then the length of each and as many bytes of
 * UTF-8; numbers are four bytes, the highest first.
 */
@Command(
    name = "session",
    hidden = true,
    description = "Runs command lines that come on standard input, until that ends.")
public final class SessionCommand extends CordeeCommand {

  private static final int MOST_ARGUMENTS = 10_000;
  private static final int LONGEST_ARGUMENT = 1 << 20;

  @Parameters(
      paramLabel = "FILE",
      description = "Is given a line when this has begun, then the exit code of each, in a line.")
  private Path codes;

  @Override
  public Integer call() throws IOException, InterruptedException {
    InputStream lines = System.in;
    System.setIn(InputStream.nullInputStream());
    try (OutputStream to = new FileOutputStream(codes.toFile())) {
      to.write("ready\n".getBytes(StandardCharsets.US_ASCII));
      // A training that is under way is saved in the end, as on Ctrl-C.
      serve(lines, to, SessionCommand::execute, () -> System.exit(ExitCode.INTERRUPTED));
    }
    return ExitCode.DONE;
  }

  /**
   * Returns when there are no more command lines.
   *
   * @param end called as soon as there are no more, perhaps while one is executed
   */
  static void serve(
      InputStream lines, OutputStream codes, ToIntFunction<String[]> execute, Runnable end)
      throws IOException, InterruptedException {
    BlockingQueue<Optional<String[]>> queue = new LinkedBlockingQueue<>();
    Thread reader = new Thread(() -> read(lines, queue, end), "session");
    reader.setDaemon(true);
    reader.start();
    for (; ; ) {
      Optional<String[]> arguments = queue.take();
      if (arguments.isEmpty()) {
        return;
      }
      int code = execute.applyAsInt(arguments.get());
      codes.write((code + "\n").getBytes(StandardCharsets.US_ASCII));
      codes.flush();
    }
  }

  private static void read(InputStream lines, BlockingQueue<Optional<String[]>> to, Runnable end) {
    try {
      DataInputStream in = new DataInputStream(new BufferedInputStream(lines));
      for (; ; ) {
        String[] arguments = new String[length(in, MOST_ARGUMENTS)];
        for (int i = 0; i < arguments.length; i++) {
          byte[] text = new byte[length(in, LONGEST_ARGUMENT)];
          in.readFully(text);
          arguments[i] = new String(text, StandardCharsets.UTF_8);
        }
        to.add(Optional.of(arguments));
      }
    } catch (EOFException e) {
      // The program is gone, or needs no more.
    } catch (IOException e) {
      System.err.println("cordee session: " + e.getMessage());
    }
    end.run();
    to.add(Optional.empty());
  }

  private static int length(DataInputStream in, int most) throws IOException {
    int length = in.readInt();
    if (length < 0 || length > most) {
      throw new IOException("expected a length of 0 to %d; found %d".formatted(most, length));
    }
    return length;
  }

  private static int execute(String[] arguments) {
    try {
      return Main.commandLine().execute(arguments);
    } catch (Error e) {
      e.printStackTrace(); // it is a defect, and no reason to end
      return ExitCode.FAILED;
    } finally {
      AtExit.forget();
      System.out.flush();
      System.err.flush();
    }
  }
}
