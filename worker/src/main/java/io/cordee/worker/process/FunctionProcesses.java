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
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
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

  /** How often children may end without an answer in between. */
  static final int MOST_DEATHS = 3;

  /** How many bytes rows and outputs may need besides parameters. */
  private static final long ROOM = 64L << 20;

  /** How many vectors a small team shares with this process at most. */
  private static final int VECTORS = 8;

  private final List<String> command;
  private final Path memory;

  /** The folder of sockets and shared files, once the parameters are known. */
  private Optional<SharedFolder> folder = Optional.empty();

  private final Deque<Child> idle = new ArrayDeque<>();
  private volatile Duration patience = PATIENCE;
  private volatile boolean holdRows;
  private volatile List<IdTable> tables = List.of();
  private Optional<ParameterSlots> parameters = Optional.empty();
  private int files;
  private boolean isClosed;

  /**
   * @param command and its arguments; nothing is started yet
   */
  public FunctionProcesses(List<String> command) {
    this(command, MEMORY);
  }

  /**
   * @param memory a file system in memory, used if it is there and large enough
   */
  FunctionProcesses(List<String> command, Path memory) {
    this.command = List.copyOf(command);
    this.memory = memory;
  }

  /**
   * Makes the folder that is shared with children, which only this user may enter.
   *
   * @throws FunctionException if that is not possible
   */
  private synchronized Path folder(int parameters) {
    if (folder.isEmpty()) {
      try {
        Path in = place((long) VECTORS * Float.BYTES * parameters + ROOM);
        folder = Optional.of(SharedFolder.in(in));
      } catch (IOException e) {
        throw new FunctionException(
            "no folder for function processes can be made: %s", e.getMessage());
      }
    }
    return folder.get().path();
  }

  /** Chooses the file system in memory if it has so many bytes free, else the temporary folder. */
  private Path place(long needed) throws IOException {
    Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
    if (!Files.isWritable(memory)) {
      return temporary;
    }
    SharedFolder.removeLeft(memory);
    long free = Files.getFileStore(memory).getUsableSpace();
    if (free >= needed) {
      return memory;
    }
    LOG.warn(
        "{} has {} MB free, less than {} MB; function processes share files in {}",
        memory,
        free >> 20,
        needed >> 20,
        temporary);
    return temporary;
  }

  @Override
  public String name() {
    return "of " + command.get(0);
  }

  @Override
  public String arithmetic(FunctionContext job) {
    folder(job.layout().parameters());
    return hello().arithmetic();
  }

  @Override
  public GradientFunction create(FunctionContext job) {
    Path shared = folder(job.layout().parameters());
    try {
      return new FunctionProcess(this, job, parameters(job.layout()), file());
    } catch (IOException e) {
      throw new FunctionException("files in %s: %s", shared, e.getMessage());
    }
  }

  /** Returns the file of parameters, which all functions of a job share. */
  private synchronized ParameterSlots parameters(Layout layout) throws IOException {
    if (parameters.isEmpty() || parameters.get().parameters() != layout.parameters()) {
      parameters = Optional.of(new ParameterSlots(file(), layout.parameters()));
    }
    return parameters.get();
  }

  private synchronized SharedFile file() throws IOException {
    return new SharedFile(folder.orElseThrow().path().resolve("memory-" + ++files));
  }

  /**
   * Finds the rows that the children hold, for a job whose rows are external.
   *
   * @param job decides how long children may take, too
   */
  public ExternalRows.Finder rows(Job job) {
    folder(job.model().layout().parameters());
    holdRows = false;
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
      holdRows = true;
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
    Path socket;
    synchronized (this) {
      if (isClosed) {
        throw new FunctionException("the worker ends");
      }
      if (!idle.isEmpty()) {
        return idle.pop();
      }
      socket = folder.orElseThrow().path().resolve("socket-" + ++files);
    }
    return Child.start(command, socket);
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

  void discard(SharedFile memory) {
    try {
      memory.close();
    } catch (IOException e) {
      LOG.debug("{} is left", memory.path(), e);
    }
  }

  /** Returns the folder of shared files; empty before there are any. */
  synchronized Optional<Path> folder() {
    return folder.map(SharedFolder::path);
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
    folder.ifPresent(SharedFolder::close);
  }
}
