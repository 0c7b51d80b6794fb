package io.cordee.proto.security;

import io.cordee.common.text.Advice;
import io.netty.handler.ssl.NotSslRecordException;
import java.net.UnknownHostException;
import java.security.cert.CertificateException;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;

/** Why a TLS connection failed: the root cause in its own words, and a hint. */
public final class TlsFailure {

  private static final byte TLS_HANDSHAKE = 0x16;

  private TlsFailure() {}

  /**
   * On a client; empty if it is not a matter of TLS, and another attempt may succeed.
   *
   * @param cause what the attempt to connect has failed with; may be null
   * @param server "the server at ..."
   */
  public static Optional<String> ofServer(Throwable cause, String server, Access own) {
    if (has(cause, CertificateException.class)) {
      return Optional.of(
          "%s is not trusted: %s; expected a valid certificate for that host of the authority in %s; have one issued, or give the authority of the server's"
              .formatted(server, rootMessage(cause), own.tls().map(Tls::authority).orElse("none")));
    }
    if (has(cause, NotSslRecordException.class)) {
      return Optional.of(
          "%s does not speak TLS, this side does; start it with %s, or leave out %s here"
              .formatted(server, Advice.TLS_IDENTITY, Advice.TLS_CA));
    }
    // Everything else is a connection that was lost during the handshake.
    boolean isAlert =
        has(cause, SSLException.class)
            && rootMessage(cause).toLowerCase(Locale.ROOT).contains("alert");
    return isAlert
        ? Optional.of(
            String.format(
                "%s refused the TLS handshake: %s; expected a valid certificate of the authority that"
                    + " the server trusts, this side has %s; give %s, or see the server's log",
                server,
                rootMessage(cause),
                own.tls().map(Tls::identity).orElse("none"),
                Advice.TLS_IDENTITY))
        : Optional.empty();
  }

  /**
   * On a server, of a client; empty if it is not a matter of TLS. Here the reason is known; the
   * client is told little more than that there is one.
   */
  public static Optional<String> ofClient(Throwable cause) {
    if (has(cause, NotSslRecordException.class)) {
      return Optional.of(
          "it does not speak TLS, this server does; give it %s with the authority of the server's certificate"
              .formatted(Advice.TLS_CA));
    }
    return has(cause, SSLException.class)
        ? Optional.of(
            "TLS handshake failed: "
                + rootMessage(cause)
                + "; each side's certificate must be of the authority that the other trusts")
        : Optional.empty();
  }

  /** On a server without TLS, of a client that begins with this byte; empty if it is HTTP/2. */
  public static Optional<String> ofFirstByte(byte first) {
    return switch (first) {
      case 'P' -> Optional.empty(); // PRI
      case TLS_HANDSHAKE ->
          Optional.of(
              "it speaks TLS, this server plain text; leave out %s there, or start the server with %s"
                  .formatted(Advice.TLS_CA, Advice.TLS_IDENTITY));
      default ->
          Optional.of(
              "it does not speak HTTP/2, as workers do; pages and metrics have an address of their"
                  + " own");
    };
  }

  public static String rootMessage(Throwable cause) {
    Throwable root = all(cause).reduce((outer, inner) -> inner).orElse(cause);
    if (root instanceof UnknownHostException) {
      return "unknown host"; // its message is the host alone
    }
    return root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
  }

  private static boolean has(Throwable cause, Class<? extends Throwable> type) {
    return all(cause).anyMatch(type::isInstance);
  }

  private static Stream<Throwable> all(Throwable cause) {
    return Stream.iterate(cause, one -> one != null, Throwable::getCause).limit(32);
  }
}
