package io.cordee.server.grpc;

import io.cordee.common.text.OutsideText;
import io.cordee.proto.connection.Connections;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;

/** The other end of a call. */
final class Peer {

  private static final int LONGEST_VERSION = 60;

  private static final SocketAddress UNKNOWN = InetSocketAddress.createUnresolved("unknown", 0);

  private Peer() {}

  static SocketAddress address(ServerCall<?, ?> call) {
    SocketAddress address = call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
    return address == null ? UNKNOWN : address;
  }

  /** What peers at the same address have in common. */
  static String host(SocketAddress peer) {
    return peer instanceof InetSocketAddress internet && !internet.isUnresolved()
        ? internet.getAddress().getHostAddress()
        : String.valueOf(peer);
  }

  /** Refuses what a peer has sent, as it can never be right. */
  static StatusRuntimeException invalid(String format, Object... values) {
    return refused(Status.INVALID_ARGUMENT, format, values);
  }

  /** Refuses a message that a peer may send, but not now. */
  static StatusRuntimeException outOfTurn(String format, Object... values) {
    return unfit(format + Connections.SAME_VERSION, values);
  }

  /** Refuses what a peer has sent, as it does not fit this server or what was sent before. */
  static StatusRuntimeException unfit(String format, Object... values) {
    return refused(Status.FAILED_PRECONDITION, format, values);
  }

  /** Adds what to do to a refusal of a message that can never be right. */
  static Status advised(Status refusal) {
    return refusal.getCode() == Status.Code.INVALID_ARGUMENT
        ? refusal.withDescription(refusal.getDescription() + Connections.SAME_VERSION)
        : refusal;
  }

  static StatusRuntimeException refused(Status status, String format, Object... values) {
    return status.withDescription(String.format(format, values)).asRuntimeException();
  }

  /**
   * Refuses a peer with another protocol or version: it might compute other bits.
   *
   * @param version empty for another program
   */
  static void checkVersion(String who, int protocol, String version) {
    boolean isSame =
        version.isEmpty() || Connections.VERSION.isEmpty() || version.equals(Connections.VERSION);
    if (protocol != Connections.PROTOCOL || !isSame) {
      throw unfit(
          "this server is %s, the %s is %s" + Connections.SAME_VERSION + "%s",
          describe(Connections.PROTOCOL, Connections.VERSION),
          who,
          describe(protocol, version),
          build(version));
    }
  }

  /** Says what to do where two snapshots differ at most in the commit that they were built from. */
  private static String build(String version) {
    boolean isSameRelease = release(version).equals(release(Connections.VERSION));
    boolean areCommitsKnown = version.contains("+") && Connections.VERSION.contains("+");
    return !isSameRelease
        ? ""
        : areCommitsKnown
            ? ", built from the same commit"
            : ", built from the same commit, which a build without git is told by -Dcordee.commit";
  }

  private static String release(String version) {
    return version.split("\\+", 2)[0];
  }

  private static String describe(int protocol, String version) {
    String known = version.isEmpty() ? "of unknown version" : "Cordee " + version;
    return OutsideText.printable(known, LONGEST_VERSION) + " (protocol " + protocol + ")";
  }

  /** Ends a call before it has begun. */
  static <T> ServerCall.Listener<T> refuse(ServerCall<T, ?> call, Status status, String why) {
    call.close(status.withDescription(why), new Metadata());
    return new ServerCall.Listener<>() {};
  }
}
