package io.cordee.common.optimizer;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The settings that a job file can give an optimizer, and what the optimizer can do.
 *
 * @param name as in the job file
 * @param summary one line for people, with the formula
 * @param whySynchronous why it cannot be applied to parts of a batch as they come; empty if it can
 * @param own the settings of the optimizer itself, in the order in which they are written out
 * @param options what a job can ask for around the optimizer
 * @param factory makes the optimizer from a value for each setting
 */
public record OptimizerDefinition(
    String name,
    String summary,
    Optional<String> whySynchronous,
    List<Setting> own,
    List<Setting> options,
    Function<Settings, Update> factory) {

  public OptimizerDefinition {
    own = List.copyOf(own);
    options = List.copyOf(options);
  }

  /**
   * An optimizer with the options that go with its settings: decay, clipping, schedules.
   *
   * @param settings its own; {@code learning_rate} among them makes it one with schedules
   * @param optimizer makes a {@link RangeUpdate} from a value for each setting
   */
  public static OptimizerDefinition of(
      String name,
      String summary,
      Optional<String> whySynchronous,
      List<Setting> settings,
      Function<Settings, Update> update) {
    return OptimizerCatalog.define(name, summary, whySynchronous, update, settings);
  }

  /** Its own, then the options. */
  public List<Setting> settings() {
    return Stream.concat(own.stream(), options.stream()).toList();
  }

  /**
   * This optimizer with the given values, and the default of every setting that is not among them.
   */
  public OptimizerSpec with(Map<String, Object> given) {
    Map<String, Object> values = new LinkedHashMap<>();
    settings().forEach(setting -> values.put(setting.key(), setting.defaultValue()));
    values.putAll(given);
    return spec(values, given.keySet());
  }

  /**
   * This optimizer with these values. A default that depends on what is given is set here: a first
   * step is not beyond the bounds of steps.
   *
   * @param values of all settings
   * @param given the keys of those that are no defaults
   */
  public OptimizerSpec spec(Map<String, Object> values, Set<String> given) {
    Map<String, Object> fitted = new LinkedHashMap<>(values);
    if (!given.contains(StepSizes.INITIAL)) {
      StepSizes.fitInitial(fitted);
    }
    return new OptimizerSpec(name, new Settings(fitted));
  }

  /**
   * Returns whether these are its settings, each of the right kind and within its bounds.
   *
   * @throws IllegalArgumentException if not
   */
  void check(Settings settings) {
    List<String> known = settings().stream().map(Setting::key).toList();
    for (String key : settings.values().keySet()) {
      if (!known.contains(key)) {
        throw new IllegalArgumentException(
            "optimizer " + name + " has no setting " + key + "; expected one of " + known);
      }
    }
    for (Setting setting : settings()) {
      Object value = settings.values().get(setting.key());
      if (value == null) {
        throw new IllegalArgumentException(
            "optimizer " + name + " lacks a value for its setting " + setting.key());
      }
      setting.check(value);
    }
  }

  /** The setting of this key or alias. */
  public Optional<Setting> setting(String name) {
    return settings().stream().filter(setting -> setting.names().contains(name)).findFirst();
  }

  /** Returns whether the weights can be followed from two bits per parameter and round. */
  public boolean isSignDriven() {
    return withDefaults() instanceof SignUpdate;
  }

  /**
   * Returns whether the signs of a step lead from all that the optimizer keeps to all that it keeps
   * next.
   */
  public boolean replaysEverySlot() {
    return withDefaults() instanceof SignUpdate update
        && update.replayedSlots().size() == update.slots().size();
  }

  /** Returns whether the step takes second derivatives of the loss. */
  public boolean usesCurvature() {
    return withDefaults().curvature() != Curvature.NONE;
  }

  private Update withDefaults() {
    return factory.apply(with(Map.of()).settings());
  }
}
