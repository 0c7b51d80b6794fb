package io.cordee.cli.process;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.openqa.selenium.By;
import org.openqa.selenium.StaleElementReferenceException;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/** A headless Chromium; closing ends it. */
final class Browser implements AutoCloseable {

  private static final String WAY_OUT =
      " is not here; the tests of the page need a real browser: apt-get install chromium chromium-driver";

  /**
   * Its warnings would mix with what a command prints that another test runs in this process. Kept,
   * as an unused logger loses its level.
   */
  private static final Logger SELENIUM = Logger.getLogger("org.openqa.selenium");

  static {
    SELENIUM.setLevel(Level.SEVERE);
  }

  private final ChromeDriver driver;

  private Browser(ChromeDriver driver) {
    this.driver = driver;
  }

  /** Keeps its files in {@code profile}, an empty folder. */
  static Browser start(Path profile) {
    ChromeOptions options = new ChromeOptions();
    options.setBinary(
        find("chromium", "/usr/bin/chromium", "/usr/bin/chromium-browser").toString());
    options.addArguments(
        "--headless",
        // Its sandbox does not run as root, as tests do on fresh machines; it sees only our page.
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--disable-dev-shm-usage",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--window-size=1280,900",
        "--user-data-dir=" + profile);
    LoggingPreferences logs = new LoggingPreferences();
    logs.enable(LogType.BROWSER, Level.ALL);
    options.setCapability("goog:loggingPrefs", logs);
    ChromeDriverService service =
        new ChromeDriverService.Builder()
            .usingDriverExecutable(
                find("chromedriver", "/usr/bin/chromedriver", "/usr/lib/chromium/chromedriver")
                    .toFile())
            .usingAnyFreePort()
            .build();
    return new Browser(new ChromeDriver(service, options));
  }

  private static Path find(String name, String... places) {
    return Stream.of(places)
        .map(Path::of)
        .filter(Files::isExecutable)
        .findFirst()
        .orElseThrow(() -> new AssertionError(name + WAY_OUT));
  }

  void open(String address) {
    driver.get(address);
  }

  /** Runs a script first in every page opened from now on. */
  void beforePages(String script) {
    driver.executeCdpCommand("Page.addScriptToEvaluateOnNewDocument", Map.of("source", script));
  }

  Object run(String script) {
    return driver.executeScript(script);
  }

  long number(String script) {
    return ((Number) run(script)).longValue();
  }

  String text(String id) {
    for (; ; ) {
      try {
        return driver.findElement(By.id(id)).getText();
      } catch (StaleElementReferenceException e) {
        // The page has replaced it in the meantime.
      }
    }
  }

  String text() {
    return (String) run("return document.body.innerText");
  }

  boolean shows(String id) {
    return driver.findElement(By.id(id)).isDisplayed();
  }

  /** Empty if the table's body has no such row. */
  String row(String table, String key) {
    return (String)
        run(
            "return [...document.getElementById('%s').children].find(row => row.dataset.key === '%s')?.innerText ?? ''"
                .formatted(table, key));
  }

  void type(String id, String text) {
    driver.findElement(By.id(id)).sendKeys(text + "\n");
  }

  void click(String id) {
    driver.findElement(By.id(id)).click();
  }

  /** Bytes in use of the JavaScript heap. */
  long heap() {
    driver.executeCdpCommand("HeapProfiler.collectGarbage", Map.of());
    Map<String, Object> usage = driver.executeCdpCommand("Runtime.getHeapUsage", Map.of());
    return ((Number) usage.get("usedSize")).longValue();
  }

  void width(int pixels) {
    driver.executeCdpCommand(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", pixels, "height", 900, "deviceScaleFactor", 1, "mobile", false));
  }

  /** Charts follow a width that has changed a moment later. */
  void awaitNothingAside() {
    String pixels =
        "const page = document.documentElement; return page.scrollWidth - page.clientWidth";
    await("a page that does not scroll sideways", () -> number(pixels) == 0);
  }

  void await(String wanted, Callable<Boolean> condition) {
    Await.until(wanted, Duration.ofSeconds(60), condition, () -> text() + "\n" + complaints());
  }

  void expectNoComplaints() {
    assertEquals(List.of(), complaints());
  }

  private List<String> complaints() {
    return driver.manage().logs().get(LogType.BROWSER).getAll().stream()
        .filter(entry -> entry.getLevel().intValue() >= Level.WARNING.intValue())
        .map(LogEntry::getMessage)
        .toList();
  }

  @Override
  public void close() {
    driver.quit();
  }
}
