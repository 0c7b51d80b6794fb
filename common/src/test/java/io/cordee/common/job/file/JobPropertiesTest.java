package io.cordee.common.job.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.common.job.Job;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class JobPropertiesTest {

  private static final String[] TOKENS = {
    "\n",
    "\n  ",
    ": ",
    ":",
    "- ",
    "[",
    "]",
    "{",
    "}",
    ",",
    "? ",
    "&a",
    "*a",
    "!!x",
    "!",
    "|",
    ">",
    "'",
    "\"",
    "\\",
    "\\x",
    "\\UFFFFFFFF",
    "#",
    "%YAML 1.2\n",
    "---\n",
    "...\n",
    "~",
    "<<",
    "\t",
    "\r",
    "\u0000",
    "\uFEFF",
    "\u2028",
    "\ud800",
    "😀",
    "1e999",
    "-0",
    ".nan",
    "full",
    "name",
    "model",
    "layers",
    "data",
    "train",
    "format",
    "csv",
    "label",
    "optimizer",
    "batch",
    "stop",
    "rounds"
  };

  @Property(tries = 500)
  void aWrittenJobReadsBackAsItself(@ForAll long seed) {
    Job job = new Jobs(seed).next();

    assertEquals(job, JobFile.parse(JobFile.write(job), "job.yaml", List.of()));
  }

  @Property(tries = 100)
  void aNameIsMadeOfAnyText(@ForAll String text) {
    Yaml.Scalar name = new Yaml.Scalar(new Place.Line("x", 1), Expected.jobName(text), true);

    assertTrue(Expected.JOB_NAME.reader().apply(name).isPresent(), name.text());
  }

  @Property(tries = 500)
  void anyTextIsAJobOrAJobException(@ForAll String text) {
    parse(text, List.of());
  }

  @Property(tries = 2000)
  void anyYamlTokensAreAJobOrAJobException(@ForAll long seed) {
    Random random = new Random(seed);
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(40); i > 0; i--) {
      text.append(TOKENS[random.nextInt(TOKENS.length)]);
    }
    parse(text.toString(), List.of());
    parse("model: {layers: [64, 10]}\ndata: digits\n", List.of("stop=" + text, text.toString()));
  }

  @Property(tries = 1000)
  void aDamagedJobIsAJobOrAJobException(@ForAll long seed) {
    Random random = new Random(seed);
    List<String> lines = new ArrayList<>(JobFile.write(new Jobs(seed).next()).lines().toList());
    for (int i = 1 + random.nextInt(3); i > 0; i--) {
      int at = random.nextInt(lines.size());
      String line = lines.get(at);
      int from = random.nextInt(line.length() + 1);
      switch (random.nextInt(4)) {
        case 0 -> lines.set(at, line.substring(from));
        case 1 -> lines.set(at, line.substring(0, from));
        case 2 -> lines.add(random.nextInt(lines.size()), line);
        default ->
            lines.set(
                at,
                line.substring(0, from)
                    + TOKENS[random.nextInt(TOKENS.length)]
                    + line.substring(from));
      }
    }
    parse(String.join("\n", lines), List.of());
  }

  /** Any other exception fails the test. */
  private static void parse(String text, List<String> overrides) {
    try {
      Job job = JobFile.parse(text, "job.yaml", overrides);
      assertEquals(job, JobFile.parse(JobFile.write(job), "job.yaml", List.of()));
    } catch (JobException e) {
      assertFalse(e.problems().isEmpty());
      for (String problem : e.problems()) {
        assertEquals(1, problem.lines().count(), problem);
      }
    }
  }
}
