package dev.aidb.app;

import dev.aidb.config.Config;
import dev.aidb.config.ConfigLoader;
import dev.aidb.config.ConfigLoader.Flag;
import dev.aidb.config.LoadedConfig;
import dev.aidb.core.Version;
import dev.aidb.keys.FirstAdmin;
import dev.aidb.log.Logging;
import java.io.PrintWriter;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code aidb serve}: runs the server until it is told to stop. */
@Command(
    name = "serve",
    description = "Run the server with everything embedded.",
    footer = {
      "",
      "Stops on SIGTERM or Ctrl-C: requests in flight finish first. A second Ctrl-C doesn't wait.",
      "",
      "Examples:",
      "  aidb serve",
      "  aidb serve --port 9000 --data-dir /var/lib/aidb",
      "  aidb serve --config /etc/aidb/config.yaml"
    })
final class ServeCommand implements Callable<Integer> {
  private static final Logger LOG = System.getLogger(ServeCommand.class.getName());

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Option(
      names = "--host",
      paramLabel = "HOST",
      description = "The address to listen on (default: 127.0.0.1).")
  private @Nullable String host;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      description = "The port to listen on; 0 for any (default: 8091).")
  private @Nullable String port;

  @Option(
      names = "--data-dir",
      paramLabel = "DIR",
      description = "Where everything is kept (default: ~/.local/share/aidb).")
  private @Nullable String dataDir;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "The configuration file; else AIDB_CONFIG.")
  private @Nullable Path config;

  @Option(
      names = "--exit-when-ready",
      hidden = true,
      description = "Start, answer a few requests, and end.")
  private boolean exitWhenReady;

  @Override
  public Integer call() throws InterruptedException {
    long start = System.nanoTime();
    LoadedConfig loaded = ConfigLoader.system().load(Optional.ofNullable(config), flags());
    Config effective = exitWhenReady ? unhurried(loaded.config()) : loaded.config();
    Logging.configure(
        Logging.Form.valueOf(effective.log().format().name()),
        Level.valueOf(effective.log().level().name()));
    loaded.warnings().forEach(warning -> LOG.log(Level.WARNING, warning));
    StopSignal stop = StopSignal.listen();
    Aidb aidb = Aidb.start(effective, Version.current());
    Thread.setDefaultUncaughtExceptionHandler(aidb::died);
    String url = "http://" + authority(effective.server().host()) + ":" + aidb.port();
    PrintWriter talk = spec.commandLine().getErr();
    talk.printf(
        Locale.ROOT,
        "AIDB %s serves at %s (ready after %.1f s)%n  data:  %s%n  %s%n  docs:  %s/docs%n",
        Version.current(),
        url,
        (System.nanoTime() - start) / 1e9,
        effective.dataDir(),
        access(effective),
        url);
    talk.flush();
    if (exitWhenReady) {
      try (aidb) {
        WarmUp.run(URI.create(url));
      }
      return 0;
    }
    // For an end that no signal brings about; after a signal it finds nothing left to close.
    Runtime.getRuntime()
        .addShutdownHook(Thread.ofPlatform().name("shutdown").unstarted(aidb::close));
    stop.awaitAfterStart();
    aidb.close();
    return 0;
  }

  private static String access(Config config) {
    if (!config.auth().required()) {
      return "local: no key is needed on this machine";
    }
    Path first = config.dataDir().resolve("secrets").resolve(FirstAdmin.NAME + ".key");
    return Files.exists(first)
        ? "keys:  every request needs one; the first is in " + first
        : "keys:  every request needs one; make one with: aidb keys create";
  }

  /** With limits that a warm-up in a hurry doesn't meet. */
  private static Config unhurried(Config config) {
    return config.with("rate_limit.per_minute", 1_000_000).with("rate_limit.per_hour", 1_000_000);
  }

  private List<Flag> flags() {
    List<Flag> flags = new ArrayList<>();
    add(flags, "--host", "server.host", host);
    add(flags, "--port", "server.port", port);
    add(flags, "--data-dir", "data_dir", dataDir);
    return flags;
  }

  private static void add(List<Flag> flags, String name, String key, @Nullable String value) {
    if (value != null) {
      flags.add(new Flag(name, key, value));
    }
  }

  private static String authority(String host) {
    return host.contains(":") ? "[" + host + "]" : host;
  }
}
