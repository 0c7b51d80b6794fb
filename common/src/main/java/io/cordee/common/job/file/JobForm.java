package io.cordee.common.job.file;

import io.cordee.common.job.Batch;
import io.cordee.common.job.Checkpointing;
import io.cordee.common.job.Compression;
import io.cordee.common.job.Job;
import io.cordee.common.job.Keep;
import io.cordee.common.job.LocalSteps;
import io.cordee.common.job.Mode;
import io.cordee.common.job.Monitor;
import io.cordee.common.job.Patience;
import io.cordee.common.job.Regularization;
import io.cordee.common.job.StopConditions;
import io.cordee.common.job.TeamSpec;
import io.cordee.common.job.WeightFormat;
import io.cordee.common.job.data.DataSpec;
import io.cordee.common.model.IdTable;
import io.cordee.common.model.ModelSpec;
import io.cordee.common.optimizer.OptimizerSpec;
import io.cordee.common.optimizer.Setting.Bounds;
import io.cordee.common.wire.GradientFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/** The whole job; {@code name} is that of a job that gives none. */
record JobForm(String name) implements Section.Form<Job> {

  private static final Section.Form<Batch> BATCH_ROWS =
      Section.Form.called(
          "full, a whole number of rows, or {rows: 256, seed: 1}", JobForm::batchRows);

  private static final Expected<Integer> AT_LEAST_ONE = Expected.atLeast(1);
  private static final Expected<Integer> UP_TO_A_MILLION = Expected.whole(1, 1 << 20);
  private static final Expected<Integer> NOT_NEGATIVE = Expected.atLeast(0);
  private static final Expected<Double> SHARE = Expected.number(new Bounds(0, false, 1, false));
  private static final Expected<Double> BELOW_ONE = Expected.number(new Bounds(0, false, 1, true));
  private static final Expected<OptionalDouble> LEASE =
      Expected.autoOr(
          Expected.number(
              new Bounds(TeamSpec.SHORTEST_LEASE, false, Double.POSITIVE_INFINITY, true)));

  private enum ModeWord {
    SYNC,
    ASYNC
  }

  @Override
  public Optional<Job> fill(Section<Job> section) {
    String name = section.get("name", Expected.JOB_NAME, this.name, Job::name);
    Optional<ModelSpec> said = section.require("model", ModelForm::fill, Job::model);
    Optional<DataSpec> data = section.require("data", DataForm.FORM, Job::data);
    Optional<ModelSpec> model =
        said.map(m -> data.map(d -> withIds(m, d)).orElse(m))
            .filter(m -> section.accepts("data", m::layout));
    Optional<OptimizerSpec> optimizer =
        section.get("optimizer", OptimizerForm.FORM, Job::optimizer);
    Optional<Batch> batch =
        section.getOrWord("batch", "full", new Batch.Full(), BATCH_ROWS, Job::batch);
    Optional<LocalSteps> local = section.find("local", JobForm::local, Job::local);
    int partitions = section.get("partitions", UP_TO_A_MILLION, 32, Job::partitions);
    int evaluateEvery = section.get("evaluate_every", AT_LEAST_ONE, 10, Job::evaluateEvery);
    int digestEvery = section.get("digest_every", NOT_NEGATIVE, 1, Job::digestEvery);
    Mode mode = mode(section);
    Optional<Compression> compression =
        section.get("compression", JobForm::compression, Job::compression);
    section.get("compute", Expected.word(Compute.class), Compute.EXACT, job -> Compute.EXACT);
    Optional<Checkpointing> checkpoint =
        section.get("checkpoint", JobForm::checkpoint, Job::checkpoint);
    Optional<TeamSpec> team = section.get("team", JobForm::team, Job::team);
    Optional<Regularization> regularization =
        section
            .find(
                "regularize",
                JobForm::regularization,
                job -> Optional.of(job.regularization()).filter(it -> !it.isNone()))
            .or(() -> Optional.of(Regularization.NONE));
    Optional<StopConditions> stop = section.get("stop", JobForm::stop, Job::stop);
    Keep keep =
        section
            .find(
                "keep",
                Expected.word(Keep.class),
                job -> Optional.of(job.keep()).filter(it -> job.data().hasValidation()))
            .orElse(mode instanceof Mode.Sync ? Keep.BEST : Keep.LAST);
    JobChecks checks = new JobChecks(section);
    model.ifPresent(m -> data.ifPresent(d -> new DataChecks(section).fit(d, m)));
    data.ifPresent(
        d -> model.ifPresent(m -> stop.ifPresent(s -> checks.stopFitsData(s, d, m, mode))));
    data.ifPresent(d -> checks.keepFits(keep, d, mode));
    stop.ifPresent(s -> checks.toleranceFits(s, regularization.get()));
    model.ifPresent(
        m ->
            data.ifPresent(
                d ->
                    optimizer.ifPresent(
                        r -> checks.regularizationFits(regularization.get(), m, d, r))));
    model.ifPresent(m -> optimizer.ifPresent(r -> checks.optimizerFitsModel(r, m)));
    optimizer.ifPresent(r -> checks.modeFitsOptimizer(mode, r));
    compression.ifPresent(
        it -> {
          optimizer.ifPresent(r -> checks.weightsFitOptimizer(it.weights(), r));
          checks.weightsFitMode(it.weights(), mode);
        });
    model
        .filter(m -> m.table().isPresent())
        .ifPresent(
            m ->
                data.ifPresent(
                    d ->
                        optimizer.ifPresent(
                            r ->
                                batch.ifPresent(
                                    b ->
                                        compression.ifPresent(
                                            c -> checks.tableFits(m, d, r, b, local, mode, c))))));
    local.ifPresent(
        inner -> {
          batch.ifPresent(b -> checks.localFits(b, mode));
          optimizer.ifPresent(outer -> checks.localOptimizersFit(inner.optimizer(), outer));
          stop.ifPresent(checks::localStopFits);
        });
    return section.build(
        () ->
            new Job(
                name,
                model.orElseThrow(),
                data.orElseThrow(),
                optimizer.orElseThrow(),
                batch.orElseThrow(),
                local,
                partitions,
                evaluateEvery,
                digestEvery,
                mode,
                compression.orElseThrow(),
                checkpoint.orElseThrow(),
                team.orElseThrow(),
                stop.orElseThrow(),
                keep,
                regularization.orElseThrow()));
  }

