package io.cordee.server.grpc;

import java.util.function.Consumer;

/** Performs actions on a training and sends what comes of them. */
@FunctionalInterface
public interface Performer<T> {

  void perform(Consumer<? super T> action);
}
