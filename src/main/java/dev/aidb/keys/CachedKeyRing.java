package dev.aidb.keys;

import dev.aidb.core.AidbException;
import dev.aidb.core.Deadline;
import dev.aidb.guard.KeyRing;
import dev.aidb.guard.KeyVerdict;
import dev.aidb.guard.Refusal;
import dev.aidb.operation.Caller;
import dev.aidb.store.Database;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The keys of a database, kept in memory and kept current by a look at their version. A ring that
 * isn't started yet judges nothing.
 */
public final class CachedKeyRing implements KeyRing, AutoCloseable {
  private static final Logger LOG = System.getLogger(CachedKeyRing.class.getName());
  private static final Duration COME_BACK = Duration.ofSeconds(2);
  private static final byte[] NO_HASH = new byte[32];

  /**
   * The bounds.
   *
   * @param look the pause between looks whether keys have changed
   * @param reload how often they are read although they seem unchanged, in case the database was
   *     restored to an earlier time
   * @param flush how often the last uses are stored
   * @param statement how long a statement of the ring may take
   * @param grace how long the keys that were known go on while the database can't be asked
   */
  public record Settings(
      Duration look, Duration reload, Duration flush, Duration statement, Duration grace) {
    /** A look a second, statements of 2 s, reads each minute, flushes each half minute. */
    public static Settings withGrace(Duration grace) {
      return new Settings(
          Duration.ofSeconds(1),
          Duration.ofMinutes(1),
          Duration.ofSeconds(30),
          Duration.ofSeconds(2),
          grace);
    }
  }

  /** A key as it is judged. */
  @SuppressWarnings("ArrayRecordComponent") // compared in constant time, never by equals
  private record Entry(
      ApiKey key, byte[] hash, byte[] previousHash, Caller caller, LastUse lastUse) {}

  /** What is known. */
  private record Known(Map<String, Entry> byId, long version, boolean samePepper) {}

  private final Clock clock;
  private final Settings settings;
  private final ReentrantLock refreshing = new ReentrantLock();
  private final CountDownLatch closing = new CountDownLatch(1);
  private volatile @Nullable Known known;
  private volatile long currentAtNanos;
  private volatile @Nullable Source source;
  private @Nullable Thread thread;
  private long readAtNanos;
  private boolean away;

  /** Where keys come from. */
  private record Source(Database database, Pepper pepper) {}

  public CachedKeyRing(Clock clock, Settings settings, PrometheusRegistry registry) {
    this.clock = clock;
    this.settings = settings;
    KeyMetrics.register(registry, this::valid, this::ageSeconds);
  }

  /**
   * Reads the keys and keeps them current from now on.
   *
   * @param database one that this ring doesn't share with requests, so that they can't keep it from
   *     its looks
   * @throws AidbException when the database can't be asked
   */
  public void start(Database database, Pepper pepper) {
    source = new Source(database, pepper);
    currentAtNanos = System.nanoTime(); // or else the first keys seemed to be as old as the clock
    refresh();
    thread = Thread.ofVirtual().name("key-ring").start(this::keepCurrent);
  }

  /** The id of a key's caller. */
  static String callerId(String keyId) {
    return "key:" + keyId;
  }

  @Override
  public KeyVerdict judge(String presented) {
    Known now = known;
    Source from = source;
    if (now == null || from == null) {
      throw AidbException.unavailable("The server is still starting", COME_BACK, null);
    }
    if (System.nanoTime() - currentAtNanos > settings.grace().toNanos()) {
      throw AidbException.unavailable(
          "API keys can't be checked: PostgreSQL is unavailable", COME_BACK, null);
    }
    if (!now.samePepper()) {
      throw AidbException.unavailable(
          "API keys can't be checked: the server needs another pepper", COME_BACK, null);
    }
    Optional<KeyText> key = KeyText.parse(presented);
    if (key.isEmpty()) {
      return invalid(Refusal.Reason.MALFORMED);
    }
    byte[] hash = from.pepper().hash(presented);
    Entry entry = now.byId().get(key.get().id());
    // The same work whether there is such a key or not.
    boolean current = MessageDigest.isEqual(hash, entry == null ? NO_HASH : entry.hash());
    boolean previous = MessageDigest.isEqual(hash, entry == null ? NO_HASH : entry.previousHash());
    return entry == null || !(current | previous)
        ? invalid(Refusal.Reason.UNKNOWN)
        : judge(entry, current);
  }

  /** Judges a key whose secret was right. */
  private KeyVerdict judge(Entry entry, boolean currentSecret) {
    Instant now = clock.instant();
    return switch (entry.key().state(now)) {
      case REVOKED -> ended(entry, Refusal.Reason.REVOKED);
      case EXPIRED -> ended(entry, Refusal.Reason.EXPIRED);
      case ROTATING -> valid(entry, now);
      case ACTIVE -> currentSecret ? valid(entry, now) : ended(entry, Refusal.Reason.EXPIRED);
    };
  }

  private static KeyVerdict valid(Entry entry, Instant now) {
    entry.lastUse().at(now.toEpochMilli());
    return new KeyVerdict.Valid(entry.caller());
  }

