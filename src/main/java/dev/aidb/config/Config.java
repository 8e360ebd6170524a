package dev.aidb.config;

import dev.aidb.core.CronSchedule;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;

/**
 * The whole configuration, valid by construction through {@link ConfigLoader} or {@link #with}.
 *
 * <p>Each component is a key; what is said in its {@link Key} is the truth that the reference page
 * repeats.
 */
public record Config(
    @Section("Where the server listens.") Server server,
    @Key(doc = "The folder that holds everything the server keeps.", normal = "~/.local/share/aidb")
        Path dataDir,
    @Section("The PostgreSQL database, which holds the truth.") Database database,
    @Section("Redis, which lets several replicas share rate limits.") Redis redis,
    @Section("The index that answers searches.") Index index,
    @Section("A Qdrant cluster.") Qdrant qdrant,
    @Section("The model that turns texts into vectors.") Embeddings embeddings,
    @Section("A language model that writes answers where it is asked to.") Llm llm,
    @Section("API keys.") Auth auth,
    @Key(
            doc =
                "What becomes of a query that looks like an attack: block refuses it, detect only"
                    + " counts it.",
            normal = "block")
        ContentPolicy contentPolicy,
    @Section("Exceptions to content_policy; a collection's wins over a scope's.")
        ContentPolicyOverrides contentPolicyOverrides,
    @Section("How much a client may ask.") RateLimit rateLimit,
    @Section("Safe forgetting of solutions.") GarbageCollection garbageCollection,
    @Section("Probes of what the server depends on.") Health health,
    @Section("Backups.") Backup backup,
    @Section("Certificates and the server's own TLS listener.") Tls tls,
    @Section("Traces.") Telemetry telemetry,
    @Key(
            doc = "The collections that exist from the start.",
            normal =
                "nixos_docs,solved_issues,skill_embeddings,telemetry_patterns,system_registry,tool_schemas",
            pattern = "[a-z0-9][a-z0-9_-]{0,63}",
            form = "1 to 64 of a-z, 0-9, _ and -, starting with a letter or digit",
            effect = Effect.UNAVAILABLE)
        List<String> collections,
    @Section("How secret files are read.") Secrets secrets,
    @Section("The page of metrics.") Metrics metrics,
    @Section("How documents come in.") Ingest ingest,
    @Section("The log, which goes to standard error.") Log log,
    @Section("The issue tracker.") Issues issues) {

  /** The name of the model that runs inside the server. */
  public static final String BUNDLED_MODEL = "all-MiniLM-L6-v2";

  /** Every key at its default, with the data directory under the user's home. */
  public static Config defaults() {
    return Binder.defaults();
  }

  /**
   * This configuration with one key changed, checked as the loader checks it.
   *
   * @param key such as {@code server.port}; a secret may be given in place, as {@code
   *     database.password}
   * @param value as one would write it; its text form is read
   * @throws ConfigInvalid when the key is unknown or the value breaks its rule
   */
  public Config with(String key, Object value) {
    return Binder.with(this, key, value.toString());
  }

  /** Where the server listens. */
  public record Server(
      @Key(
              doc =
                  "The address to listen on; without keys (auth.required) only a loopback address.",
              normal = "127.0.0.1",
              pattern = "[0-9A-Za-z.:%_-]{1,253}",
              form = "an address or a host name")
          String host,
      @Key(
              doc = "The port to listen on; 0 takes a free one.",
              normal = "8091",
              min = "0",
              max = "65535")
          int port,
      @Key(
              doc = "The largest body of a request or line of NDJSON; more is refused with 413.",
              normal = "8MiB",
              min = "64KiB",
              max = "64MiB")
          Size bodyMax,
      @Key(
              doc = "Requests that are worked on at the same time; the others wait their turn.",
              normal = "64",
              min = "1",
              max = "100000")
          int concurrency,
      @Key(
              doc =
                  "How long a request may wait for its turn; one that would wait longer is refused"
                      + " with 503 at once.",
              normal = "PT2S",
              min = "PT0.01S",
              max = "PT5M")
          Duration queueTimeout,
      @Key(
              doc =
                  "How long a request may take; what takes longer by nature has a time of its own: 5"
                      + " minutes to store documents, 10 to delete a collection, 2 hours to rebuild"
                      + " the index.",
              normal = "PT30S",
              min = "PT0.1S",
              max = "PT1H")
          Duration requestTimeout,
      @Key(
              doc =
                  "Connections open at once; when nearly all are, a new one takes the place of the"
                      + " one that has been idle the longest.",
              normal = "2048",
              min = "16",
              max = "100000")
          int maxConnections,
      @Key(
              doc =
                  "How long the server goes on serving, while it says already that it isn't ready,"
                      + " after it was told to stop: time for a load balancer to notice.",
              normal = "PT0S",
              min = "PT0S",
              max = "PT5M")
          Duration stopDelay) {}

  /** The PostgreSQL database. */
  public record Database(
      @Key(
              doc =
                  "embedded runs a PostgreSQL of its own in the data directory; external connects"
                      + " to yours.",
              normal = "embedded")
          DatabaseMode mode,
      @Key(doc = "The external server's host name or address.") Optional<String> host,
      @Key(doc = "The external server's port.", normal = "5432", min = "1", max = "65535") int port,
      @Key(doc = "The external database's name.", normal = "aidb") String name,
      @Key(doc = "The role to connect to the external database as.", normal = "aidb") String user,
      @Key(doc = "The file that holds the external role's password.") Optional<Secret> password,
      @Key(
              doc =
                  "TLS to the external server: prefer takes what the server offers, require insists,"
                      + " verify-full also checks its name.",
              normal = "prefer")
          DatabaseTls tls,
      @Section("The pool of connections.") Pool pool) {}

  /** Whose PostgreSQL it is. */
  public enum DatabaseMode {
    EMBEDDED,
    EXTERNAL
  }

  /** How connections to an external PostgreSQL are protected; libpq's sslmode. */
  public enum DatabaseTls {
    DISABLE,
    PREFER,
    REQUIRE,
    VERIFY_FULL
  }

  /** The pool of connections to PostgreSQL. */
  public record Pool(
      @Key(doc = "Connections kept open.", normal = "20", min = "1", max = "1000") int size,
      @Key(doc = "Further connections under load.", normal = "30", min = "0", max = "1000")
          int maxOverflow,
      @Key(
              doc = "How long a request waits for a connection.",
              normal = "PT30S",
              min = "PT0.25S",
              max = "PT10M")
          Duration timeout,
      @Key(
              doc = "The age at which a connection is replaced.",
              normal = "PT30M",
              min = "PT30S",
              max = "P1D")
          Duration recycle) {}

  /** Redis. */
  public record Redis(
      @Key(doc = "The host; none means no Redis.") Optional<String> host,
      @Key(doc = "The port.", normal = "6379", min = "1", max = "65535") int port,
      @Key(doc = "The file that holds the password.") Optional<Secret> password,
      @Key(
              doc = "How long a request waits for Redis before this process decides alone.",
              normal = "PT0.1S",
              min = "PT0.01S",
              max = "PT10S")
          Duration timeout) {}

  /** The index. */
  public record Index(
      @Key(
              doc =
                  "embedded keeps an index in the data directory; qdrant and pgvector serve from"
                      + " elsewhere.",
              normal = "embedded",
              effect = Effect.UNAVAILABLE)
          IndexKind kind) {}

  /** Where vectors and words are searched. */
  public enum IndexKind {
    EMBEDDED,
    QDRANT,
    PGVECTOR
  }

  /** A Qdrant cluster. */
  public record Qdrant(
      @Key(doc = "Its address, such as http://qdrant:6334.", effect = Effect.UNAVAILABLE)
          Optional<URI> url,
      @Key(doc = "The file that holds its API key.", effect = Effect.LATER)
          Optional<Secret> apiKey) {}

  /** The embedding model. */
  public record Embeddings(
      @Key(
              doc =
                  "The model; all-MiniLM-L6-v2 (384 dimensions) runs inside the server, any other"
                      + " behind embeddings.url.",
              normal = Config.BUNDLED_MODEL,
              pattern = "\\S(.{0,198}\\S)?",
              form = "a name of 1 to 200 characters")
          String model,
      @Key(
              doc =
                  "An endpoint to ask for embeddings instead: the address before /v1/embeddings or"
                      + " /embed.")
          Optional<URI> url,
      @Key(
              doc =
                  "What the endpoint speaks: the shape of OpenAI or of Text Embeddings Inference.",
              normal = "openai")
          EmbeddingProtocol protocol,
      @Key(
              doc =
                  "Numbers in a vector of the endpoint's; 0 asks it at the start, which then needs"
                      + " it.",
              normal = "0",
              min = "0",
              max = "4096")
          int dimension,
      @Key(doc = "The file that holds the endpoint's API key.") Optional<Secret> apiKey,
      @Key(
              doc =
                  "Texts embedded at the same time; 0 means one per processor, or 8 for an"
                      + " endpoint.",
              normal = "0",
              min = "0",
              max = "256")
          int workers,
      @Key(
              doc = "Texts that may wait for the model; more are refused with 503.",
              normal = "1024",
              min = "1",
              max = "100000")
          int queue,
      @Key(
              doc = "Embeddings kept for texts that come again.",
              normal = "10000",
              min = "0",
              max = "10000000")
          int cache,
      @Key(
              doc =
                  "How long one answer of the endpoint is waited for; one that takes four fifths of"
                      + " it counts as a failure.",
              normal = "PT10S",
              min = "PT0.1S",
              max = "PT5M")
          Duration timeout,
      @Key(
              doc = "Failures in a row after which the endpoint is left alone for a while.",
              normal = "5",
              min = "1",
              max = "1000")
          int breakerFailures,
      @Key(
              doc = "How long it is left alone before one request tries it again.",
              normal = "PT60S",
              min = "PT0.1S",
              max = "PT1H")
          Duration breakerOpen) {}

  /** What an endpoint for embeddings speaks. */
  public enum EmbeddingProtocol {
    OPENAI,
    TEI
  }

  /** A language model. */
  public record Llm(
      @Key(
              doc =
                  "The address of an OpenAI-compatible server, such as llama.cpp's, with or without"
                      + " /v1; it is asked only by requests that say so, and then gets the question"
                      + " and the knowledge found for it.")
          Optional<URI> baseUrl,
      @Key(
              doc = "The model to ask for.",
              normal = "default",
              pattern = "\\S(.{0,198}\\S)?",
              form = "a name of 1 to 200 characters")
          String model,
      @Key(doc = "The file that holds its API key.") Optional<Secret> apiKey,
      @Key(
              doc = "The longest wait for an answer of the model.",
              normal = "PT45S",
              min = "PT0.1S",
              max = "PT10M")
          Duration timeout) {}

  /** API keys. */
  public record Auth(
      @Key(
              doc =
                  "Whether every request needs a key, but for probes and documentation; other"
                      + " addresses than loopback need it.",
              normal = "false")
          boolean required,
      @Key(
              doc =
                  "The file that holds the pepper under which keys are hashed, the same for every"
                      + " node of a database; none means secrets/pepper in the data directory, made"
                      + " at the first start.")
          Optional<Secret> pepper,
      @Key(
              doc =
                  "How long the keys that were known go on while the database can't be asked; then"
                      + " requests with keys get 503.",
              normal = "PT15M",
              min = "PT10S",
              max = "P7D")
          Duration grace) {}

  /** Where another content policy holds. */
  public record ContentPolicyOverrides(
      @Key(
              doc = "Collections with a mode of their own, such as exploits=detect.",
              pattern = "[a-z0-9][a-z0-9_-]{0,63}=(block|detect|off)",
              form = "a collection's name, = and block, detect or off")
          List<String> collections,
      @Key(
              doc = "Modes by the scope that the asked operation needs, such as admin=detect.",
              pattern = "(read|write|admin)=(block|detect|off)",
              form = "read, write or admin, = and block, detect or off")
          List<String> scopes) {}

  /** What becomes of a query that looks like an attack. */
  public enum ContentPolicy {
    BLOCK,
    DETECT,
    OFF
  }

  /** Rate limits. */
  public record RateLimit(
      @Key(doc = "Whether limits apply.", normal = "true") boolean enabled,
      @Key(
              doc = "Requests of one client in any 60 seconds.",
              normal = "60",
              min = "1",
              max = "" + RateLimit.PER_MINUTE_MAX)
          int perMinute,
      @Key(
              doc = "Requests of one client in any 3,600 seconds.",
              normal = "1000",
              min = "1",
              max = "" + RateLimit.PER_HOUR_MAX)
          int perHour,
      @Key(
              doc = "local counts in this process, redis over all replicas; needs redis.host.",
              normal = "local")
          RateLimitStore store,
      @Key(
              doc = "Addresses or networks of proxies whose X-Forwarded-For is believed.",
              form = "an address or a network such as 10.0.0.0/8")
          List<String> trustedProxies,
      @Key(
              doc =
                  "Clients remembered at a time, at about 150 bytes each; more are refused with"
                      + " 503.",
              normal = "2000000",
              min = "1000",
              max = "20000000")
          int maxClients) {
    /** The most that any client may be allowed in 60 seconds. */
    public static final int PER_MINUTE_MAX = 1_000_000;

    /** The most that any client may be allowed in 3,600 seconds. */
    public static final int PER_HOUR_MAX = 10_000_000;
  }

  /** Where requests are counted. */
  public enum RateLimitStore {
    LOCAL,
    REDIS
  }

  /** Garbage collection. */
  public record GarbageCollection(
      @Key(doc = "Whether it runs on its schedule.", normal = "true") boolean enabled,
      @Key(
              doc = "When it runs: minute, hour, day of month, month, day of week.",
              normal = "0 2 * * *")
          CronSchedule schedule,
      @Key(doc = "Solutions that may be kept.", normal = "100000", min = "1", max = "100000000")
          int maxSolutions,
      @Key(
              doc = "Days after which a solution of low value may expire.",
              normal = "30",
              min = "1",
              max = "36500")
          int maxAgeDays,
      @Key(
              doc = "The value below which an old solution expires.",
              normal = "0.5",
              min = "0",
              max = "1")
          double minValueScore,
      @Key(
              doc = "The cosine above which two queries count as the same.",
              normal = "0.95",
              min = "0.5",
              max = "1")
          double deduplicateSimilarity,
      @Key(doc = "Whether index entries without a row are removed.", normal = "true")
          boolean orphanCleanupEnabled,
      @Key(
              doc = "The share of max_solutions left after pruning.",
              normal = "0.8",
              min = "0.01",
              max = "1")
          double keepRatio,
      @Key(
              doc = "The share of a collection that one run may remove.",
              normal = "0.3",
              min = "0",
              max = "1")
          double maxDeleteFraction,
      @Key(
              doc = "Removals that are always allowed, whatever their share.",
              normal = "100",
              min = "0",
              max = "1000000")
          int maxDeleteFloor,
      @Key(
              doc = "Days for which what was removed can be restored.",
              normal = "30",
              min = "0",
              max = "3650")
          int tombstoneDays,
      @Key(
              doc = "The age below which an index entry without a row is left alone.",
              normal = "PT1H",
              min = "PT1M",
              max = "P30D")
          Duration orphanGrace,
      @Key(doc = "The schedule's time zone.", normal = "UTC") ZoneId timeZone) {}

  /** Health probes. */
  public record Health(
      @Key(doc = "The pause between probes.", normal = "PT5S", min = "PT0.1S", max = "PT10M")
          Duration interval,
      @Key(
              doc = "Dependencies without which the server is not ready.",
              normal = "postgresql",
              allowed = {"postgresql", "embeddings", "index", "qdrant", "redis"})
          List<String> critical,
      @Key(
              doc = "Free room in the data directory below which the server counts as degraded.",
              normal = "1GiB",
              min = "1MiB",
              max = "1024GiB")
          Size diskFreeMin,
      @Key(
              doc =
                  "How far the index may be behind the rows before the server counts as degraded.",
              normal = "PT60S",
              min = "PT1S",
              max = "PT24H")
          Duration indexLagMax) {}

  /** Backups. */
  public record Backup(
      @Key(doc = "The folder or bucket that backups go to.", effect = Effect.UNAVAILABLE)
          Optional<String> repository,
      @Key(doc = "When PostgreSQL is backed up.", normal = "0 3 * * *", effect = Effect.LATER)
          CronSchedule postgresSchedule,
      @Key(doc = "When Qdrant is backed up.", normal = "30 3 * * *", effect = Effect.LATER)
          CronSchedule qdrantSchedule,
      @Key(
              doc = "Daily backups kept.",
              normal = "7",
              min = "1",
              max = "1000",
              effect = Effect.LATER)
          int keepDaily,
      @Key(
              doc = "Weekly backups kept.",
              normal = "4",
              min = "0",
              max = "1000",
              effect = Effect.LATER)
          int keepWeekly,
      @Key(
              doc = "Monthly backups kept.",
              normal = "12",
              min = "0",
              max = "1000",
              effect = Effect.LATER)
          int keepMonthly,
      @Key(doc = "The file that holds the encryption key.", effect = Effect.UNAVAILABLE)
          Optional<Secret> encryptionKey) {}

  /** Certificates. */
  public record Tls(
      @Key(doc = "The domain to hold a certificate for.", effect = Effect.UNAVAILABLE)
          Optional<String> domain,
      @Key(doc = "The address the certificate authority writes to.", effect = Effect.LATER)
          Optional<String> email,
      @Key(doc = "The ACME directory of the certificate authority.", effect = Effect.LATER)
          Optional<URI> directory,
      @Key(
              doc = "The folder a web server serves challenges from.",
              normal = "/var/www/letsencrypt",
              effect = Effect.LATER)
          Path webroot,
      @Key(doc = "The folder for certificates and keys.", effect = Effect.LATER)
          Optional<Path> certDir) {}

  /** Traces. */
  public record Telemetry(
      @Key(
              doc = "The OTLP endpoint traces go to; none means no traces.",
              effect = Effect.UNAVAILABLE)
          Optional<URI> otlpEndpoint) {}

  /** Secret files. */
  public record Secrets(
      @Key(
              doc =
                  "Whether a secret file may be readable by its group, which Kubernetes' fsGroup"
                      + " needs.",
              normal = "false")
          boolean allowGroupRead) {}

  /** The page of metrics. */
  public record Metrics(
      @Key(doc = "Whether /metrics needs no key.", name = "public", normal = "false")
          boolean isPublic) {}

  /** How documents come in. */
  public record Ingest(
      @Key(
              doc =
                  "required lets only an admin store documents as approved; those of others wait as"
                      + " pending.",
              normal = "none")
          Approval approval) {}

  /** Whether documents wait for an approval. */
  public enum Approval {
    NONE,
    REQUIRED
  }

  /** The log. */
  public record Log(
      @Key(
              doc =
                  "auto writes readable lines to a terminal and one JSON object a line elsewhere.",
              normal = "auto")
          LogFormat format,
      @Key(doc = "The least severe level that is written.", normal = "info") LogLevel level) {}

  /** The issue tracker. */
  public record Issues(
      @Key(
              doc =
                  "Days for which closed issues, and the history of all of them, are kept; active"
                      + " issues stay until they are closed.",
              normal = "90",
              min = "1",
              max = "3650")
          int retentionDays) {}

  /** What a line of the log looks like. */
  public enum LogFormat {
    AUTO,
    TEXT,
    JSON
  }

  /** How severe an event is. */
  public enum LogLevel {
    ERROR,
    WARNING,
    INFO,
    DEBUG,
    TRACE
  }
}
