package io.cordee.common.optimizer;

/**
 * An optimizer from outside, by what jobs can say of it. Found by {@link java.util.ServiceLoader}:
 * a jar in the directory given by {@code --plugins} names its class in {@code
 * META-INF/services/io.cordee.common.optimizer.OptimizerProvider}. Server and workers need the same
 * one, as both read the job.
 */
@FunctionalInterface
public interface OptimizerProvider {

  /** Returns the definition, made by {@link OptimizerDefinition#of}; no other has its name. */
  OptimizerDefinition definition();
}
