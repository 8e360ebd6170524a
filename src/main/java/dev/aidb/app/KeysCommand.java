package dev.aidb.app;

import dev.aidb.cli.Confirmation;
import dev.aidb.cli.Terminal;
import dev.aidb.config.Config;
import dev.aidb.config.Config.RateLimit;
import dev.aidb.config.ConfigLoader;
import dev.aidb.config.ConfigLoader.Flag;
import dev.aidb.core.StartFailure;
import dev.aidb.core.UuidV7Source;
import dev.aidb.keys.ApiKey;
import dev.aidb.keys.KeyScope;
import dev.aidb.keys.KeyText;
import dev.aidb.keys.Keys;
import dev.aidb.keys.NewKey;
import dev.aidb.keys.PepperFile;
import dev.aidb.operation.Allowance;
import dev.aidb.operation.Json;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * {@code aidb keys}: makes, lists, rotates and revokes API keys. It works on the data directory and
 * the database themselves, so that it can be used when nobody has a key.
 */
@Command(
    name = "keys",
    description = "Create, list, rotate or revoke API keys.",
    footer = {
      "",
      "Works on the data directory, whether a server runs on it or not; a server that runs follows",
      "within seconds. Run it as the user who runs the server.",
      "",
      "Examples:",
      "  aidb keys create --name ingest --scope write --collection nixos_docs",
      "  aidb keys create --name ci --scope read --expires P30D --out /etc/ci/aidb.key",
      "  aidb keys list",
      "  aidb keys rotate --name ingest --overlap PT24H",
      "  aidb keys revoke --name ci --yes"
    })
final class KeysCommand implements Runnable {
  private final Terminal terminal;
  private final Clock clock = Clock.systemUTC();

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  KeysCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  /** Which data directory; mixed into every verb. */
  static final class Place {
    @Option(
        names = "--data-dir",
        paramLabel = "DIR",
        description = "The server's data directory (default: ~/.local/share/aidb).")
    private @Nullable Path dataDir;

    @Option(
        names = "--config",
        paramLabel = "FILE",
        description = "The server's configuration file; else AIDB_CONFIG.")
    private @Nullable Path config;

    Config load(Terminal terminal) {
      List<Flag> flags =
          dataDir == null
              ? List.of()
              : List.of(new Flag("--data-dir", "data_dir", dataDir.toString()));
      return new ConfigLoader(
              terminal.environment(),
              Path.of("").toAbsolutePath(),
              Path.of(System.getProperty("user.home")))
          .load(Optional.ofNullable(config), flags)
          .config();
    }
  }

  /** Where a secret goes; mixed into the verbs that make one. */
  static final class Destination {
    @Option(
        names = "--out",
        paramLabel = "FILE",
        description =
            "Where to write the key, 0400 (default: secrets/NAME.key in the data directory).")
    private @Nullable Path out;

    @Option(
        names = "--print",
        description = "Print the key to standard output, once, and write no file unless --out.")
    private boolean print;

