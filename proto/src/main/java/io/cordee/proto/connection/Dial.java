package io.cordee.proto.connection;

import com.google.protobuf.Empty;
import io.cordee.common.text.Advice;
import io.cordee.proto.security.Access;
import io.cordee.proto.security.AccessException;
import io.cordee.proto.security.TlsFailure;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ClientCalls;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** Connects to a server. */
public record Dial(String host, int port, Access access) {

  /** How long an attempt may take. */
  public static final Duration LIMIT = Duration.ofSeconds(10);

  private static final Set<Status.Code> LOST =
      Set.of(Status.Code.UNAVAILABLE, Status.Code.DEADLINE_EXCEEDED, Status.Code.CANCELLED);

  /** As Netty's own transport puts it in front of the system's error. */
  private static final Pattern SYSTEM_CALL = Pattern.compile("^\\w+\\(\\.\\.\\) failed[^:]*: ");

  private static final int PROBE_MILLIS = 2000;

  /**
   * A TLS handshake without content: a server that speaks TLS answers with an alert. A Cordee
   * server has refused the peer just before, and does not report the probe.
   */
  static final byte[] TLS_PROBE = {0x16, 3, 1, 0, 4, 1, 0, 0, 0};

  private static final int ALERT = 0x15;

  /** A channel reports only to calls why it cannot connect. The answer itself does not matter. */
  private static final MethodDescriptor<Empty, Empty> HEALTH =
      MethodDescriptor.<Empty, Empty>newBuilder()
          .setType(MethodDescriptor.MethodType.UNARY)
          .setFullMethodName("grpc.health.v1.Health/Check")
          .setRequestMarshaller(ProtoUtils.marshaller(Empty.getDefaultInstance()))
          .setResponseMarshaller(ProtoUtils.marshaller(Empty.getDefaultInstance()))
          .build();

  /**
   * Makes one attempt.
   *
   * @throws ConnectException if no server answers; another attempt may succeed
   * @throws AccessException if the server does not match this access; another attempt would fail
   */
  public ManagedChannel open(Duration limit) throws ConnectException, InterruptedException {
    ManagedChannel channel = Connections.client(host, port, access).build();
    Status status = call(channel, limit);
    boolean isHttp2 = !reason(status).startsWith("First received frame was not SETTINGS");
    if (isHttp2 && !isLost(status)) {
      return channel;
    }
    channel.shutdownNow();
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    String server = "the server at " + host + ":" + port;
    Optional<String> mismatch = TlsFailure.ofServer(status.getCause(), server, access);
    if (mismatch.isPresent()) {
      throw new AccessException(mismatch.get());
    }
    boolean mayExpectTls =
        access.tls().isEmpty() && (!isHttp2 || status.getCode() == Status.Code.UNAVAILABLE);
    if (mayExpectTls && speaksTls()) {
      throw new AccessException(
          server
              + " speaks TLS, this side plain text; give "
              + Advice.TLS_CA
              + " with the authority of its certificate");
    }
    if (!isHttp2) {
      throw new AccessException(
          server + " speaks another protocol; give the host and port of a Cordee server");
    }
    String why =
        status.getCode() == Status.Code.DEADLINE_EXCEEDED
            ? "no answer within " + limit.toSeconds() + " s"
            : reason(status);
    throw new ConnectException("could not reach " + server + ": " + why);
  }

  private static Status call(ManagedChannel channel, Duration limit) {
    CallOptions options =
        CallOptions.DEFAULT.withDeadlineAfter(limit.toMillis(), TimeUnit.MILLISECONDS);
    try {
      ClientCalls.blockingUnaryCall(channel, HEALTH, options, Empty.getDefaultInstance());
      return Status.OK;
    } catch (StatusRuntimeException e) {
      return e.getStatus();
    }
  }

  /** A TLS server closes a plain-text connection without an answer, as if it had died. */
  private boolean speaksTls() {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(host, port), PROBE_MILLIS);
      socket.setSoTimeout(PROBE_MILLIS);
      socket.getOutputStream().write(TLS_PROBE);
      return socket.getInputStream().read() == ALERT;
    } catch (IOException e) {
      return false;
    }
  }

  /** Returns whether a call ended without a word of the other side. */
  public static boolean isLost(Status status) {
    // A channel that closes while a call begins gives it this code and the error of the socket.
    return LOST.contains(status.getCode())
        || (status.getCode() == Status.Code.UNKNOWN && status.getCause() instanceof IOException);
  }

  /** Why a call has ended, in one line: the network's error, or else the other side's. */
  public static String reason(Status status) {
    String text =
        status.getCause() == null
            ? status.getDescription()
            : TlsFailure.rootMessage(status.getCause());
    return text == null ? status.getCode().toString() : plain(text.lines().findFirst().orElse(""));
  }

  /** Strips the library's internals. */
  private static String plain(String text) {
    return text.equals("Network closed for unknown reason")
            || text.endsWith("ClosedChannelException")
        ? "the other side closed it"
        : SYSTEM_CALL.matcher(text).replaceFirst("");
  }
}
