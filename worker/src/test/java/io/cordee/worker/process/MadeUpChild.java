package io.cordee.worker.process;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.CountDownLatch;

/**
 * A function process written from the description of the protocol alone. Its gradient is the
 * parameters times the sum of the rows' indices; its loss, the sum of features and targets. It
 * misbehaves as its arguments say.
 */
final class MadeUpChild {

  /** The fault of a child without outputs. */
  private static final String WRITES_NONE = "writes none";

  private final String fault;
  private final Path mark;
  private final SocketChannel connection;

  private MadeUpChild(String fault, Path mark, SocketChannel connection) {
    this.fault = fault;
    this.mark = mark;
    this.connection = connection;
  }

  /** FAULT, and a file that it leaves when it has had it: then it behaves. */
  public static void main(String[] args) throws Exception {
    if (args[0].equals("ends")) {
      System.exit(3);
    }
    if (args[0].equals("never connects")) {
      new CountDownLatch(1).await();
    }
    var address = UnixDomainSocketAddress.of(System.getenv("CORDEE_FUNCTION"));
    new MadeUpChild(args[0], Path.of(args[1]), SocketChannel.open(address)).run();
  }

  private void run() throws IOException, InterruptedException {
    if (fault.equals("never greets")) {
      new CountDownLatch(1).await();
    }
    ByteBuffer hello = buffer(5 * 8).putLong(fault.equals("version") ? 7 : 1);
    hello.putLong(100).putLong(10).putLong(-1).put("made up!".getBytes(StandardCharsets.UTF_8));
    answer(1, hello);
    String[] files = {};
    long parameters = 0;
    for (; ; ) {
      ByteBuffer header = received(8);
      ByteBuffer body = received(header.getInt(0));
      int kind = header.getInt(4);
      if (kind == 2) {
        parameters = body.getLong(0);
        files =
            StandardCharsets.UTF_8.decode(body.slice(32, body.limit() - 32)).toString().split("\n");
        if (fault.equals("refuses")) {
          answer(8, text("another model"));
        } else if (fault.equals("dies when opened") && isAtFault()) {
          Runtime.getRuntime().halt(9);
        } else if (fault.equals("opens otherwise")) {
          answer(7, buffer(8).putLong(1));
        } else {
          answer(3, buffer(0));
        }
      } else if (kind == 7 && fault.equals("dies when asked of rows") && isAtFault()) {
        Runtime.getRuntime().halt(9);
      } else if (kind == 7) {
        answer(7, buffer(8).putLong(body.getLong(0) * 1000 + body.getLong(8)));
      } else if (kind == 9) {
        answer(9, ids(body));
      } else if (!isAtFault()) {
        compute(kind, body, files, (int) parameters);
      } else if (!misbehave(body)) {
        return;
      }
    }
  }

  private boolean isAtFault() throws IOException {
    boolean isNow = !fault.equals("none") && !fault.equals(WRITES_NONE) && Files.notExists(mark);
    if (isNow) {
      Files.createFile(mark);
    }
    return isNow;
  }

  /** Returns false if it ends. */
  private boolean misbehave(ByteBuffer asked) throws IOException, InterruptedException {
    switch (fault) {
      case "dies" -> Runtime.getRuntime().halt(9);
      case "closes" -> {
        connection.write(buffer(8).putInt(40).putInt(6).flip());
        return false;
      }
      case "hangs" -> new CountDownLatch(1).await();
      case "fails" -> answer(8, text("no such thing: ψ"));
      case "another" -> answer(6, buffer(40).putLong(asked.getLong(0) + 1).position(40));
      case "short" -> answer(6, buffer(16).putLong(asked.getLong(0)).position(16));
      case "endless" -> answer(6, buffer(8 * 200_000).position(8 * 200_000));
      case "garbage" -> connection.write(text("GET / HTTP/1.1").flip());
      default -> throw new IllegalArgumentException(fault);
    }
    return true;
  }

  private void compute(int kind, ByteBuffer body, String[] files, int parameters)
      throws IOException {
    FloatBuffer at = map(files[0], body.getLong(16), 4L * parameters).asFloatBuffer();
    int rows = (int) body.getLong(32);
    LongBuffer indices = map(files[1], body.getLong(40), 8L * rows).asLongBuffer();
    long sum = 0;
    for (int row = 0; row < rows; row++) {
      sum += indices.get(row);
    }
    FloatBuffer gradient = map(files[1], 0, 4L * parameters).asFloatBuffer();
    for (int i = 0; kind == 4 && i < parameters; i++) {
      gradient.put(i, at.get(i) * sum);
    }
    int perRow = (int) body.getLong(72);
    FloatBuffer outputs = map(files[1], body.getLong(64), 4L * perRow).asFloatBuffer();
    for (int i = 0; i < perRow && !fault.equals(WRITES_NONE); i++) {
      outputs.put(i, i);
    }
    double loss = body.getLong(80) == 1 ? body.getLong(88) : sum;
    answer(
        6,
        buffer(40).putLong(body.getLong(0)).putLong(rows).putDouble(loss).putLong(-1).putLong(-1));
  }

  private static ByteBuffer map(String file, long from, long bytes) throws IOException {
    try (FileChannel channel =
        FileChannel.open(Path.of(file), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      return channel.map(MapMode.READ_WRITE, from, bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
  }

  private static ByteBuffer buffer(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** The ids of a row: one and four in a column that is split, the row's number in another. */
  private static ByteBuffer ids(ByteBuffer asked) {
    String column = StandardCharsets.UTF_8.decode(asked.slice(16, asked.limit() - 16)).toString();
    StringBuilder cells = new StringBuilder();
    for (long row = asked.getLong(0); row < asked.getLong(0) + asked.getLong(8); row++) {
      cells.append(column.equals("words\t, ") ? "1, 4, 1" : row).append('\n');
    }
    return text(cells.toString());
  }

  private static ByteBuffer text(String words) {
    byte[] bytes = words.getBytes(StandardCharsets.UTF_8);
    return buffer(bytes.length).put(bytes);
  }

  private void answer(int kind, ByteBuffer body) throws IOException {
    body.flip();
    ByteBuffer all = buffer(8 + body.remaining()).putInt(body.remaining()).putInt(kind).put(body);
    all.flip();
    while (all.hasRemaining()) {
      connection.write(all);
    }
  }

  private ByteBuffer received(int bytes) throws IOException {
    ByteBuffer all = buffer(bytes);
    while (all.hasRemaining()) {
      if (connection.read(all) < 0) {
        System.exit(0);
      }
    }
    return all.flip();
  }
}
