package io.cordee.cli.command;

import io.cordee.cli.commandline.CordeeCommand;
import io.cordee.cli.commandline.Errors;
import io.cordee.common.checkpoint.CheckpointException;
import io.cordee.common.checkpoint.CheckpointHeader;
import io.cordee.common.checkpoint.CheckpointReader;
import io.cordee.common.checkpoint.SavedState;
import io.cordee.common.job.Job;
import io.cordee.common.job.file.JobException;
import io.cordee.common.job.file.JobFile;
import io.cordee.common.model.ModelFile;
import io.cordee.common.text.OutsideText;
import io.cordee.server.checkpoint.CheckpointFolder;
import io.cordee.server.run.LastRun;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
    name = "inspect",
    description = {
      "Shows what a checkpoint or a model holds, and whether it is sound.",
      "For a folder: all such files in it."
    },
    footer = {
      "",
      "Examples:",
      "  cordee inspect runs/last",
      "  cordee inspect runs/last/checkpoints/round-00000050.checkpoint",
      "",
      "Exit codes: 0 all sound, 1 at least one is not, 2 wrong use."
    })
public final class InspectCommand extends CordeeCommand {

  /** Characters shown of a metadata value at most. */
  private static final int SHOWN = 400;

  /** Characters to which the names of a model's metadata are padded. */
  private static final int SHORTEST_COLUMN = 8;

  private static final int LONGEST_COLUMN = 20;

  private static final String CHECKPOINT = ".checkpoint";
  private static final String MODEL = ".safetensors";

  @Parameters(arity = "1..*", paramLabel = "FILE", description = "Files, or folders of them.")
  private List<Path> files;

  private boolean areSound = true;

  @Override
  public Integer call() throws IOException {
    for (Path file : files) {
      for (Path one : Files.isDirectory(file) ? within(file) : List.of(file)) {
        inspect(one);
      }
    }
    return areSound ? 0 : 1;
  }

  private static List<Path> within(Path given) throws IOException {
    Path folder = LastRun.followed(given);
    try (Stream<Path> all = Files.walk(folder, 2)) {
      List<Path> found =
          all.filter(Files::isRegularFile).filter(InspectCommand::isKnown).sorted().toList();
      if (found.isEmpty()) {
        throw new IOException(folder + ": holds no checkpoint or model");
      }
      return found;
    }
  }

  private static boolean isKnown(Path file) {
    return Stream.of(CHECKPOINT, MODEL).anyMatch(kind -> has(file, kind));
  }

  private static boolean has(Path file, String ending) {
    return file.getFileName().toString().endsWith(ending);
  }

  private void inspect(Path file) {
    List<String> lines = new ArrayList<>();
    String verdict;
    try {
      if (has(file, MODEL)) {
        verdict = model(file, lines);
      } else {
        verdict = checkpoint(file, lines);
      }
    } catch (CheckpointException e) {
      verdict = notSound(e.getMessage().substring(file.toString().length() + 2));
    } catch (IOException | JobException e) {
      verdict = notSound(Errors.text(e).replace(file + ": ", ""));
    }
    PrintWriter out = printer();
    out.println(OutsideText.message(file + ": " + verdict));
    lines.forEach(line -> out.println("  " + OutsideText.message(line.replace('\n', ' '))));
    out.flush();
  }

  private String notSound(String why) {
    areSound = false;
    return "NOT SOUND: " + why;
  }

  private static String checkpoint(Path file, List<String> lines) throws IOException {
    try (CheckpointReader reader = CheckpointReader.open(file)) {
      CheckpointHeader header = reader.header();
      describe(header, lines);
      lines.add(
          text(
              "training  %.1f s, loss of the last round %.6g",
              header.mark().seconds(), header.mark().meanLoss()));
      SavedState state = reader.read();
      requireBase(file, header);
      int slots = header.parts() - SavedState.WEIGHTS;
      String rows =
          header.base() == CheckpointHeader.WHOLE
              ? ""
              : "; of tables, rows touched since round " + header.base();
      lines.add("holds     weights, those of the round before, slots: " + slots + rows);
      if (header.shard().count() == 1) {
        lines.add("digest    " + state.digest());
      }
      return "a sound checkpoint of round " + header.mark().version();
    }
  }

  private static void requireBase(Path file, CheckpointHeader header) throws IOException {
    if (header.base() > 0) {
      Path folder = file.toAbsolutePath().getParent();
      try {
        checkpoint(
            new CheckpointFolder(folder, header.shard()).checkpoint(header.base()),
            new ArrayList<>());
      } catch (IOException e) {
        throw CheckpointFolder.withoutBase(file, header.base());
      }
    }
  }

  private static String model(Path file, List<String> lines) throws IOException {
    ModelFile model = ModelFile.read(file);
    Map<String, String> all = new LinkedHashMap<>();
    all.put("model", model.model().summary());
    all.put("weights", text("%,d parameters", model.parameters().length));
    new TreeMap<>(model.metadata())
        .forEach((key, value) -> all.put(key, OutsideText.printable(value, SHOWN)));
    all.remove("job");
    int longest = all.keySet().stream().mapToInt(String::length).max().orElseThrow();
    int width = Math.max(SHORTEST_COLUMN, Math.min(longest, LONGEST_COLUMN));
    all.forEach((key, value) -> lines.add(text("%-" + width + "s  %s", key, value)));
    return ModelFile.coversMetadata(file)
        ? "a sound model"
        : "a sound model (older file: its metadata carry no checksum)";
  }

  private static void describe(CheckpointHeader header, List<String> lines) {
    Job job = JobFile.parse(header.job(), "its job", List.of());
    String local = job.local().map(steps -> " over " + steps.text()).orElse("");
    lines.add("job       " + job.name() + ", by " + job.optimizer().name() + local);
    lines.add(
        text(
            "part      shard %s: %,d parameters in %d chunk%s",
            header.shard(),
            header.chunks().parameters(),
            header.chunks().count(),
            header.chunks().count() == 1 ? "" : "s"));
  }

  private static String text(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
