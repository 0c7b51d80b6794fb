package io.cordee.common.job.file;

import io.cordee.common.optimizer.OptimizerCatalog;
import io.cordee.common.optimizer.OptimizerDefinition;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Settings given beside a job file, {@code key.path=value}, put in the place of the file's own. */
final class Overrides {

  private record Change(Place.Setting place, List<String> keys, Yaml value) {}

  private static final String OPTIMIZER = "optimizer";
  private static final String LOCAL = "local";
  private static final List<String> OPTIMIZERS = List.of(OPTIMIZER, LOCAL + "." + OPTIMIZER);

  /** Rounds take the place of epochs, and the other way round. */
  private static final Map<String, String> OTHER_LENGTH =
      Map.of("stop.rounds", "epochs", "stop.epochs", "rounds");

  private final List<Change> changes = new ArrayList<>();

  /** Reads them; each value is YAML. */
  Overrides(List<String> settings, Problems problems) {
    for (int i = 0; i < settings.size(); i++) {
      read(settings.get(i), i, problems).ifPresent(changes::add);
    }
  }

  private static Optional<Change> read(String setting, int index, Problems problems) {
    int equals = setting.indexOf('=');
    String key = setting.substring(0, Math.max(0, equals)).strip();
    Place.Setting place = new Place.Setting(index, setting, key);
    List<String> keys = List.of(key.split("\\.", -1));
    if (equals < 0 || keys.contains("") || keys.size() > YamlReader.DEEPEST) {
      problems.add(place, key, "expected KEY=VALUE, such as optimizer.name=adam");
      return Optional.empty();
    }
    int before = problems.count();
    Yaml nothing = new Yaml.Scalar(place, "", true);
    Yaml value =
        YamlReader.read(setting.substring(equals + 1), key, line -> place, problems)
            .orElse(nothing);
    // Settings that both optimizers have stay.
    boolean isOptimizer =
        OPTIMIZERS.contains(key) && value instanceof Yaml.Scalar && !value.isNull();
    List<String> whole =
        isOptimizer ? List.of((key + "." + OptimizerForm.NAME).split("\\.")) : keys;
    return problems.count() == before
        ? Optional.of(new Change(place, whole, value))
        : Optional.empty();
  }

  /**
   * The job with all of them in place, the later ones last. If they choose another optimizer, what
   * the file says of the former one goes, unless the new one has such a setting too. What the file
   * calls by another name is replaced as well.
   */
  Yaml.Mapping applyTo(Yaml.Mapping job) {
    Yaml.Mapping changed = Shorthands.expand(job);
    for (Change change : changes) {
      changed = Shorthands.expand(put(withoutOther(changed, change), change, 0));
    }
    return withoutReplaced(job, Shorthands.expandSeed(changed))
        .within(
            LOCAL,
            local ->
                job.value(LOCAL).orElse(null) instanceof Yaml.Mapping before
                    ? withoutReplaced(before, local)
                    : withoutReplaced(local.without(OPTIMIZER), local));
  }

  private static Yaml.Mapping withoutOther(Yaml.Mapping job, Change change) {
    String other = OTHER_LENGTH.get(change.place().key());
    return other == null || change.value().isNull()
        ? job
        : job.within("stop", stop -> stop.without(other));
  }

  private static Yaml.Mapping put(Yaml.Mapping into, Change change, int depth) {
    String key = change.keys().get(depth);
    if (depth == change.keys().size() - 1) {
      return into.with(key, new Yaml.Entry(change.place(), change.value()));
    }
    if (into.value(key).orElse(null) instanceof Yaml.Mapping) {
      return into.within(key, inner -> put(inner, change, depth + 1));
    }
    Yaml.Mapping fresh = new Yaml.Mapping(change.place(), Map.of());
    return into.with(key, new Yaml.Entry(change.place(), put(fresh, change, depth + 1)));
  }

  private static Optional<String> optimizerName(Yaml.Mapping section) {
    return Shorthands.expandOptimizer(section).value(OPTIMIZER).orElse(null)
                instanceof Yaml.Mapping optimizer
            && optimizer.value(OptimizerForm.NAME).orElse(null) instanceof Yaml.Scalar name
        ? Optional.of(name.text())
        : Optional.empty();
  }

  /**
   * A section with an optimizer, without what the file says of a former optimizer, or calls by
   * another name than an override.
   */
  private static Yaml.Mapping withoutReplaced(Yaml.Mapping before, Yaml.Mapping section) {
    Optional<String> name = optimizerName(section);
    Optional<OptimizerDefinition> definition = name.flatMap(OptimizerCatalog::find);
    if (definition.isEmpty()) {
      return section;
    }
    boolean isOtherOptimizer = !optimizerName(before).equals(name);
    List<String> known = OptimizerForm.keys(definition.get());
    return section.within(
        OPTIMIZER,
        optimizer -> {
          Map<String, Yaml.Entry> kept = new LinkedHashMap<>(optimizer.entries());
          kept.entrySet()
              .removeIf(
                  entry ->
                      isLine(entry.getValue())
                          && (isOtherOptimizer && !known.contains(entry.getKey())
                              || isOverridden(
                                  entry.getKey(), definition.get(), optimizer.entries())));
          return new Yaml.Mapping(optimizer.place(), kept);
        });
  }

  private static boolean isOverridden(
      String key, OptimizerDefinition optimizer, Map<String, Yaml.Entry> given) {
    return optimizer.setting(key).stream()
        .flatMap(setting -> setting.names().stream())
        .anyMatch(name -> given.containsKey(name) && !isLine(given.get(name)));
  }

  private static boolean isLine(Yaml.Entry entry) {
    return entry.keyPlace() instanceof Place.Line;
  }
}
