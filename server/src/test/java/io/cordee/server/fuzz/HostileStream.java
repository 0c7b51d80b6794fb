package io.cordee.server.fuzz;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import io.cordee.proto.v1.ServerMessage;
import io.cordee.proto.v1.WorkerMessage;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A stream that sends any bytes as its messages. */
final class HostileStream {

  static final int PATIENCE_SECONDS = 20;

  private final ClientCall<byte[], byte[]> call;
  private final BlockingQueue<byte[]> heard = new LinkedBlockingQueue<>();
  private final CompletableFuture<Status> end = new CompletableFuture<>();

  enum Reading {
    ALWAYS,
    NEVER
  }

  HostileStream(Channel channel, String method, Reading reading, CallOptions options) {
    call = channel.newCall(method(method), options);
    call.start(
        new ClientCall.Listener<>() {
          @Override
          public void onMessage(byte[] message) {
            heard.add(message);
            call.request(1);
          }

          @Override
          public void onClose(Status status, Metadata trailers) {
            end.complete(status);
          }
        },
        new Metadata());
    if (reading == Reading.ALWAYS) {
      call.request(1);
    }
  }

  private static MethodDescriptor<byte[], byte[]> method(String name) {
    Bytes bytes = new Bytes();
    return MethodDescriptor.newBuilder(bytes, bytes)
        .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
        .setFullMethodName(name)
        .build();
  }

  private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {
    @Override
    public InputStream stream(byte[] value) {
      return new ByteArrayInputStream(value);
    }

    @Override
    public byte[] parse(InputStream stream) {
      try {
        return stream.readAllBytes();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  void say(byte[] message) {
    call.sendMessage(message);
  }

  void say(MessageLite message) {
    say(message.toByteArray());
  }

  void say(WorkerMessage.Builder message) {
    say(message.build());
  }

  /** The next message; empty if none comes in time or the stream ends before. */
  Optional<ServerMessage> hear(int milliseconds) throws InterruptedException {
    byte[] message = heard.poll(milliseconds, TimeUnit.MILLISECONDS);
    try {
      return message == null ? Optional.empty() : Optional.of(ServerMessage.parseFrom(message));
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError("the server sent something else than a message", e);
    }
  }

  boolean hasEnded() {
    return end.isDone();
  }

  void halfClose() {
    if (!end.isDone()) {
      call.halfClose();
    }
  }

  void cancel() {
    call.cancel("cancelled on purpose", null);
  }

  Status end() throws Exception {
    try {
      // A client that does not read does not see the status either.
      call.request(1_000_000);
      return end.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new AssertionError("the stream has not ended within " + PATIENCE_SECONDS + " s");
    }
  }
}
