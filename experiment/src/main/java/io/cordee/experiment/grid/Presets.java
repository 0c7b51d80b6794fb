package io.cordee.experiment.grid;

import io.cordee.common.file.Resource;
import io.cordee.common.job.Batch;
import io.cordee.common.optimizer.OptimizerCatalog;
import io.cordee.common.optimizer.OptimizerDefinition;
import io.cordee.common.optimizer.Setting;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * Settings for optimizers, from a YAML file: an optimizer's name, and below it its settings, or
 * {@code full} and {@code rows} with those for full and for smaller batches.
 */
public final class Presets {

  private static final int LARGEST = 1 << 16;
  private static final int LONGEST_QUOTE = 60;
  private static final String FULL = "full";
  private static final String ROWS = "rows";

  private record Preset(Map<String, String> full, Map<String, String> rows) {}

  private final Map<String, Preset> presets = new LinkedHashMap<>();

  private final boolean isBuiltIn;

  private Presets(String yaml, String source, boolean isBuiltIn) {
    this.isBuiltIn = isBuiltIn;
    Object root;
    try {
      root =
          new Load(LoadSettings.builder().setLabel(source).setMaxAliasesForCollections(0).build())
              .loadFromString(yaml);
    } catch (MarkedYamlEngineException e) {
      int line = e.getProblemMark().map(Mark::getLine).orElse(0) + 1;
      throw noYaml(source + ":" + line, e.getProblem());
    } catch (YamlEngineException e) {
      String why = String.valueOf(e.getMessage()).strip().lines().findFirst().orElse("");
      throw noYaml(source, why.isEmpty() ? "it cannot be read" : why);
    }
    mapping(root, source, "a mapping from optimizers to their settings")
        .forEach(
            (optimizer, settings) -> presets.put(optimizer, preset(optimizer, settings, source)));
  }

  private static GridException noYaml(String where, String why) {
    return new GridException(
        "%s: not valid YAML: %s; expected optimizers with their settings, such as adam: {learning_rate: 0.01}"
            .formatted(where, why));
  }

  /** Those that ship with Cordee. */
  public static Presets builtIn() {
    return new Presets(Resource.read(Presets.class, "presets.yaml"), "the built-in presets", true);
  }

  public static Presets read(Path file) {
    try {
      if (Files.isDirectory(file)) {
        throw new GridException(
            file + ": is a folder; expected a file with presets for optimizers");
      }
      if (Files.isRegularFile(file) && Files.size(file) > LARGEST) {
        throw new GridException(file + ": larger than 64 KiB; expected presets for optimizers");
      }
      return new Presets(Files.readString(file), file.toString(), false);
    } catch (NoSuchFileException e) {
      throw new GridException(file + ": no such file");
    } catch (MalformedInputException e) {
      throw new GridException(file + ": not UTF-8 text; expected presets in YAML");
    } catch (IOException e) {
      throw new GridException(file + ": cannot be read: " + e.getMessage());
    }
  }

  boolean isBuiltIn() {
    return isBuiltIn;
  }

  /** The settings for an optimizer with a batch, each YAML; empty if there are none. */
  Optional<Map<String, String>> of(String optimizer, Batch batch) {
    return Optional.ofNullable(presets.get(optimizer))
        .map(preset -> batch instanceof Batch.Full ? preset.full() : preset.rows());
  }

  private static Preset preset(String optimizer, Object value, String source) {
    OptimizerDefinition definition =
        OptimizerCatalog.find(optimizer)
            .orElseThrow(
                () ->
                    new GridException(
                        "%s: %s: no such optimizer; expected %s"
                            .formatted(source, optimizer, OptimizerCatalog.words())));
    Map<String, Object> settings =
        mapping(value, source + ": " + optimizer, "a mapping of settings");
    boolean isSplit = settings.containsKey(FULL) || settings.containsKey(ROWS);
    if (isSplit && !List.of(FULL, ROWS).containsAll(settings.keySet())) {
      throw new GridException(
          "%s: %s: expected settings, or full and rows with settings below them; found %s"
              .formatted(source, optimizer, settings.keySet()));
    }
    Object full = isSplit ? settings.getOrDefault(FULL, settings.get(ROWS)) : value;
    Object rows = isSplit ? settings.getOrDefault(ROWS, settings.get(FULL)) : value;
    return new Preset(settings(definition, full, source), settings(definition, rows, source));
  }

  private static Map<String, String> settings(
      OptimizerDefinition optimizer, Object value, String source) {
    Map<String, String> settings = new LinkedHashMap<>();
    mapping(value, source + ": " + optimizer.name(), "a mapping of settings")
        .forEach(
            (key, setting) -> {
              String where = source + ": " + optimizer.name() + "." + key + ": ";
              Setting known =
                  optimizer
                      .setting(key)
                      .orElseThrow(
                          () ->
                              new GridException(
                                  where
                                      + "no such setting; expected one of "
                                      + optimizer.settings().stream()
                                          .map(Setting::key)
                                          .collect(Collectors.joining(", "))));
              if (settings.put(known.key(), String.valueOf(setting)) != null) {
                throw new GridException(where + "given by another name too; leave one of them out");
              }
            });
    return settings;
  }

  private static Map<String, Object> mapping(Object value, String where, String expected) {
    if (!(value instanceof Map<?, ?> map)) {
      String text = String.valueOf(value).replaceAll("\\s+", " ");
      String found =
          text.length() > LONGEST_QUOTE ? text.substring(0, LONGEST_QUOTE) + "..." : text;
      throw new GridException(
          where + ": expected " + expected + "; found " + (value == null ? "nothing" : found));
    }
    Map<String, Object> mapping = new LinkedHashMap<>();
    map.forEach((key, inner) -> mapping.put(String.valueOf(key), inner));
    return mapping;
  }
}
