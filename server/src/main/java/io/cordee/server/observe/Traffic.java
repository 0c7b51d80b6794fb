package io.cordee.server.observe;

import io.cordee.server.team.WorkerId;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/**
 * The bytes that go between this process and the workers: those of the numbers themselves, without
 * headers and what TCP and TLS add. Any thread may call; counting is an addition.
 */
public final class Traffic {

  /** As seen from the server. */
  public enum Direction {
    IN,
    OUT
  }

  /** How numbers of the parameter vector are written on the wire. */
  public enum Encoding {
    /** Four bytes each. */
    FLOAT32,
    /** Rounded contributions: two bytes each. */
    BFLOAT16,
    /** Rounded contributions: one byte each, and scales. */
    INT8,
    /** Two bits each: steps that workers replay. */
    SIGNS,
    /** Weights and slots, for a replica to begin anew. */
    STATE
  }

  private final Map<WorkerId, Line> lines = new ConcurrentHashMap<>();
  private final LongAdder[] in = adders();
  private final LongAdder[] out = adders();
  private final LongAdder contributions = new LongAdder();
  private final LongAdder rows = new LongAdder();
  private final LongSupplier nanoTime;

  public Traffic() {
    this(System::nanoTime);
  }

  Traffic(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  private static LongAdder[] adders() {
    return Stream.generate(LongAdder::new)
        .limit(Encoding.values().length)
        .toArray(LongAdder[]::new);
  }

  /** What is counted of one worker's connection. */
  public final class Line {

    private final int threads;

    /** Refers to the connection, and so to the whole server, as long as it is open. */
    private volatile IntSupplier waiting;

    private final LongAdder received = new LongAdder();
    private final LongAdder sent = new LongAdder();
    private final LongAdder computed = new LongAdder();
    private volatile long heard;
    private volatile int version = -1;

    private Line(int threads, IntSupplier waiting) {
      this.threads = threads;
      this.waiting = waiting;
      heard();
    }

    public void heard() {
      heard = nanoTime.getAsLong();
    }

    /**
     * @param ofRows whose gradients it is the sum of; 0 where they are counted with another chunk
     */
    public void received(Encoding encoding, int chunks, int bytes, int atVersion, long ofRows) {
      contributions.add(chunks);
      in[encoding.ordinal()].add(bytes);
      received.add(bytes);
      version = atVersion;
      if (ofRows > 0) {
        computed.add(ofRows);
        rows.add(ofRows);
      }
    }

    public void sent(Encoding encoding, int bytes) {
      out[encoding.ordinal()].add(bytes);
      sent.add(bytes);
    }

    public int threads() {
      return threads;
    }

    public int waiting() {
      return waiting.getAsInt();
    }

    public long bytes(Direction direction) {
      return (direction == Direction.IN ? received : sent).sum();
    }

    public long rows() {
      return computed.sum();
    }

    /** The version that the last contribution was taken at; −1 if there was none. */
    public int version() {
      return version;
    }

    public long silentNanos() {
      return Math.max(0, nanoTime.getAsLong() - heard);
    }
  }

  /** A worker has said hello; {@code waiting} is how many messages are queued for it. */
  public Line open(WorkerId worker, int threads, IntSupplier waiting) {
    Line line = new Line(threads, waiting);
    lines.put(worker, line);
    return line;
  }

  public void close(WorkerId worker) {
    Optional.ofNullable(lines.remove(worker)).ifPresent(line -> line.waiting = () -> 0);
  }

  /** Empty if the worker is not connected. */
  Optional<Line> line(WorkerId worker) {
    return Optional.ofNullable(lines.get(worker));
  }

  public long bytes(Direction direction, Encoding encoding) {
    return (direction == Direction.IN ? in : out)[encoding.ordinal()].sum();
  }

  public long bytes(Direction direction) {
    long sum = 0;
    for (Encoding encoding : Encoding.values()) {
      sum += bytes(direction, encoding);
    }
    return sum;
  }

  public long contributions() {
    return contributions.sum();
  }

  /** Rows whose gradients have been received. */
  public long rows() {
    return rows.sum();
  }

  public int waiting() {
    return lines.values().stream().mapToInt(Line::waiting).sum();
  }
}
