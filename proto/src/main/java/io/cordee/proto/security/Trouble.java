package io.cordee.proto.security;

import io.netty.handler.ssl.NotSslRecordException;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;

/**
 * Words for why two sides do not come together, out of what the libraries throw. Netty, Java and
 * BoringSSL each have their own; none of them says what to do.
 */
public final class Trouble {

  /** How Java and BoringSSL write an alert that has come in. */
  private static final Pattern ALERT =
      Pattern.compile("(?:received fatal alert: |_alert_)([a-z_]+)");

  private static final Pattern NO_CERTIFICATE =
      Pattern.compile("peer_did_not_return_a_certificate|empty client certificate chain");

  private Trouble() {}

  /**
   * On a client: why a server is not to be had, where waiting does not help.
   *
   * @param cause what the attempt to connect has failed with
   * @param address of the server
   * @param own what this side shows
   */
  public static Optional<String> withServer(Throwable cause, String address, Access own) {
    Optional<String> untrusted = first(cause, PeerException.class).map(Throwable::getMessage);
    if (untrusted.isPresent()) {
      return Optional.of("the server at " + address + " is not trusted: " + untrusted.get());
    }
    if (first(cause, NotSslRecordException.class).isPresent()) {
      return Optional.of(
          "the server at "
              + address
              + " does not speak TLS, this side does; start it with --tls-cert and --tls-key, or"
              + " leave out --tls-ca here");
    }
    return alert(cause).flatMap(alert -> refusedByServer(alert, address, own));
  }

  private static Optional<String> refusedByServer(String alert, String address, Access own) {
    Optional<String> shown = own.tls().flatMap(Tls::identity).map(Identity::describe);
    String server = "the server at " + address;
    return switch (alert) {
      case "certificate_required", "bad_certificate", "handshake_failure" ->
          Optional.of(
              shown
                  .map(
                      certificate ->
                          server
                              + " does not take this side's certificate, "
                              + certificate
                              + "; give one of the authority in the server's --tls-ca")
                  .orElse(
                      server
                          + " wants to be shown a certificate; give --tls-cert and --tls-key, of"
                          + " the authority in the server's --tls-ca"));
      case "certificate_expired",
          "certificate_revoked",
          "certificate_unknown",
          "unsupported_certificate",
          "unknown_ca" ->
          Optional.of(
              server
                  + " does not take this side's certificate"
                  + shown.map(certificate -> ", " + certificate).orElse("")
                  + " ("
                  + alert
                  + "); its log says why; give one that is in force, of the authority in the"
                  + " server's --tls-ca");
      case "protocol_version" ->
          Optional.of(
              server + " speaks a version of TLS that is not known here; expected 1.2 or 1.3");
      default -> Optional.empty();
    };
  }

  /** A client in plain text has found a server that speaks TLS. */
  public static String serverSpeaksTls(String address) {
    return "the server at "
        + address
        + " speaks TLS, this side plain text; give --tls-ca with the authority of its certificate";
  }

  /** On a server: why a client could not come in, if there is something to be said. */
  public static Optional<String> withClient(Throwable cause) {
    Optional<String> untrusted = first(cause, PeerException.class).map(Throwable::getMessage);
    if (untrusted.isPresent()) {
      return untrusted;
    }
    if (first(cause, NotSslRecordException.class).isPresent()) {
      return Optional.of(
          "it does not speak TLS, this server does; workers need --tls-ca with the authority of"
              + " the server's certificate");
    }
    if (messages(cause).anyMatch(NO_CERTIFICATE.asPredicate())) {
      return Optional.of(
          "it shows no certificate of the authority in --tls-ca; start it with --tls-cert and"
              + " --tls-key");
    }
    return alert(cause)
        .map(alert -> "it does not take this server's certificate, or its TLS (" + alert + ")");
  }

  private static Optional<String> alert(Throwable cause) {
    return all(cause)
        .filter(SSLException.class::isInstance)
        .flatMap(Trouble::message)
        .map(ALERT::matcher)
        .filter(Matcher::find)
        .map(found -> found.group(1))
        .findFirst();
  }

  private static Stream<String> messages(Throwable cause) {
    return all(cause).flatMap(Trouble::message);
  }

  private static Stream<String> message(Throwable cause) {
    return Stream.ofNullable(cause.getMessage()).map(text -> text.toLowerCase(Locale.ROOT));
  }

  private static <T extends Throwable> Optional<T> first(Throwable cause, Class<T> type) {
    return all(cause).filter(type::isInstance).map(type::cast).findFirst();
  }

  private static Stream<Throwable> all(Throwable cause) {
    Predicate<Throwable> isThere = one -> one != null;
    return Stream.iterate(cause, isThere, Throwable::getCause).limit(32);
  }
}
