package io.cordee;

import com.google.gson.Gson;
import io.cordee.common.job.Batch;
import io.cordee.common.job.StopConditions;
import io.cordee.common.job.data.SourceSpec;
import io.cordee.common.job.file.JobException;
import io.cordee.common.job.file.JobFile;
import io.cordee.common.kernel.Vectors;
import io.cordee.common.model.FirstWeights;
import io.cordee.common.model.FunctionModel;
import io.cordee.function.Layout;
import io.cordee.server.run.SavedRun;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Supplier;

/**
 * What is trained. Immutable; checked when it is made. The weights after a round are a function of
 * the job and its rows alone.
 */
public final class Job {

  static {
    Words.use();
  }

  private final io.cordee.common.job.Job spec;

  private Job(io.cordee.common.job.Job spec) {
    this.spec = spec;
    requireOwnModel();
    requireOwnRows();
  }

  private void requireOwnModel() {
    if (!(spec.model() instanceof FunctionModel)) {
      throw new CordeeException(
          "model: expected first parameters, for gradient functions to compute with; found a network, "
              + spec.model().summary());
    }
  }

  private void requireOwnRows() {
    RowRange train = range("data.train", spec.data().train());
    requireAtMost(train.count(), "partitions", spec.partitions());
    if (spec.batch() instanceof Batch.Rows some) {
      requireAtMost(train.count(), "batch", some.rows());
    }
    spec.data()
        .validation()
        .ifPresent(rows -> requireHeldOut(range("data.validation", rows), train));
    if (spec.data().split().isPresent() || spec.data().test().isPresent()) {
      throw new CordeeException(
          "data: expected rows to train on, and validation rows (Job.Builder.validationRows); found"
              + " a split, or test rows; leave them out");
    }
  }

  private static RowRange range(String key, SourceSpec source) {
    if (source instanceof SourceSpec.External external) {
      return RowRange.of(key + ".name", external.name());
    }
    throw new CordeeException(
        key + ": expected rows that gradient functions hold (format: external); found files");
  }

  private static void requireHeldOut(RowRange validation, RowRange train) {
    if (validation.first() < train.end() && train.first() < validation.end()) {
      throw new CordeeException(
          "data.validation.name: expected rows that are not trained on, as in \"%s\"; found \"%s\","
                  .formatted(
                      new RowRange(validation.count(), train.end()).name(), validation.name())
              + " and those to train on are \"%s\"".formatted(train.name()));
    }
  }

  private static void requireAtMost(long rows, String key, int found) {
    if (found > rows) {
      throw new CordeeException(
          "%s: expected at most %d, as there are no more rows; found %d"
              .formatted(key, rows, found));
    }
  }

  /**
   * A job that is put together here.
   *
   * @return a builder, for which only {@link Builder#parameters} is required
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * The job in a file, as the command {@code cordee} takes it. Its {@code model} names a file of
   * first parameters, and its rows are counted: {@code data: {train: {format: external, name: 1000,
   * labels: false}}}.
   *
   * @param file in YAML
   * @param changes that count for more than the file, each {@code KEY=VALUE}, as in {@code
   *     stop.rounds=100}
   * @return the job, every default filled in
   * @throws CordeeException if there is no such file, or what is wrong with it
   */
  public static Job read(Path file, String... changes) {
    return checked(() -> new Job(JobFile.read(file, List.of(changes))));
  }

  /** The job that a run was begun with, and changes. */
  static Job ofRun(Path folder, String... changes) {
    return checked(
        () -> {
          try {
            return new Job(SavedRun.job(folder, changes));
          } catch (IOException e) {
            throw new CordeeException(e.getMessage(), e);
          }
        });
  }

  /** What it is called. */
  public String name() {
    return spec.name();
  }

  /**
   * Its parameters.
   *
   * @return names, shapes and order
   */
  public Layout layout() {
    return spec.model().layout();
  }

  /**
   * The job as a file, every default written out.
   *
   * @return YAML
   */
  @Override
  public String toString() {
    return JobFile.write(spec);
  }

  io.cordee.common.job.Job spec() {
    return spec;
  }

  private static Job checked(Supplier<Job> making) {
    try {
      return making.get();
    } catch (JobException e) {
      throw new CordeeException(String.join("; ", e.problems()), e);
    }
  }

  /** Puts a job together. What {@link #build} makes of it is checked as a whole. */
  public static final class Builder {

    private static final String NAME = "the job";

    private final List<String> changes = new ArrayList<>();

    /** Replaced as a whole: no optimizer gets the settings of another one. */
    private List<String> optimizer = List.of();

    private Layout layout;
    private float[] first;
    private OptionalLong rows = OptionalLong.empty();
    private OptionalLong validationRows = OptionalLong.empty();

    private Builder() {}

    /**
     * The parameters, which gradient functions must have as well.
     *
     * @param layout names, shapes and order
     * @param first [layout.parameters()], those that training begins at; copied
     * @throws CordeeException if there are more or fewer, or one is not finite
     */
    public Builder parameters(Layout layout, float[] first) {
      if (first.length != layout.parameters()) {
        throw new CordeeException(
            "parameters: expected %d first values, as many as the layout has; found %d"
                .formatted(layout.parameters(), first.length));
      }
      int wrong = Vectors.firstNotFinite(first);
      if (wrong >= 0) {
        throw new CordeeException(
            "parameters: expected finite first values; found %s in %s, at index %d of all values"
                .formatted(first[wrong], layout.tensorAt(wrong).name(), wrong));
      }
      this.layout = layout;
      this.first = first.clone();
      return this;
    }

