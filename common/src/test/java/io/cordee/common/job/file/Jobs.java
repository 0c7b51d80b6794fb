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
import io.cordee.common.job.data.IdColumn;
import io.cordee.common.job.data.Preprocessing;
import io.cordee.common.job.data.SourceSpec;
import io.cordee.common.job.data.SourceSpec.Digits;
import io.cordee.common.job.data.SourceSpec.External;
import io.cordee.common.job.data.SourceSpec.Idx;
import io.cordee.common.job.data.SourceSpec.LibSvm;
import io.cordee.common.job.data.SourceSpec.Npy;
import io.cordee.common.job.data.SourceSpec.Part;
import io.cordee.common.job.data.SourceSpec.Table;
import io.cordee.common.job.data.Split;
import io.cordee.common.job.data.TableFormat;
import io.cordee.common.model.Activation;
import io.cordee.common.model.FirstWeights;
import io.cordee.common.model.FunctionModel;
import io.cordee.common.model.IdTable;
import io.cordee.common.model.Init;
import io.cordee.common.model.Loss;
import io.cordee.common.model.Mlp;
import io.cordee.common.model.ModelSpec;
import io.cordee.common.model.Output;
import io.cordee.common.optimizer.OptimizerCatalog;
import io.cordee.common.optimizer.OptimizerDefinition;
import io.cordee.common.optimizer.OptimizerSpec;
import io.cordee.common.optimizer.Setting;
import io.cordee.common.optimizer.Settings;
import io.cordee.common.wire.GradientFormat;
import io.cordee.function.Layout;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Random;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Draws valid jobs of every kind. */
final class Jobs {

  private static final String[] PIECES = {
    "a", "Z", "9", "null", "true", "~", ".", "-", "_", " ", "\"", "'", "\\", ":", "#", "{", "[",
    ",", "&", "*", "!", "%", "@", "é", "日", "\u2028", "\uFEFF", "😀", "\ud800", "1e3", "0x1F"
  };

  private final Random random;

  Jobs(long seed) {
    this.random = new Random(seed);
  }

  Job next() {
    OptimizerSpec optimizer = optimizer();
    Mode mode =
        optimizer.definition().whySynchronous().isEmpty()
                && !optimizer.clipsNorm()
                && random.nextBoolean()
            ? new Mode.Async(random.nextInt(5))
            : new Mode.Sync();
    boolean maySendSigns = optimizer.definition().isSignDriven() && mode instanceof Mode.Sync;
    ModelSpec drawn = model(optimizer.definition().usesCurvature());
    DataSpec plain = data(drawn);
    boolean takesIds =
        drawn instanceof Mlp
            && mode instanceof Mode.Sync
            && !optimizer.definition().usesCurvature()
            && Stream.of(Optional.of(plain.train()), plain.validation(), plain.test())
                .flatMap(Optional::stream)
                .allMatch(source -> source instanceof Table && source.scale() == 1);
    Map<String, IdColumn> ids = takesIds ? ids(drawn.inputs()) : Map.of();
    DataSpec data = ids.isEmpty() ? plain : with(plain, ids);
    ModelSpec model =
        ids.isEmpty()
            ? drawn
            : ((Mlp) drawn)
                .with(
                    ids.entrySet().stream()
                        .map(
                            it ->
                                new IdTable(it.getKey(), it.getValue().rows(), it.getValue().dim()))
                        .toList());
    boolean hasLabels =
        Stream.of(Optional.of(data.train()), data.validation(), data.test())
            .flatMap(Optional::stream)
            .allMatch(source -> source.hasLabels(model));
    Regularization regularization = regularization(model, optimizer, hasLabels);
    boolean targetsStay = regularization.labelSmoothing() == 0 && !regularization.weighsClasses();
    boolean mayStopEarly = data.hasValidation() && mode instanceof Mode.Sync;
    boolean takesGradients = !optimizer.definition().usesCurvature();
    Optional<LocalSteps> local =
        mode instanceof Mode.Sync && takesGradients && ids.isEmpty() && random.nextBoolean()
            ? Optional.of(local())
            : Optional.empty();
    OptionalInt epochs =
        random.nextBoolean() ? OptionalInt.of(positive(1_000_000)) : OptionalInt.empty();
    return new Job(
        Expected.jobName(text()),
        model,
        data,
        optimizer,
        local.isPresent() || random.nextBoolean()
            ? new Batch.Full()
            : new Batch.Rows(positive(Integer.MAX_VALUE), random.nextLong()),
        local,
        positive(1 << 20),
        positive(Integer.MAX_VALUE),
        random.nextInt(3),
        mode,
        new Compression(
            ids.isEmpty() ? any(GradientFormat.class) : GradientFormat.FLOAT32,
            maySendSigns && ids.isEmpty() ? any(WeightFormat.class) : WeightFormat.AUTO,
            positive(Integer.MAX_VALUE)),
        new Checkpointing(random.nextInt(3), random.nextBoolean() ? 0 : number(), 1 + positive(9)),
        new TeamSpec(
            positive(Integer.MAX_VALUE),
            random.nextBoolean() ? 0 : number(),
            maybe(Math.max(number(), TeamSpec.SHORTEST_LEASE)),
            maybe(number())),
        new StopConditions(
            epochs.isPresent() ? StopConditions.UNBOUNDED : positive(Integer.MAX_VALUE),
            epochs,
            data.isEvaluated() && hasLabels ? maybe(random.nextDouble()) : OptionalDouble.empty(),
            maybe(number()),
            targetsStay && local.isEmpty() ? maybe(number()) : OptionalDouble.empty(),
            maybe(number()),
            mayStopEarly && random.nextBoolean()
                ? Optional.of(new Patience(positive(999_999_999), random.nextBoolean()))
                : Optional.empty(),
            mayStopEarly && random.nextBoolean() ? number() : 0,
            mayStopEarly && hasLabels ? any(Monitor.class) : Monitor.VALIDATION_LOSS),
        mayStopEarly ? any(Keep.class) : mode instanceof Mode.Sync ? Keep.BEST : Keep.LAST,
        regularization);
  }

