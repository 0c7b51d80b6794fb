package io.cordee.proto.frame;

/**
 * A message and its bulk data.
 *
 * @param message without its field {@code data}, if {@code payload} has any
 * @param payload the content of that field
 */
public record Frame<M>(M message, Payload payload) {

  public static <M> Frame<M> of(M message) {
    return new Frame<>(message, Payload.NONE);
  }

  /** The same message with a copy of its data, as their source may change. */
  Frame<M> settled() {
    return payload.size() == 0 ? this : new Frame<>(message, payload.settled());
  }

  public ReceivedPayload received() {
    return payload instanceof ReceivedPayload received ? received : ReceivedPayload.of(payload);
  }
}
