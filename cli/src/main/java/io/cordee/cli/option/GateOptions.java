package io.cordee.cli.option;

import io.cordee.cli.commandline.CommandException;
import io.cordee.proto.connection.HostAndPort;
import io.cordee.proto.security.Access;
import io.cordee.proto.security.NamedFile;
import io.cordee.proto.security.Tls;
import io.cordee.proto.security.TlsFiles;
import io.cordee.server.grpc.Gate;
import io.cordee.server.grpc.Limits;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which clients a server admits. */
public final class GateOptions {

  private static final int MOST = 1_000_000;

  @Mixin private AccessOptions access;

  @Option(
      names = "--lead-ca",
      paramLabel = "FILE",
      description =
          "For shards other than 0: the CA certificate (PEM) to verify shard 0 with (default: that of --tls-ca).")
  private Optional<Path> leadAuthority = Optional.empty();

  @Option(
      names = "--max-workers",
      paramLabel = "N",
      defaultValue = "" + Limits.WORKERS,
      description = "The most workers at a time (default: ${DEFAULT-VALUE}).")
  private int maxWorkers;

  @Option(
      names = "--max-calls",
      paramLabel = "N",
      defaultValue = "" + Limits.CALLS_PER_ADDRESS,
      description =
          "The most calls at a time from one address; each worker is one (default: ${DEFAULT-VALUE}).")
  private int maxCalls;

  /** {@code minWorkers} is how many the first round waits for. */
  public Gate gate(HostAndPort listen, int minWorkers) {
    if (maxWorkers < 1 || maxWorkers > MOST || maxCalls < 1 || maxCalls > MOST) {
      throw CommandException.wrongUse("--max-workers and --max-calls must be 1 to " + MOST);
    }
    if (minWorkers > maxWorkers) {
      throw CommandException.wrongUse(
          "--workers " + minWorkers + " is more than --max-workers " + maxWorkers);
    }
    Optional<Tls> secured = access.tls().server();
    access.check("--listen", listen, secured, "--tls-cert and --tls-key");
    Limits limits = new Limits(maxWorkers, maxCalls, Limits.RESETS, Limits.SILENCE);
    int room = limits.connections().all();
    if (minWorkers > room) {
      throw CommandException.failed(
          String.format(
              "the limit on open files leaves room for %d connections, but %d workers are expected; raise it, as with ulimit -n %d",
              room, minWorkers, 3 * minWorkers + 1024));
    }
    return new Gate(new Access(secured, access.token()), limits);
  }

  /** How a shard speaks to shard 0; {@code own} is what it lets in itself. */
  public Access toLead(HostAndPort lead, Access own) {
    TlsFiles files = access.tls();
    Optional<NamedFile> authority =
        leadAuthority.map(path -> new NamedFile("--lead-ca", path)).or(files::authority);
    if (own.tls().isPresent() && authority.isEmpty()) {
      throw CommandException.wrongUse(
          "a shard that uses TLS needs --lead-ca, or --tls-ca: the CA certificate to verify the other shards with");
    }
    Optional<Tls> secured = files.withAuthority(authority).client();
    access.check("--lead", lead, secured, "--lead-ca");
    return new Access(secured, own.token());
  }

  /**
   * Returns who may watch over HTTP: clients that could also join, as far as a browser can
   * authenticate.
   */
  public ViewOptions.Doors doors(Access own) {
    return (option, at, names) -> access.door(option, at, own, names);
  }

  /** Returns the options that a worker needs besides the address. */
  public String forWorkers(Access own) {
    boolean isMutual = own.tls().map(Tls::hasAuthority).orElse(false);
    return forOthers(own, " --tls-ca FILE" + (isMutual ? " --tls-cert FILE --tls-key FILE" : ""));
  }

  /** Returns the options that another peer needs besides addresses. */
  public String forPeers(Access own) {
    return forOthers(own, " --lead-ca FILE --tls-cert FILE --tls-key FILE");
  }

  private String forOthers(Access own, String ofTls) {
    StringBuilder options = new StringBuilder(own.tls().isPresent() ? ofTls : "");
    if (access.isInsecure()) {
      options.append(" --insecure");
    }
    own.token().ifPresent(shared -> options.append(" --token-file FILE"));
    return options.toString();
  }
}
