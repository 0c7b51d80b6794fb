package io.cordee.cli;

import io.cordee.proto.security.Access;
import io.cordee.proto.security.Tls;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Mixin;

/** How a worker speaks to its servers. */
final class ClientAccess {

  @Mixin private TlsOptions tls;

  @Mixin private TokenOption token;

  @Mixin private InsecureOption insecure;

  Access to(List<HostAndPort> servers) {
    Optional<Tls> secured = tls.client();
    servers.forEach(server -> insecure.check("--server", server, secured, "--tls-ca"));
    return new Access(secured, token.token());
  }
}