  private ModelSpec model(boolean takesCurvature) {
    if (random.nextInt(4) == 0) {
      return functionModel();
    }
    List<Integer> layers = new ArrayList<>(list(2 + random.nextInt(3), i -> positive(20)));
    if (random.nextInt(3) == 0) {
      layers.set(0, 64);
      layers.set(layers.size() - 1, 10);
    }
    Output output = any(Output.class);
    Init.Scheme scheme = any(Init.Scheme.class);
    Activation activation = any(Activation.class);
    boolean takesOffset = activation == Activation.SIGMOID && layers.size() > 2 && !takesCurvature;
    return new Mlp(
        layers,
        activation,
        output,
        output == Output.LINEAR ? Loss.SQUARED_ERROR : any(Loss.class),
        new Init(
            scheme, random.nextLong(), scheme == Init.Scheme.UNIFORM ? random.nextDouble() : 0),
        takesOffset && random.nextBoolean() ? random.nextFloat() : 0);
  }

  private FunctionModel functionModel() {
    Map<String, List<Integer>> shapes = new LinkedHashMap<>();
    for (int i = 0; i < positive(5); i++) {
      shapes.put(text(), list(random.nextInt(4), j -> positive(9)));
    }
    return new FunctionModel(
        Layout.of(shapes),
        FirstWeights.in(fileName(), text()),
        random.nextBoolean() ? Optional.empty() : Optional.of(text()),
        random.nextBoolean() ? Optional.empty() : Optional.of(fileName()),
        random.nextBoolean() ? Map.of() : Map.of(text(), text()),
        positive(100),
        positive(20),
        random.nextBoolean() ? Optional.empty() : Optional.of(any(Loss.class)),
        random.nextBoolean(),
        random.nextLong(),
        List.of());
  }

  private DataSpec data(ModelSpec model) {
    boolean isTable = random.nextInt(4) == 0;
    Supplier<SourceSpec> source = () -> isTable ? table(model, List.of(), 1) : source(model);
    int test = random.nextInt(isTable ? 3 : 2);
    return new DataSpec(
        random.nextBoolean() ? "" : fileName(),
        source.get(),
        random.nextInt(3) == 0 && test < 2 ? Optional.of(source.get()) : Optional.empty(),
        test == 1 ? Optional.of(source.get()) : Optional.empty(),
        test == 2 ? Optional.of(split()) : Optional.empty(),
        isTable ? preprocessing() : Preprocessing.NONE);
  }

  private static DataSpec with(DataSpec data, Map<String, IdColumn> ids) {
    return new DataSpec(
        data.folder(),
        data.train(),
        data.validation(),
        data.test(),
        data.split(),
        data.preprocessing().with(ids));
  }

  /** No wider than the inputs. */
  private Map<String, IdColumn> ids(int inputs) {
    Map<String, IdColumn> ids = new LinkedHashMap<>();
    for (int left = inputs; left > 0 && random.nextBoolean(); ) {
      boolean isHashed = random.nextBoolean();
      boolean isBag = random.nextBoolean();
      int dim = positive(left);
      ids.put(
          "id " + text(),
          new IdColumn(
              dim,
              positive(1000),
              isHashed ? 1 : positive(5),
              isBag ? text() : "",
              isBag ? any(IdColumn.Pool.class) : IdColumn.Pool.SUM,
              isHashed));
      left -= dim;
    }
    return ids;
  }

  private Preprocessing preprocessing() {
    return new Preprocessing(
        column(),
        random.nextBoolean() ? Map.of() : Map.of(text(), column()),
        random.nextBoolean() ? List.of() : List.of("a text " + text()),
        any(Preprocessing.Unknown.class),
        any(Preprocessing.Unlabelled.class),
        random.nextBoolean(),
        Map.of());
  }

  private Preprocessing.Column column() {
    return new Preprocessing.Column(
        Optional.of(any(Preprocessing.Scale.class)).filter(it -> random.nextBoolean()),
        Optional.of(any(Preprocessing.Missing.class)).filter(it -> random.nextBoolean()),
        Optional.of(random.nextBoolean()).filter(it -> random.nextBoolean()));
  }

