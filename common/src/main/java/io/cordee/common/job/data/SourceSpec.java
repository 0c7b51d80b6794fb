package io.cordee.common.job.data;

import io.cordee.common.model.ModelSpec;
import java.util.List;
import java.util.Optional;

/** Source of rows: a file format, its files (relative to the data folder) and how to read them. */
public sealed interface SourceSpec {

  /** The files that it takes; none for what ships with Cordee. */
  List<String> files();

  /** Divisor of features when they are read. */
  double scale();

  /** The SHA-256 that its files, concatenated, must have, as sha256sum prints it. */
  default Optional<String> sha256() {
    return Optional.empty();
  }

  /** Returns true if rows carry class labels, so that accuracy has a meaning; else targets. */
  boolean hasLabels(ModelSpec model);

  /** Returns true if rows have columns that a job can preprocess. */
  default boolean hasColumns() {
    return false;
  }

  /** Returns true if rows can bring ids for the model's tables. */
  default boolean canHaveIds() {
    return hasColumns() || isExternal();
  }

  /** Returns true if rows can be lists of their non-zero features, as a sparse layer takes them. */
  default boolean canBeSparse() {
    return false;
  }

  /** Returns true if only the program in which a worker runs has the rows. */
  default boolean isExternal() {
    return false;
  }

  /** Bytes that a feature of a row takes in memory, at least. */
  default int leastBytes() {
    return 1;
  }

  /** The column of the label, if there is one. */
  default Optional<String> labelColumn() {
    return Optional.empty();
  }

  /** The columns of the targets, where each has one of its own. */
  default List<String> targetColumns() {
    return List.of();
  }

  /** The texts of the classes, by index; none if rows are labelled with the index itself. */
  default List<String> classes() {
    return List.of();
  }

  /**
   * The same format, of other rows; of what ships with Cordee there are none.
   *
   * @param beside the file of their labels or targets, where these have one of their own; empty for
   *     that of these rows
   */
  default SourceSpec in(String file, Optional<String> beside) {
    return this;
  }

  /**
   * IDX files, gzipped or not: features of shape [rows, ...] as unsigned bytes, labels of shape
   * [rows].
   *
   * @param scale a feature is its byte divided by this
   */
  record Idx(String features, String labels, double scale, Optional<String> sha256)
      implements SourceSpec {
    public Idx(String features, String labels, double scale) {
      this(features, labels, scale, Optional.empty());
    }

    @Override
    public boolean hasLabels(ModelSpec model) {
      return true;
    }

    @Override
    public Idx in(String file, Optional<String> beside) {
      return new Idx(file, beside.orElse(labels), scale);
    }

    @Override
    public List<String> files() {
      return List.of(features, labels);
    }
  }

  /**
   * NumPy arrays, each in a file of its own: features of shape [rows, ...], and with them either
   * labels of shape [rows] or targets of shape [rows, ...].
   *
   * @param scale a feature is its element divided by this
   */
  record Npy(
      String features,
      Optional<String> labels,
      Optional<String> targets,
      double scale,
      Optional<String> sha256)
      implements SourceSpec {
    public Npy(String features, Optional<String> labels, Optional<String> targets, double scale) {
      this(features, labels, targets, scale, Optional.empty());
    }

    public Npy {
      if (labels.isPresent() == targets.isPresent()) {
        throw new IllegalArgumentException("give either labels or targets");
      }
    }

    /** The file of the labels or of the targets. */
    public String wanted() {
      return labels.or(() -> targets).orElseThrow();
    }

    @Override
    public boolean hasLabels(ModelSpec model) {
      return labels.isPresent();
    }

    @Override
    public Npy in(String file, Optional<String> beside) {
      return new Npy(file, labels.map(beside::orElse), targets.map(beside::orElse), scale);
    }

    @Override
    public List<String> files() {
      return List.of(features, wanted());
    }
  }

