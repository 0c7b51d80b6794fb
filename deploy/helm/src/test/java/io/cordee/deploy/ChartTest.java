package io.cordee.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.LintResult;
import com.marcnuri.helm.TemplateCommand;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.openshift.api.model.monitoring.v1.PodMonitor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ChartTest {

  private static final Path CHART = Path.of("cordee");
  private static final Path VALUES = Path.of("src/test/resources/values");
  private static final Path MANIFESTS = Path.of("../kubernetes");

  @TempDir private static Path folder;

  /** A copy that asks for no version of Kubernetes: this Helm takes itself to be at 1.20. */
  @BeforeAll
  static void copyChart() throws IOException {
    try (Stream<Path> files = Files.walk(CHART)) {
      for (Path file : files.toList()) {
        Files.copy(
            file, folder.resolve(CHART.relativize(file)), StandardCopyOption.REPLACE_EXISTING);
      }
    }
    Path about = folder.resolve("Chart.yaml");
    Files.writeString(about, Files.readString(about).replaceFirst("(?m)^kubeVersion: .*\n", ""));
  }

  @Test
  void isLintedWithoutAComplaint() {
    LintResult result = new Helm(CHART).lint().strict().call();
    assertFalse(result.isFailed(), () -> String.join("\n", result.getMessages()));
  }

  @Test
  void isOfTheVersionThatIsBuilt() throws IOException {
    String version =
        Files.readString(Path.of("pom.xml")).replaceFirst("(?s).*?<version>(.*?)<.*", "$1");
    String chart = Files.readString(CHART.resolve("Chart.yaml"));
    assertTrue(chart.contains("\nversion: " + version + "\n"), chart);
    assertTrue(chart.contains("\nappVersion: " + version + "\n"), chart);
  }

  @ParameterizedTest
  @ValueSource(strings = {"insecure", "manifests", "shards", "own-table", "claim", "peers"})
  void everyObjectIsOneOfKubernetes(String values) {
    List<HasMetadata> objects = Objects.read(render(values));
    List<String> names = objects.stream().map(o -> o.getKind() + " " + name(o)).toList();
    assertEquals(names.stream().distinct().toList(), names);
    for (HasMetadata object : objects) {
      assertTrue(name(object).startsWith("digits-"), name(object));
      assertEquals("digits", object.getMetadata().getLabels().get("app.kubernetes.io/instance"));
    }
  }

  @Test
  void aFieldThatKubernetesDoesNotHaveIsRefused() {
    String manifests = render("insecure").replace("backoffLimit:", "backofLimit:");
    assertThrows(UncheckedIOException.class, () -> Objects.read(manifests));
  }

  @ParameterizedTest
  @ValueSource(strings = {"insecure", "manifests", "shards", "own-table", "claim", "peers"})
  void everythingThatIsReferredToIsThere(String values) {
    List<HasMetadata> objects = Objects.read(render(values));
    for (PodSpec pod : pods(objects).values()) {
      Map<String, Volume> volumes = byName(pod.getVolumes(), Volume::getName);
      Container container = pod.getContainers().get(0);
      List<String> mounted =
          container.getVolumeMounts().stream().map(VolumeMount::getName).sorted().toList();
      assertEquals(volumes.keySet().stream().toList(), mounted);
      for (Volume volume : volumes.values()) {
        if (volume.getSecret() != null) {
          isThere(objects, Secret.class, volume.getSecret().getSecretName());
        } else if (volume.getConfigMap() != null) {
          isThere(objects, ConfigMap.class, volume.getConfigMap().getName());
        } else if (volume.getPersistentVolumeClaim() != null) {
          String claim = volume.getPersistentVolumeClaim().getClaimName();
          isThere(objects, PersistentVolumeClaim.class, claim);
        }
      }
      Map<String, String> folders =
          container.getVolumeMounts().stream()
              .collect(Collectors.toMap(VolumeMount::getMountPath, VolumeMount::getName));
      for (EnvVar variable : container.getEnv()) {
        if (variable.getValue().startsWith("/")) {
          String folder = variable.getValue().substring(0, variable.getValue().lastIndexOf('/'));
          assertTrue(folders.containsKey(folder), variable::getName);
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"insecure", "manifests", "shards", "own-table", "claim"})
  void workersKnowTheServersByTheNamesThatTheServiceGives(String values) {
    List<HasMetadata> objects = Objects.read(render(values));
    Service service = only(objects, Service.class);
    assertEquals("None", service.getSpec().getClusterIP());
    List<String> servers =
        all(objects, Job.class).stream()
            .map(job -> job.getSpec().getTemplate())
            .filter(pod -> matches(service.getSpec().getSelector(), pod))
            .map(PodTemplateSpec::getSpec)
            .peek(pod -> assertEquals(name(service), pod.getSubdomain()))
            .map(pod -> pod.getHostname() + "." + pod.getSubdomain() + ":7311")
            .toList();
    assertEquals(values.equals("shards") ? 2 : 1, servers.size());
    Container worker = container(objects, "digits-worker");
    assertTrue(worker.getArgs().contains("--server=" + String.join(",", servers)));
    for (String server : servers) {
      Container shard = container(objects, server.substring(0, server.indexOf('.')));
      int i = servers.indexOf(server);
      assertTrue(shard.getArgs().contains("--shard=" + i + "/" + servers.size()));
      assertEquals(i > 0, shard.getArgs().contains("--lead=" + servers.get(0)));
      // Only shard 0 has a page.
      assertTrue(shard.getArgs().contains((i == 0 ? "--ui" : "--metrics") + "=0.0.0.0:7312"));
    }
    for (NetworkPolicy policy : all(objects, NetworkPolicy.class)) {
      PodTemplateSpec pod = job(objects, name(policy).replaceFirst("server$", "server-0"));
      assertTrue(matches(policy.getSpec().getPodSelector().getMatchLabels(), pod));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"insecure", "manifests", "shards", "own-table", "claim", "peers"})
  void podsHaveNoRightsAndEndLikeByCtrlC(String values) {
    for (PodSpec pod : pods(Objects.read(render(values))).values()) {
      assertEquals("Never", pod.getRestartPolicy()); // which a pod failure policy needs
      assertFalse(pod.getAutomountServiceAccountToken());
      assertTrue(pod.getSecurityContext().getRunAsNonRoot());
      assertEquals(1000, pod.getSecurityContext().getRunAsUser());
      assertEquals("RuntimeDefault", pod.getSecurityContext().getSeccompProfile().getType());
      Container container = pod.getContainers().get(0);
      assertTrue(container.getSecurityContext().getReadOnlyRootFilesystem());
      assertFalse(container.getSecurityContext().getAllowPrivilegeEscalation());
      assertEquals(List.of("ALL"), container.getSecurityContext().getCapabilities().getDrop());
      assertTrue(container.getResources().getLimits().containsKey("memory"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"insecure", "manifests", "shards", "own-table", "claim", "peers"})
  void aJobThatIsStartedWronglyIsNotStartedAgain(String values) {
    List<HasMetadata> objects = Objects.read(render(values));
    for (Job job : all(objects, Job.class)) {
      var rule = job.getSpec().getPodFailurePolicy().getRules().get(0);
      assertEquals("FailJob", rule.getAction());
      assertEquals(List.of(2), rule.getOnExitCodes().getValues());
      assertEquals(
          container(objects, name(job)).getName(), rule.getOnExitCodes().getContainerName());
      assertEquals("Failed", job.getSpec().getPodReplacementPolicy());
    }
  }

  @Test
  void equalsAreServersThatComputeAndThereAreNoOthers() {
    List<HasMetadata> objects = Objects.read(render("peers"));
    List<Job> jobs = all(objects, Job.class);
    assertEquals(3, jobs.size());
    for (int i = 0; i < jobs.size(); i++) {
      Container node = container(objects, "digits-server-" + i);
      List<String> expected =
          List.of(
              "peer",
              "--index=" + i,
              "--of=3",
              "--lead=digits-server-0.digits-server:7311",
              "--advertise=digits-server-" + i + ".digits-server:7311");
      assertEquals(expected, node.getArgs().subList(0, 5));
      assertEquals(i == 0, node.getArgs().contains("--job=/etc/cordee/job/job.yaml"));
      assertTrue(node.getVolumeMounts().stream().anyMatch(m -> m.getName().equals("data")));
    }
    TemplateCommand both = template("digits", "peers").set("shards", 2);
    String found = assertThrows(RuntimeException.class, both::call).getMessage();
    assertTrue(found.contains("every worker is a shard; found shards as well"), found);
  }

  @Test
  void keysStayWithTheirOwners() {
    List<HasMetadata> objects = Objects.read(render("claim"));
    Volume tls =
        byName(pods(objects).get("digits-worker").getVolumes(), Volume::getName).get("tls");
    assertEquals(
        List.of("ca.crt"), tls.getSecret().getItems().stream().map(i -> i.getKey()).toList());

    objects = Objects.read(render("shards"));
    tls = byName(pods(objects).get("digits-worker").getVolumes(), Volume::getName).get("tls");
    assertEquals("workers", tls.getSecret().getSecretName());
  }

  @Test
  void healthIsAskedForByTlsWhereThereIsTls() {
    Container server = container(Objects.read(render("insecure")), "digits-server-0");
    assertEquals(7311, server.getLivenessProbe().getGrpc().getPort());
    server = container(Objects.read(render("shards")), "digits-server-1");
    assertEquals(
        List.of(
            "env",
            "CORDEE_JAVA_OPTS=-Xmx32m",
            "cordee",
            "health",
            "digits-server-1.digits-server:7311",
            "--tls-ca=/etc/cordee/tls/ca.crt"),
        server.getLivenessProbe().getExec().getCommand());
    assertEquals(server.getLivenessProbe().getExec(), server.getStartupProbe().getExec());
  }

  @Test
  void optionalObjectsComeOnlyIfAskedFor() {
    List<HasMetadata> objects = Objects.read(render("shards"));
    PodTemplateSpec server = job(objects, "digits-server-1");
    PodMonitor monitor = only(objects, PodMonitor.class);
    assertTrue(matches(monitor.getSpec().getSelector().getMatchLabels(), server));
    assertEquals(
        "digits-server",
        monitor.getSpec().getPodMetricsEndpoints().get(0).getTlsConfig().getServerName());
    PodDisruptionBudget budget = only(objects, PodDisruptionBudget.class);
    assertTrue(matches(budget.getSpec().getSelector().getMatchLabels(), server));
    assertEquals(2, budget.getSpec().getMinAvailable().getIntVal());
    assertEquals("digits-fetch", name(only(objects, Pod.class)));

    objects = Objects.read(render("insecure"));
    assertEquals(List.of(), all(objects, PodMonitor.class));
    assertEquals(List.of(), all(objects, PodDisruptionBudget.class));
    assertEquals(List.of(), all(objects, Pod.class));
  }

  @Test
  void aJobFileArrivesAsItWasWritten() {
    ConfigMap map = only(Objects.read(render("own-table")), ConfigMap.class);
    Map<?, ?> values = Objects.map(VALUES.resolve("own-table.yaml"));
    assertEquals(values.get("job"), map.getData().get("job.yaml"));
  }

  @Test
  void tokensThatAreGeneratedDiffer() {
    Function<List<HasMetadata>, String> token = o -> only(o, Secret.class).getData().get("token");
    assertNotEquals(
        token.apply(Objects.read(render("insecure"))),
        token.apply(Objects.read(render("insecure"))));
  }

  @ParameterizedTest
  @CsvSource({
    "workers, 0, /workers",
    "worker.thread, 2, thread",
    "insecure, maybe, /insecure",
    "image.pullPolicy, Sometimes, /image/pullPolicy",
    "run.size, big, /run/size",
    "tls.secret, Not_A_Name, /tls/secret",
    "tls.secret, x, 'expected tls.secret or insecure=true, found both'",
    "tls.workerSecret, x, tls.workerSecret needs tls.secret",
    "insecure, false, 'expected tls.secret, the name of a Secret with tls.crt, tls.key and ca.crt; found none'",
  })
  void aWrongValueIsRefusedByName(String key, String value, String message) {
    TemplateCommand command = template("digits", "insecure").set(key, value);
    String found = assertThrows(RuntimeException.class, command::call).getMessage();
    assertTrue(found.contains(message), found);
  }

  /** {@code -Dmanifests.write} writes them. */
  @Test
  void manifestsForThoseWithoutHelmAreUpToDate() throws IOException {
    String manifests = template("cordee", "manifests").set("fetch", "true").call();
    Map<String, String> files = new TreeMap<>(Map.of("cordee.yaml", "", "fetch.yaml", ""));
    for (String object : manifests.split("(?m)^---\n")) {
      if (!object.isBlank()) {
        String file =
            object.contains("# Source: cordee/templates/fetch.yaml\n")
                ? "fetch.yaml"
                : "cordee.yaml";
        // Helm did not manage them.
        String plain =
            object.replaceAll(
                "(?m)^ *(# Source|app.kubernetes.io/managed-by|helm.sh/\\S*):.*\n", "");
        files.merge(file, "---\n" + plain.replaceAll("(?m)^  annotations:\n", ""), String::concat);
      }
    }
    for (Map.Entry<String, String> file : files.entrySet()) {
      Path path = MANIFESTS.resolve(file.getKey());
      String text = "# Rendered from deploy/helm/cordee: docs/kubernetes.md.\n" + file.getValue();
      if (System.getProperty("manifests.write") != null) {
        Files.writeString(path, text);
      }
      assertEquals(text, Files.readString(path), path + ": write it anew with -Dmanifests.write");
    }
  }

  private static String render(String values) {
    return template("digits", values).call();
  }

  private static TemplateCommand template(String release, String values) {
    return new Helm(folder)
        .template()
        .withName(release)
        .withNamespace("default")
        .withValuesFile(VALUES.resolve(values + ".yaml"));
  }

  private static <T extends HasMetadata> List<T> all(List<HasMetadata> objects, Class<T> type) {
    return objects.stream().filter(type::isInstance).map(type::cast).toList();
  }

  private static <T extends HasMetadata> T only(List<HasMetadata> objects, Class<T> type) {
    List<T> found = all(objects, type);
    assertEquals(1, found.size(), type.getSimpleName());
    return found.get(0);
  }

  private static String name(HasMetadata object) {
    return object.getMetadata().getName();
  }

  /** Those that the chart does not make have names of one word in the tests' values. */
  private static void isThere(
      List<HasMetadata> objects, Class<? extends HasMetadata> type, String name) {
    assertTrue(
        !name.startsWith("digits-")
            || all(objects, type).stream().anyMatch(o -> name(o).equals(name)),
        type.getSimpleName() + " " + name);
  }

  private static Map<String, PodSpec> pods(List<HasMetadata> objects) {
    Map<String, PodSpec> pods = new TreeMap<>();
    all(objects, Job.class).forEach(j -> pods.put(name(j), j.getSpec().getTemplate().getSpec()));
    all(objects, Pod.class).forEach(pod -> pods.put(name(pod), pod.getSpec()));
    return pods;
  }

  private static PodTemplateSpec job(List<HasMetadata> objects, String name) {
    return byName(all(objects, Job.class), ChartTest::name).get(name).getSpec().getTemplate();
  }

  private static Container container(List<HasMetadata> objects, String pod) {
    return pods(objects).get(pod).getContainers().get(0);
  }

  private static boolean matches(Map<String, String> selector, PodTemplateSpec pod) {
    return !selector.isEmpty()
        && pod.getMetadata().getLabels().entrySet().containsAll(selector.entrySet());
  }

  private static <T> Map<String, T> byName(List<T> all, Function<T, String> name) {
    return all.stream().collect(Collectors.toMap(name, one -> one, (a, b) -> b, TreeMap::new));
  }
}