  private static ModelSpec withIds(ModelSpec model, DataSpec data) {
    return model.with(
        data.preprocessing().ids().entrySet().stream()
            .map(it -> new IdTable(it.getKey(), it.getValue().rows(), it.getValue().dim()))
            .toList());
  }

  private static Optional<Batch> batchRows(Section<Batch> section) {
    int rows = section.require("rows", AT_LEAST_ONE, 1, batch -> ((Batch.Rows) batch).rows());
    long seed = section.get("seed", Expected.WHOLE, 1L, batch -> ((Batch.Rows) batch).seed());
    return section.build(() -> new Batch.Rows(rows, seed));
  }

  private static Optional<LocalSteps> local(Section<LocalSteps> section) {
    int steps = section.require("steps", UP_TO_A_MILLION, 1, LocalSteps::steps);
    int batch = section.require("batch", UP_TO_A_MILLION, 1, LocalSteps::batch);
    Optional<OptimizerSpec> optimizer =
        section.require("optimizer", OptimizerForm.FORM, LocalSteps::optimizer);
    return section.build(() -> new LocalSteps(steps, batch, optimizer.orElseThrow()));
  }

  private static Optional<Compression> compression(Section<Compression> section) {
    GradientFormat gradients =
        section.get(
            "gradients",
            Expected.word(GradientFormat.class),
            GradientFormat.FLOAT32,
            Compression::gradients);
    WeightFormat weights =
        section.get(
            "weights", Expected.word(WeightFormat.class), WeightFormat.AUTO, Compression::weights);
    int checkEvery = section.get("check_every", AT_LEAST_ONE, 16, Compression::checkEvery);
    return section.build(() -> new Compression(gradients, weights, checkEvery));
  }

  private static Optional<Regularization> regularization(Section<Regularization> section) {
    double dropout = section.get("dropout", BELOW_ONE, 0.0, Regularization::dropout);
    double smoothing =
        section.get("label_smoothing", BELOW_ONE, 0.0, Regularization::labelSmoothing);
    boolean balance =
        section.get("balance_classes", Expected.TRUTH, false, Regularization::balanceClasses);
    List<Double> weights =
        section.list(
            "class_weights",
            2,
            "a list of numbers, one for each class",
            Expected.ABOVE_ZERO,
            Regularization::classWeights);
    if (balance && !weights.isEmpty()) {
      section.problem("already said by balance_classes; leave one of them out", "class_weights");
    }
    return section.build(() -> new Regularization(dropout, smoothing, balance, weights));
  }

