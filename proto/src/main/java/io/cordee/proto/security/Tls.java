package io.cordee.proto.security;

import io.grpc.netty.GrpcSslContexts;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.util.Optional;
import javax.net.ssl.SSLException;

/**
 * TLS 1.2 or 1.3, by BoringSSL where its native code runs, by Java's own elsewhere.
 *
 * @param identity what this side presents; required on a server
 * @param authority that the other side's certificate must be from; required on a client. A server
 *     that has it requires certificates of its clients
 */
public record Tls(Optional<Identity> identity, Optional<Authority> authority) {

  private static final String[] VERSIONS = {"TLSv1.3", "TLSv1.2"};

  /**
   * @throws AccessException if there is no identity, or it cannot be used
   */
  public SslContext server() {
    return build(GrpcSslContexts.configure(forServer()));
  }

  /** As {@link #server}, for browsers: without HTTP/2. */
  public SslContext webServer() {
    return build(forServer());
  }

  private SslContextBuilder forServer() {
    Identity own =
        identity.orElseThrow(
            () -> new AccessException("a TLS server needs a certificate and a key"));
    SslContextBuilder builder = SslContextBuilder.forServer(own.key(), own.chain());
    authority.ifPresent(
        theirs -> builder.trustManager(theirs.certificates()).clientAuth(ClientAuth.REQUIRE));
    return builder;
  }

  /**
   * @throws AccessException if there is no authority to verify the server against
   */
  public SslContext client() {
    Authority theirs =
        authority.orElseThrow(
            () ->
                new AccessException(
                    "no authority given to verify the server's certificate against"));
    SslContextBuilder builder = SslContextBuilder.forClient().trustManager(theirs.certificates());
    identity.ifPresent(own -> builder.keyManager(own.key(), own.chain()));
    return build(GrpcSslContexts.configure(builder));
  }

  private static SslContext build(SslContextBuilder builder) {
    try {
      return builder.protocols(VERSIONS).build();
    } catch (SSLException e) {
      throw new AccessException("certificate and key cannot be used for TLS: " + e.getMessage());
    }
  }
}