  /**
   * A table: rows of columns, most of which are features.
   *
   * @param label the label column, by name or by index from 0; empty if {@code targets} are given
   * @param targets target columns, by name or by index from 0, as many as the model has outputs
   * @param features feature columns, by name or by index from 0, in the order of the inputs; empty
   *     for all others
   * @param ignored columns that are neither features nor targets, by name or by index from 0
   * @param classes the labels' texts in the order of their class indices; empty if labels are class
   *     indices, or name the classes themselves
   * @param scale a feature is its value divided by this
   * @param above if given, the label is whether the column's number is above it
   * @param naValues texts that stand for a missing value where a number or a date belongs
   */
  record Table(
      String file,
      TableFormat format,
      Optional<String> label,
      List<String> targets,
      List<String> features,
      List<String> ignored,
      List<String> classes,
      double scale,
      Optional<String> sha256,
      Optional<Double> above,
      List<String> naValues)
      implements SourceSpec {
    public Table {
      naValues = List.copyOf(naValues);
      targets = List.copyOf(targets);
      features = List.copyOf(features);
      ignored = List.copyOf(ignored);
      classes = List.copyOf(classes);
      if (label.isPresent() == !targets.isEmpty()) {
        throw new IllegalArgumentException("give either a label column or target columns");
      }
    }

    @Override
    public boolean hasLabels(ModelSpec model) {
      return label.isPresent();
    }

    @Override
    public boolean hasColumns() {
      return true;
    }

    @Override
    public int leastBytes() {
      return Float.BYTES;
    }

    @Override
    public Optional<String> labelColumn() {
      return label;
    }

    @Override
    public List<String> targetColumns() {
      return targets;
    }

    public Table in(String otherFile, TableFormat otherFormat) {
      Optional<String> none = Optional.empty();
      return new Table(
          otherFile,
          otherFormat,
          label,
          targets,
          features,
          ignored,
          classes,
          scale,
          none,
          above,
          naValues);
    }

    /** The columns of the label or the targets, in the order of the outputs. */
    public List<String> wanted() {
      return label.map(List::of).orElse(targets);
    }

    @Override
    public List<String> files() {
      return List.of(file);
    }
  }

  /**
   * The sparse text format of LIBSVM, gzipped or not: {@code label index:value ...}, indices from
   * 1.
   *
   * @param classes as for {@link Table}; if there are none and the model has one linear output, the
   *     label is the target
   */
  record LibSvm(String file, List<String> classes, double scale, Optional<String> sha256)
      implements SourceSpec {
    public LibSvm(String file, List<String> classes, double scale) {
      this(file, classes, scale, Optional.empty());
    }

    @Override
    public boolean hasLabels(ModelSpec model) {
      return !classes.isEmpty() || !model.hasOneValue();
    }

    @Override
    public boolean canBeSparse() {
      return true;
    }

    @Override
    public int leastBytes() {
      return 0;
    }

    @Override
    public LibSvm in(String otherFile, Optional<String> beside) {
      return new LibSvm(otherFile, classes, scale);
    }

    public LibSvm {
      classes = List.copyOf(classes);
    }

    @Override
    public List<String> files() {
      return List.of(file);
    }
  }

  /** The UCI optical digits, which ship with Cordee: 8x8 images, values 0 to 16, divided by 16. */
  record Digits(Part part) implements SourceSpec {
    /** The largest value of a pixel. */
    public static final double SCALE = 16;

    @Override
    public boolean hasLabels(ModelSpec model) {
      return true;
    }

    @Override
    public List<String> files() {
      return List.of();
    }

    @Override
    public double scale() {
      return SCALE;
    }
  }

  /**
   * Rows that the program in which a worker runs brings along.
   *
   * @param name what that program calls them
   * @param labelled whether they have class indices, rather than target values
   */
  record External(String name, boolean labelled) implements SourceSpec {
    @Override
    public boolean hasLabels(ModelSpec model) {
      return labelled;
    }

    @Override
    public boolean canBeSparse() {
      return true;
    }

    @Override
    public boolean isExternal() {
      return true;
    }

    @Override
    public List<String> files() {
      return List.of();
    }

    @Override
    public double scale() {
      return 1;
    }
  }

  /** A part of the digits: 1,437 rows to train on, 360 to test on. */
  enum Part {
    TRAIN,
    TEST
  }
}
