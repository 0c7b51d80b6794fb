package io.cordee.server.team;

/**
 * One worker's connection.
 *
 * @param number unique within the life of the server
 * @param name for people, unique among those connected
 */
public record WorkerId(int number, String name) {

  // Written out, because the implicit ones are linked on their first call, which delays a start.

  @Override
  public boolean equals(Object other) {
    return other instanceof WorkerId that && number == that.number && name.equals(that.name);
  }

  @Override
  public int hashCode() {
    return 31 * number + name.hashCode();
  }

  @Override
  public String toString() {
    return name;
  }
}
