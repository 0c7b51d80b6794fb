package io.cordee.common.job.file;

import io.cordee.common.file.Resource;
import io.cordee.common.job.Job;
import io.cordee.common.model.FirstWeights;
import io.cordee.common.model.ModelFileException;
import io.cordee.common.model.ModelSpec;
import io.cordee.common.text.Advice;
import io.cordee.function.Layout;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Reads and writes jobs.
 *
 * <p>Overrides are {@code key.path=value}, the value being YAML: {@code optimizer.name=adam},
 * {@code model.layers=[64, 10]}; {@code stop.accuracy=null} takes a key back to its default. One
 * that chooses another optimizer drops what the file says of the former one, unless the new one has
 * such a setting too.
 */
public final class JobFile {

  private static final int LARGEST = 1 << 20;
  private static final Pattern TABLE = Pattern.compile("(?i)\\.(csv|tsv|parquet)(\\.gz|\\.zst)?$");
  private static final JobForm ANY_JOB = new JobForm("");
  private static final Section.Form<Found> FOUND = Section.Form.called("a mapping", Found::fill);

  private JobFile() {}

  /**
   * The job in a file, every default filled in; its name, if it gives none, is the file's.
   *
   * @throws JobException with a line for each problem: no such file, not a job, not a valid one
   */
  public static Job read(Path file, List<String> overrides) {
    return read(file, overrides, FirstWeights::read);
  }

  interface WeightsCheck {
    void check(FirstWeights given, Layout wanted) throws ModelFileException;
  }

  /** As above, with another check of a file of first weights, if the model begins with one. */
  static Job read(Path file, List<String> overrides, WeightsCheck weights) {
    Path folder = Optional.ofNullable(file.getParent()).orElse(Path.of(""));
    return parse(content(file), file.toString(), overrides, Optional.of(folder), weights);
  }

  /**
   * The job in a text. What a run has {@linkplain #found found} may stand beside it.
   *
   * @param sourceName where the text is from, for messages: usually a file's name
   * @throws JobException as for {@link #read}
   */
  public static Job parse(String yaml, String sourceName, List<String> overrides) {
    return parse(yaml, sourceName, overrides, Optional.empty(), FirstWeights::read);
  }

  /**
   * @param folder that files of weights are found from; none if the job says what is in them
   * @param weights checks such files
   */
  private static Job parse(
      String yaml,
      String sourceName,
      List<String> overrides,
      Optional<Path> folder,
      WeightsCheck weights) {
    Problems problems = new Problems();
    Optional<Yaml.Mapping> document = document(yaml, sourceName, problems);
    Overrides changes = new Overrides(overrides, problems);
    if (document.isEmpty()) {
      throw problems.toException();
    }
    Yaml.Mapping job = document.get().without(Found.KEY);
    JobForm form = new JobForm(Expected.jobName(stem(sourceName)));
    Yaml.Mapping changed = changes.applyTo(job);
    Yaml.Mapping whole =
        folder.map(at -> new GivenWeights(at, problems).fillIn(changed)).orElse(changed);
    Optional<Job> read = form.fill(new SectionReader<>(job.place(), "", whole, problems));
    if (problems.count() > 0) {
      throw problems.toException();
    }
    ModelSpec model = read.orElseThrow().model();
    try {
      if (whole != changed) {
        weights.check(model.first().orElseThrow(), model.given());
      }
    } catch (ModelFileException e) {
      throw new JobException(e.getMessage());
    }
    return read.get();
  }

  /** A job as a mapping, with these overrides; none if there are problems. */
  static Optional<Yaml.Mapping> changed(Path file, List<String> overrides) {
    Problems problems = new Problems();
    return document(content(file), file.toString(), problems)
        .map(it -> new Overrides(overrides, problems).applyTo(it));
  }

  /**
   * Returns the data that the run in this folder has found; nothing in a file outside a run folder.
   *
   * @throws JobException as for {@link #read}
   */
  public static Found found(Path file) {
    return found(content(file), file.toString());
  }

  public static Found found(String yaml, String sourceName) {
    Problems problems = new Problems();
    Optional<Found> found =
        document(yaml, sourceName, problems)
            .filter(root -> root.value(Found.KEY).isPresent())
            .flatMap(
                root ->
                    new SectionReader<Found>(root.place(), "", root, problems)
                        .find(Found.KEY, FOUND, Optional::of));
    if (problems.count() > 0) {
      throw problems.toException();
    }
    return found.orElse(Found.NOTHING);
  }

  /** The mapping that a text is; none if there are problems. */
  private static Optional<Yaml.Mapping> document(
      String yaml, String sourceName, Problems problems) {
    if (yaml.length() > LARGEST) {
      throw tooLarge(sourceName);
    }
    Optional<Yaml> document =
        YamlReader.read(yaml, "", line -> new Place.Line(sourceName, line), problems);
    if (document.isEmpty() && problems.count() == 0) {
      throw new JobException(sourceName + ": empty; expected a job");
    }
    if (document.isPresent() && !(document.get() instanceof Yaml.Mapping)) {
      Yaml root = document.get();
      problems.add(
          root.place(), "", "expected " + ANY_JOB.words() + "; found " + root.description());
    }
    return document.filter(Yaml.Mapping.class::isInstance).map(Yaml.Mapping.class::cast);
  }

  /**
   * The job that ships with Cordee: the digits by Rprop.
   *
   * @throws JobException if the overrides do not fit it
   */
  public static Job defaultJob(List<String> overrides) {
    return parse(Resource.read(JobFile.class, "digits.yaml"), "the digits job", overrides);
  }

  /** Returns all keys of a job and their values, such as {@code optimizer.name}: {@code adam}. */
  public static Map<String, String> flat(Job job) {
    Map<String, String> flat = new LinkedHashMap<>();
    flatten("", SectionWriter.tree(job, new JobForm(job.name())), flat);
    return flat;
  }

  private static void flatten(String path, Map<?, ?> tree, Map<String, String> into) {
    tree.forEach(
        (key, value) -> {
          if (value instanceof Map<?, ?> inner) {
            flatten(path + key + ".", inner, into);
          } else {
            into.put(path + key, String.valueOf(value));
          }
        });
  }

  /** The job as YAML with every default written out; {@link #parse} makes the same job of it. */
  public static String write(Job job) {
    return write(job, Found.NOTHING);
  }

  /** The same for a run's folder, with what the run has found beside it. */
  public static String write(Job job, Found found) {
    Map<String, Object> tree = SectionWriter.tree(job, ANY_JOB);
    Map<String, Object> foundTree = SectionWriter.tree(found, FOUND);
    if (!foundTree.isEmpty()) {
      tree.put(Found.KEY, foundTree);
    }
    return SectionWriter.yaml(tree);
  }

  /** The data section of a job, written the same way. */
  public static String writeData(Job job) {
    return SectionWriter.yaml(Map.of("data", SectionWriter.tree(job, ANY_JOB).get("data")));
  }

  private static String content(Path file) {
    if (Files.isDirectory(file)) {
      throw new JobException(file + ": a directory; expected a job file");
    }
    if (Files.exists(file) && TABLE.matcher(file.toString()).find()) {
      throw new JobException(
          "%s: a table; expected a job file".formatted(file)
              + Advice.INIT.toString().formatted(file));
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
      throw new JobException(file + ": not UTF-8 text; expected a job in YAML");
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
