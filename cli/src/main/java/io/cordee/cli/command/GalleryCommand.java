package io.cordee.cli.command;

import io.cordee.cli.commandline.CordeeCommand;
import io.cordee.cli.file.OutputFile;
import io.cordee.cli.log.Logging;
import io.cordee.gallery.Gallery;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "gallery",
    description = {
      "Draws how each optimizer descends a function: the lecture's pictures, computed.",
      "The optimizers are the code that trains networks. The result is one self-contained page for a browser.",
      "cordee trace prints the numbers of every path; the page says how."
    },
    footer = {
      "",
      "Examples:",
      "  cordee gallery",
      "  cordee gallery --out optimizers.html --svg figures"
    })
public final class GalleryCommand extends CordeeCommand {

  @Option(
      names = "--out",
      paramLabel = "FILE",
      defaultValue = "gallery.html",
      description =
          "The page (default: ${DEFAULT-VALUE}); an earlier one is replaced, another file is not.")
  private Path out;

  @Option(
      names = "--svg",
      paramLabel = "DIR",
      description = "Also write each figure as an SVG file into this folder.")
  private Optional<Path> svg = Optional.empty();

  @Override
  public Integer call() throws IOException {
    Logging.warningsOnly();
    OutputFile page = OutputFile.replacing(out, Gallery.TITLE, "--out");
    if (svg.isPresent()) {
      OutputFile.requireFolderOf(List.of(".svg"), svg.get(), "--svg");
      Files.createDirectories(svg.get());
    }
    Gallery gallery = Gallery.compute();
    PrintWriter console = printer();
    write(page, gallery.page());
    console.println(out + ": open it in a browser");
    if (svg.isPresent()) {
      var files = gallery.files();
      files.forEach((name, text) -> write(OutputFile.checked(svg.get().resolve(name), true), text));
      console.println(svg.get() + ": " + files.size() + " figures");
    }
    console.flush();
    return 0;
  }

  private static void write(OutputFile file, String text) {
    file.write(out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
  }
}
