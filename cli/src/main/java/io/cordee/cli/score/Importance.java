package io.cordee.cli.score;

import io.cordee.cli.export.TrainedModel;
import io.cordee.common.job.Tally;
import io.cordee.common.job.data.SourceSpec;
import io.cordee.common.job.data.TableEncoding;
import io.cordee.common.measure.Metric;
import io.cordee.common.model.IdTable;
import io.cordee.function.Rows;
import io.cordee.worker.data.rows.PartitionRows;
import io.cordee.worker.data.rows.PartitionStore;
import io.cordee.worker.data.table.Dates;
import io.cordee.worker.function.JobFunctions;
import io.cordee.worker.math.RowLists;
import io.cordee.worker.math.SparseRows;
import io.cordee.worker.model.ForwardingRows;
import io.cordee.worker.model.ListedRows;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * How much worse a model is on rows whose values of one column are shuffled among them: permutation
 * importance (L. Breiman, Random Forests, Machine Learning 45, 2001). Of columns that say the same,
 * a model may need either, and neither may look important.
 *
 * @param score the key of the score that drops: accuracy or r2
 * @param rows on how many rows
 * @param shuffles of each column; its drop is their mean
 * @param columns by their drop, the largest first
 * @param leftOut columns that there was no time for
 */
public record Importance(
    String score, int rows, int shuffles, List<Drop> columns, List<String> leftOut) {

  private static final int FEWEST_ROWS = 100;
  private static final int TRIED = 256;
  private static final int SHUFFLES = 5;
  private static final long SEED = 1;

  /** The part of the time that is planned for; the rest is for what takes longer. */
  private static final double PLANNED = 0.7;

  public record Drop(String column, double drop) {}

  /**
   * A column of the file: inputs among the features, and tables of ids.
   *
   * @param inputs of the features that are not from tables
   */
  record Source(String name, BitSet inputs, BitSet tables) {

    Source(String name) {
      this(name, new BitSet(), new BitSet());
    }

    /** The columns of a model, in order; those of the parts of a date are one. */
    static Collection<Source> of(TrainedModel model) {
      List<String> names = model.columns().featureNames();
      // Only by its name in the job a feature can be a date's part.
      boolean areListed =
          model.job().data().train() instanceof SourceSpec.Table table
              && !table.features().isEmpty();
      List<TableEncoding.Column> encoded = model.encoding().columns();
      int count = encoded.isEmpty() ? model.job().model().inputs() : encoded.size();
      Map<String, Source> sources = new LinkedHashMap<>();
      int input = 0;
      for (int i = 0; i < count; i++) {
        String name = i < names.size() ? names.get(i) : "feature " + i;
        Source source =
            sources.computeIfAbsent(
                areListed ? Dates.ofPart(name).orElse(name) : name, Source::new);
        if (!encoded.isEmpty() && encoded.get(i) instanceof TableEncoding.Ids ids) {
          source.tables().set(ids.table());
        } else {
          int width = encoded.isEmpty() ? 1 : encoded.get(i).inputs();
          source.inputs().set(input, input + width);
          input += width;
        }
      }
      return sources.values();
    }
  }

  /**
   * Rows whose values of a column come from other rows.
   *
   * @param donors as many
   * @param ends behind the last row of each table, as rows of all tables are numbered
   */
  private record Shuffled(Rows rows, Rows donors, Source source, int[] ends)
      implements ForwardingRows {

    @Override
    public void copyFeatures(int from, int count, float[] into) {
      rows.copyFeatures(from, count, into);
      float[] others = new float[count * features()];
      donors.copyFeatures(from, count, others);
      for (int row = 0; row < count; row++) {
        int start = row * features();
        source.inputs().stream().forEach(i -> into[start + i] = others[start + i]);
      }
    }

    @Override
    public Optional<SparseRows> sparse(boolean again) {
      return Optional.empty();
    }

    @Override
    public List<RowLists> tables() {
      List<RowLists> own = ListedRows.tables(rows);
      List<RowLists> others = ListedRows.tables(donors);
      return IntStream.range(0, own.size())
          .mapToObj(table -> (source.tables().get(table) ? others : own).get(table))
          .toList();
    }

    @Override
    public Optional<int[]> touched() {
      return ListedRows.touched(rows)
          .map(
              own -> {
                int[] others = ListedRows.touched(donors).orElseThrow();
                return IntStream.range(0, ends.length)
                    .flatMap(table -> part(source.tables().get(table) ? others : own, table))
                    .toArray();
              });
    }

    private IntStream part(int[] touched, int table) {
      int begin = table == 0 ? 0 : ends[table - 1];
      return IntStream.of(touched).filter(row -> row >= begin && row < ends[table]);
    }
  }

  /**
   * Shuffles columns one by one, as far as time allows; empty if the model has no score.
   *
   * @param rows of a table; where they are prepared in files, those of one partition are taken
   */
  public static Optional<Importance> of(
      TrainedModel model, PartitionStore rows, JobFunctions functions, Duration time) {
    long start = System.nanoTime();
    PartitionRows all = rows.isPrepared() ? rows.load(List.of(0)).get(0) : rows.source().all();
    List<Source> sources = List.copyOf(Source.of(model));
    int[] tried = spread(all.count(), TRIED);
    double unshuffled = score(model, functions, tried, all);
    if (Double.isNaN(unshuffled) || all.count() < 2) {
      return Optional.empty();
    }
    long before = System.nanoTime();
    score(model, functions, tried, all);
    double each = (double) (System.nanoTime() - before) / tried.length;
    // A shuffled pass copies rows twice.
    double possible =
        PLANNED * (time.toNanos() - (before - start)) / (2 * each * (sources.size() + 1));
    int count = (int) Math.max(Math.min(FEWEST_ROWS, all.count()), Math.min(all.count(), possible));
    int[] chosen = spread(all.count(), count);
    int[] ends = model.job().model().ids().stream().mapToInt(IdTable::rows).toArray();
    Arrays.parallelPrefix(ends, Integer::sum);
    double base = score(model, functions, chosen, all);
    double[] sums = new double[sources.size()];
    long began = System.nanoTime();
    int done = 0;
    int shuffles = 0;
    // Again as long as the next pass over all columns is likely to be in time.
    while (shuffles == 0
        || done == sources.size()
            && shuffles < SHUFFLES
            && (began - start) + (System.nanoTime() - began) * (shuffles + 1L) / shuffles
                < PLANNED * time.toNanos()) {
      for (done = 0; done < sources.size(); done++) {
        if (shuffles == 0 && System.nanoTime() - start > time.toNanos()) {
          break;
        }
        Source source = sources.get(done);
        int[] donors = shuffled(chosen, SEED + (long) SHUFFLES * done + shuffles);
        Tally tally =
            model.measure(
                count,
                part ->
                    new Shuffled(
                        all.select(at(chosen, part)), all.select(at(donors, part)), source, ends),
                functions);
        sums[done] += base - score(tally);
      }
      shuffles++;
    }
    List<Drop> drops = new ArrayList<>();
    for (int i = 0; i < done; i++) {
      drops.add(new Drop(sources.get(i).name(), sums[i] / shuffles));
    }
    List<String> leftOut =
        sources.subList(done, sources.size()).stream().map(Source::name).toList();
    drops.sort(Comparator.comparingDouble(Drop::drop).reversed());
    String key = model.job().hasLabels() ? "accuracy" : Metric.R2.key();
    return Optional.of(new Importance(key, count, shuffles, drops, leftOut));
  }

  private static double score(
      TrainedModel model, JobFunctions functions, int[] chosen, PartitionRows rows) {
    return score(model.measure(chosen.length, part -> rows.select(at(chosen, part)), functions));
  }

  private static double score(Tally tally) {
    return tally.hasAccuracy() ? tally.accuracy() : tally.of(Metric.R2);
  }

  private static int[] at(int[] chosen, int[] part) {
    return IntStream.of(part).map(i -> chosen[i]).toArray();
  }

  /** At most so many of the rows, evenly spaced. */
  private static int[] spread(int rows, int most) {
    int count = Math.min(rows, most);
    return IntStream.range(0, count).map(i -> (int) ((long) i * rows / count)).toArray();
  }

  private static int[] shuffled(int[] rows, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int[] shuffled = rows.clone();
    for (int i = shuffled.length - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      int other = shuffled[j];
      shuffled[j] = shuffled[i];
      shuffled[i] = other;
    }
    return shuffled;
  }
}