    Optional<Path> file(Path secrets, String name) {
      if (out != null) {
        return Optional.of(out.toAbsolutePath());
      }
      return print ? Optional.empty() : Optional.of(secrets.resolve(name + ".key"));
    }
  }

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "Say what to do: create, list, rotate or revoke");
  }

  @Command(name = "create", description = "Make a key.")
  int create(
      @Mixin Place place,
      @Mixin Destination destination,
      @Option(
              names = "--name",
              required = true,
              paramLabel = "NAME",
              description = "What to call it: 1 to 64 of a-z, 0-9, dot, _ and -.")
          String name,
      @Option(
              names = "--scope",
              defaultValue = "read",
              paramLabel = "SCOPE",
              description = "read, write (includes read) or admin (includes both); default: read.")
          KeyScope scope,
      @Option(
              names = "--expires",
              paramLabel = "WHEN",
              description = "When it ends: a duration such as P90D, a date, or a moment.")
          @Nullable String expires,
      @Option(
              names = "--collection",
              paramLabel = "NAME",
              split = ",",
              description = "The only collections it sees; may be repeated (default: all).")
          @Nullable List<String> collections,
      @Option(
              names = "--per-minute",
              paramLabel = "N",
              description = "Its own rate limit; needs --per-hour.")
          @Nullable Integer perMinute,
      @Option(
              names = "--per-hour",
              paramLabel = "N",
              description = "Its own rate limit; needs --per-minute.")
          @Nullable Integer perHour,
      @Option(names = "--json", description = "Print JSON.") boolean json) {
    NewKey wanted =
        usage(() ->
            new NewKey(
                name,
                scope,
                Optional.ofNullable(collections).map(Set::copyOf),
                allowance(perMinute, perHour),
                moment(expires)));
    Config config = place.load(terminal);
    try (OwnDatabase own = new OwnDatabase(config, true)) {
      Keys keys = keys(config, own);
      KeyText text = keys.draw();
      Issue issue = issue(text, destination.file(own.secrets(), name));
      ApiKey made = issue.around(() -> keys.create(wanted, text, actor()));
      tell(made, issue, destination.print, json, "Created");
      return 0;
    }
  }

  @Command(name = "list", description = "List the keys; secrets are not known.")
  int list(
      @Mixin Place place,
      @Option(names = "--all", description = "Revoked ones too.") boolean all,
      @Option(names = "--json", description = "Print JSON.") boolean json) {
    Config config = place.load(terminal);
    List<ApiKey> found;
    try (OwnDatabase own = new OwnDatabase(config, false)) {
      found =
          keys(config, own).list().stream()
              .filter(key -> all || key.revokedAt().isEmpty())
              .toList();
    }
    if (json) {
      terminal.out().println(Json.text(Map.of("keys", found.stream().map(this::view).toList())));
      return 0;
    }
    if (found.isEmpty()) {
      terminal.err().println("There are no keys.");
    }
    for (ApiKey key : found) {
      terminal
          .out()
          .println(
              String.join(
                  "\t",
                  key.name(),
                  key.id(),
                  key.scope().wireName(),
                  key.state(clock.instant()).wireName(),
                  "expires " + key.expiresAt().map(Instant::toString).orElse("never"),
                  "used " + key.lastUsedAt().map(Instant::toString).orElse("never")));
    }
    return 0;
  }

  @Command(
      name = "rotate",
      description = "Give a key a new secret; the old one stays valid for the overlap.")
  int rotate(
      @Mixin Place place,
      @Mixin Destination destination,
      @Mixin Confirmation confirmation,
      @Option(
              names = "--name",
              required = true,
              paramLabel = "NAME",
              description = "The key's name or id.")
          String name,
      @Option(
              names = "--overlap",
              defaultValue = "PT24H",
              paramLabel = "DURATION",
              description = "How long the old secret stays valid (default: PT24H); PT0S ends it.")
          Duration overlap,
      @Option(
              names = "--expires",
              paramLabel = "WHEN",
              description = "The key's new end (default: as it is).")
          @Nullable String expires,
      @Option(names = "--json", description = "Print JSON.") boolean json) {
    Optional<Instant> end = usage(() -> moment(expires));
    if (overlap.isNegative() || overlap.compareTo(Keys.OVERLAP_MAX) > 0) {
      throw new ParameterException(spec.commandLine(), "--overlap is from PT0S to P365D");
    }
    if (!confirmation.given(terminal, spec.commandLine(), "Give " + name + " a new secret?")) {
      return 1;
    }
    Config config = place.load(terminal);
    try (OwnDatabase own = new OwnDatabase(config, false)) {
      Keys keys = keys(config, own);
      ApiKey key = keys.find(name).orElseThrow(() -> unknown(name));
      KeyText text = keys.drawFor(key);
      Issue issue = issue(text, destination.file(own.secrets(), key.name()));
      ApiKey rotated = issue.around(() -> keys.rotate(key.id(), text, overlap, end, actor()));
      tell(rotated, issue, destination.print, json, "Rotated");
      if (!json) {
        terminal
            .err()
            .println(
                "The old secret is valid until "
                    + rotated.overlapUntil().map(Instant::toString).orElse("now")
                    + ".");
      }
      return 0;
    }
  }

  @Command(name = "revoke", description = "End a key at once.")
  int revoke(
      @Mixin Place place,
      @Mixin Confirmation confirmation,
      @Option(names = "--name", paramLabel = "NAME", description = "The key's name or id.")
          @Nullable String name,
      @Option(
              names = "--all",
              description = "End every key, and let another pepper be used; when it was lost.")
          boolean all,
      @Option(names = "--json", description = "Print JSON.") boolean json) {
    if (all == (name != null)) {
      throw new ParameterException(spec.commandLine(), "Say which: --name NAME, or --all");
    }
    String question = all ? "End every key?" : "End the key " + name + "?";
    if (!confirmation.given(terminal, spec.commandLine(), question)) {
      return 1;
    }
    Config config = place.load(terminal);
    try (OwnDatabase own = new OwnDatabase(config, false)) {
      Keys keys = keys(config, own);
      if (name == null) {
        int ended = keys.revokeAll(actor());
        if (json) {
          terminal.out().println(Json.text(Map.of("revoked", ended)));
        } else {
          terminal.err().println("Revoked " + ended + " keys.");
        }
        return 0;
      }
      ApiKey key = keys.find(name).orElseThrow(() -> unknown(name));
      ApiKey revoked = keys.revoke(key.id(), actor());
      if (json) {
        terminal.out().println(Json.text(view(revoked)));
      } else {
        terminal.err().println("Revoked " + revoked.name() + "; servers follow within seconds.");
      }
      return 0;
    }
  }

  private Issue issue(KeyText text, Optional<Path> place) {
    return usage(() -> new Issue(terminal, clock, text, place));
  }

  private void tell(ApiKey key, Issue issue, boolean print, boolean json, String what) {
    if (json) {
      Map<String, Object> view = view(key);
      issue.place().ifPresent(file -> view.put("file", file.toString()));
      issue.kept().ifPresent(file -> view.put("old_file", file.toString()));
      if (print) {
        view.put("key", issue.text().reveal());
      }
      terminal.out().println(Json.text(view));
      return;
    }
    terminal.err().println(what + " " + key.name() + " (" + key.scope().wireName() + ").");
    issue.place().ifPresent(file -> terminal.err().println("The key is in " + file));
    issue.kept().ifPresent(file -> terminal.err().println("The file before it is kept as " + file));
    if (print) {
      terminal.out().println(issue.text().reveal());
    }
  }

  private Map<String, Object> view(ApiKey key) {
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("id", key.id());
    view.put("name", key.name());
    view.put("scope", key.scope().wireName());
    view.put("state", key.state(clock.instant()).wireName());
    key.collections()
        .ifPresent(names -> view.put("collections", List.copyOf(new TreeSet<>(names))));
    key.allowance()
        .ifPresent(allowance -> {
          view.put("per_minute", allowance.perMinute());
          view.put("per_hour", allowance.perHour());
        });
    view.put("created_at", key.createdAt().toString());
    view.put("created_by", key.createdBy());
    put(view, "rotated_at", key.rotatedAt());
    put(view, "overlap_until", key.overlapUntil());
    put(view, "expires_at", key.expiresAt());
    put(view, "revoked_at", key.revokedAt());
    put(view, "last_used_at", key.lastUsedAt());
    return view;
  }

  private static void put(Map<String, Object> view, String name, Optional<Instant> moment) {
    moment.ifPresent(at -> view.put(name, at.toString()));
  }

  private Keys keys(Config config, OwnDatabase own) {
    return new Keys(
        own.database(),
        () ->
            PepperFile.obtain(
                own.secrets(),
                config.auth().pepper(),
                config.secrets().allowGroupRead(),
                own.database()),
        UuidV7Source.system(),
        clock);
  }

  private static String actor() {
    return "cli:" + System.getProperty("user.name");
  }

  private static StartFailure unknown(String name) {
    return new StartFailure("There is no key " + Terminal.harmless(name), "See: aidb keys list");
  }

  private Optional<Instant> moment(@Nullable String when) {
    if (when == null) {
      return Optional.empty();
    }
    Instant now = clock.instant();
    Instant moment = parsed(when, now);
    if (!moment.isAfter(now)) {
      throw new IllegalArgumentException("--expires must lie ahead");
    }
    return Optional.of(moment);
  }

  private static Instant parsed(String when, Instant now) {
    try {
      if (when.startsWith("P")) {
        return now.plus(Duration.parse(when));
      }
      return when.contains("T")
          ? Instant.parse(when)
          : LocalDate.parse(when).atStartOfDay(ZoneOffset.UTC).toInstant();
    } catch (DateTimeParseException e) {
      throw new IllegalArgumentException(
          "--expires is a duration such as P90D, a date such as 2030-01-31, or a moment such as"
              + " 2030-01-31T12:00:00Z",
          e);
    }
  }

  private static Optional<Allowance> allowance(
      @Nullable Integer perMinute, @Nullable Integer perHour) {
    if (perMinute == null && perHour == null) {
      return Optional.empty();
    }
    if (perMinute == null || perHour == null) {
      throw new IllegalArgumentException("--per-minute and --per-hour go together");
    }
    if (perMinute > RateLimit.PER_MINUTE_MAX || perHour > RateLimit.PER_HOUR_MAX) {
      throw new IllegalArgumentException(
          "--per-minute is at most %d and --per-hour at most %d"
              .formatted(RateLimit.PER_MINUTE_MAX, RateLimit.PER_HOUR_MAX));
    }
    return Optional.of(new Allowance(perMinute, perHour));
  }

  /** Turns what a record refuses into wrong usage. */
  private <T> T usage(java.util.function.Supplier<T> made) {
    try {
      return made.get();
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    }
  }
}