  private Regularization regularization(
      ModelSpec model, OptimizerSpec optimizer, boolean hasLabels) {
    boolean mayDrop =
        model instanceof Mlp mlp && mlp.depth() > 1 && !optimizer.definition().usesCurvature();
    boolean mayWeigh =
        hasLabels
            && model instanceof Mlp mlp
            && mlp.output() == Output.SOFTMAX
            && mlp.loss() == Loss.CROSS_ENTROPY;
    boolean maySmooth =
        hasLabels
            && (model instanceof Mlp
                || model instanceof FunctionModel function
                    && function.loss().equals(Optional.of(Loss.CROSS_ENTROPY)));
    boolean balance = mayWeigh && random.nextBoolean();
    return new Regularization(
        mayDrop ? random.nextDouble() : 0,
        maySmooth && random.nextBoolean() ? random.nextDouble() : 0,
        balance,
        mayWeigh && !balance && model.outputs() > 1
            ? list(model.outputs(), i -> number())
            : List.of());
  }

  private Split split() {
    return new Split(
        random.nextInt(3) / 4.0,
        (1 + random.nextInt(3)) / 8.0,
        random.nextInt(),
        random.nextBoolean(),
        0,
        1);
  }

  private SourceSpec source(ModelSpec model) {
    boolean digits = model.inputs() == 64 && model.outputs() == 10;
    List<String> classes =
        random.nextBoolean() ? List.of() : list(Math.max(2, model.outputs()), i -> text());
    return switch (random.nextInt(digits ? 6 : 5)) {
      case 0 -> new Idx(fileName(), fileName(), number());
      case 1 -> new LibSvm(fileName(), classes, number());
      case 2 -> table(model, classes, number());
      case 3 -> new External(text(), random.nextBoolean());
      case 4 -> npy();
      default -> new Digits(any(Part.class));
    };
  }

  private Npy npy() {
    Optional<String> labels = Optional.of(fileName()).filter(it -> random.nextBoolean());
    Optional<String> targets = labels.isPresent() ? Optional.empty() : Optional.of(fileName());
    return new Npy(fileName(), labels, targets, number());
  }

  private Table table(ModelSpec model, List<String> classes, double scale) {
    char separator = ",;\t |'#&:".charAt(random.nextInt(9));
    TableFormat format =
        random.nextInt(3) == 0
            ? new TableFormat.Parquet()
            : new TableFormat.Csv(random.nextBoolean(), separator);
    IntFunction<String> column =
        i -> format.hasNames() ? text() : String.valueOf(positive(999_999_999));
    boolean label = random.nextBoolean();
    int used = random.nextInt(3);
    return new Table(
        fileName(),
        format,
        label ? Optional.of(column.apply(0)) : Optional.empty(),
        label ? List.of() : list(model.outputs(), column),
        used == 1 ? list(model.inputs(), column) : List.of(),
        used == 2 ? list(2, column) : List.of(),
        classes,
        scale,
        Optional.empty(),
        Optional.empty(),
        random.nextBoolean() ? List.of() : list(2, i -> text()));
  }

  private LocalSteps local() {
    OptimizerSpec inner = optimizer();
    while (inner.definition().usesCurvature() || inner.addsNoise()) {
      inner = optimizer();
    }
    return new LocalSteps(positive(1 << 20), positive(1 << 20), inner);
  }

  /** Numbers near their defaults, so that constraints between them hold. */
  private OptimizerSpec optimizer() {
    List<OptimizerDefinition> all = OptimizerCatalog.all();
    OptimizerDefinition optimizer = all.get(random.nextInt(all.size()));
    Map<String, Object> values = new LinkedHashMap<>();
    for (Setting setting : optimizer.settings()) {
      if (setting instanceof Setting.Number number) {
        double twice = 2 * number.defaultValue();
        values.put(
            number.key(),
            random.nextBoolean() && number.bounds().contains(twice)
                ? twice
                : number.defaultValue());
      } else if (setting instanceof Setting.Choice choice) {
        values.put(choice.key(), choice.choices().get(random.nextInt(choice.choices().size())));
      }
    }
    return new OptimizerSpec(optimizer.name(), new Settings(values));
  }

  private <E extends Enum<E>> E any(Class<E> type) {
    E[] constants = type.getEnumConstants();
    return constants[random.nextInt(constants.length)];
  }

  private int positive(int max) {
    return 1 + (random.nextBoolean() ? random.nextInt(Math.min(max, 9)) : random.nextInt(max));
  }

  private double number() {
    double number = Double.longBitsToDouble(random.nextLong() & Long.MAX_VALUE);
    return Double.isFinite(number) && number > 0 && random.nextBoolean() ? number : positive(100);
  }

  private OptionalDouble maybe(double value) {
    return random.nextBoolean() ? OptionalDouble.of(value) : OptionalDouble.empty();
  }

  private String text() {
    return String.join("", list(1 + random.nextInt(4), i -> PIECES[random.nextInt(PIECES.length)]));
  }

  private String fileName() {
    return text() + "/x.gz";
  }

  private static <T> List<T> list(int size, IntFunction<T> item) {
    return IntStream.range(0, size).mapToObj(item).toList();
  }
}
