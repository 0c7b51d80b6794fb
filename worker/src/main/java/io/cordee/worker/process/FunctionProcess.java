package io.cordee.worker.process;

import io.cordee.function.FunctionContext;
import io.cordee.function.GradientFunction;
import io.cordee.function.Layout;
import io.cordee.function.Rows;
import io.cordee.function.Stats;
import io.cordee.function.Sums;
import io.cordee.worker.function.FunctionException;
import io.cordee.worker.model.PerVersion;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A gradient function that a child process computes. Parameters and results are in memory that both
 * share; messages say where. A child that dies is started again, and asked again.
 */
final class FunctionProcess implements GradientFunction, PerVersion {

  /** How many rows are copied at a time. */
  private static final int BLOCK = 1024;

  private static final float[] NOTHING = {};

  private final FunctionProcesses processes;
  private final FunctionContext job;
  private final SharedFiles files;
  private final ParameterSlots parameters;

  /** The child's own file. */
  private SharedFile memory;

  /** The beginning of it. */
  private FloatBuffer gradient;

  private Sections sections = Sections.NONE;
  private Optional<Child> child = Optional.empty();

  /** The file of parameters that the child has been told of, and its own one. */
  private Optional<Told> told = Optional.empty();

  private OptionalInt expected = OptionalInt.empty();
  private long calls;

  /**
   * Places of the rows of a call, and of what is computed of each.
   *
   * @param capacity how many rows there is room for
   */
  private record Sections(
      int capacity,
      long indicesAt,
      LongBuffer indices,
      long featuresAt,
      FloatBuffer features,
      long targetsAt,
      FloatBuffer targets,
      long outputsAt,
      FloatBuffer outputs) {

    static final Sections NONE =
        new Sections(
            0,
            0,
            LongBuffer.allocate(0),
            0,
            FloatBuffer.allocate(0),
            0,
            FloatBuffer.allocate(0),
            0,
            FloatBuffer.allocate(0));
  }

  private record Told(SharedFile parameters, SharedFile memory) {}

  FunctionProcess(FunctionProcesses processes, FunctionContext job, SharedFiles files)
      throws IOException {
    this.processes = processes;
    this.job = job;
    this.files = files;
    int count = job.layout().parameters();
    memory = files.file((long) Float.BYTES * count);
    gradient = memory.floats(0, count);
    parameters = processes.parameters(job);
  }

  @Override
  public Layout layout() {
    return job.layout();
  }

  @Override
  public void expect(int version) {
    expected = OptionalInt.of(version);
  }

  @Override
  public Stats accumulate(float[] parameters, Rows rows, Sums sums) {
    Stats stats = call(Message.COMPUTE, parameters, rows, NOTHING);
    gradient.get(0, sums.gradient());
    return stats;
  }

  @Override
  public Stats accumulate(float[] parameters, Rows rows, Sums sums, float[] features) {
    Stats stats = call(Message.COMPUTE, parameters, rows, features);
    gradient.get(0, sums.gradient());
    return stats;
  }

  @Override
  public Stats measure(float[] parameters, Rows rows, float[] outputs) {
    // The worker has no targets of rows that the child holds, to compare outputs with.
    return call(Message.MEASURE, parameters, rows, processes.holdsRows() ? NOTHING : outputs);
  }

  /**
   * Has the child compute.
   *
   * @param perRow takes what is computed of each row; may be empty
   */
  private Stats call(int kind, float[] at, Rows rows, float[] perRow) {
    OptionalInt version = expected;
    expected = OptionalInt.empty();
    try {
      reserve(rows.count(), perRow.length);
      ParameterSlots.Slot slot = parameters.put(at, version);
      try {
        put(rows);
        // The child may write no outputs; those of an earlier call must not be read as its own.
        sections.outputs.put(0, perRow);
        Stats stats = ask(kind, slot, rows, perRow.length);
        sections.outputs.get(0, perRow);
        return stats;
      } finally {
        parameters.release(slot);
      }
    } catch (IOException e) {
      throw new FunctionException(
          "memory that is shared with function processes: %s; found in %s",
          e.getMessage(), memory.path().getParent());
    }
  }

