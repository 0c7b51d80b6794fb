package io.cordee.worker.fetch;

import io.cordee.common.file.Draft;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.channels.Channels;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Downloads files by HTTP.
 *
 * @param silence how long a server may send nothing
 * @param say receives a line for each event
 * @param status receives the progress of a file
 */
record Download(Duration silence, Consumer<String> say, Consumer<String> status) {

  private static final int ATTEMPTS = 3;

  /**
   * The address of a folder, with a slash at its end.
   *
   * @throws IllegalArgumentException if it is none
   */
  static URI folder(URI address, URI example) {
    if (address.getHost() == null || !List.of("http", "https").contains(address.getScheme())) {
      throw new IllegalArgumentException(
          "expected an address like " + example + "; found " + address);
    }
    return address.toString().endsWith("/") ? address : URI.create(address + "/");
  }

  /** Returns whether the right file is in its place. */
  boolean has(Path target, RemoteFile file) {
    if (Files.notExists(target)) {
      return false;
    }
    Optional<String> wrong = file.wrongWith(target);
    say.accept(target + wrong.map(why -> " is fetched again: " + why).orElse(" is there already"));
    return wrong.isEmpty();
  }

  /**
   * Puts a file in its place if it is the right one, and starts over a few times if it breaks off.
   *
   * @param most bytes that it may have
   * @throws IOException if it does not come or is another one; nothing of it is left
   */
  void bring(URI from, Path target, long most, RemoteFile file) throws IOException {
    try (Draft draft = Draft.of(target)) {
      receive(from, draft.channel(), most);
      Optional<String> wrong = file.wrongWith(draft.path());
      if (wrong.isPresent()) {
        throw new IOException("what came is not the file: " + wrong.get());
      }
      draft.commit();
    }
    say.accept(target + " fetched");
  }

  private void receive(URI from, FileChannel part, long most) throws IOException {
    for (int attempt = 1; ; attempt++) {
      try {
        receive(from, Channels.newOutputStream(part), most);
        return;
      } catch (ClosedByInterruptException e) {
        throw new IOException("interrupted", e);
      } catch (IOException e) {
        if (attempt == ATTEMPTS || part.size() == 0) {
          throw e;
        }
      }
      part.truncate(0);
    }
  }

  private void receive(URI from, OutputStream out, long most) throws IOException {
    String name = from.getPath().substring(from.getPath().lastIndexOf('/') + 1);
    HttpURLConnection connection = (HttpURLConnection) from.toURL().openConnection();
    connection.setConnectTimeout((int) silence.toMillis());
    connection.setReadTimeout((int) silence.toMillis());
    try {
      int code = connection.getResponseCode();
      if (code != HttpURLConnection.HTTP_OK) {
        String where = connection.getHeaderField("Location");
        connection.disconnect();
        throw new IOException(
            "the server answered with status "
                + code
                + (where == null ? "" : ", and names " + where));
      }
      long all = connection.getContentLengthLong();
      String of = all < 0 ? "" : String.format(Locale.ROOT, " of %.1f", all / 1e6);
      try (InputStream in = connection.getInputStream()) {
        byte[] buffer = new byte[1 << 16];
        long done = 0;
        int count = in.read(buffer);
        while (count >= 0) {
          out.write(buffer, 0, count);
          done += count;
          if (done > most) {
            throw new IOException("more came than the " + most + " bytes that it may have");
          }
          status.accept(String.format(Locale.ROOT, "%s: %.1f%s MB", name, done / 1e6, of));
          count = in.read(buffer);
        }
        if (done < all) {
          throw new IOException("it broke off after %d of %d bytes".formatted(done, all));
        }
      }
    } catch (SocketTimeoutException e) {
      throw new IOException("nothing came for " + silence.toMillis() + " ms", e);
    } catch (ConnectException | UnknownHostException e) {
      throw new IOException("no connection to " + from.getHost() + " (is there a network?)", e);
    }
  }

  /** For users: our own messages are complete; others need their class. */
  static String reason(IOException e) {
    boolean isOurs = e.getClass() == IOException.class;
    return isOurs ? e.getMessage() : e.getClass().getSimpleName() + ": " + e.getMessage();
  }
}
