package io.cordee.common.job;

import io.cordee.common.model.ModelSpec;
import io.cordee.common.rule.RuleCatalog;
import io.cordee.common.rule.RuleSpec;
import io.cordee.common.wire.Uplink;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** Reads the whole job. */
final class JobSection {

  private static final List<String> KEYS =
      List.of(
          "name",
          "model",
          "data",
          "rule",
          "batch",
          "micro_batch",
          "partitions",
          "evaluate_every",
          "digest_every",
          "mode",
          "staleness",
          "downlink",
          "check_every",
          "uplink",
          "compute",
          "checkpoint",
          "team",
          "stop");

  static final String EXPECTED = "a mapping with " + String.join(", ", KEYS);

  private static final long DEFAULT_MICRO_BATCH = 1024;
  private static final long DEFAULT_PARTITIONS = 32;
  private static final int MAX_PARTITIONS = 1 << 20;
  private static final long DEFAULT_EVALUATE_EVERY = 10;
  private static final long DEFAULT_DIGEST_EVERY = 1;
  private static final long DEFAULT_STALENESS = 1;
  private static final long DEFAULT_CHECK_EVERY = 16;
  private static final String BATCH = "full, a whole number of rows, or {rows: 256, seed: 1}";
  private static final long DEFAULT_BATCH_SEED = 1;

  private enum ModeWord {
    SYNC,
    ASYNC
  }

  private JobSection() {}

  /** Where a key belongs that is a setting of a rule. */
  private static Optional<String> asSettingOfRule(String key) {
    return RuleCatalog.all().stream().anyMatch(rule -> rule.setting(key).isPresent())
        ? Optional.of("rule." + key)
        : Optional.empty();
  }

  /**
   * @param defaultName for a job that gives none
   */
  static Optional<Job> read(Section section, String defaultName) {
    section.allow(KEYS, JobSection::asSettingOfRule);
    String name = section.get("name", new Expected.Name(), defaultName);
    Optional<ModelSpec> model =
        section.section("model", ModelSection.EXPECTED).flatMap(ModelSection::read);
    Optional<DataSpec> data =
        section.section("data", DataSection.EXPECTED).flatMap(DataSection::read);
    Optional<RuleSpec> rule =
        section.sectionOrEmpty("rule", RuleSection.EXPECTED).flatMap(RuleSection::read);
    Optional<Batch> batch = batch(section);
    int microBatch = whole(section, "micro_batch", Integer.MAX_VALUE, DEFAULT_MICRO_BATCH);
    int partitions = whole(section, "partitions", MAX_PARTITIONS, DEFAULT_PARTITIONS);
    int evaluateEvery = whole(section, "evaluate_every", Integer.MAX_VALUE, DEFAULT_EVALUATE_EVERY);
    int digestEvery =
        Math.toIntExact(
            section.get(
                "digest_every", new Expected.Whole(0, Integer.MAX_VALUE), DEFAULT_DIGEST_EVERY));
    Mode mode = mode(section);
    Wire wire = wire(section);
    Compute compute = section.get("compute", new Expected.Word<>(Compute.class), Compute.BLAS);
    Checkpointing checkpoint = checkpoint(section);
    Optional<TeamSpec> team =
        section.sectionOrEmpty("team", TeamSection.EXPECTED).flatMap(TeamSection::read);
    Optional<StopConditions> stop =
        section.sectionOrEmpty("stop", StopSection.EXPECTED).flatMap(StopSection::read);
    JobChecks checks = new JobChecks(section);
    model.ifPresent(m -> data.ifPresent(d -> checks.dataFitsModel(d, m)));
    data.ifPresent(d -> stop.ifPresent(s -> checks.stopFitsData(s, d)));
    model.ifPresent(m -> rule.ifPresent(r -> checks.ruleFitsModel(r, m)));
    model.ifPresent(m -> rule.ifPresent(r -> checks.offsetFitsRule(r, m)));
    rule.ifPresent(r -> checks.modeFitsRule(mode, r));
    rule.ifPresent(r -> checks.modeFitsClipping(mode, r));
    rule.ifPresent(r -> checks.downlinkFitsRule(wire.downlink(), r));
    checks.downlinkFitsMode(wire.downlink(), mode);
    return section.build(
        () ->
            new Job(
                name,
                model.orElseThrow(),
                data.orElseThrow(),
                rule.orElseThrow(),
                batch.orElseThrow(),
                microBatch,
                partitions,
                evaluateEvery,
                digestEvery,
                mode,
                wire,
                compute,
                checkpoint,
                team.orElseThrow(),
                stop.orElseThrow()));
  }

