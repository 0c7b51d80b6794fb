package io.cordee.cli.security;

import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import io.cordee.proto.connection.Connections;
import io.cordee.proto.security.Access;
import io.cordee.proto.security.NamedFile;
import io.cordee.proto.security.Tls;
import io.cordee.proto.security.TlsFiles;
import io.cordee.server.TestAuthority;
import io.cordee.server.TestAuthority.Issued;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.protobuf.services.HealthStatusManager;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** A chunk takes one or two frames, not sixteen: in plain text and by TLS. */
class LargeFramesTest {

  private static final int SIZE = 200_000;

  /** The default limit of HTTP/2, in bytes. */
  private static final int ORDINARY = 16_384;

  private static final Pattern DATA = Pattern.compile("INBOUND DATA: .*length=(\\d+)");

  @TempDir private Path folder;

  /** The lengths of frames that came in at the server, from gRPC's own log. */
  private static final class Frames extends AppenderBase<ILoggingEvent> {

    private final Queue<Integer> lengths = new ConcurrentLinkedQueue<>();

    @Override
    protected void append(ILoggingEvent line) {
      Matcher matcher = DATA.matcher(line.getFormattedMessage());
      if (matcher.find()) {
        lengths.add(Integer.parseInt(matcher.group(1)));
      }
    }
  }

  @Test
  void inPlainText() throws Exception {
    framesAreLarge(Optional.empty(), Access.OPEN);
  }

  @Test
  void byTls() throws Exception {
    TestAuthority alps = TestAuthority.in(folder, "alps");
    Issued issued = alps.issue("server", "127.0.0.1");
    TlsFiles server =
        TlsFiles.NONE.withIdentity(
            new NamedFile("--tls-cert", issued.certificate()),
            new NamedFile("--tls-key", issued.key()));
    TlsFiles client =
        TlsFiles.NONE.withAuthority(Optional.of(new NamedFile("--tls-ca", alps.file())));
    framesAreLarge(server.server(), new Access(client.client(), Optional.empty()));
  }

  private static void framesAreLarge(Optional<Tls> tls, Access access) throws Exception {
    Logger log = (Logger) LoggerFactory.getLogger("io.grpc.netty.NettyServerHandler");
    Frames frames = new Frames();
    frames.start();
    log.setLevel(Level.DEBUG);
    log.setAdditive(false);
    log.addAppender(frames);
    Server server =
        Connections.server(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                tls,
                connection -> true,
                (peer, why) -> {})
            .addService(new HealthStatusManager().getHealthService())
            .build()
            .start();
    ManagedChannel channel = Connections.client("127.0.0.1", server.getPort(), access).build();
    try {
      // What one call negotiates is for the next.
      for (int i = 0; i < 3; i++) {
        ask(channel);
      }
      assertTrue(
          frames.lengths.stream().anyMatch(length -> length > 2 * ORDINARY),
          frames.lengths::toString);
    } finally {
      channel.shutdownNow();
      server.shutdownNow();
      log.detachAppender(frames);
      log.setAdditive(true);
      log.setLevel(null);
    }
  }

  /** A health check padded with unknown fields. */
  private static void ask(ManagedChannel channel) {
    UnknownFieldSet.Field padding =
        UnknownFieldSet.Field.newBuilder()
            .addLengthDelimited(ByteString.copyFrom(new byte[SIZE]))
            .build();
    HealthCheckRequest request =
        HealthCheckRequest.newBuilder()
            .setUnknownFields(UnknownFieldSet.newBuilder().addField(1000, padding).build())
            .build();
    HealthGrpc.newBlockingStub(channel).withDeadlineAfter(20, TimeUnit.SECONDS).check(request);
  }
}
