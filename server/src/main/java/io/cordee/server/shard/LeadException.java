package io.cordee.server.shard;

/** Shard 0 cannot be reached, or does not take this shard. One line for people. */
public final class LeadException extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final boolean isLost;

  public LeadException(String message) {
    this(message, false);
  }

  private LeadException(String message, boolean isLost) {
    super(message);
    this.isLost = isLost;
  }

  /** The connection has ended; another attempt may work out. */
  public static LeadException lost(String message) {
    return new LeadException(message, true);
  }

  /** Returns whether shard 0 was there, and may be again. */
  public boolean isLost() {
    return isLost;
  }
}