  private static Mode mode(Section<Job> section) {
    ModeWord word =
        section.get(
            "mode",
            Expected.word(ModeWord.class),
            ModeWord.SYNC,
            job -> job.mode() instanceof Mode.Async ? ModeWord.ASYNC : ModeWord.SYNC);
    Optional<Integer> staleness =
        section.find(
            "staleness",
            Expected.whole(0, 1_000_000),
            job ->
                job.mode() instanceof Mode.Async async
                    ? Optional.of(async.staleness())
                    : Optional.empty());
    if (word == ModeWord.SYNC && section.has("staleness")) {
      section.problem("applies only to mode: async", "staleness");
    }
    return switch (word) {
      case SYNC -> new Mode.Sync();
      case ASYNC -> new Mode.Async(staleness.orElse(1));
    };
  }

  private static Optional<Checkpointing> checkpoint(Section<Checkpointing> section) {
    int every =
        section.get("every", NOT_NEGATIVE, Checkpointing.DEFAULT_EVERY, Checkpointing::every);
    double seconds =
        section.get(
            "seconds",
            Expected.AT_LEAST_ZERO,
            every == 0 ? 0 : Checkpointing.DEFAULT_SECONDS,
            Checkpointing::seconds);
    int keep =
        section.get(
            "keep",
            Expected.atLeast(Checkpointing.MIN_KEEP),
            Checkpointing.DEFAULT_KEEP,
            Checkpointing::keep);
    return section.build(() -> new Checkpointing(every, seconds, keep));
  }

  private static Optional<TeamSpec> team(Section<TeamSpec> section) {
    TeamSpec usual = TeamSpec.USUAL;
    int minWorkers =
        section.get("min_workers", AT_LEAST_ONE, usual.minWorkers(), TeamSpec::minWorkers);
    double wait = section.get("wait", Expected.AT_LEAST_ZERO, usual.patience(), TeamSpec::patience);
    OptionalDouble lease = section.get("lease", LEASE, usual.lease(), TeamSpec::lease);
    OptionalDouble gather = section.number("gather", Expected.AT_LEAST_ZERO, TeamSpec::gather);
    return section.build(() -> new TeamSpec(minWorkers, wait, lease, gather));
  }

  private static Optional<StopConditions> stop(Section<StopConditions> section) {
    Optional<Integer> rounds =
        section.find(
            "rounds",
            AT_LEAST_ONE,
            it -> Optional.of(it.rounds()).filter(all -> it.epochs().isEmpty()));
    Optional<Integer> epochs =
        section.find("epochs", AT_LEAST_ONE, it -> it.epochs().stream().boxed().findFirst());
    if (epochs.isPresent() && rounds.isPresent()) {
      section.problem("rounds are given, too; leave one of them out", "epochs");
    }
    int usual = epochs.isPresent() ? StopConditions.UNBOUNDED : 100;
    OptionalDouble accuracy = section.number("accuracy", SHARE, StopConditions::accuracy);
    OptionalDouble loss = section.number("loss", Expected.AT_LEAST_ZERO, StopConditions::loss);
    OptionalDouble tolerance =
        section.number("tolerance", Expected.ABOVE_ZERO, StopConditions::tolerance);
    OptionalDouble minutes =
        section.number("minutes", Expected.ABOVE_ZERO, StopConditions::minutes);
    Optional<Patience> patience =
        section.find("patience", Expected.PATIENCE, StopConditions::patience);
    double minDelta =
        section
            .find("min_delta", Expected.AT_LEAST_ZERO, it -> unlessUsual(it.minDelta(), 0.0))
            .orElse(0.0);
    Monitor monitor =
        section
            .find(
                "monitor",
                Expected.MONITOR,
                it -> unlessUsual(it.monitor(), Monitor.VALIDATION_LOSS))
            .orElse(Monitor.VALIDATION_LOSS);
    return section.build(
        () ->
            new StopConditions(
                rounds.orElse(usual),
                epochs.map(OptionalInt::of).orElse(OptionalInt.empty()),
                accuracy,
                loss,
                tolerance,
                minutes,
                patience,
                minDelta,
                monitor));
  }

  private static <T> Optional<T> unlessUsual(T value, T usual) {
    return Optional.of(value).filter(it -> !it.equals(usual));
  }
}
