package io.cordee.common.job;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Reads and writes jobs.
 *
 * <p>Overrides are {@code key.path=value}, the value being YAML: {@code rule.name=adam}, {@code
 * model.layers=[64, 10]}; {@code stop.accuracy=null} takes a key back to its default. One that
 * chooses another rule drops what the file says of the former one, unless the new one has such a
 * setting too.
 */
public final class JobFile {

  private static final int LARGEST = 1 << 20;
  private static final String DEFAULT = "digits.yaml";

  private JobFile() {}

  /**
   * The job in a file, every default filled in; its name, if it gives none, is the file's.
   *
   * @throws JobException with a line for each problem: no such file, not a job, not a valid one
   */
  public static Job read(Path file, List<String> overrides) {
    return parse(content(file), file.toString(), overrides);
  }

  /**
   * The job in a text.
   *
   * @param sourceName where the text is from, for messages: usually a file's name
   * @throws JobException as for {@link #read}
   */
  public static Job parse(String yaml, String sourceName, List<String> overrides) {
    if (yaml.length() > LARGEST) {
      throw tooLarge(sourceName);
    }
    Problems problems = new Problems();
    Optional<Yaml> document =
        YamlReader.read(yaml, "", line -> new Place.Line(sourceName, line), problems);
    Overrides changes = new Overrides(overrides, problems);
    if (document.isEmpty()) {
      if (problems.count() == 0) {
        throw new JobException(sourceName + ": empty; expected a job");
      }
      throw problems.toException();
    }
    Yaml root = document.get();
    if (!(root instanceof Yaml.Mapping mapping)) {
      problems.add(
          root.place(), "", "expected " + JobSection.EXPECTED + "; found " + root.description());
      throw problems.toException();
    }
    Section section = new Section(root.place(), "", changes.applyTo(mapping), problems);
    Optional<Job> job = JobSection.read(section, Expected.Name.from(stem(sourceName)));
    if (problems.count() > 0) {
      throw problems.toException();
    }
    return job.orElseThrow();
  }

  /**
   * The job that ships with Cordee: the digits by Rprop.
   *
   * @throws JobException if the overrides do not fit it
   */
  public static Job defaultJob(List<String> overrides) {
    try (InputStream in = JobFile.class.getResourceAsStream(DEFAULT)) {
      return parse(
          new String(in.readAllBytes(), StandardCharsets.UTF_8), "the digits job", overrides);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The job as YAML with every default written out; {@link #parse} makes the same job of it. */
  public static String write(Job job) {
    return JobWriter.write(job);
  }

  private static String content(Path file) {
    if (Files.isDirectory(file)) {
      throw new JobException(file + ": a directory; expected a job file");
    }
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(LARGEST + 1);
      if (bytes.length > LARGEST) {
        throw tooLarge(file.toString());
      }
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (NoSuchFileException e) {
      throw new JobException(file + ": no such file");
    } catch (AccessDeniedException e) {
      throw new JobException(file + ": may not be read by this user; check its permissions");
    } catch (CharacterCodingException e) {
      throw new JobException(file + ": not a text in UTF-8; expected a job in YAML");
    } catch (IOException e) {
      throw new JobException(file + ": cannot be read: " + e.getMessage());
    }
  }

  private static JobException tooLarge(String name) {
    return new JobException(name + ": larger than 1 MiB; expected a job");
  }

  private static String stem(String name) {
    String file = name.substring(1 + Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')));
    int dot = file.lastIndexOf('.');
    return dot > 0 ? file.substring(0, dot) : file;
  }
}