    /**
     * How many rows to train on the gradient functions hold; {@link io.cordee.function.Rows#index}
     * says which are meant, and they have no features. By default, one for each partition, for
     * functions that split their data themselves.
     *
     * @param count at least as many as partitions
     */
    public Builder rows(long count) {
      rows = OptionalLong.of(count);
      return this;
    }

    /**
     * Holds out rows that are not trained on. Functions hold them too, and {@link
     * io.cordee.function.Rows#index} counts them on from the last row to train on. Their loss, by
     * {@link io.cordee.function.GradientFunction#measure}, is in {@link Progress#validationLoss};
     * the weights at which it was least are in {@link Result#best}, and {@link Stop#patience} ends
     * the job. They are evaluated every 10 rounds, unless {@code set("evaluate_every", 1)} says
     * another number, and at the end.
     *
     * @param count at least 1
     */
    public Builder validationRows(long count) {
      validationRows = OptionalLong.of(count);
      return this;
    }

    /**
     * Chooses what turns gradients into new weights; {@code rprop} by default. A second call
     * forgets the optimizer of the first, with its settings.
     *
     * @param name {@code gd}, {@code momentum}, {@code nesterov}, {@code rprop}, {@code quickprop},
     *     {@code rmsprop}, {@code adam}, ...
     */
    public Builder optimizer(String name) {
      return optimizer(name, Map.of());
    }

    /**
     * As above.
     *
     * @param settings the optimizer's, by name, as in {@code Map.of("learning_rate", 0.01)}; the
     *     others have their defaults
     */
    public Builder optimizer(String name, Map<String, ?> settings) {
      List<String> wanted = new ArrayList<>(List.of(change("optimizer", name)));
      settings.forEach((key, value) -> wanted.add(change("optimizer." + key, value)));
      optimizer = wanted;
      return this;
    }

    /**
     * How many fixed slices the rows are cut into: what the sums of a round are added up from, and
     * so a part of the job. No more threads than these can share the work.
     *
     * @param count from 1 to 2^20; 32 by default
     */
    public Builder partitions(int count) {
      return set("partitions", count);
    }

    /**
     * How many rows each round takes, an even share from every partition; all by default.
     *
     * @param rows at least 1
     */
    public Builder batch(int rows) {
      return set("batch", rows);
    }

    /**
     * When it is over; after 100 rounds if there is no condition. Any condition takes the place of
     * these rounds: with {@link Stop#minutes} alone, the clock alone ends the job.
     *
     * @param when a condition, or several
     */
    public Builder stop(Stop when) {
      when.conditions().forEach((condition, value) -> set("stop." + condition, value));
      return this;
    }

    /**
     * Anything else that a job file can say.
     *
     * @param key such as {@code name}, {@code digest_every} or {@code optimizer.schedule}
     * @param value a number, a text or a truth; or a text in YAML, as in {@code "[1, 2]"}
     * @throws CordeeException if it is null
     */
    public Builder set(String key, Object value) {
      changes.add(change(key, value));
      return this;
    }

    private static String change(String key, Object value) {
      if (value == null) {
        throw new CordeeException(
            key + ": expected a value; found null; give the text \"null\" for the default");
      }
      return key + "=" + value;
    }

    /**
     * The job.
     *
     * @return it, every default filled in
     * @throws CordeeException if something is missing or wrong: a line that names each problem
     */
    public Job build() {
      if (layout == null) {
        throw new CordeeException(NAME + " has no parameters; give layout and first values");
      }
      FirstWeights weights = FirstWeights.of(first);
      return checked(
          () -> {
            long count = rows.orElseGet(() -> parse(weights, 1).partitions());
            return new Job(starting(parse(weights, count), weights));
          });
    }

    private io.cordee.common.job.Job parse(FirstWeights weights, long count) {
      List<String> all = new ArrayList<>(optimizer);
      all.addAll(changes);
      return JobFile.parse(text(weights, count), NAME, all);
    }

    /** JSON is YAML. */
    private String text(FirstWeights weights, long count) {
      Map<String, List<Integer>> shapes = new LinkedHashMap<>();
      layout.tensors().forEach(tensor -> shapes.put(tensor.name(), tensor.shape()));
      Map<String, Object> model =
          Map.of("parameters", weights.file(), "checksum", weights.checksum(), "tensors", shapes);
      Map<String, Object> data = new LinkedHashMap<>();
      data.put("train", rows(new RowRange(count, 0)));
      validationRows.ifPresent(held -> data.put("validation", rows(new RowRange(held, count))));
      Map<String, Object> job = new LinkedHashMap<>(Map.of("name", "job"));
      job.put("model", model);
      job.put("data", data);
      boolean hasCondition =
          changes.stream()
              .filter(change -> change.startsWith("stop."))
              .anyMatch(change -> !change.matches("stop\\.(monitor|min_delta)=.*"));
      if (hasCondition) {
        job.put(
            "stop", Map.of("rounds", StopConditions.UNBOUNDED)); // unless a change says how many
      }
      return new Gson().toJson(job);
    }

    private static Map<String, Object> rows(RowRange range) {
      return Map.of("format", "external", "name", range.name(), "labels", false);
    }

    private static io.cordee.common.job.Job starting(
        io.cordee.common.job.Job read, FirstWeights weights) {
      return read.model() instanceof FunctionModel model
          ? read.with(model.startingAt(weights))
          : read;
    }
  }
}
