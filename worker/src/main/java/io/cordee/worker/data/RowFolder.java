package io.cordee.worker.data;

import io.cordee.worker.data.rows.DataException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Where a job's rows are, or may be put.
 *
 * @param stamps of the job's files, from before their checksums were known
 */
record RowFolder(Path path, List<Path> files, List<String> stamps) {

  void requireUnchanged(List<Path> now) throws IOException {
    if (!now.equals(files) || !stamps(now).equals(stamps)) {
      throw changed(now);
    }
  }

  static List<String> stamps(List<Path> files) throws IOException {
    List<String> stamps = new ArrayList<>();
    for (Path file : files) {
      stamps.add(stamp(file));
    }
    return stamps;
  }

  /** Tells whether a file is another one. */
  static String stamp(Path file) throws IOException {
    boolean isUnix = file.getFileSystem().supportedFileAttributeViews().contains("unix");
    String view = isUnix ? "unix:size,lastModifiedTime,ctime,dev,ino" : "size,lastModifiedTime";
    return new TreeMap<>(Files.readAttributes(file, view)).toString();
  }

  static DataException changed(List<Path> files) {
    return new DataException(
        "%s: changed while being read; start again when complete",
        files.stream().map(Path::toString).collect(Collectors.joining(", ")));
  }
}
