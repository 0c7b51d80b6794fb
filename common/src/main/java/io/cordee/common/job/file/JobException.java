package io.cordee.common.job.file;

import java.util.List;

/**
 * A job that cannot be trained as it is written. The message has a line for each problem: where it
 * is, the key, what was expected and what was found.
 */
public final class JobException extends RuntimeException {

  private final List<String> problems;

  JobException(List<String> problems) {
    super(String.join("\n", problems));
    this.problems = List.copyOf(problems);
  }

  public JobException(String problem) {
    this(List.of(problem));
  }

  public List<String> problems() {
    return problems;
  }
}
