package io.cordee.server.training;

import io.cordee.common.job.TeamSpec;
import io.cordee.server.training.Headcount.Lack;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * How long workers are waited for: until they are heard of, until what they owe comes in, and until
 * there are enough of them; see {@link LeaseManager} for what follows. Times are those of a {@link
 * WorkingClock}.
 */
final class Deadlines {

  /** The default, in nanoseconds: five heartbeats. */
  private static final long SILENCE = 5_000_000_000L;

  /** The default: a worker may take this many times the duration of a round. */
  private static final int ROUNDS = 4;

  /** The default, in nanoseconds, until the duration of a round is known. */
  private static final long FIRST_ROUND = 600_000_000_000L;

  /** In nanoseconds: how long a worker may say nothing before it has said what data it finds. */
  private static final long FIRST_WORDS = 30_000_000_000L;

  private static final int RECENT = 15;

  /** Why nothing more is expected of a worker, for people. */
  record Expiry(Member.Presence presence, String words) {}

  private final TeamSpec team;
  private final Deque<Long> rounds = new ArrayDeque<>();
  private OptionalLong tooFewSince = OptionalLong.empty();
  private Optional<Lack> lack = Optional.empty();
  private OptionalLong gatheringSince = OptionalLong.empty();
  private boolean isGathered;

  Deadlines(TeamSpec team) {
    this.team = team;
  }

  void roundTook(long nanos) {
    rounds.addFirst(nanos);
    if (rounds.size() > RECENT) {
      rounds.removeLast();
    }
  }

  /** Returns whether a worker of which something is expected has said nothing for too long. */
  private Optional<Expiry> silence(Member member, long expectedSince, long now) {
    long since = Math.max(expectedSince, member.heard);
    return now - since > limit(SILENCE)
        ? Optional.of(new Expiry(Member.Presence.SILENT, "nothing heard for " + words(now - since)))
        : Optional.empty();
  }

  /** Why a worker that has not said what data it finds is excluded, if it is. */
  Optional<String> muteness(Member member, long now) {
    long limit = Math.max(FIRST_WORDS, limit(SILENCE));
    return now - member.heard > limit
        ? Optional.of(
            "nothing heard for %s, and it had not said what data it finds; start it again"
                .formatted(words(limit)))
        : Optional.empty();
  }

  /**
   * Returns whether a worker that owes something has not contributed for too long.
   *
   * @param others how long others took for what they were asked for, in case no round is over yet
   */
  private Optional<Expiry> stuck(Member member, OptionalLong others, long now) {
    OptionalLong usual = rounds.isEmpty() ? others : OptionalLong.of(usualRound());
    long auto = usual.isPresent() ? Math.max(SILENCE, ROUNDS * usual.getAsLong()) : FIRST_ROUND;
    long since = member.contributed;
    return now - since > limit(auto)
        ? Optional.of(
            new Expiry(Member.Presence.STUCK, "no contribution for " + words(now - since)))
        : Optional.empty();
  }

  /**
   * Why nothing more is expected of a worker, if that is so.
   *
   * @param others how long others took for what they were asked for, if that is known
   * @param due since when it is to load rows, if it is
   */
  Optional<Expiry> expiry(
      Member member, Member.Expected expected, OptionalLong others, OptionalLong due, long now) {
    return switch (expected) {
      case A_CONTRIBUTION ->
          silence(member, member.contributed, now).or(() -> stuck(member, others, now));
      case A_SIGN -> silence(member, member.contributed, now);
      case NOTHING -> {
        member.contributed = now; // what is expected from now on counts from now on
        yield due.isPresent() ? silence(member, due.getAsLong(), now) : Optional.empty();
      }
    };
  }

  private long usualRound() {
    return rounds.stream().sorted().skip(rounds.size() / 2).findFirst().orElseThrow();
  }

  private long limit(long auto) {
    OptionalDouble lease = team.lease();
    return lease.isPresent() ? nanos(lease.getAsDouble()) : auto;
  }

  private static long nanos(double seconds) {
    return (long) (seconds * 1e9);
  }

  /** As in "0.5 s". */
  static String words(long nanos) {
    return String.format(Locale.ROOT, "%.1f s", nanos / 1e9);
  }

  // ---- enough workers ----

  /**
   * Returns whether the time to join before the first round is up, with this many workers; true
   * once.
   */
  boolean isGathered(int workers, long now) {
    if (workers == 0) {
      gatheringSince = OptionalLong.empty();
    }
    if (workers == 0 || team.gather().isEmpty() || isGathered) {
      return false;
    }
    gatheringSince = gatheringSince.isEmpty() ? OptionalLong.of(now) : gatheringSince;
    isGathered = now - gatheringSince.getAsLong() >= nanos(team.gather().getAsDouble());
    return isGathered;
  }

  /** Notes what is missing, if anything; returns what to report, if that is new. */
  Optional<String> note(Optional<Lack> what, int round, long now) {
    boolean isNew = !what.equals(lack);
    lack = what;
    tooFewSince =
        what.isEmpty()
            ? OptionalLong.empty()
            : tooFewSince.isEmpty() ? OptionalLong.of(now) : tooFewSince;
    return what.filter(it -> isNew)
        .map(
            it ->
                String.format(
                    Locale.ROOT,
                    "%s; round %d waits for %s, for at most %s s",
                    it.present(),
                    round,
                    it.wanted(),
                    seconds(team.patience())));
  }

  /** Returns whether it has been missing for too long, and what to report. */
  Optional<String> gaveUp(int version, long now) {
    if (tooFewSince.isEmpty() || now - tooFewSince.getAsLong() < nanos(team.patience())) {
      return Optional.empty();
    }
    return lack.map(
        it ->
            String.format(
                Locale.ROOT,
                "round %d: waited %s s for %s, but %s;%s"
                    + " start workers within team.wait, or give a longer one, and run the job again",
                version + 1,
                seconds(team.patience()),
                it.wanted(),
                it.present(),
                version == 0
                    ? ""
                    : " the weights after %d round%s are kept;"
                        .formatted(version, version == 1 ? "" : "s")));
  }

  private static String seconds(double seconds) {
    return seconds == (long) seconds ? Long.toString((long) seconds) : Double.toString(seconds);
  }
}
