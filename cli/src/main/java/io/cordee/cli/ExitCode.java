package io.cordee.cli;

import io.cordee.server.training.Outcome;

/** What a command that has trained tells the shell. */
final class ExitCode {

  private ExitCode() {}

  /** That of a job's end; says on standard error why it failed, if it did. */
  static int of(Outcome outcome) {
    if (outcome instanceof Outcome.Failed) {
      System.err.println("failed: " + outcome.message());
    }
    return outcome instanceof Outcome.Completed ? 0 : outcome instanceof Outcome.Failed ? 1 : 130;
  }
}
