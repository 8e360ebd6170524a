package dev.aidb.app;

import dev.aidb.core.AidbException;
import dev.aidb.store.Database;
import dev.aidb.store.PoolSettings;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Optional;

/** Says at the start when the database takes fewer connections than the server may open. */
final class PoolAdvice {
  private static final Logger LOG = System.getLogger(PoolAdvice.class.getName());

  /** Beside the pool: two for keys and audit, two for notifications. */
  private static final int OWN = 4;

  private PoolAdvice() {}

  /** Asks the database and warns if need be; one that can't be asked is no reason not to start. */
  static void give(Database database, PoolSettings pool) {
    try {
      of(database.connectionsAllowed(), pool).ifPresent(advice -> LOG.log(Level.WARNING, advice));
    } catch (AidbException e) {
      LOG.log(Level.DEBUG, "The database does not tell how many connections it takes", e);
    }
  }

  /** The advice, where there is need of one. */
  static Optional<String> of(int allowed, PoolSettings pool) {
    int wanted = pool.limit() + OWN;
    if (wanted <= allowed) {
      return Optional.empty();
    }
    return Optional.of(
        "This server may open "
            + wanted
            + " connections to PostgreSQL, which takes "
            + allowed
            + " from it: under load requests would be refused. Raise max_connections there (or the"
            + " limit of the role or the database), or lower database.pool.size and"
            + " database.pool.max_overflow to "
            + Math.max(1, allowed - OWN)
            + " together; several replicas share what there is.");
  }
}
