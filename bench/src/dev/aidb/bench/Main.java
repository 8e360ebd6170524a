package dev.aidb.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Runs the scenarios that are named, or all. */
final class Main {
  private static final Map<String, Scenario> SCENARIOS = new LinkedHashMap<>();

  static {
    SCENARIOS.put("import", new ImportScenario());
    SCENARIOS.put("memory", new MemoryScenario());
    SCENARIOS.put("start", new StartScenario());
    SCENARIOS.put("search", new SearchScenario());
    SCENARIOS.put("text", new TextScenario());
    SCENARIOS.put("filter", new FilterScenario());
    SCENARIOS.put("overhead", new OverheadScenario());
    SCENARIOS.put("busy", new BusyScenario());
    SCENARIOS.put("gc", new GcScenario());
    SCENARIOS.put("write", new WriteScenario());
    SCENARIOS.put("duplicates", new DuplicatesScenario());
    SCENARIOS.put("overload", new OverloadScenario());
  }

  private Main() {}

  public static void main(String[] arguments) throws Exception {
    boolean brief = false;
    List<String> names = new ArrayList<>();
    for (String argument : arguments) {
      if (argument.equals("--short")) {
        brief = true;
      } else if (SCENARIOS.containsKey(argument)) {
        names.add(argument);
      } else {
        System.err.println(
            "usage: bench/run [--short] [" + String.join("|", SCENARIOS.keySet()) + "]...");
        System.exit(2);
      }
    }
    Path home = Path.of(System.getProperty("aidb.home"));
    Path work = Files.createDirectories(home.resolve("bench/target/work"));
    Setup setup = new Setup(home, work, brief);
    Report report = new Report();
    System.out.println("Machine: " + machine());
    for (String name : names.isEmpty() ? SCENARIOS.keySet() : names) {
      report.scenario(name);
      SCENARIOS.get(name).run(setup, report);
    }
    String text =
        "`bench/run %s`, %s, %s%n%n%s"
            .formatted(
                String.join(" ", arguments),
                Instant.now().truncatedTo(ChronoUnit.SECONDS),
                machine(),
                report.markdown());
    Files.writeString(work.resolve("report.md"), text);
    System.out.printf("%nThe same as a table: %s%n", work.resolve("report.md"));
  }

  private static String machine() throws Exception {
    String processor =
        Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
            .filter(line -> line.startsWith("model name"))
            .map(line -> line.substring(line.indexOf(':') + 2))
            .findFirst()
            .orElse(System.getProperty("os.arch"));
    return "%d cores of %s, Java %s, load %s"
        .formatted(
            Runtime.getRuntime().availableProcessors(),
            processor,
            Runtime.version(),
            Files.readString(Path.of("/proc/loadavg")).split(" ")[0]);
  }
}
