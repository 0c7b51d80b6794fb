package io.cordee.proto.frame;

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

  /** The data of a message that has come in. */
  public ReceivedPayload received() {
    return payload instanceof ReceivedPayload received ? received : ReceivedPayload.of(payload);
  }
}
