package io.cordee.server.shard;

/** Shard 0 cannot be reached, or does not take this shard. One line for people. */
public final class LeadException extends RuntimeException {

  private static final long serialVersionUID = 1;

  public LeadException(String message) {
    super(message);
  }
}
