package io.cordee.server.team;

/**
 * One worker's connection.
 *
 * @param number unique within the life of the server
 * @param name for people, unique among those connected
 */
public record WorkerId(int number, String name) {

  @Override
  public String toString() {
    return name;
  }
}
