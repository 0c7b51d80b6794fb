package io.cordee.cli;

import io.cordee.proto.security.Tls;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Plain text never leaves this machine unless asked for. */
final class InsecureOption {

  @Option(
      names = "--insecure",
      description =
          "Use plain text with other machines: anyone on the network between can read and change"
              + " everything.")
  private boolean isInsecure;

  boolean isGiven() {
    return isInsecure;
  }

  /**
   * @param role what the address is for, such as {@code --listen}
   * @param wayOut the options that turn TLS on
   */
  void check(String role, HostAndPort address, Optional<Tls> tls, String wayOut) {
    if (tls.isPresent() && isInsecure) {
      throw CommandException.wrongUse(
          "--insecure and --tls-... exclude each other; give only one of them");
    }
    if (tls.isEmpty() && !isInsecure && !address.isThisMachine()) {
      throw CommandException.wrongUse(
          "%s %s is not a loopback address, and plain text can be read and changed in transit; give %s, or --insecure on a network that you trust"
              .formatted(role, address, wayOut));
    }
  }
}
