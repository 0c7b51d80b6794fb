package io.cordee.cli.team;

import io.cordee.cli.commandline.ExitCode;
import io.cordee.cli.process.Supervised;
import io.cordee.common.retry.Backoff;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/**
 * Decides whether a member of the team that has died is started again, and when: at most {@value
 * #IN_A_ROW} times in a row without a finished round in between, with pauses that grow; one that
 * runs out of memory, which it would again, {@value #WITHOUT_MEMORY} time. After a life of {@value
 * #LONG_LIFE_SECONDS} seconds pauses are short again. Each member has its own.
 */
final class Restarts implements Supervised.Policy {

  static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

  private static final int IN_A_ROW = 5;
  private static final int WITHOUT_MEMORY = 1;
  private static final int LONG_LIFE_SECONDS = 10;

  private final Backoff backoff;
  private final RunProgress progress;
  private final Notices notices;
  private final Optional<String> obstacle;
  private int inARow;
  private long lastProgress;

  /** {@code obstacle} is why no other process could take its place; none if one could. */
  Restarts(Backoff backoff, RunProgress progress, Notices notices, Optional<String> obstacle) {
    this.backoff = backoff;
    this.progress = progress;
    this.notices = notices;
    this.obstacle = obstacle;
  }

  @Override
  public Optional<Duration> afterEnd(Supervised member) throws IOException {
    int code = member.code();
    if (ExitCode.isChosen(code)) {
      // It was sent home, or has said why it cannot go on; that would be no different again.
      return Optional.empty();
    }
    String death = member.name() + " has died (" + ExitCode.death(code) + ")";
    if (obstacle.isPresent()) {
      notices.warn(death + "; " + obstacle.get());
      return Optional.empty();
    }
    Optional<Duration> pause = afterDeath(code, progress.lastRound(), member.life());
    notices.warn(
        pause.isPresent()
            ? death + "; restarting it"
            : "%s, after %s without a finished round; giving up on it".formatted(death, inARow()));
    return pause;
  }

  /**
   * @param round grows with every round that is finished
   * @param life how long it has run
   * @return the pause before it is started again; empty if it is not
   */
  Optional<Duration> afterDeath(int code, long round, Duration life) {
    if (round > lastProgress) {
      inARow = 0;
    }
    lastProgress = Math.max(lastProgress, round);
    if (life.toSeconds() >= LONG_LIFE_SECONDS) {
      backoff.reset();
    }
    inARow++;
    int most = code == ExitCode.OUT_OF_MEMORY ? WITHOUT_MEMORY : IN_A_ROW;
    return inARow <= most ? Optional.of(backoff.next()) : Optional.empty();
  }

  /** Says how often it has been started again without a finished round. */
  private String inARow() {
    return inARow == 2 ? "a restart" : inARow - 1 + " restarts";
  }
}
