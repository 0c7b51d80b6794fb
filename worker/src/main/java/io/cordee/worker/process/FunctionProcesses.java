package io.cordee.worker.process;

import io.cordee.common.job.Job;
import io.cordee.common.job.data.DataSpec;
import io.cordee.common.job.data.SourceSpec;
import io.cordee.common.model.IdTable;
import io.cordee.function.FunctionContext;
import io.cordee.function.FunctionProvider;
import io.cordee.function.GradientFunction;
import io.cordee.function.Layout;
import io.cordee.worker.data.rows.DataException;
import io.cordee.worker.data.rows.ExternalRows;
import io.cordee.worker.function.FunctionException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The function processes of a worker: children that run one command, one for each compute thread.
 * They stay when the worker connects again, and end with it. Thread-safe.
 */
public final class FunctionProcesses implements FunctionProvider, AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(FunctionProcesses.class);

  /** The folder in which Linux keeps files in memory. */
  private static final Path MEMORY = Path.of("/dev/shm");

  /** How long a child may take for an answer, if the job does not say. */
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  /** A library may be read from a cold disk before a child connects. */
  private static final Duration START = Duration.ofMinutes(2);

  /** How often children may end without an answer in between. */
  static final int MOST_DEATHS = 3;

  private final List<String> command;
  private final SharedFiles files;
  private final Duration start;
  private final Deque<Child> idle = new ArrayDeque<>();
  private volatile Duration patience = PATIENCE;
  private volatile boolean holdRows;
  private volatile List<IdTable> tables = List.of();

  /**
   * The parameters of each connection, by the one context that all of its functions are made of.
   */
  private final Map<FunctionContext, ParameterSlots> parameters = new IdentityHashMap<>();

  private boolean isClosed;

  /**
   * @param command and its arguments; nothing is started yet
   */
  public FunctionProcesses(List<String> command) {
    this(command, MEMORY, START);
  }

  /**
   * @param memory a file system in memory, used if it is there and large enough
   * @param start how long a child may take to connect, and again to greet
   */
  FunctionProcesses(List<String> command, Path memory, Duration start) {
    this.command = List.copyOf(command);
    this.files = new SharedFiles(memory);
    this.start = start;
  }

  @Override
  public String name() {
    return "of " + command.get(0);
  }

  @Override
  public String arithmetic(FunctionContext job) {
    files.open(job.layout().parameters());
    return hello().arithmetic();
  }

  @Override
  public GradientFunction create(FunctionContext job) {
    files.open(job.layout().parameters());
    try {
      return new FunctionProcess(this, job, files);
    } catch (IOException e) {
      throw new FunctionException("files in %s: %s", files.folder().orElseThrow(), e.getMessage());
    }
  }

  /** Returns the parameters that all functions of a connection share. */
  synchronized ParameterSlots parameters(FunctionContext job) throws IOException {
    ParameterSlots slots = parameters.get(job);
    if (slots == null) {
      slots = new ParameterSlots(files, job.layout().parameters());
      parameters.put(job, slots);
    }
    slots.add();
    return slots;
  }

  /** Notes that a function is used no more. */
  synchronized void discard(FunctionContext job) {
    if (parameters.get(job).remove()) {
      parameters.remove(job);
    }
  }

  /**
   * Finds the rows that the children hold, for a job whose rows are external.
   *
   * @param job decides how long children may take, too
   */
  public ExternalRows.Finder rows(Job job) {
    files.open(job.model().layout().parameters());
    DataSpec data = job.data();
    holdRows =
        Stream.of(Optional.of(data.train()), data.validation(), data.test())
            .flatMap(Optional::stream)
            .anyMatch(SourceSpec.External.class::isInstance);
    tables = job.model().ids();
    patience =
        job.team().lease().stream()
            .mapToObj(seconds -> Duration.ofMillis((long) (1000 * seconds)))
            .findFirst()
            .orElse(PATIENCE);
    return name -> {
      List<Long> counts = hello().rows();
      int part = part(job.data(), name);
      long count = counts.get(part);
      if (count < 1) {
        throw new DataException(
            "rows %s: the job's data are external, and the function process says that it has none"
                + " to %s",
            name, List.of("train on", "validate", "test").get(part));
      }
      long first = counts.subList(0, part).stream().mapToLong(before -> Math.max(0, before)).sum();
      return new ChildRows(this, job, count, first);
    };
  }

  private static int part(DataSpec data, String name) {
    if (isNamed(data.train(), name)) {
      return 0;
    }
    return data.validation().filter(source -> isNamed(source, name)).isPresent() ? 1 : 2;
  }

  private static boolean isNamed(SourceSpec source, String name) {
    return source instanceof SourceSpec.External external && external.name().equals(name);
  }

  /**
   * Asks a child about rows that it holds.
   *
   * @param kind of the question
   * @param first the number of the first row
   */
  Message ask(int kind, String text, long first, int rows) {
    for (int deaths = 1; ; deaths++) {
      Child child = take();
      try {
        Message answer = child.ask(patience, kind, text, first, rows);
        giveBack(child);
        return answer;
      } catch (IOException e) {
        child.close();
        if (deaths == MOST_DEATHS) {
          throw new FunctionException(
              "the function process ended %d times in a row when it was asked for %s of its rows, the last time %s",
              deaths, kind == Message.IDS ? "ids" : "a checksum", child.end());
        }
        warnOfDeath(child.end());
      } catch (FunctionException e) {
        child.close();
        throw e;
      }
    }
  }

  private Child.Hello hello() {
    Child child = take();
    giveBack(child);
    return child.hello();
  }

  /** Takes a child that is idle, or starts one. */
  Child take() {
    synchronized (this) {
      if (isClosed) {
        throw new FunctionException("the worker ends");
      }
      if (!idle.isEmpty()) {
        return idle.pop();
      }
    }
    return Child.start(command, files.socket(), start);
  }

  /**
   * Prepares a child to compute for a function.
   *
   * @throws FunctionException with its words, if it does not fit the job
   * @throws IOException if it ends instead
   */
  void open(Child child, FunctionContext job, SharedFile parameters, SharedFile memory)
      throws IOException {
    child.ask(
        patience,
        Message.OPEN,
        described(job, parameters, memory),
        job.layout().parameters(),
        job.inputs(),
        job.outputs(),
        holdRows ? 1 : 0);
  }

  /** Describes in lines: the two files, then tensors, settings and the rest of the job's model. */
  private String described(FunctionContext job, SharedFile parameters, SharedFile memory) {
    List<String> lines = new ArrayList<>();
    lines.add(parameters.path().toString());
    lines.add(memory.path().toString());
    for (Layout.Tensor tensor : job.layout().tensors()) {
      String sizes = tensor.shape().stream().map(String::valueOf).collect(Collectors.joining(","));
      lines.add("tensor " + tensor.name() + "\t" + sizes);
    }
    for (IdTable table : tables) {
      lines.add("ids " + table.name() + "\t" + table.dim());
    }
    job.settings().forEach((key, value) -> lines.add("setting " + key + "\t" + value));
    job.loss().ifPresent(loss -> lines.add("loss " + loss));
    job.file().ifPresent(file -> lines.add("file " + file));
    for (String line : lines) {
      if (line.indexOf('\n') >= 0) {
        throw new FunctionException(
            "a function process is told of each tensor and setting in one line; found a line break in %s",
            line.replace("\n", "\\n"));
      }
    }
    return String.join("\n", lines) + "\n";
  }

  void giveBack(Child child) {
    synchronized (this) {
      if (!isClosed) {
        idle.push(child);
        return;
      }
    }
    child.close();
  }

  /** Returns the folder of shared files; empty before there are any. */
  Optional<Path> folder() {
    return files.folder();
  }

  Duration patience() {
    return patience;
  }

  /** Tells whether children hold the rows themselves, and need no targets. */
  boolean holdsRows() {
    return holdRows;
  }

  void warnOfDeath(String how) {
    LOG.warn("a function process ended, {}; starting another", how);
  }

  /** Ends the children, and removes what was shared with them. */
  @Override
  public void close() {
    synchronized (this) {
      isClosed = true;
    }
    idle.forEach(Child::close);
    files.close();
  }
}
