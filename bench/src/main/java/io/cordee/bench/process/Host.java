package io.cordee.bench.process;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.TypeConversionException;

/**
 * The machine that a process runs on: this one, or an emulated one.
 *
 * @param address of its interface
 * @param prefix what is put before a command so that it runs there
 */
public record Host(String address, List<String> prefix) {

  public static final Host HERE = new Host("127.0.0.1", List.of());

  /**
   * A network namespace, as in name=address.
   *
   * @throws TypeConversionException if it is not of this form
   */
  public static Host parse(String text) {
    String[] parts = text.split("=", -1);
    if (parts.length != 2 || parts[0].isEmpty() || parts[1].isEmpty()) {
      throw new TypeConversionException("expected NAMESPACE=ADDRESS; found " + text);
    }
    return new Host(parts[1], List.of("ip", "netns", "exec", parts[0]));
  }

  /** The same process on this host. */
  ProcessBuilder there(ProcessBuilder process) {
    List<String> command = new ArrayList<>(prefix);
    command.addAll(process.command());
    return process.command(command);
  }
}
