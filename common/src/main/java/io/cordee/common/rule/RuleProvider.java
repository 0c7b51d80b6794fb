package io.cordee.common.rule;

/**
 * An update rule from outside, by what jobs can say of it. Found by {@link
 * java.util.ServiceLoader}: a jar in the directory given by {@code --plugins} names its class in
 * {@code META-INF/services/io.cordee.common.rule.RuleProvider}. Server and workers need the same
 * one, as both read the job.
 */
@FunctionalInterface
public interface RuleProvider {

  /** Of {@link RuleDefinition#of}; no other rule has its name. */
  RuleDefinition definition();
}
