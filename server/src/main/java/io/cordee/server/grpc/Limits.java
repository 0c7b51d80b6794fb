package io.cordee.server.grpc;

import io.cordee.common.file.Descriptors;
import io.cordee.server.connection.Lobby;
import java.time.Duration;

/**
 * Limits that keep one client from exhausting the server.
 *
 * @param workers streams of workers at a time
 * @param callsPerAddress calls of any kind at a time from one address
 * @param resets calls that are begun and cancelled on one connection within {@link #RESET_WINDOW};
 *     they cost a server more than a client
 * @param connections of them, those are idle that have not said hello
 * @param silence how long a peer may say nothing where it has to: no handshake, no call, no hello
 */
public record Limits(
    int workers, int callsPerAddress, int resets, Duration silence, Lobby.Room connections) {

  public static final int WORKERS = 256;
  public static final int CALLS_PER_ADDRESS = 512;
  public static final int RESETS = 200;
  public static final Duration RESET_WINDOW = Duration.ofSeconds(30);

  public static final Duration SILENCE = Duration.ofSeconds(10);

  /** Messages of one worker that are processed at a time. */
  public static final int IN_FLIGHT = 4;

  private static final Lobby.Room CONNECTIONS =
      new Lobby.Room(128, 512, Integer.MAX_VALUE, Integer.MAX_VALUE);

  public static final Limits DEFAULT = new Limits(WORKERS, CALLS_PER_ADDRESS, RESETS, SILENCE);

  /** Half of what this process may still open is for connections, the rest for files. */
  public Limits(int workers, int callsPerAddress, int resets, Duration silence) {
    this(workers, callsPerAddress, resets, silence, CONNECTIONS.within(Descriptors.free() / 2));
  }
}
