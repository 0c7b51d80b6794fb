package io.cordee.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import io.cordee.cli.process.Ended;
import io.cordee.common.optimizer.OptimizerCatalog;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** The page and its figures have the numbers of {@code cordee trace}. */
class GalleryCommandTest {

  private static final int LARGEST_PAGE = 800_000;
  private static final int LARGEST_FIGURE = 150_000;

  @TempDir static Path folder;

  private static String page;

  @BeforeAll
  static void draw() throws IOException {
    Path out = folder.resolve("page.html");
    Ended result =
        Typed.run("gallery", "--out", out.toString(), "--svg", folder.resolve("svg").toString());
    assertEquals("", result.expectSuccess().err());
    page = Files.readString(out);
  }

  @Test
  void figuresGoWhereThereIsNothingElse(@TempDir Path mine) throws IOException {
    Files.createFile(mine.resolve("thesis.tex"));
    String page = mine.resolveSibling("other.html").toString();
    Typed.run("gallery", "--out", page, "--svg", mine.toString())
        .expectFailure("holds thesis.tex; expected a folder");
    assertFalse(Files.exists(Path.of(page)));
  }

  private static List<Path> figures() throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("svg"))) {
      return files.sorted().toList();
    }
  }

  private static JsonArray paths() {
    Matcher numbers =
        Pattern.compile("<script type=\"application/json\" id=\"numbers\">(.*?)</script>")
            .matcher(page);
    assertTrue(numbers.find());
    return JsonParser.parseString(numbers.group(1)).getAsJsonArray();
  }

  private static List<String> command(JsonElement path) {
    return path.getAsJsonObject().getAsJsonArray("command").asList().stream()
        .map(JsonElement::getAsString)
        .toList();
  }

  @Test
  void everyPathHasTheNumbersOfTrace() {
    assertTrue(paths().size() >= 60, () -> "paths: " + paths().size());
    for (JsonElement path : paths()) {
      StringBuilder expected = new StringBuilder();
      int round = 0;
      for (JsonElement point : path.getAsJsonObject().getAsJsonArray("points")) {
        expected.append(round++);
        // As text: parsing and printing might hide a difference.
        point.getAsJsonArray().forEach(x -> expected.append(',').append(x.getAsString()));
        expected.append('\n');
      }
      Ended trace = Typed.run(command(path));
      assertEquals(
          "round,x1,x2,f\n" + expected,
          trace.out().replace(System.lineSeparator(), "\n"),
          () -> command(path) + trace.err());
    }
  }

  @Test
  void everyOptimizerIsShownOnEveryFunctionFromOneStart() {
    for (String function : List.of("well", "rosenbrock", "saddle", "bowl")) {
      Set<String> optimizers = new TreeSet<>();
      Set<String> starts = new TreeSet<>();
      Matcher figure =
          Pattern.compile("id=\"optimizers-on-" + function + "\".*?</figure>", Pattern.DOTALL)
              .matcher(page);
      assertTrue(figure.find(), function);
      Matcher commands =
          Pattern.compile("--function " + function + ".*--start (\\S+) --optimizer (\\S+) ")
              .matcher(figure.group());
      while (commands.find()) {
        starts.add(commands.group(1));
        optimizers.add(commands.group(2));
      }
      assertEquals(new TreeSet<>(OptimizerCatalog.names()), optimizers, function);
      assertEquals(1, starts.size(), () -> function + " from " + starts);
    }
  }

  @Test
  void everyFigureIsHeadedByASlideOfTheLecture() {
    for (String title :
        List.of(
            "Gradient Descent in Higher Dimensions",
            "Resilient Propagation (Rprop)",
            "Newton's Method for finding stationary points",
            "Newton's Method",
            "Quickprop",
            "Momentum Updates",
            "Momentum vs. Nesterov Momentum",
            "Rprop vs RMSprop",
            "ADAM: RMSprop+Momentum",
            "Summary")) {
      assertTrue(page.contains("\">" + title + "</h2>"), title);
    }
    assertFalse(page.contains("{{"), "every place of the template is filled");
  }

  @Test
  void thePageLoadsNothingAndIsOfBoundedSize() {
    assertTrue(page.contains("content=\"default-src 'none';"));
    // The SVG namespace is the only address allowed.
    String text = page.replace("http://www.w3.org/2000/svg", "");
    for (String load :
        List.of("http:", "https:", "src=", "@import", "fetch(", "<link", "import(")) {
      assertFalse(text.contains(load), load);
    }
    assertTrue(page.length() < LARGEST_PAGE, () -> "characters: " + page.length());
  }

  @Test
  void everyReferenceWithinThePageLeadsSomewhere() {
    Matcher references = Pattern.compile("(?:href=\"|url\\()#([^\")]+)").matcher(page);
    int count = 0;
    for (; references.find(); count++) {
      assertTrue(page.contains("id=\"" + references.group(1) + "\""), references.group(1));
    }
    assertTrue(count > 60, "references: " + count);
  }

  @Test
  void figuresAreSvgFilesThatStandAlone() throws Exception {
    assertEquals(13, figures().size());
    for (Path file : figures()) {
      byte[] bytes = Files.readAllBytes(file);
      Document svg =
          DocumentBuilderFactory.newInstance()
              .newDocumentBuilder()
              .parse(new ByteArrayInputStream(bytes));
      assertEquals("svg", svg.getDocumentElement().getTagName());
      String text = new String(bytes, StandardCharsets.UTF_8);
      List<String> missing = new ArrayList<>();
      Matcher references = Pattern.compile("(?:href=\"|url\\()#([^\")]+)").matcher(text);
      while (references.find()) {
        if (!text.contains("id=\"" + references.group(1) + "\"")) {
          missing.add(references.group(1));
        }
      }
      assertEquals(List.of(), missing, file.toString());
      assertTrue(bytes.length < LARGEST_FIGURE, () -> file + ": " + bytes.length);
      assertPanelsLieApart(svg.getDocumentElement(), file.toString());
    }
  }

  /** Panels are in the order of their rows. */
  private static void assertPanelsLieApart(Element figure, String file) {
    NodeList panels = figure.getElementsByTagName("svg");
    double right = 0;
    double top = 0;
    for (int i = 0; i < panels.getLength(); i++) {
      Element panel = (Element) panels.item(i);
      boolean isNextRow = number(panel, "y") > top;
      assertTrue(isNextRow || number(panel, "x") > right, () -> file + ": panels overlap");
      top = number(panel, "y");
      right = number(panel, "x") + number(panel, "width");
      assertTrue(right < number(figure, "width"), file);
      assertTrue(top + number(panel, "height") < number(figure, "height"), file);
    }
    assertTrue(panels.getLength() > 0, file);
  }

  private static double number(Element element, String attribute) {
    return Double.parseDouble(element.getAttribute(attribute));
  }

  @Test
  void placesThatCannotBeWrittenAreNamed() throws IOException {
    Typed.run("gallery", "--out", folder.resolve("no/page.html").toString())
        .expect(1, "there is no folder");
    Path file = Files.writeString(folder.resolve("file"), "");
    Typed.run("gallery", "--out", folder.resolve("x.html").toString(), "--svg", file.toString())
        .expect(1, "is a file, not a folder");
  }

  @Test
  void onlyAnEarlierGalleryIsReplaced() throws IOException {
    Path mine = Files.writeString(folder.resolve("mine.html"), "<title>My thesis</title>");
    Typed.run("gallery", "--out", mine.toString()).expect(1, "mine.html exists already");
    assertEquals("<title>My thesis</title>", Files.readString(mine));
    Path earlier = Files.writeString(folder.resolve("earlier.html"), page.substring(0, 5_000));
    assertEquals(0, Typed.run("gallery", "--out", earlier.toString()).exitCode());
    assertEquals(page, Files.readString(earlier));
  }
}
