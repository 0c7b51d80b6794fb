package io.cordee;

import io.cordee.proto.security.Access;
import io.cordee.proto.security.AccessException;
import io.cordee.proto.security.Authority;
import io.cordee.proto.security.Identity;
import io.cordee.proto.security.NamedFile;
import io.cordee.proto.security.Tls;
import io.cordee.proto.security.Token;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;

/**
 * How the processes of a team know each other: by certificates and a shared token. Files are read
 * when a server or worker is made. Plain text stays on the loopback interface unless asked for.
 */
public final class Security {

  private enum Spoken {
    PLAIN_TEXT_HERE,
    PLAIN_TEXT,
    TLS
  }

  private final Spoken spoken;

  // Null where it is not given.
  private final Path certificate;
  private final Path key;
  private final Path authority;
  private final Path token;

  private Security(Spoken spoken, Path certificate, Path key, Path authority, Path token) {
    this.spoken = spoken;
    this.certificate = certificate;
    this.key = key;
    this.authority = authority;
    this.token = token;
  }

  /**
   * Plain text on the loopback interface; other addresses are refused.
   *
   * @return the default
   */
  public static Security loopback() {
    return new Security(Spoken.PLAIN_TEXT_HERE, null, null, null, null);
  }

  /**
   * Plain text anywhere: anyone on the network path can read and change everything.
   *
   * @return for private networks only
   */
  public static Security plainText() {
    return new Security(Spoken.PLAIN_TEXT, null, null, null, null);
  }

  /**
   * TLS 1.2 or 1.3 for a server.
   *
   * @param certificate the server's own (PEM); intermediate certificates may follow in the file
   * @param key its key (PEM, PKCS#8, not encrypted; RSA or EC)
   * @return without {@link #authority}, any worker is let in
   */
  public static Security server(Path certificate, Path key) {
    return new Security(Spoken.TLS, certificate, key, null, null);
  }

  /**
   * TLS 1.2 or 1.3 for a worker.
   *
   * @param authority the CA certificate (PEM) that the server's has to be from
   * @return without {@link #certificate}, nothing is presented
   */
  public static Security worker(Path authority) {
    return new Security(Spoken.TLS, null, null, authority, null);
  }

  /**
   * On a server, lets only those workers in whose certificates are from an authority.
   *
   * @param file its certificate (PEM)
   */
  public Security authority(Path file) {
    return new Security(spoken, certificate, key, file, token);
  }

  /**
   * On a worker, presents a certificate to the server.
   *
   * @param file the worker's own (PEM)
   * @param keyFile its key (PEM, PKCS#8, not encrypted; RSA or EC)
   */
  public Security certificate(Path file, Path keyFile) {
    return new Security(spoken, file, keyFile, authority, token);
  }

  /**
   * A secret that the team shares: a server lets nobody else in. Without TLS it can be read by
   * anyone on the path.
   *
   * @param file a line of at least 16 visible characters
   */
  public Security token(Path file) {
    return new Security(spoken, certificate, key, authority, file);
  }

  Access listening(InetSocketAddress address) {
    if (spoken == Spoken.TLS && certificate == null) {
      throw new CordeeException("a server needs a certificate and a key; see Security.server");
    }
    return access(address, "Security.server");
  }

  Access connecting(InetSocketAddress address) {
    if (spoken == Spoken.TLS && authority == null) {
      throw new CordeeException(
          "a worker needs an authority to know the server by; see Security.worker");
    }
    return access(address, "Security.worker");
  }

  private Access access(InetSocketAddress address, String wayOut) {
    if (spoken == Spoken.PLAIN_TEXT_HERE && !isThisMachine(address)) {
      throw new CordeeException(
          "%s is not a loopback address, and plain text can be read and changed in transit; give certificates with %s, or Security.plainText() on a network that you trust"
              .formatted(shown(address), wayOut));
    }
    if (spoken != Spoken.TLS && (certificate != null || authority != null)) {
      throw new CordeeException("certificates are of no use without TLS; begin with " + wayOut);
    }
    try {
      Optional<Identity> identity =
          Optional.ofNullable(certificate)
              .map(file -> Identity.read(named("certificate", file), named("key", key)));
      Optional<Authority> theirs = read("authority", authority, Authority::read);
      Optional<Tls> tls =
          spoken == Spoken.TLS ? Optional.of(new Tls(identity, theirs)) : Optional.empty();
      return new Access(tls, read("token", token, Token::read));
    } catch (AccessException e) {
      throw new CordeeException(e.getMessage(), e);
    }
  }

  private static <T> Optional<T> read(String what, Path file, Function<NamedFile, T> reader) {
    return Optional.ofNullable(file).map(path -> reader.apply(named(what, path)));
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
