package io.cordee.torch;

/** Something that libtorch refused to do; the message is one line of what it said. */
public final class TorchException extends RuntimeException {

  private static final long serialVersionUID = 1;

  /** Where what went wrong stands in what an interpreter of TorchScript says: last. */
  private static final String TRACEBACK = "The following operation failed";

  TorchException(RuntimeException saidByLibtorch) {
    super(shorten(saidByLibtorch.getMessage()), saidByLibtorch);
  }

  /** Without traces of a stack and C++ names. */
  static String shorten(String message) {
    String[] lines = String.valueOf(message).strip().split("\n");
    boolean isTraceback = lines[0].startsWith(TRACEBACK);
    return (isTraceback ? lines[lines.length - 1] : lines[0]).replaceFirst("^RuntimeError: ", "");
  }
}
