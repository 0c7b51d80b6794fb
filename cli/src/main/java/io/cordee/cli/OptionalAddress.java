package io.cordee.cli;

import java.util.Map;
import java.util.Stack;
import picocli.CommandLine.IParameterPreprocessor;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;

/**
 * An address that may be left away: what follows the option is taken for one only if it looks like
 * one, so that a job file may follow as well.
 */
final class OptionalAddress implements IParameterPreprocessor {

  /** What the option means alone. */
  static final String USUAL = "127.0.0.1:7312";

  /** Host and port, or what was meant to be that; no path. */
  private static final String ADDRESS = "[^/\\\\]+:[^/\\\\]*";

  @Override
  public boolean preprocess(
      Stack<String> arguments, CommandSpec command, ArgSpec option, Map<String, Object> info) {
    boolean isAttached = info.get("separator") != null && !info.get("separator").equals(" ");
    if (!isAttached && (arguments.isEmpty() || !arguments.peek().matches(ADDRESS))) {
      arguments.push(USUAL);
    }
    return false;
  }
}
