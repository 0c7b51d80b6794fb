package io.cordee.common.job.file;

import io.cordee.common.kernel.Vectors;
import io.cordee.common.model.ModelFileException;
import io.cordee.common.model.TensorFile;
import io.cordee.function.Layout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Fills in what a job leaves to a file of first weights: {@code model: {parameters: FILE}} gets the
 * file's tensors and checksum, {@code model.init: {file: FILE}} its checksum. Written out like
 * that, the job can be read where the file is not.
 *
 * @param folder where files are looked for first: the job file's; then the working directory
 */
record GivenWeights(Path folder, Problems problems) {

  private static final String MODEL = "model";
  private static final String INIT = "init";
  private static final Layout STAND_IN = Layout.of(Map.of("none", List.of(1)));

  /** The job itself if there is nothing to fill in. */
  Yaml.Mapping fillIn(Yaml.Mapping job) {
    if (!(job.value(MODEL).orElse(null) instanceof Yaml.Mapping model)) {
      return job;
    }
    if (isToRead(model, ModelForm.PARAMETERS)) {
      Yaml.Scalar file = (Yaml.Scalar) model.value(ModelForm.PARAMETERS).orElseThrow();
      return replace(job, MODEL, parameters(model, file));
    }
    if (model.value(INIT).orElse(null) instanceof Yaml.Mapping init
        && isToRead(init, ModelForm.FILE)) {
      Yaml.Scalar file = (Yaml.Scalar) init.value(ModelForm.FILE).orElseThrow();
      return replace(job, MODEL, replace(model, INIT, init(init, file)));
    }
    return job;
  }

  private static Yaml.Mapping replace(Yaml.Mapping in, String key, Yaml value) {
    return in.with(key, new Yaml.Entry(in.entries().get(key).keyPlace(), value));
  }

  /** Returns whether a section names a file that it does not tell the checksum of. */
  private static boolean isToRead(Yaml.Mapping section, String key) {
    if (!(section.value(key).orElse(null) instanceof Yaml.Scalar file)) {
      return false;
    }
    boolean isKnown =
        section
            .value(ModelForm.CHECKSUM)
            .filter(checksum -> !isOverridden(file) || isOverridden(checksum))
            .isPresent();
    return !isKnown;
  }

  private static boolean isOverridden(Yaml value) {
    return value.place() instanceof Place.Setting;
  }

  private Yaml.Mapping parameters(Yaml.Mapping model, Yaml.Scalar given) {
    try {
      TensorFile file = read(find(given.text()));
      Yaml.Mapping filled = pinned(model, ModelForm.PARAMETERS, given, file);
      return put(filled, ModelForm.TENSORS, tensors(file.layout(), given.place()));
    } catch (ModelFileException e) {
      problems.add(given.place(), MODEL + "." + ModelForm.PARAMETERS, e.getMessage());
      // So that nothing else is said of what would have been in it.
      return put(model, ModelForm.TENSORS, tensors(STAND_IN, given.place()));
    }
  }

  private static TensorFile read(Path path) throws ModelFileException {
    TensorFile file = TensorFile.read(path);
    if (file.values().length == 0) {
      throw new ModelFileException(path, "no tensors in it");
    }
    int wrong = Vectors.firstNotFinite(file.values());
    if (wrong >= 0) {
      throw new ModelFileException(
          path,
          "tensor %s has a value that is not finite: %s",
          file.layout().tensorAt(wrong).name(),
          file.values()[wrong]);
    }
    return file;
  }

  private Yaml.Mapping init(Yaml.Mapping init, Yaml.Scalar given) {
    try {
      return pinned(init, ModelForm.FILE, given, read(find(given.text())));
    } catch (ModelFileException e) {
      problems.add(given.place(), String.join(".", MODEL, INIT, ModelForm.FILE), e.getMessage());
      return init;
    }
  }

  /** The section with where the file is and what is in it. */
  private static Yaml.Mapping pinned(
      Yaml.Mapping section, String key, Yaml.Scalar given, TensorFile file) {
    String path = file.file().toAbsolutePath().normalize().toString();
    Yaml.Mapping found = replace(section, key, new Yaml.Scalar(given.place(), path, false));
    return put(found, ModelForm.CHECKSUM, new Yaml.Scalar(given.place(), file.checksum(), false));
  }

  private static Yaml.Mapping put(Yaml.Mapping into, String key, Yaml value) {
    return into.with(key, new Yaml.Entry(value.place(), value));
  }

  private static Yaml tensors(Layout layout, Place place) {
    Map<String, Yaml.Entry> shapes = new LinkedHashMap<>();
    for (Layout.Tensor tensor : layout.tensors()) {
      Yaml shape =
          new Yaml.Items(
              place,
              tensor.shape().stream()
                  .<Yaml>map(extent -> new Yaml.Scalar(place, String.valueOf(extent), true))
                  .toList());
      shapes.put(tensor.name(), new Yaml.Entry(place, shape));
    }
    return new Yaml.Mapping(place, shapes);
  }

  private Path find(String name) {
    Path beside = folder.resolve(name);
    return Files.exists(beside) ? beside : Path.of(name);
  }
}
