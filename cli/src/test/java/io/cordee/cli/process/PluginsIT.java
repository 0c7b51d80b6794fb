package io.cordee.cli.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.common.model.TensorFile;
import io.cordee.function.Layout;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Gradient functions and optimizers from the user's own jars. */
@Tag("slow")
@Execution(ExecutionMode.CONCURRENT)
class PluginsIT extends InFolder {

  private static final String FUNCTION =
      """
      package mine;

      import io.cordee.function.*;

      public class Linear implements FunctionProvider {
        @Override public String name() { return "linear"; }

        @Override public GradientFunction create(FunctionContext job) {
          float weight = Float.parseFloat(job.settings().getOrDefault("weight", "1"));
          return new GradientFunction() {
            @Override public Layout layout() { return job.layout(); }

            @Override public Stats accumulate(float[] w, Rows rows, Sums sums) {
              return pass(w, rows, sums.gradient(), new float[rows.count()]);
            }

            @Override public Stats measure(float[] w, Rows rows, float[] outputs) {
              return pass(w, rows, new float[w.length], outputs);
            }

            @Override public void predict(float[] w, Rows rows, float[] outputs) {
              float[] x = new float[rows.features()];
              for (int i = 0; i < outputs.length; i++) {
                rows.copyFeatures(i, 1, x);
                outputs[i] = w[0] * x[0] + w[1] * x[1] + w[2];
              }
            }

            private Stats pass(float[] w, Rows rows, float[] gradient, float[] outputs) {
              predict(w, rows, outputs);
              float[] x = new float[rows.features()];
              float[] t = new float[1];
              double loss = 0;
              for (int i = 0; i < outputs.length; i++) {
                rows.copyFeatures(i, 1, x);
                rows.copyTargets(i, 1, t);
                float error = weight * (outputs[i] - t[0]);
                gradient[0] += error * x[0];
                gradient[1] += error * x[1];
                gradient[2] += error;
                loss += 0.5 * weight * (outputs[i] - t[0]) * (outputs[i] - t[0]);
              }
              return new Stats(outputs.length, loss);
            }
          };
        }
      }
      """;

  /** Also an example. */
  private static final String OPTIMIZER = text("examples/plugin/src/main/java/focal/Halving.java");

