package io.cordee.worker.function;

import io.cordee.common.model.FunctionModel;
import io.cordee.common.text.Advice;
import io.cordee.function.FunctionProvider;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Finds gradient functions that are no networks. */
@FunctionalInterface
public interface FunctionProviders {

  /**
   * @throws FunctionException if there is none
   */
  FunctionProvider find(FunctionModel model);

  /** Returns what computes gradients in place of the built-in network; empty for that itself. */
  default Optional<FunctionProvider> ofNetworks() {
    return Optional.empty();
  }

  /** Provides one function for every model, whatever its name in the job. */
  static FunctionProviders only(FunctionProvider own) {
    return new FunctionProviders() {
      @Override
      public FunctionProvider find(FunctionModel model) {
        return own;
      }

      @Override
      public Optional<FunctionProvider> ofNetworks() {
        return Optional.of(own);
      }
    };
  }

  /** From the class path and plugins; searched when a job asks. */
  static FunctionProviders installed() {
    return model -> {
      String name =
          model
              .function()
              .orElseThrow(
                  () ->
                      new FunctionException(
                          "the job names no gradient function, so workers bring their own, and"
                              + " this one has none; set model.function, or start workers from"
                              + " the program that has it"));
      Map<String, FunctionProvider> found =
          byName(load(Thread.currentThread().getContextClassLoader()));
      FunctionProvider provider = found.get(name);
      if (provider == null) {
        throw new FunctionException(
            "the job names the gradient function %s, but no plugin provides it; found %s; put its jar"
                + " %s",
            name, found.isEmpty() ? "none" : String.join(", ", found.keySet()), Advice.PLUGINS);
      }
      return provider;
    };
  }

  private static List<FunctionProvider> load(ClassLoader loader) {
    try {
      return Services.of(FunctionProvider.class, loader);
    } catch (IllegalStateException e) {
      throw new FunctionException("a plugin cannot be loaded: %s", e.getMessage());
    }
  }

  /**
   * @throws FunctionException if two have one name
   */
  static Map<String, FunctionProvider> byName(List<FunctionProvider> providers) {
    Map<String, FunctionProvider> byName = new TreeMap<>();
    for (FunctionProvider provider : providers) {
      FunctionProvider other = byName.putIfAbsent(provider.name(), provider);
      if (other != null) {
        throw new FunctionException(
            "two plugins have a gradient function %s: %s and %s; remove one of them",
            provider.name(), other.getClass().getName(), provider.getClass().getName());
      }
    }
    return byName;
  }
}
