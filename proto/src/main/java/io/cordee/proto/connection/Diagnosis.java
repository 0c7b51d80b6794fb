package io.cordee.proto.connection;

import io.cordee.proto.security.Access;
import io.cordee.proto.security.AccessException;
import io.cordee.proto.security.Trouble;
import io.grpc.Status;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.util.Optional;

/**
 * Tells why a server cannot be spoken to.
 *
 * @param access how this side tries to
 */
public record Diagnosis(String host, int port, Access access) {

  /**
   * Why a call has failed, where it is for what one side shows or wants to be shown, so that there
   * is no point in trying again. May take a connection of its own to find out.
   *
   * @param status of the call
   */
  public Optional<AccessException> of(Status status) {
    if (status.getCode() != Status.Code.UNAVAILABLE) {
      return Optional.empty();
    }
    Optional<String> why = Trouble.withServer(status.getCause(), address(), access);
    if (why.isEmpty()
        && access.tls().isEmpty()
        && mayHaveHungUp(status)
        && TlsProbe.speaksTls(host, port)) {
      why = Optional.of(Trouble.serverSpeaksTls(address()));
    }
    return why.map(AccessException::new);
  }

  /** There may be a server, which did not like what it heard. */
  private static boolean mayHaveHungUp(Status status) {
    for (Throwable cause = status.getCause(); cause != null; cause = cause.getCause()) {
      if (cause instanceof ConnectException || cause instanceof UnknownHostException) {
        return false;
      }
    }
    return true;
  }

  String address() {
    return host + ":" + port;
  }
}
