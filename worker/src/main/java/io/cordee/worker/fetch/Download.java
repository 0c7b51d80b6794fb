package io.cordee.worker.fetch;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Flow;

/**
 * Fetches one file into a partial file beside it, going on from what an earlier attempt or process
 * has left there. A broken connection is tried again as long as every attempt brings something.
 */
final class Download {

  private static final int MAX_ATTEMPTS = 10;
  private static final int OK = 200;
  private static final int PARTIAL_CONTENT = 206;
  private static final int RANGE_NOT_SATISFIABLE = 416;

  private final HttpClient client;
  private final URI address;
  private final String name;
  private final Path part;
  private final Duration deadline;
  private final FetchListener listener;

  Download(
      HttpClient client,
      URI address,
      String name,
      Path part,
      Duration deadline,
      FetchListener listener) {
    this.client = client;
    this.address = address;
    this.name = name;
    this.part = part;
    this.deadline = deadline;
    this.listener = listener;
  }

  /** Returns when the server has nothing to add to the partial file. */
  void run() throws IOException, InterruptedException {
    for (int attempt = 1; ; attempt++) {
      long before = partBytes();
      try {
        attempt(before);
        return;
      } catch (FetchException e) {
        throw e;
      } catch (IOException e) {
        if (attempt == MAX_ATTEMPTS || partBytes() <= before) {
          throw e;
        }
        listener.retrying(name, Reasons.of(e));
      }
    }
  }

  private long partBytes() throws IOException {
    return Files.exists(part) ? Files.size(part) : 0;
  }

  private void attempt(long present) throws IOException, InterruptedException {
    HttpRequest.Builder request = HttpRequest.newBuilder(address).timeout(deadline).GET();
    if (present > 0) {
      request.header("Range", "bytes=" + present + "-");
    }
    HttpResponse<Flow.Publisher<List<ByteBuffer>>> response =
        client.send(request.build(), HttpResponse.BodyHandlers.ofPublisher());
    try (TimedBody body = new TimedBody(response.body(), deadline)) {
      int status = response.statusCode();
      if (status == OK) {
        receive(body, 0, total(response, 0));
      } else if (status == PARTIAL_CONTENT && present > 0 && beginsAt(response, present)) {
        receive(body, present, total(response, present));
      } else if (status == PARTIAL_CONTENT && present > 0) {
        // Another range than was asked for is of no use.
        Files.delete(part);
        attempt(0);
      } else if (status != RANGE_NOT_SATISFIABLE || present == 0) {
        throw new FetchException("the server answered with status " + status);
      }
    }
  }

  private static OptionalLong total(HttpResponse<?> response, long from) {
    OptionalLong length = response.headers().firstValueAsLong("Content-Length");
    return length.isPresent() ? OptionalLong.of(from + length.getAsLong()) : length;
  }

  private static boolean beginsAt(HttpResponse<?> response, long from) {
    return response
        .headers()
        .firstValue("Content-Range")
        .filter(range -> range.startsWith("bytes " + from + "-"))
        .isPresent();
  }

  private void receive(TimedBody body, long from, OptionalLong total)
      throws IOException, InterruptedException {
    try (FileChannel file =
        FileChannel.open(part, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      file.truncate(from);
      file.position(from);
      listener.progress(name, from, total);
      for (Optional<List<ByteBuffer>> piece = body.next(); piece.isPresent(); piece = body.next()) {
        for (ByteBuffer buffer : piece.get()) {
          while (buffer.hasRemaining()) {
            file.write(buffer);
          }
        }
        listener.progress(name, file.position(), total);
      }
      // The bytes are to be on the disk before the file gets its name.
      file.force(true);
    }
  }
}
