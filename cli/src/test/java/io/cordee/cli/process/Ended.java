package io.cordee.cli.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;

public record Ended(List<String> arguments, int exitCode, String out, String err) {

  public Ended expectSuccess() {
    assertEquals(0, exitCode, this::toString);
    return this;
  }

  /** One line on standard error, with all parts, nothing on standard output, this exit code. */
  public String expectOneLine(int code, String... parts) {
    expect(code, parts);
    assertEquals(1, err.lines().count(), this::toString);
    assertEquals("", out, this::toString);
    return err.strip();
  }

  /** This exit code; standard error has all parts. */
  public void expect(int code, String... parts) {
    assertEquals(code, exitCode, this::toString);
    expectErr(parts);
  }

  /** Standard error has all parts. */
  public void expectErr(String... parts) {
    List.of(parts).forEach(part -> assertTrue(err.contains(part), () -> part + " in " + this));
  }

  /** Standard output has all parts. */
  public void expectOut(String... parts) {
    List.of(parts).forEach(part -> assertTrue(out.contains(part), () -> part + " in " + this));
  }

  /** Exit code 1; one line on standard error has all parts, and none is a stack trace. */
  public void expectFailure(String... parts) {
    assertEquals(1, exitCode, this::toString);
    assertTrue(
        err.lines().anyMatch(line -> List.of(parts).stream().allMatch(line::contains)),
        () -> "no line with " + List.of(parts) + " in " + this);
    assertTrue(err.lines().noneMatch(line -> line.startsWith("\tat ")), this::toString);
  }

  @Override
  public String toString() {
    return String.join(" ", arguments)
        + "\nexit code "
        + exitCode
        + "\nstandard output:\n"
        + out
        + "\nstandard error:\n"
        + err;
  }
}
