package io.cordee.common.job;

import io.cordee.common.job.SourceSpec.Csv;
import io.cordee.common.job.SourceSpec.Digits;
import io.cordee.common.job.SourceSpec.Idx;
import io.cordee.common.job.SourceSpec.LibSvm;
import io.cordee.common.model.Init;
import io.cordee.common.model.ModelSpec;
import io.cordee.common.model.Words;
import io.cordee.common.rule.RuleSpec;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

/**
 * Writes a job as YAML.
 *
 * <p>First as a tree of what YAML knows: {@code Map} in the order of its keys, {@code List}, and
 * for scalars {@code String} with their text as it is to be written.
 */
final class JobWriter {

  private static final String INDENT = "  ";

  private JobWriter() {}

  static String write(Job job, Found found) {
    Map<String, Object> tree = tree(job);
    if (!found.tree().isEmpty()) {
      tree.put(Found.KEY, found.tree());
    }
    StringBuilder out = new StringBuilder();
    append(tree, "", out);
    return out.toString();
  }

  private static Map<String, Object> tree(Job job) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("name", Scalars.text(job.name()));
    tree.put("model", model(job.model()));
    tree.put("data", data(job.data()));
    tree.put("rule", rule(job.rule()));
    tree.put("batch", batch(job.batch()));
    tree.put("micro_batch", String.valueOf(job.microBatch()));
    tree.put("partitions", String.valueOf(job.partitions()));
    tree.put("evaluate_every", String.valueOf(job.evaluateEvery()));
    tree.put("digest_every", String.valueOf(job.digestEvery()));
    if (job.mode() instanceof Mode.Async async) {
      tree.put("mode", "async");
      tree.put("staleness", String.valueOf(async.staleness()));
    } else {
      tree.put("mode", "sync");
    }
    tree.put("downlink", Words.of(job.wire().downlink()));
    tree.put("check_every", String.valueOf(job.wire().checkEvery()));
    tree.put("uplink", Words.of(job.wire().uplink()));
    tree.put("compute", Words.of(job.compute()));
    tree.put("checkpoint", checkpoint(job.checkpoint()));
    tree.put("team", team(job.team()));
    tree.put("stop", stop(job.stop()));
    return tree;
  }

  private static Map<String, Object> checkpoint(Checkpointing checkpoint) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("every", String.valueOf(checkpoint.every()));
    checkpoint.seconds().ifPresent(s -> tree.put("seconds", Scalars.number(s)));
    tree.put("keep", String.valueOf(checkpoint.keep()));
    return tree;
  }

  private static Map<String, Object> model(ModelSpec model) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("layers", model.layers().stream().map(String::valueOf).toList());
    tree.put("activation", Words.of(model.activation()));
    tree.put("output", Words.of(model.output()));
    tree.put("loss", Words.of(model.loss()));
    Map<String, Object> init = new LinkedHashMap<>();
    init.put("scheme", Words.of(model.init().scheme()));
    init.put("seed", String.valueOf(model.init().seed()));
    if (model.init().scheme() == Init.Scheme.UNIFORM) {
      init.put("range", Scalars.number(model.init().range()));
    }
    tree.put("init", init);
    tree.put("derivative_offset", Scalars.number(model.derivativeOffset()));
    return tree;
  }

  private static Map<String, Object> data(DataSpec data) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("folder", Scalars.text(data.folder()));
    tree.put("train", source(data.train()));
    data.test().ifPresent(test -> tree.put("test", source(test)));
    return tree;
  }

  private static Map<String, Object> source(SourceSpec source) {
    Map<String, Object> tree = new LinkedHashMap<>();
    if (source instanceof Idx idx) {
      tree.put("format", Words.of(SourceSection.Format.IDX));
      tree.put("features", Scalars.text(idx.features()));
      tree.put("labels", Scalars.text(idx.labels()));
      tree.put("scale", Scalars.number(idx.scale()));
    } else if (source instanceof Csv csv) {
      tree.put("format", Words.of(SourceSection.Format.CSV));
      tree.put("file", Scalars.text(csv.file()));
      tree.put("header", String.valueOf(csv.header()));
      tree.put("separator", Scalars.text(String.valueOf(csv.separator())));
      csv.label().ifPresent(label -> tree.put("label", Scalars.text(label)));
      putTexts("targets", csv.targets(), tree);
      putTexts("classes", csv.classes(), tree);
      tree.put("scale", Scalars.number(csv.scale()));
    } else if (source instanceof LibSvm libSvm) {
      tree.put("format", Words.of(SourceSection.Format.LIBSVM));
      tree.put("file", Scalars.text(libSvm.file()));
      putTexts("classes", libSvm.classes(), tree);
      tree.put("scale", Scalars.number(libSvm.scale()));
    } else if (source instanceof Digits digits) {
      tree.put("format", Words.of(SourceSection.Format.DIGITS));
      tree.put("part", Words.of(digits.part()));
    }
    return tree;
  }

  private static void putTexts(String key, List<String> texts, Map<String, Object> tree) {
    if (!texts.isEmpty()) {
      tree.put(key, texts.stream().map(Scalars::text).toList());
    }
  }

  private static Map<String, Object> rule(RuleSpec rule) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("name", Scalars.text(rule.name()));
    rule.settings()
        .values()
        .forEach(
            (key, value) ->
                tree.put(
                    key,
                    value instanceof Double number
                        ? Scalars.number(number)
                        : Scalars.text(value.toString())));
    return tree;
  }

  private static Object batch(Batch batch) {
    if (batch instanceof Batch.Rows rows) {
      Map<String, Object> tree = new LinkedHashMap<>();
      tree.put("rows", String.valueOf(rows.rows()));
      tree.put("seed", String.valueOf(rows.seed()));
      return tree;
    }
    return "full";
  }

  private static Map<String, Object> team(TeamSpec team) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("min_workers", String.valueOf(team.minWorkers()));
    tree.put("wait", Scalars.number(team.patience()));
    OptionalDouble lease = team.lease();
    tree.put("lease", lease.isPresent() ? Scalars.number(lease.getAsDouble()) : Expected.AUTO);
    return tree;
  }

  private static Map<String, Object> stop(StopConditions stop) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("rounds", String.valueOf(stop.rounds()));
    putNumber("accuracy", stop.accuracy(), tree);
    putNumber("loss", stop.loss(), tree);
    putNumber("tolerance", stop.tolerance(), tree);
    putNumber("minutes", stop.minutes(), tree);
    return tree;
  }

  private static void putNumber(String key, OptionalDouble value, Map<String, Object> tree) {
    value.ifPresent(number -> tree.put(key, Scalars.number(number)));
  }

  private static void append(Map<?, ?> tree, String indent, StringBuilder out) {
    tree.forEach(
        (key, value) -> {
          out.append(indent).append(key).append(':');
          if (value instanceof Map<?, ?> inner) {
            out.append('\n');
            append(inner, indent + INDENT, out);
          } else if (value instanceof List<?> items) {
            out.append(
                items.stream().map(String::valueOf).collect(Collectors.joining(", ", " [", "]\n")));
          } else {
            out.append(' ').append(value).append('\n');
          }
        });
  }
}
