package io.cordee.common.job;

import io.cordee.common.job.SourceSpec.Part;
import java.util.List;
import java.util.Optional;

/** Reads {@code data}. */
final class DataSection {

  static final String EXPECTED = "digits, or a mapping with folder, train, test";
  private static final List<String> KEYS = List.of("folder", "train", "test");

  private DataSection() {}

  static Optional<DataSpec> read(Section section) {
    section.allow(KEYS);
    String folder = section.find("folder", new Expected.FolderName()).orElse("");
    Optional<SourceSpec> train =
        section
            .section("train", SourceSection.EXPECTED)
            .flatMap(source -> SourceSection.read(source, Part.TRAIN));
    Optional<SourceSpec> test =
        section.has("test")
            ? section
                .section("test", SourceSection.EXPECTED)
                .flatMap(source -> SourceSection.read(source, Part.TEST))
            : Optional.empty();
    return train.flatMap(source -> section.build(() -> new DataSpec(folder, source, test)));
  }
}
