package io.cordee.proto.frame;

import com.google.protobuf.MessageLite;
import io.cordee.proto.v1.ServerMessage;
import io.cordee.proto.v1.WorkerMessage;
import io.grpc.MethodDescriptor.Marshaller;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** The marshallers that the method uses, and the bytes that they make. */
final class Marshallers {

  static final Marshaller<Frame<WorkerMessage>> WORKER = TrainMethod.METHOD.getRequestMarshaller();
  static final Marshaller<Frame<ServerMessage>> SERVER = TrainMethod.METHOD.getResponseMarshaller();

  private Marshallers() {}

  static <M extends MessageLite> byte[] bytes(Marshaller<Frame<M>> marshaller, Frame<M> frame) {
    try (InputStream stream = marshaller.stream(frame)) {
      return stream.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** All that is left of a payload. */
  static byte[] bytes(ReceivedPayload payload) {
    byte[] bytes = new byte[payload.remaining()];
    payload.read(bytes);
    return bytes;
  }
}