  private void reserve(int rows, int perRow) throws IOException {
    if (rows <= sections.capacity && perRow <= sections.outputs.capacity()) {
      return;
    }
    int capacity = Math.max(rows, sections.capacity);
    int outputs = Math.max(perRow, sections.outputs.capacity());
    long ofFeatures = (long) capacity * job.inputs();
    long ofTargets = processes.holdsRows() ? 0 : (long) capacity * job.outputs();
    long indicesAt = SharedFile.after(0, (long) Float.BYTES * gradient.capacity());
    long featuresAt = SharedFile.after(indicesAt, (long) Long.BYTES * capacity);
    long targetsAt = SharedFile.after(featuresAt, Float.BYTES * ofFeatures);
    long outputsAt = SharedFile.after(targetsAt, Float.BYTES * ofTargets);
    SharedFile grown = files.grown(memory, outputsAt + (long) Float.BYTES * outputs);
    if (grown != memory) {
      files.discard(memory);
      memory = grown;
      gradient = memory.floats(0, gradient.capacity());
    }
    sections =
        new Sections(
            capacity,
            indicesAt,
            memory.longs(indicesAt, capacity),
            featuresAt,
            memory.floats(featuresAt, ofFeatures),
            targetsAt,
            memory.floats(targetsAt, ofTargets),
            outputsAt,
            memory.floats(outputsAt, outputs));
  }

  /** Puts the rows where the child finds them. */
  private void put(Rows rows) {
    for (int row = 0; row < rows.count(); row++) {
      sections.indices.put(row, rows.index(row));
    }
    boolean hasTargets = sections.targets.capacity() > 0;
    int size = Math.min(BLOCK, rows.count());
    float[] features = new float[size * job.inputs()];
    float[] targets = new float[hasTargets ? size * job.outputs() : 0];
    for (int from = 0; from < rows.count(); from += size) {
      int count = Math.min(size, rows.count() - from);
      if (job.inputs() > 0) {
        rows.copyFeatures(from, count, features);
        sections.features.put(from * job.inputs(), features, 0, count * job.inputs());
      }
      if (hasTargets) {
        rows.copyTargets(from, count, targets);
        sections.targets.put(from * job.outputs(), targets, 0, count * job.outputs());
      }
    }
  }

  private Stats ask(int kind, ParameterSlots.Slot slot, Rows rows, int perRow) {
    for (int deaths = 1; ; deaths++) {
      Child asked = child.isPresent() ? child.get() : processes.take();
      try {
        Told needed = new Told(slot.file(), memory);
        if (!told.equals(Optional.of(needed))) {
          processes.open(asked, job, slot.file(), memory);
          child = Optional.of(asked);
          told = Optional.of(needed);
        }
        Message answer =
            asked.ask(
                processes.patience(),
                kind,
                "",
                ++calls,
                slot.file().length(),
                slot.offset(),
                memory.length(),
                rows.count(),
                sections.indicesAt,
                sections.featuresAt,
                sections.targetsAt,
                sections.outputsAt,
                perRow,
                rows.noise().isPresent() ? 1 : 0,
                rows.noise().orElse(0));
        return stats(answer);
      } catch (FunctionException e) {
        // It may be in the middle of something.
        leave(asked);
        throw e;
      } catch (IOException e) {
        leave(asked);
        if (Thread.currentThread().isInterrupted()) {
          throw new FunctionException("interrupted");
        }
        if (deaths == FunctionProcesses.MOST_DEATHS) {
          throw new FunctionException(
              "the function process ended %d times in a row before it answered, the last time %s",
              deaths, asked.end());
        }
        processes.warnOfDeath(asked.end());
      }
    }
  }

  private void leave(Child asked) {
    child = Optional.empty();
    told = Optional.empty();
    asked.close();
  }

  private Stats stats(Message answer) {
    if (answer.next() != calls) {
      throw new FunctionException(
          "the function process answered something else than call %d", calls);
    }
    return new Stats(answer.next(), answer.nextDouble(), answer.next(), answer.next());
  }

  /** Leaves the child to other functions. */
  @Override
  public void close() {
    child.ifPresent(processes::giveBack);
    files.discard(memory);
    processes.discard(job);
  }
}
