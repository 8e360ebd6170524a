package dev.aidb.health;

import dev.aidb.operation.Operation;
import dev.aidb.operation.Reply;
import dev.aidb.operation.Scope;
import java.lang.System.Logger.Level;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * The program's health: runs the probes between {@link #start} and {@link #close}, and answers from
 * what they found. The probe named {@link #DATABASE} stands for the database, {@link #EMBEDDINGS}
 * for the embedding model.
 */
public final class Health implements AutoCloseable {
  /** The name of the database's probe. */
  public static final String DATABASE = "postgresql";

  /** The name of the embedding model's probe. */
  public static final String EMBEDDINGS = "embeddings";

  /** The name of the language model's probe. */
  public static final String LLAMA_CPP = "llama_cpp";

  /** The name of the probe of the Redis that limits are shared in. */
  public static final String REDIS = "redis";

  private static final System.Logger LOG = System.getLogger(Health.class.getName());
  private static final String SERVICE = "aidb";
  private static final Duration FIRST_RESULTS_CHECK = Duration.ofMillis(2);
  private static final String CATEGORY = "Health";
  private static final String OK = "ok";
  private static final String DISABLED = "disabled";

  private final Clock clock;
  private final StartupState startup;
  private final HealthMetrics metrics;
  private final List<ProbeRun> probes;
  private final Deadlocks deadlocks = new Deadlocks();
  private final Starvation starvation = new Starvation();
  private final List<Thread> threads = new ArrayList<>();
  private final Supplier<Map<String, String>> breakers;
  private final Build build;
  private final Map<Section, Supplier<Map<String, Object>>> sections = new ConcurrentHashMap<>();
  private volatile boolean stopping;

  /**
   * Which program this is.
   *
   * @param version its version
   * @param startedAt when it was started
   */
  public record Build(String version, Instant startedAt) {}

  /** What a part of the program adds to {@code /health/detailed}. */
  public enum Section {
    /** Of each pool its size and what is in use. */
    POOLS,
    /** How far the index is. */
    INDEX,
    /** The last run of garbage collection. */
    LAST_GC,
    /** The last backup. */
    LAST_BACKUP
  }

  /**
   * @param breakers tells the state of each circuit breaker by its service's name
   */
  public Health(
      Build build,
      Clock clock,
      StartupState startup,
      List<Probe> probes,
      Supplier<Map<String, String>> breakers,
      HealthMetrics metrics) {
    this.build = build;
    this.breakers = breakers;
    this.clock = clock;
    this.startup = startup;
    this.metrics = metrics;
    this.probes = probes.stream().map(probe -> new ProbeRun(probe, metrics)).toList();
  }

  /** Begins to probe; the first results are there as soon as the dependencies have answered. */
  public Health start() {
    for (ProbeRun probe : probes) {
      repeat("health-" + probe.finding().name(), probe.interval(), probe::once);
    }
    repeat("health-deadlocks", Deadlocks.interval(), deadlocks::sample);
    // Not a virtual one, which would starve along with those that it watches.
    threads.add(
        Thread.ofPlatform()
            .name("health-starvation")
            .daemon()
            .start(() -> loop(Starvation.interval(), starvation::tick)));
    return this;
  }

  /**
   * Has a section of {@code /health/detailed} filled in.
   *
   * @param figures names and values; asked for with every answer, so it must not wait
   */
  public void describe(Section section, Supplier<Map<String, Object>> figures) {
    sections.put(section, figures);
  }

  /** Waits until every probe has run once, at most that long. */
  public void awaitFirstResults(Duration patience) {
    long end = System.nanoTime() + patience.toNanos();
    while (!probes.stream().allMatch(ProbeRun::known) && System.nanoTime() - end < 0) {
      LockSupport.parkNanos(FIRST_RESULTS_CHECK.toNanos());
    }
  }

  /** From now on the program says that it isn't ready, so that no new requests are sent to it. */
  public void stopping() {
    stopping = true;
  }

  /** Ends the probes. */
  @Override
  public void close() {
    threads.forEach(Thread::interrupt);
  }

  /** The operations {@code /health} and those below it. */
  public List<Operation<?, ?>> operations() {
    return List.of(
        Operation.named("get_detailed_health", Nothing.class, Detailed.class)
            .category(CATEGORY)
            .title("Health in detail")
            .summary("Shows all checks with pools, breakers, the index's position and last runs.")
            .route(Operation.Method.GET, "/health/detailed")
            .scope(Scope.READ)
            .cost(0)
            .traits(Operation.Trait.READ_ONLY, Operation.Trait.IDEMPOTENT)
            .handler((input, call) -> Reply.ok(detailed())),
        check("check_liveness", "/health/live", "Says whether the process is alive.", this::live),
        check("check_readiness", "/health/ready", "Says whether requests are served.", this::ready),
        check("check_startup", "/health/startup", "Says whether the start is over.", this::startup),
        Operation.named("get_health", Nothing.class, Overview.class)
            .category(CATEGORY)
            .title("Health at a glance")
            .summary("Shows each dependency as ok, disabled or unavailable.")
            .route(Operation.Method.GET, "/health")
            .scope(Scope.PUBLIC)
            .cost(0)
            .traits(Operation.Trait.READ_ONLY, Operation.Trait.IDEMPOTENT)
            .statuses(200, 503)
            .handler((input, call) -> overview()));
  }

  /** Whether the process is alive, as a liveness check answers. */
  public Check live() {
    Map<String, Object> details = Map.of("service", SERVICE);
    if (deadlocks.found()) {
      return checked(
          CheckType.LIVENESS, CheckStatus.UNHEALTHY, "aidb has deadlocked threads", details);
    }
    if (starvation.found()) {
      return checked(
          CheckType.LIVENESS, CheckStatus.UNHEALTHY, "aidb's threads get no turn", details);
    }
    return checked(CheckType.LIVENESS, CheckStatus.HEALTHY, "aidb is alive", details);
  }

  /** Whether requests are served, as a readiness check answers. */
  public Check ready() {
    List<Finding> findings = findings();
    long critical = findings.stream().filter(f -> f.critical() && !f.healthy()).count();
    long other = findings.stream().filter(f -> !f.critical() && !f.healthy()).count();
    Map<String, Object> details = new LinkedHashMap<>();
    details.put("service", SERVICE);
    details.put("dependencies", findings.stream().map(Health::described).toList());
    details.put("critical_failures", critical);
    details.put("non_critical_failures", other);
    if (stopping) {
      return checked(CheckType.READINESS, CheckStatus.UNHEALTHY, "aidb is stopping", details);
    }
    if (!startup.complete()) {
      return checked(
          CheckType.READINESS, CheckStatus.UNHEALTHY, "aidb startup in progress", details);
    }
    if (critical > 0) {
      return checked(
          CheckType.READINESS,
          CheckStatus.UNHEALTHY,
          "aidb is not ready: " + critical + " critical dependencies unhealthy",
          details);
    }
    return other == 0
        ? checked(CheckType.READINESS, CheckStatus.HEALTHY, "aidb is ready", details)
        : checked(
            CheckType.READINESS,
            CheckStatus.DEGRADED,
            "aidb is degraded: " + other + " non-critical dependencies unhealthy",
            details);
  }

  /** Whether the start is over, as a startup check answers. */
  public Check startup() {
    boolean complete = startup.complete();
    Map<String, Object> details = new LinkedHashMap<>();
    details.put("service", SERVICE);
    details.put("startup_complete", complete);
    return checked(
        CheckType.STARTUP,
        complete ? CheckStatus.HEALTHY : CheckStatus.UNHEALTHY,
        complete ? "aidb startup complete" : "aidb startup in progress",
        details);
  }

  /**
   * An answer for machines that want a word.
   *
   * @param text {@code ok} or {@code failed}; when asked for more, a line for each check before it
   */
  public record Plain(boolean ok, String text) {}

  /** Whether the process is alive, in a word. */
  public Plain livez(boolean verbose) {
    Map<String, Boolean> checks = new LinkedHashMap<>();
    checks.put("deadlock", !deadlocks.found());
    checks.put("starvation", !starvation.found());
    return plain(verbose, checks);
  }

  /** Whether requests are served, in a word; a degraded server serves. */
  public Plain readyz(boolean verbose) {
    Map<String, Boolean> checks = new LinkedHashMap<>();
    checks.put("startup", startup.complete());
    checks.put("not-stopping", !stopping);
    findings().stream()
        .filter(Finding::critical)
        .forEach(finding -> checks.put(finding.name(), finding.healthy()));
    return plain(verbose, checks);
  }

  private static Plain plain(boolean verbose, Map<String, Boolean> checks) {
    boolean ok = !checks.containsValue(false);
    StringBuilder text = new StringBuilder();
    if (verbose) {
      checks.forEach((name, passed) ->
          text.append(passed ? "[+]" : "[-]").append(name).append(passed ? " ok\n" : " failed\n"));
    }
    return new Plain(ok, text.append(ok ? "ok" : "failed").toString());
  }

  /** What the probes found last. */
  public List<Finding> findings() {
    return probes.stream().map(ProbeRun::finding).toList();
  }

  private Detailed detailed() {
    return new Detailed(
        SERVICE,
        build.version(),
        build.startedAt(),
        live(),
        ready(),
        startup(),
        section(Section.POOLS),
        breakers.get(),
        section(Section.INDEX),
        section(Section.LAST_GC),
        section(Section.LAST_BACKUP));
  }

  private Map<String, Object> section(Section section) {
    return sections.getOrDefault(section, Map::of).get();
  }

  /** The dependencies at a glance. What this release doesn't use yet is {@code disabled}. */
  private Reply<Overview> overview() {
    String database = glance(DATABASE);
    boolean up = database.equals(OK);
    return Reply.status(
        up ? 200 : 503,
        new Overview(
            up ? OK : "error",
            database,
            glance(REDIS),
            glance(EMBEDDINGS),
            DISABLED,
            glance(LLAMA_CPP),
            "0 servers cached",
            breakers.get()));
  }

  private String glance(String dependency) {
    Optional<Finding> found =
        findings().stream().filter(f -> f.name().equals(dependency)).findFirst();
    return found
        .map(f -> f.healthy() ? OK : "unavailable: " + f.error().orElse("unhealthy"))
        .orElse(DISABLED);
  }

  private Check checked(
      CheckType type, CheckStatus status, String message, Map<String, Object> details) {
    return new Check(status, type, message, details, clock.instant(), 0);
  }

  private static Map<String, Object> described(Finding finding) {
    Map<String, Object> described = new LinkedHashMap<>();
    described.put("name", finding.name());
    described.put("status", finding.healthy() ? "healthy" : "unhealthy");
    described.put("critical", finding.critical());
    described.put("message", finding.healthy() ? "ok" : "unavailable");
    finding.error().ifPresent(error -> described.put("error", error));
    return described;
  }

  private Operation<Nothing, Check> check(
      String name, String path, String summary, java.util.function.Supplier<Check> ask) {
    return Operation.named(name, Nothing.class, Check.class)
        .category(CATEGORY)
        .title(summary)
        .summary(summary)
        .route(Operation.Method.GET, path)
        .scope(Scope.PUBLIC)
        .cost(0)
        .traits(Operation.Trait.READ_ONLY, Operation.Trait.IDEMPOTENT)
        .statuses(200, 503)
        .handler((input, call) -> timed(ask));
  }

  private Reply<Check> timed(java.util.function.Supplier<Check> ask) {
    long start = System.nanoTime();
    Check check = ask.get();
    long nanos = System.nanoTime() - start;
    metrics.answered(check.checkType(), check.status(), nanos);
    Check timed =
        new Check(
            check.status(),
            check.checkType(),
            check.message(),
            check.details(),
            check.timestamp(),
            nanos / 1000 / 1000.0);
    return Reply.status(check.status().httpStatus(), timed);
  }

  @FunctionalInterface
  private interface Step {
    void run() throws InterruptedException;
  }

  private void repeat(String name, Duration interval, Step step) {
    threads.add(Thread.ofVirtual().name(name).start(() -> loop(interval, step)));
  }

  private static void loop(Duration interval, Step step) {
    try {
      while (true) {
        try {
          step.run();
        } catch (RuntimeException e) {
          LOG.log(Level.ERROR, "A health probe failed in itself", e);
        }
        Thread.sleep(interval);
      }
    } catch (InterruptedException e) {
      // closed
    }
  }
}
