package io.cordee.worker.fetch;

import java.nio.file.Path;
import java.util.OptionalLong;

/** Hears how fetching goes on, on the fetching thread. */
public interface FetchListener {

  /** A file is there already, and right. */
  void present(Path file);

  /** A file that is there is not right (why), and is replaced. */
  void damaged(Path file, String why);

  /** A file was copied from another place on this machine instead of fetched. */
  void copied(Path from, Path to);

  /**
   * More of a file has come.
   *
   * @param done bytes, those of earlier attempts included
   * @param total bytes, where the server says so
   */
  void progress(String file, long done, OptionalLong total);

  /** A connection failed and is tried again from where it broke off. */
  void retrying(String file, String why);

  /** A file has been fetched and is right. */
  void fetched(Path file);
}
