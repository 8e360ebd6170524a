package dev.aidb.keys;

import dev.aidb.operation.Allowance;
import dev.aidb.store.Database;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;
import org.jdbi.v3.core.statement.StatementContext;
import org.jspecify.annotations.Nullable;

/** The tables {@code api_key} and {@code key_state}. */
final class KeyRows {
  private KeyRows() {}

  /** How often keys have changed, and the check of the pepper that they were hashed under. */
  @SuppressWarnings("ArrayRecordComponent") // never compared by equals
  record State(long version, Optional<byte[]> pepperCheck) {}

  static Optional<byte[]> pepperCheck(Database database) {
    return database.withHandle(KeyRows::state).pepperCheck();
  }

  static State state(Handle handle) {
    return readState(handle, "");
  }

  /** Lets nobody else change keys until the transaction ends. */
  static State lock(Handle handle) {
    return readState(handle, " FOR UPDATE");
  }

  private static State readState(Handle handle, String locking) {
    return handle
        .createQuery("SELECT version, pepper_check FROM key_state" + locking)
        .map((row, context) ->
            new State(row.getLong("version"), Optional.ofNullable(row.getBytes("pepper_check"))))
        .one();
  }

  static void setPepperCheck(Handle handle, byte @Nullable [] check) {
    handle
        .createUpdate("UPDATE key_state SET pepper_check = :check")
        .bind("check", check)
        .execute();
  }

  static void insert(Handle handle, String id, NewKey key, byte[] hash, Instant now, String by) {
    handle
        .createUpdate(
            """
            INSERT INTO api_key (id, name, scope, collections, per_minute, per_hour, hash, created_at, created_by, expires_at)
            VALUES (:id, :name, :scope, :collections, :per_minute, :per_hour, :hash, :now, :by, :expires_at)
            """)
        .bind("id", id)
        .bind("name", key.name())
        .bind("scope", key.scope().wireName())
        .bind(
            "collections",
            key.collections()
                .map(names -> names.stream().sorted().toArray(String[]::new))
                .orElse(null))
        .bind("per_minute", key.allowance().map(Allowance::perMinute).orElse(null))
        .bind("per_hour", key.allowance().map(Allowance::perHour).orElse(null))
        .bind("hash", hash)
        .bind("now", now)
        .bind("by", by)
        .bind("expires_at", key.expiresAt().orElse(null))
        .execute();
  }

  /** Gives a key another secret, and leaves the one before it valid until that moment. */
  static void rotate(
      Handle handle,
      String id,
      byte[] hash,
      Instant now,
      Instant until,
      Optional<Instant> expires) {
    handle
        .createUpdate(
            """
            UPDATE api_key
            SET previous_hash = hash, previous_until = :until, hash = :hash, rotated_at = :now,
                expires_at = coalesce(:expires_at, expires_at)
            WHERE id = :id
            """)
        .bind("id", id)
        .bind("hash", hash)
        .bind("now", now)
        .bind("until", until)
        .bind("expires_at", expires.orElse(null))
        .execute();
  }

  static void revoke(Handle handle, String id, Instant now) {
    handle
        .createUpdate("UPDATE api_key SET revoked_at = :now WHERE id = :id AND revoked_at IS NULL")
        .bind("id", id)
        .bind("now", now)
        .execute();
  }

  /** The ids of the keys that it revoked. */
  static List<String> revokeAll(Handle handle, Instant now) {
    return handle
        .createQuery("UPDATE api_key SET revoked_at = :now WHERE revoked_at IS NULL RETURNING id")
        .bind("now", now)
        .mapTo(String.class)
        .list();
  }

  static int countValid(Handle handle) {
    return handle
        .createQuery("SELECT count(*) FROM api_key WHERE revoked_at IS NULL")
        .mapTo(int.class)
        .one();
  }

  /** Whether a key of that name was ever made. */
  static boolean everNamed(Handle handle, String name) {
    return handle
        .createQuery("SELECT EXISTS (SELECT FROM api_key WHERE name = :name)")
        .bind("name", name)
        .mapTo(boolean.class)
        .one();
  }

  static Optional<ApiKey> byId(Handle handle, String id) {
    return handle
        .createQuery("SELECT * FROM api_key WHERE id = :id")
        .bind("id", id)
        .map(KeyRows::key)
        .findOne();
  }

  /** The key of that name that isn't revoked. */
  static Optional<ApiKey> byName(Handle handle, String name) {
    return handle
        .createQuery("SELECT * FROM api_key WHERE name = :name AND revoked_at IS NULL")
        .bind("name", name)
        .map(KeyRows::key)
        .findOne();
  }

  /** All keys, those that aren't revoked first, the newest first. */
  static List<ApiKey> list(Handle handle, int limit) {
    return all(handle, limit).map(KeyRows::key).list();
  }

  /** As {@link #list}, with the hashes. */
  static List<HashedKey> hashed(Handle handle, int limit) {
    return all(handle, limit)
        .map((row, context) ->
            new HashedKey(
                key(row, context),
                row.getBytes("hash"),
                Optional.ofNullable(row.getBytes("previous_hash"))))
        .list();
  }

  private static Query all(Handle handle, int limit) {
    return handle
        .createQuery(
            """
            SELECT * FROM api_key
            ORDER BY revoked_at IS NULL DESC, created_at DESC, id
            LIMIT :limit
            """)
        .bind("limit", limit);
  }

  /** Moves the last uses forward, all in one statement. */
  static void used(Handle handle, Map<String, Instant> uses) {
    String[] ids = uses.keySet().toArray(String[]::new);
    Long[] millis = new Long[ids.length];
    for (int i = 0; i < ids.length; i++) {
      millis[i] = uses.getOrDefault(ids[i], Instant.EPOCH).toEpochMilli();
    }
    handle
        .createUpdate(
            """
            UPDATE api_key
            SET last_used_at = greatest(last_used_at, to_timestamp(use.millis / 1000.0))
            FROM unnest(:ids, :millis) AS use (id, millis)
            WHERE api_key.id = use.id
            """)
        .bind("ids", ids)
        .bind("millis", millis)
        .execute();
  }

  private static ApiKey key(ResultSet row, StatementContext context) throws SQLException {
    int perMinute = row.getInt("per_minute");
    Optional<Allowance> allowance =
        row.wasNull()
            ? Optional.empty()
            : Optional.of(new Allowance(perMinute, row.getInt("per_hour")));
    return new ApiKey(
        row.getString("id"),
        row.getString("name"),
        KeyScope.of(row.getString("scope")),
        names(row.getArray("collections")),
        allowance,
        moment(row, "created_at").orElseThrow(),
        row.getString("created_by"),
        moment(row, "rotated_at"),
        moment(row, "previous_until"),
        moment(row, "expires_at"),
        moment(row, "revoked_at"),
        moment(row, "last_used_at"));
  }

  private static Optional<Set<String>> names(@Nullable Array array) throws SQLException {
    return array == null ? Optional.empty() : Optional.of(Set.of((String[]) array.getArray()));
  }

  private static Optional<Instant> moment(ResultSet row, String column) throws SQLException {
    return Optional.ofNullable(row.getObject(column, OffsetDateTime.class))
        .map(OffsetDateTime::toInstant);
  }
}