  private static KeyVerdict ended(Entry entry, Refusal.Reason reason) {
    return new KeyVerdict.Invalid(reason, Optional.of(entry.caller().id()));
  }

  private static KeyVerdict invalid(Refusal.Reason reason) {
    return new KeyVerdict.Invalid(reason);
  }

  /**
   * Looks whether keys have changed and reads them if so; for whoever has just changed one on this
   * node.
   *
   * @throws AidbException when the database can't be asked
   */
  public void refresh() {
    refreshing.lock(); // over the read, since what a second caller wants is a read that begins now
    try {
      Source from = source;
      if (from != null) {
        ScopedValue.where(Deadline.CURRENT, Deadline.in(settings.statement()))
            .run(() -> refresh(from));
      }
    } finally {
      refreshing.unlock();
    }
  }

  private void refresh(Source from) {
    long asked = System.nanoTime();
    Known old = known;
    from.database()
        .useHandle(handle -> {
          KeyRows.State state = KeyRows.state(handle); // before the rows: never newer than they
          boolean due = asked - readAtNanos >= settings.reload().toNanos();
          if (old == null || due || state.version() != old.version()) {
            known = read(state, KeyRows.hashed(handle, Keys.KEYS_MAX), from.pepper(), old);
            readAtNanos = asked;
          }
        });
    currentAtNanos = asked;
  }

  private static Known read(
      KeyRows.State state, List<HashedKey> rows, Pepper pepper, @Nullable Known old) {
    Map<String, Entry> byId = HashMap.newHashMap(rows.size());
    for (HashedKey row : rows) {
      ApiKey key = row.key();
      Entry before = old == null ? null : old.byId().get(key.id());
      Caller caller =
          new Caller(callerId(key.id()), key.scope().scopes(), key.collections(), key.allowance());
      byId.put(
          key.id(),
          new Entry(
              key,
              row.hash(),
              row.previousHash().orElse(NO_HASH),
              caller,
              before == null ? new LastUse() : before.lastUse()));
    }
    boolean same =
        state.pepperCheck().isEmpty()
            || MessageDigest.isEqual(state.pepperCheck().get(), pepper.check());
    if (!same) {
      LOG.log(
          Level.ERROR,
          "The API keys were made under another pepper than this server has; no key can be checked"
              + " until it is started with that one (auth.pepper_file)");
    }
    if (old != null && old.version() != state.version()) {
      LOG.log(
          Level.INFO,
          "The API keys have changed; there are {0}, revoked ones included",
          rows.size());
    }
    return new Known(byId, state.version(), same);
  }

  private void keepCurrent() {
    long flushedAt = System.nanoTime();
    try {
      while (!closing.await(settings.look().toNanos(), TimeUnit.NANOSECONDS)) {
        look();
        if (System.nanoTime() - flushedAt >= settings.flush().toNanos()) {
          flush();
          flushedAt = System.nanoTime();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // nobody does, and then it ends as if closed
    }
    flush();
  }

  private void look() {
    try {
      refresh();
      if (away) {
        LOG.log(Level.INFO, "The API keys are kept current again");
      }
      away = false;
    } catch (RuntimeException e) {
      if (!away) {
        LOG.log(
            Level.WARNING,
            "The API keys can't be looked up; those known go on for " + settings.grace(),
            e);
      }
      away = true;
    }
  }

  /** Stores the last uses, in one statement. */
  private void flush() {
    Known now = known;
    Source from = source;
    if (now == null || from == null) {
      return;
    }
    Map<String, Instant> uses = new HashMap<>();
    now.byId()
        .forEach((id, entry) -> {
          if (!entry.lastUse().isStored()) {
            uses.put(id, Instant.ofEpochMilli(entry.lastUse().millis()));
          }
        });
    if (uses.isEmpty()) {
      return;
    }
    try {
      ScopedValue.where(Deadline.CURRENT, Deadline.in(settings.statement()))
          .run(() -> from.database().useHandle(handle -> KeyRows.used(handle, uses)));
      uses.forEach((id, at) -> {
        Entry entry = now.byId().get(id);
        if (entry != null) {
          entry.lastUse().stored(at.toEpochMilli());
        }
      });
    } catch (RuntimeException e) {
      LOG.log(Level.DEBUG, "The last uses of keys are stored another time", e);
    }
  }

  private double valid() {
    Known now = known;
    if (now == null) {
      return 0;
    }
    Instant moment = clock.instant();
    return now.byId().values().stream()
        .map(entry -> entry.key().state(moment))
        .filter(state -> state == ApiKey.State.ACTIVE || state == ApiKey.State.ROTATING)
        .count();
  }

  private double ageSeconds() {
    return known == null ? 0 : (System.nanoTime() - currentAtNanos) / 1e9;
  }

  /** Ends the looks and stores the last uses. */
  @Override
  public void close() {
    closing.countDown();
    Thread running = thread;
    if (running == null) {
      return;
    }
    try {
      if (!running.join(settings.statement().multipliedBy(3))) {
        LOG.log(Level.WARNING, "The ring of keys did not end in time");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
