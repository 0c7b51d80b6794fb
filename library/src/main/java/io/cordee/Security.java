package io.cordee;

import io.cordee.proto.security.Access;
import io.cordee.proto.security.AccessException;
import io.cordee.proto.security.NamedFile;
import io.cordee.proto.security.Tls;
import io.cordee.proto.security.TlsFiles;
import io.cordee.proto.security.Token;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * How the processes of a team know each other: by certificates and a shared token. Files are read
 * when a server or worker is made. Plain text stays on the loopback interface unless asked for.
 */
public final class Security {

  private final TlsFiles tls;
  private final Optional<NamedFile> token;
  private final boolean isPlainTextAllowed;

  private Security(TlsFiles tls, Optional<NamedFile> token, boolean isPlainTextAllowed) {
    this.tls = tls;
    this.token = token;
    this.isPlainTextAllowed = isPlainTextAllowed;
  }

  /**
   * Plain text on the loopback interface; other addresses are refused until certificates are given.
   *
   * @return the default
   */
  public static Security loopback() {
    return new Security(TlsFiles.NONE, Optional.empty(), false);
  }

  /**
   * Plain text anywhere: anyone on the network path can read and change everything.
   *
   * @return for private networks only
   */
  public static Security plainText() {
    return new Security(TlsFiles.NONE, Optional.empty(), true);
  }

  /**
   * TLS 1.2 or 1.3 for a server.
   *
   * @param certificate the server's own (PEM); intermediate certificates may follow in the file
   * @param key its key (PEM, PKCS#8, not encrypted; RSA or EC)
   * @return without {@link #authority}, any worker is let in
   */
  public static Security server(Path certificate, Path key) {
    return loopback().certificate(certificate, key);
  }

  /**
   * TLS 1.2 or 1.3 for a worker.
   *
   * @param authority the CA certificate (PEM) that the server's has to be from
   * @return without {@link #certificate}, nothing is presented
   */
  public static Security worker(Path authority) {
    return loopback().authority(authority);
  }

  /**
   * On a server, lets only those workers in whose certificates are from an authority.
   *
   * @param file its certificate (PEM)
   */
  public Security authority(Path file) {
    return new Security(
        tls.withAuthority(Optional.of(named("authority", file))), token, isPlainTextAllowed);
  }

  /**
   * On a worker, presents a certificate to the server.
   *
   * @param file the worker's own (PEM)
   * @param keyFile its key (PEM, PKCS#8, not encrypted; RSA or EC)
   */
  public Security certificate(Path file, Path keyFile) {
    return new Security(
        tls.withIdentity(named("certificate", file), named("key", keyFile)),
        token,
        isPlainTextAllowed);
  }

  /**
   * A secret that the team shares: a server lets nobody else in. Without TLS it can be read by
   * anyone on the path.
   *
   * @param file a line of at least 16 visible characters
   */
  public Security token(Path file) {
    return new Security(tls, Optional.of(named("token", file)), isPlainTextAllowed);
  }

  Access listening(InetSocketAddress address) {
    return access(address, tls::server, "Security.server");
  }

  Access connecting(InetSocketAddress address) {
    return access(address, tls::client, "Security.worker");
  }

  private Access access(InetSocketAddress address, Supplier<Optional<Tls>> reading, String wayOut) {
    boolean isTls = !tls.equals(TlsFiles.NONE);
    if (isTls && isPlainTextAllowed) {
      throw new CordeeException(
          "Security.plainText() and certificates exclude each other; begin with " + wayOut);
    }
    if (!isTls && !isPlainTextAllowed && !isThisMachine(address)) {
      throw new CordeeException(
          "%s is not a loopback address, and plain text can be read and changed in transit; give certificates with %s, or Security.plainText() on a network that you trust"
              .formatted(shown(address), wayOut));
    }
    try {
      return new Access(reading.get(), token.map(Token::read));
    } catch (AccessException e) {
      throw new CordeeException(e.getMessage(), e);
    }
  }

  private static NamedFile named(String what, Path file) {
    return new NamedFile(what, file);
  }

  static String shown(InetSocketAddress address) {
    String host = address.getHostString();
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
  }

  private static boolean isThisMachine(InetSocketAddress address) {
    InetAddress resolved = address.getAddress();
    return resolved != null && resolved.isLoopbackAddress();
  }
}