  /**
   * @param file from the root of the checkout
   */
  private static String text(String file) {
    try {
      return Files.readString(Path.of("..").resolve(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @BeforeEach
  void writeJob() throws IOException {
    Layout layout = Layout.builder().tensor("slope", 2).tensor("intercept").build();
    TensorFile.write(folder.resolve("zeros.safetensors"), layout, new float[3]);
    StringBuilder rows = new StringBuilder("a,b,y\n");
    for (int i = 0; i < 40; i++) {
      rows.append("%d,%d,%d\n".formatted(i % 5 - 2, i % 3 - 1, 2 * (i % 5) - i % 3));
    }
    write("rows.csv", rows);
    write(
        "job.yaml",
        """
        model: {parameters: zeros.safetensors, function: linear, inputs: 2, outputs: 1}
        data: {train: {format: csv, file: rows.csv, targets: [y]}}
        partitions: 4
        digest_every: 1
        stop: {rounds: 60}
        """);
  }

  @Test
  void aFunctionAndAnOptimizerOfOnesOwnTrainInProcesses() throws IOException {
    plugin("linear.jar", "Linear", FUNCTION, "io.cordee.function.FunctionProvider");
    plugin("halving.jar", "Halving", OPTIMIZER, "io.cordee.common.optimizer.OptimizerProvider");
    String plugins = "--plugins=" + folder.resolve("plugins");
    Run one = train("one", "--workers=1", plugins);
    Run three = train("three", "--workers=3", "--shards=1", plugins);
    assertEquals(one.digests(), three.digests());
    cordee().run("evaluate", "--model=one", "--data=.", plugins).expectSuccess();
    String predictions =
        cordee().run("predict", "--model=one", "--data=.", plugins).expectSuccess().out();
    // Of a = −2, b = −1: 2a + 4 − (b + 1) = 0.
    double first = Double.parseDouble(predictions.lines().toList().get(1).split(",")[1]);
    assertEquals(0, first, 0.1, predictions);

    String[] grid = {
      "compare", "job.yaml", "--data=.", "--vary=optimizer=rprop,adam", "--set=stop.rounds=5"
    };
    String[] compare =
        Stream.concat(Stream.of(grid), Stream.of("--out=grid", plugins)).toArray(String[]::new);
    cordee().run(compare).expectSuccess();

    Run mine =
        train(
            "mine", "--workers=2", "--set=optimizer=halving", "--set=optimizer.rate=0.5", plugins);
    assertEquals(61, mine.digests().stream().distinct().count());
    cordee().run("optimizers", plugins).expectSuccess().expectOut("halving");
  }

  @Test
  void theDocsHaveTheOptimizerOfTheExample() {
    assertTrue(text("docs/models.md").contains("```java\n" + OPTIMIZER + "```\n"));
  }

  private Run train(String run, String... arguments) {
    String[] all = new String[arguments.length + 2];
    all[0] = "job.yaml";
    all[1] = "--data=.";
    System.arraycopy(arguments, 0, all, 2, arguments.length);
    return cordee().train(run, all);
  }

  @Test
  void whatIsWrongWithPluginsIsToldInOneLine() throws IOException {
    cordee()
        .run("train", "job.yaml", "--data=.", "--out=run", "--workers=1")
        .expectFailure(
            "the job names the gradient function linear, but no plugin provides it; found none");
    cordee()
        .run("train", "job.yaml", "--plugins=nowhere")
        .expectOneLine(2, "no such directory; expected one with jars");

    plugin("one.jar", "Linear", FUNCTION, "io.cordee.function.FunctionProvider");
    plugin(
        "two.jar",
        "Other",
        FUNCTION.replace("class Linear", "class Other"),
        "io.cordee.function.FunctionProvider");
    cordee()
        .run("train", "job.yaml", "--data=.", "--workers=1", "--out=run", "--plugins=plugins")
        .expectFailure("two plugins have a gradient function linear: ");

    Files.delete(folder.resolve("plugins/two.jar"));
    plugin(
        "optimizer.jar",
        "Halving",
        OPTIMIZER.replace("\"halving\"", "\"adam\""),
        "io.cordee.common.optimizer.OptimizerProvider");
    cordee()
        .run("train", "job.yaml", "--data=.", "--plugins=plugins")
        .expectFailure(
            "there is an optimizer adam already; the one of mine.Halving needs another name");
  }

  @Test
  void aJarWhoseServiceIsNoneIsNamed() throws IOException {
    String[] train = {
      "train", "job.yaml", "--data=.", "--workers=1", "--out=run", "--plugins=plugins"
    };
    String service = "io.cordee.function.FunctionProvider";
    String jar = folder.resolve("plugins/none.jar") + ": ";
    plugin("good.jar", "Other", FUNCTION.replace("class Linear", "class Other"), service);
    plugin("none.jar", "Linear", FUNCTION, service, "mine.Nothing");
    cordee()
        .run(train)
        .expectFailure("a plugin cannot be loaded: " + jar, "mine.Nothing not found");

    plugin("none.jar", "Halving", OPTIMIZER, service);
    cordee()
        .run(train)
        .expectFailure("a plugin cannot be loaded: " + jar, "mine.Halving not a subtype");

    plugin("none.jar", "Linear", FUNCTION, "io.cordee.common.optimizer.OptimizerProvider");
    String line = cordee().run(train).expectOneLine(1);
    assertTrue(line.contains("an optimizer cannot be loaded: " + jar), line);
    assertTrue(line.endsWith("mine.Linear not a subtype"), line);
  }

  /** In any process, and with any exit code. */
  @Test
  void aPluginThatEndsItsProcessMakesTheCommandFail() throws IOException {
    String exit = "System.exit(0);";
    String jar = path("plugins/it.jar");
    String exited = jar + ": a plugin has called System.exit; it may only return or throw";
    String function = "io.cordee.function.FunctionProvider";
    plugin("it.jar", "Linear", FUNCTION.replace("double loss", exit + " double loss"), function);
    String[] train = {"train", "job.yaml", "--data=.", "--plugins=plugins", "--out=one"};
    run(train, "--in-process").expectFailure(exited);
    run(train, "--out=two", "--workers=1").expectFailure("every worker has ended before the job");
    assertTrue(read("two/run.log").contains(exited));

    plugin(
        "it.jar",
        "Halving",
        OPTIMIZER.replace("for (int", "Runtime.getRuntime().exit(0); for (int"),
        "io.cordee.common.optimizer.OptimizerProvider");
    plugin("linear.jar", "Linear", FUNCTION, function);
    run(train, "--out=three", "--set=optimizer=halving", "--workers=1").expectFailure(exited);

    plugin(
        "it.jar",
        "Halving",
        OPTIMIZER.replace("for (int", "Runtime.getRuntime().halt(0); for (int"),
        "io.cordee.common.optimizer.OptimizerProvider");
    run(train, "--out=four", "--set=optimizer=halving", "--workers=1")
        .expectFailure("the server has ended with exit code 0 before the job");
  }

  /** What a worker does to itself before the first round, which waits for it. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "System.exit(1);",
        """
        try {
          String me = "" + ProcessHandle.current().pid();
          new ProcessBuilder("kill", "-INT", me).start().waitFor();
          new java.util.concurrent.CountDownLatch(1).await();
        } catch (Exception e) {
          throw new IllegalStateException(e);
        }
        """
      })
  void oneOfTheWorkersThatEndsBeforeTheFirstRoundMakesTheCommandFail(String end)
      throws IOException {
    String isFirst = "if (System.getProperty(\"sun.java.command\").contains(\"worker-1\")) {";
    plugin(
        "it.jar",
        "Linear",
        FUNCTION.replace("return \"linear\"", isFirst + end + "} return \"linear\""),
        "io.cordee.function.FunctionProvider");
    String[] train = {"train", "job.yaml", "--data=.", "--plugins=plugins", "--workers=2"};
    run(train, "--out=run").expectFailure(" has ended before the job; ", "run.log says why");
  }

  @Test
  void whatAPluginThrowsIsToldWithItsJarAndWithoutWhatSteersATerminal() throws IOException {
    String jar = "_[31mred (in " + folder.resolve("plugins/it.jar") + ")";
    String throwing = "if (true) throw new IllegalStateException(\"\\u001b[31mred\"); ";
    String function = "io.cordee.function.FunctionProvider";
    String optimizer = "io.cordee.common.optimizer.OptimizerProvider";
    String[] train = {"train", "job.yaml", "--data=.", "--plugins=plugins", "--out=one"};
    plugin(
        "it.jar", "Linear", FUNCTION.replace("double loss", throwing + " double loss"), function);
    run(train, "--in-process").expectFailure("the gradient function threw", jar);

    plugin("linear.jar", "Linear", FUNCTION, function);
    plugin("it.jar", "Halving", OPTIMIZER.replace("for (int", throwing + "for (int"), optimizer);
    run(train, "--out=two", "--set=optimizer=halving", "--workers=1")
        .expectFailure("failed: ", jar);

    plugin(
        "it.jar",
        "Halving",
        OPTIMIZER.replace("Setting rate", throwing + "Setting rate"),
        optimizer);
    run(train, "--out=three").expectFailure("an optimizer cannot be loaded: ", jar);
  }

  private Ended run(String[] first, String... more) {
    List<String> given = Stream.of(more).filter(it -> it.startsWith("--out=")).toList();
    return cordee()
        .run(
            Stream.concat(Stream.of(first), Stream.of(more))
                .filter(it -> given.isEmpty() || !it.startsWith("--out=") || given.contains(it))
                .toArray(String[]::new));
  }

  /** Compiles a class into a jar that declares the service. */
  private void plugin(String jar, String name, String source, String service) throws IOException {
    plugin(jar, name, source, service, "mine." + name);
  }

  private void plugin(String jar, String name, String source, String service, String listed)
      throws IOException {
    Path sources = Files.createDirectories(folder.resolve("src-" + jar).resolve("mine"));
    Path file =
        Files.writeString(
            sources.resolve(name + ".java"), source.replace("package focal;", "package mine;"));
    Path classes = Files.createDirectories(folder.resolve("classes-" + jar));
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter problems = new StringWriter();
    var files = compiler.getStandardFileManager(null, null, null);
    boolean isCompiled =
        compiler
            .getTask(
                problems,
                files,
                null,
                List.of(
                    "--release",
                    "17",
                    "-cp",
                    System.getProperty("java.class.path"),
                    "-d",
                    classes.toString()),
                null,
                files.getJavaFileObjects(file))
            .call();
    assertTrue(isCompiled, problems::toString);
    Path plugins = Files.createDirectories(folder.resolve("plugins"));
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(plugins.resolve(jar)));
        var found = Files.walk(classes)) {
      out.putNextEntry(new JarEntry("META-INF/services/" + service));
      out.write((listed + "\n").getBytes());
      for (Path each : found.filter(Files::isRegularFile).toList()) {
        out.putNextEntry(new JarEntry(classes.relativize(each).toString()));
        out.write(Files.readAllBytes(each));
      }
    }
  }
}
