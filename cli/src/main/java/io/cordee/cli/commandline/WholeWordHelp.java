package io.cordee.cli.commandline;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.IntUnaryOperator;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Ansi.IStyle;
import picocli.CommandLine.Help.Ansi.Text;
import picocli.CommandLine.IHelpSectionRenderer;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;

/**
 * Help whose lines are broken between words alone; picocli breaks them within {@code ./data} and
 * {@code HOST:PORT}, too. While lines are broken, letters stand for the marks within words.
 */
final class WholeWordHelp extends Help {

  /** From a mark in ASCII to its letter. */
  private static final int LETTERS = 0x180;

  private WholeWordHelp(CommandSpec spec, ColorScheme scheme) {
    super(spec, scheme);
  }

  /** Has a command and its subcommands print such help. */
  static void printedBy(CommandLine line) {
    line.setHelpFactory(WholeWordHelp::new);
    Map<String, IHelpSectionRenderer> sections = line.getHelpSectionMap();
    sections.replaceAll((key, usual) -> help -> withMarks(usual.render(help)));
    line.setHelpSectionMap(sections);
  }

  private static String withLetters(String text) {
    return map(text, c -> c < 0x80 && c > ' ' && !Character.isLetterOrDigit(c) ? c + LETTERS : c);
  }

  private static String withMarks(String text) {
    return map(text, c -> c >= LETTERS && c < LETTERS + 0x80 ? c - LETTERS : c);
  }

  private static String map(String text, IntUnaryOperator to) {
    int[] characters = text.codePoints().map(to).toArray();
    return new String(characters, 0, characters.length);
  }

  @Override
  public String description(Object... parameters) {
    return lines(commandSpec().usageMessage().description());
  }

  @Override
  public String footer(Object... parameters) {
    return lines(commandSpec().usageMessage().footer());
  }

  private String lines(String... texts) {
    String[] words = Arrays.stream(texts).map(WholeWordHelp::withLetters).toArray(String[]::new);
    return join(ansi(), commandSpec().usageMessage().width(), true, words, new StringBuilder())
        .toString();
  }

  @Override
  public IOptionRenderer createDefaultOptionRenderer() {
    IOptionRenderer usual = super.createDefaultOptionRenderer();
    return (option, labels, scheme) -> {
      Text[][] rows = usual.render(option, labels, scheme);
      for (Text[] row : rows) {
        int last = row.length - 1;
        row[last] = ansi().text(withLetters(row[last].plainString()));
      }
      return rows;
    };
  }

  @Override
  public IParamLabelRenderer parameterLabelRenderer() {
    IParamLabelRenderer usual = super.parameterLabelRenderer();
    return new IParamLabelRenderer() {
      @Override
      public Text renderParameterLabel(ArgSpec argument, Ansi ansi, List<IStyle> styles) {
        Text label = usual.renderParameterLabel(argument, ansi, styles);
        return colorScheme().apply(withLetters(label.plainString()), styles);
      }

      @Override
      public String separator() {
        return usual.separator();
      }
    };
  }
}
