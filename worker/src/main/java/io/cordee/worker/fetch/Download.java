package io.cordee.worker.fetch;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;

/**
 * Downloads a large file, resuming an earlier attempt.
 *
 * @param silence how long a server may send nothing
 * @param progress receives the bytes so far, on threads of the HTTP client
 */
record Download(Duration silence, LongConsumer progress) {

  private static final int ATTEMPTS = 3;
  private static final int OK = 200;
  private static final int PARTIAL = 206;

  /**
   * Downloads what a file lacks.
   *
   * @param bytes that the whole file has
   * @throws IOException with a reason for users; what has arrived is kept for the next time.
   */
  void complete(URI from, Path part, long bytes) throws IOException, InterruptedException {
    for (int attempt = 1; size(part) < bytes; attempt++) {
      long before = size(part);
      try {
        receive(from, part, before);
        if (size(part) == before) {
          throw new IOException(
              "the server sends no more than %d of %d bytes".formatted(before, bytes));
        }
      } catch (IOException e) {
        if (attempt >= ATTEMPTS && size(part) == before) {
          throw e;
        }
      }
    }
  }

  private static long size(Path file) throws IOException {
    return Files.exists(file) ? Files.size(file) : 0;
  }

  private void receive(URI from, Path part, long start) throws IOException, InterruptedException {
    HttpClient client = HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NORMAL).build();
    HttpRequest.Builder request = HttpRequest.newBuilder(from);
    if (start > 0) {
      request.header("Range", "bytes=" + start + "-");
    }
    try (FileChannel channel =
        FileChannel.open(part, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      AtomicLong at = new AtomicLong();
      int status =
          await(
              client.sendAsync(request.build(), head -> body(head, channel, start, at)), from, at);
      if (status != OK && status != PARTIAL) {
        throw new IOException("the server answered with status " + status);
      }
    }
  }

  private HttpResponse.BodySubscriber<Void> body(
      HttpResponse.ResponseInfo head, FileChannel channel, long start, AtomicLong at) {
    if (head.statusCode() != OK && head.statusCode() != PARTIAL) {
      return BodySubscribers.discarding();
    }
    at.set(head.statusCode() == PARTIAL ? start : 0);
    return BodySubscribers.ofByteArrayConsumer(
        piece -> piece.ifPresent(bytes -> write(channel, bytes, at)));
  }

  private void write(FileChannel channel, byte[] bytes, AtomicLong at) {
    try {
      ByteBuffer buffer = ByteBuffer.wrap(bytes);
      while (buffer.hasRemaining()) {
        at.addAndGet(channel.write(buffer, at.get()));
      }
      progress.accept(at.get());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The HTTP client itself limits only the time to the head of a response. */
  private int await(CompletableFuture<HttpResponse<Void>> response, URI from, AtomicLong at)
      throws IOException, InterruptedException {
    while (true) {
      long before = at.get();
      try {
        return response.get(silence.toMillis(), TimeUnit.MILLISECONDS).statusCode();
      } catch (ExecutionException e) {
        throw new IOException(reason(e.getCause(), from), e);
      } catch (TimeoutException e) {
        if (at.get() == before) {
          response.cancel(true);
          throw new IOException("nothing came for " + silence.toMillis() + " ms", e);
        }
      }
    }
  }

  private static String reason(Throwable e, URI from) {
    return e instanceof ConnectException
        ? "no connection to " + from.getHost() + " (is there a network?)"
        : e.getClass().getSimpleName() + ": " + e.getMessage();
  }
}
