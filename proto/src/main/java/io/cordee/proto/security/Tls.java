package io.cordee.proto.security;

import io.grpc.netty.GrpcSslContexts;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import javax.net.ssl.SSLException;

/**
 * TLS 1.2 or 1.3 with the certificates of {@link TlsFiles}, by BoringSSL where its native code
 * runs, by Java's own elsewhere.
 */
public final class Tls {

  private static final String[] VERSIONS = {"TLSv1.3", "TLSv1.2"};
  private static final int SHOWN = 3;

  private final Optional<PrivateKey> key;
  private final List<X509Certificate> chain;
  private final Optional<NamedFile> authorityFile;
  private final List<X509Certificate> authorities;

  /** {@code chain} is empty without {@code key}, {@code authorities} without their file. */
  Tls(
      Optional<PrivateKey> key,
      List<X509Certificate> chain,
      Optional<NamedFile> authorityFile,
      List<X509Certificate> authorities) {
    this.key = key;
    this.chain = chain;
    this.authorityFile = authorityFile;
    this.authorities = authorities;
  }

  /** Tells if the other side's certificate must be from an authority. */
  public boolean hasAuthority() {
    return authorityFile.isPresent();
  }

  /**
   * @throws AccessException if key and certificate cannot be used
   */
  public SslContext server() {
    return build(GrpcSslContexts.configure(forServer()));
  }

  /** As {@link #server}, for browsers: without HTTP/2. */
  public SslContext webServer() {
    return build(forServer());
  }

  private SslContextBuilder forServer() {
    SslContextBuilder builder = SslContextBuilder.forServer(key.orElseThrow(), chain);
    if (hasAuthority()) {
      builder.trustManager(authorities).clientAuth(ClientAuth.REQUIRE);
    }
    return builder;
  }

  /**
   * @throws AccessException if key and certificates cannot be used
   */
  public SslContext client() {
    SslContextBuilder builder = SslContextBuilder.forClient().trustManager(authorities);
    key.ifPresent(own -> builder.keyManager(own, chain));
    return build(GrpcSslContexts.configure(builder));
  }

  private static SslContext build(SslContextBuilder builder) {
    try {
      return builder.protocols(VERSIONS).build();
    } catch (SSLException e) {
      throw new AccessException("certificate and key cannot be used for TLS: " + e.getMessage());
    }
  }

  static String describe(X509Certificate certificate) {
    return "%s, issued by \"%s\""
        .formatted(subject(certificate), certificate.getIssuerX500Principal().getName());
  }

  private static String subject(X509Certificate certificate) {
    return "\"" + certificate.getSubjectX500Principal().getName() + "\"";
  }

  /** For people: the certificate that this side presents. */
  String identity() {
    return chain.isEmpty() ? "none" : describe(chain.get(0));
  }

  /** For people: the file of the authorities, and who is in it. */
  String authority() {
    return authorityFile.map(file -> file + names()).orElse("none");
  }

  private String names() {
    return authorities.stream()
        .limit(SHOWN)
        .map(Tls::subject)
        .collect(Collectors.joining(", ", " (", authorities.size() > SHOWN ? ", ...)" : ")"));
  }
}