  private static Mode mode(Section section) {
    ModeWord word = section.get("mode", new Expected.Word<>(ModeWord.class), ModeWord.SYNC);
    long staleness = section.get("staleness", new Expected.Whole(0, 1_000_000), DEFAULT_STALENESS);
    if (word == ModeWord.SYNC && section.value("staleness").isPresent()) {
      section.problem("applies only to mode: async", "staleness");
    }
    return switch (word) {
      case SYNC -> new Mode.Sync();
      case ASYNC -> new Mode.Async(Math.toIntExact(staleness));
    };
  }

  private static Wire wire(Section section) {
    return new Wire(
        section.get("downlink", new Expected.Word<>(Downlink.class), Downlink.AUTO),
        whole(section, "check_every", Integer.MAX_VALUE, DEFAULT_CHECK_EVERY),
        section.get("uplink", new Expected.Word<>(Uplink.class), Uplink.FLOAT32));
  }

  private static Checkpointing checkpoint(Section section) {
    Checkpointing usual =
        new Checkpointing(
            Checkpointing.DEFAULT_EVERY, OptionalDouble.empty(), Checkpointing.DEFAULT_KEEP);
    return section
        .sectionOrEmpty("checkpoint", "a mapping with every, seconds, keep")
        .flatMap(JobSection::checkpointing)
        .orElse(usual);
  }

  private static Optional<Checkpointing> checkpointing(Section section) {
    section.allow(List.of("every", "seconds", "keep"));
    int every =
        Math.toIntExact(
            section.get(
                "every",
                new Expected.Whole(0, Integer.MAX_VALUE),
                (long) Checkpointing.DEFAULT_EVERY));
    Optional<Double> seconds = section.find("seconds", Expected.Number.ABOVE_ZERO);
    int keep =
        Math.toIntExact(
            section.get(
                "keep",
                new Expected.Whole(Checkpointing.MIN_KEEP, Integer.MAX_VALUE),
                (long) Checkpointing.DEFAULT_KEEP));
    OptionalDouble after = seconds.map(OptionalDouble::of).orElse(OptionalDouble.empty());
    return section.build(() -> new Checkpointing(every, after, keep));
  }

  private static int whole(Section section, String key, int max, long fallback) {
    return Math.toIntExact(section.get(key, new Expected.Whole(1, max), fallback));
  }

  private static Optional<Batch> batch(Section section) {
    Optional<Yaml> value = section.value("batch");
    if (value.isEmpty()) {
      return Optional.of(new Batch.Full());
    }
    if (value.get() instanceof Yaml.Mapping) {
      return section.section("batch", BATCH).flatMap(JobSection::batchRows);
    }
    if (value.get() instanceof Yaml.Scalar scalar && scalar.text().equals("full")) {
      return Optional.of(new Batch.Full());
    }
    section.mismatch("batch", BATCH);
    return Optional.empty();
  }

  private static Optional<Batch> batchRows(Section section) {
    section.allow(List.of("rows", "seed"));
    long rows = section.require("rows", Expected.Whole.atLeast(1)).orElse(1L);
    long seed = section.get("seed", Expected.Whole.any(), DEFAULT_BATCH_SEED);
    return section.build(() -> new Batch.Rows(Math.toIntExact(rows), seed));
  }
}
