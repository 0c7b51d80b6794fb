package io.cordee.proto.frame;

import java.io.ByteArrayOutputStream;
import java.io.IOException;

/**
 * A message and its bulk data.
 *
 * @param message without its field {@code data}, if {@code payload} has any
 * @param payload what stands in that field
 */
public record Frame<M>(M message, Payload payload) {

  public static <M> Frame<M> of(M message) {
    return new Frame<>(message, Payload.NONE);
  }

  /** The same message with a copy of its data, made now: what they come from may change. */
  Frame<M> settled() throws IOException {
    if (payload.size() == 0) {
      return this;
    }
    ByteArrayOutputStream copy = new ByteArrayOutputStream(payload.size());
    payload.writeTo(copy);
    return new Frame<>(message, Payload.of(copy.toByteArray()));
  }

  /** The data of a message that has come in. */
  public ReceivedPayload received() {
    return payload instanceof ReceivedPayload received ? received : ReceivedPayload.of(payload);
  }
}
