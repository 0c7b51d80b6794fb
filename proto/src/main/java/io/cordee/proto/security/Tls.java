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
 * @param identity what this side shows; a server has to have it
 * @param authority whose certificates the other side may show; a client has to have it, and on a
 *     server it makes a certificate a must for clients
 */
public record Tls(Optional<Identity> identity, Optional<Authority> authority) {

  private static final String[] VERSIONS = {"TLSv1.3", "TLSv1.2"};

  /**
   * @throws AccessException if there is no identity, or it cannot be used
   */
  public SslContext server() {
    return build(GrpcSslContexts.configure(forServer()));
  }

  /**
   * As {@link #server}, for browsers: they are not told to speak HTTP/2.
   *
   * @throws AccessException if there is no identity, or it cannot be used
   */
  public SslContext webServer() {
    return build(forServer());
  }

  private SslContextBuilder forServer() {
    Identity own =
        identity.orElseThrow(
            () -> new AccessException("a server that speaks TLS needs certificate and key"));
    SslContextBuilder builder = SslContextBuilder.forServer(own.key(), own.chain());
    authority.ifPresent(
        theirs -> builder.trustManager(new PeerTrust(theirs)).clientAuth(ClientAuth.REQUIRE));
    return builder;
  }

  /**
   * @throws AccessException if there is no authority to know the server by
   */
  public SslContext client() {
    Authority theirs =
        authority.orElseThrow(
            () -> new AccessException("the authority of the server's certificate is not given"));
    SslContextBuilder builder = SslContextBuilder.forClient().trustManager(new PeerTrust(theirs));
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
