package dev.aidb.app;

import dev.aidb.audit.AuditLog;
import dev.aidb.audit.AuditMetrics;
import dev.aidb.audit.AuditOperations;
import dev.aidb.config.Config;
import dev.aidb.core.ErrorSink;
import dev.aidb.core.IdSource;
import dev.aidb.guard.AuditTrail;
import dev.aidb.guard.AuthMetrics;
import dev.aidb.guard.Door;
import dev.aidb.guard.KeyDoor;
import dev.aidb.guard.LocalDoor;
import dev.aidb.guard.Refusals;
import dev.aidb.keys.CachedKeyRing;
import dev.aidb.keys.FirstAdmin;
import dev.aidb.keys.Keys;
import dev.aidb.keys.Pepper;
import dev.aidb.keys.PepperFile;
import dev.aidb.operation.Operation;
import dev.aidb.store.Database;
import dev.aidb.store.DatabaseEndpoint;
import dev.aidb.store.PoolSettings;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The door with its keys and the trail of what passes it. Made before the database is there,
 * because the server listens first: until {@link #start} every key gets 503, and events wait.
 */
final class Entrance implements AutoCloseable {
  /**
   * Its own, so that requests which hold every connection can't keep a revocation from us; and soon
   * done with a connection that died without a word, which would keep it from us too.
   */
  private static final PoolSettings CONNECTIONS =
      new PoolSettings(1, 1, Duration.ofSeconds(5), Duration.ofMinutes(30))
          .impatient(Duration.ofSeconds(1), Duration.ofSeconds(2));

  private final Config config;
  private final IdSource ids;
  private final Clock clock = Clock.systemUTC();
  private final AuditLog trail;
  private final CachedKeyRing ring;
  private final Refusals refusals;
  private final Door door;
  private @Nullable Database database;

  Entrance(Config config, IdSource ids, PrometheusRegistry registry, ErrorSink failures) {
    this.config = config;
    this.ids = ids;
    this.trail =
        new AuditLog(
            ids, clock, new AuditMetrics(registry), AuditLog.Settings.defaults(), failures);
    this.ring =
        new CachedKeyRing(clock, CachedKeyRing.Settings.withGrace(config.auth().grace()), registry);
    this.refusals = new AuthMetrics(registry).and(trail.refusals());
    this.door =
        config.auth().required()
            ? new KeyDoor(Set.of(), ring, refusals)
            : new LocalDoor(config.server().host(), Set.of(), ring, refusals);
  }

  Door door() {
    return door;
  }

  Refusals refusals() {
    return refusals;
  }

  AuditTrail trail() {
    return trail;
  }

  /**
   * Reads the keys, and makes the first one where none comes in without.
   *
   * @param requests the requests' own pool, for what is done once: it is patient, as a start on a
   *     busy machine has to be
   * @param secrets the data directory's folder of secrets
   * @throws dev.aidb.core.StartFailure when the pepper isn't there or isn't the right one
   */
  void start(DatabaseEndpoint endpoint, Database requests, Path secrets) {
    Database own = Database.open(endpoint, CONNECTIONS);
    database = own;
    trail.start(own);
    Pepper pepper =
        PepperFile.obtain(
            secrets, config.auth().pepper(), config.secrets().allowGroupRead(), requests);
    if (config.auth().required()) {
      var unused = FirstAdmin.ensure(new Keys(requests, () -> pepper, ids, clock), secrets, clock);
    }
    ring.start(own, pepper);
  }

  /** The operation that reads the trail. */
  static List<Operation<?, ?>> operations(Database requests) {
    return new AuditOperations(requests).operations();
  }

  @Override
  public void close() {
    ring.close();
    trail.close();
    Database own = database;
    if (own != null) {
      own.close();
    }
  }
}
