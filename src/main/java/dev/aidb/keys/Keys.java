package dev.aidb.keys;

import dev.aidb.audit.AuditRow;
import dev.aidb.audit.AuditRows;
import dev.aidb.core.AidbException;
import dev.aidb.core.ErrorCode;
import dev.aidb.core.IdSource;
import dev.aidb.core.StartFailure;
import dev.aidb.guard.AuditEvent;
import dev.aidb.store.Database;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jdbi.v3.core.Handle;

/**
 * The keys in the database. Each change is one transaction together with its audit row; two at once
 * come one after the other.
 *
 * <p>A secret is drawn before the change that makes it valid, so that it can be put into a safe
 * place first: what was made valid and then lost would be of no use to anybody.
 */
public final class Keys {
  /** How many keys there may be that aren't revoked. */
  public static final int KEYS_MAX = 10_000;

  /** The longest time for which a rotated secret stays valid. */
  public static final Duration OVERLAP_MAX = Duration.ofDays(365);

  private final Database database;
  private final Supplier<Pepper> pepper;
  private final IdSource ids;
  private final Clock clock;
  private final SecureRandom random = new SecureRandom();

  /**
   * @param pepper asked for when a key is hashed and not before, because one can list and revoke
   *     without
   */
  public Keys(Database database, Supplier<Pepper> pepper, IdSource ids, Clock clock) {
    this.database = database;
    this.pepper = pepper;
    this.ids = ids;
    this.clock = clock;
  }

  /** Something that must have happened before a change is committed. */
  @FunctionalInterface
  public interface Handover {
    void run() throws IOException;
  }

  /** Draws the text of a key that is still to be made. */
  public KeyText draw() {
    return KeyText.random(random);
  }

  /** Draws another secret for a key. */
  public KeyText drawFor(ApiKey key) {
    return KeyText.withId(key.id(), random);
  }

  /**
   * Makes a key of a drawn text.
   *
   * @param actor who does it, for the audit trail
   * @throws AidbException CONFLICT when the name is taken or there are {@value #KEYS_MAX} already
   */
  public ApiKey create(NewKey key, KeyText text, String actor) {
    Pepper mine = pepper.get();
    return change(
        actor,
        change -> {
          if (KeyRows.byName(change.handle(), key.name()).isPresent()) {
            throw conflict("There is a key of this name already; revoke it or choose another name");
          }
          return insert(change, key, text.id(), change.hash(mine, text));
        });
  }

  /**
   * Makes a key unless one of its name was ever made, revoked ones included.
   *
   * @param handover run when the key is about to be made, before it is committed
   * @return whether it was made
   * @throws IOException of the handover; then no key was made
   */
  public boolean createFirst(NewKey key, KeyText text, String actor, Handover handover)
      throws IOException {
    Pepper mine = pepper.get();
    return this.<Boolean, IOException>change(
        actor,
        change -> {
          if (KeyRows.everNamed(change.handle(), key.name())) {
            return false;
          }
          var unused = insert(change, key, text.id(), change.hash(mine, text));
          handover.run();
          return true;
        });
  }

  private static ApiKey insert(Change change, NewKey key, String id, byte[] hash) {
    if (KeyRows.countValid(change.handle()) >= KEYS_MAX) {
      throw conflict("There are " + KEYS_MAX + " keys already; revoke some first");
    }
    KeyRows.insert(change.handle(), id, key, hash, change.at(), change.actor());
    Map<String, Object> details = new LinkedHashMap<>();
    details.put("name", key.name());
    details.put("scope", key.scope().wireName());
    key.collections()
        .ifPresent(names -> details.put("collections", names.stream().sorted().toList()));
    key.expiresAt().ifPresent(end -> details.put("expires_at", end.toString()));
    change.note("key.create", CachedKeyRing.callerId(id), details);
    return change.key(id);
  }

  /**
   * Gives a key a drawn secret. The one it had stays valid for the overlap; one from before that
   * ends now.
   *
   * @param overlap from zero to {@link #OVERLAP_MAX}
   * @param expiresAt the key's new end; empty leaves it as it is
   * @throws AidbException NOT_FOUND without such a key, CONFLICT when it is revoked or would have
   *     expired
   */
  public ApiKey rotate(
      String id, KeyText text, Duration overlap, Optional<Instant> expiresAt, String actor) {
    if (overlap.isNegative() || overlap.compareTo(OVERLAP_MAX) > 0) {
      throw new IllegalArgumentException("an overlap is from PT0S to P365D");
    }
    Pepper mine = pepper.get();
    return change(
        actor,
        change -> {
          ApiKey key = change.key(id);
          if (key.revokedAt().isPresent()) {
            throw conflict("The key is revoked; make a new one");
          }
          if (expiresAt.or(key::expiresAt).filter(end -> !end.isAfter(change.at())).isPresent()) {
            throw conflict("The key has expired; rotate it with a new end, or make a new one");
          }
          Instant until = change.at().plus(overlap);
          KeyRows.rotate(
              change.handle(), id, change.hash(mine, text), change.at(), until, expiresAt);
          Map<String, Object> details = new LinkedHashMap<>();
          details.put("name", key.name());
          details.put("previous_until", until.toString());
          expiresAt.ifPresent(end -> details.put("expires_at", end.toString()));
          change.note("key.rotate", CachedKeyRing.callerId(id), details);
          return change.key(id);
        });
  }

  /**
   * Ends a key, its secret before the last rotation included. A revoked key stays as it is.
   *
   * @throws AidbException NOT_FOUND without such a key
   */
  public ApiKey revoke(String id, String actor) {
    return change(
        actor,
        change -> {
          ApiKey key = change.key(id);
          if (key.revokedAt().isPresent()) {
            return key;
          }
          KeyRows.revoke(change.handle(), id, change.at());
          change.note("key.revoke", CachedKeyRing.callerId(id), Map.of("name", key.name()));
          return change.key(id);
        });
  }

  /**
   * Ends every key, and forgets which pepper they were hashed under, so that another one may be
   * used from now on.
   *
   * @return how many it ended
   */
  public int revokeAll(String actor) {
    return change(
        actor,
        change -> {
          List<String> ended = KeyRows.revokeAll(change.handle(), change.at());
          KeyRows.setPepperCheck(change.handle(), null);
          for (String id : ended) {
            change.note("key.revoke", CachedKeyRing.callerId(id), Map.of("all", true));
          }
          change.note("key.revoke_all", "", Map.of("keys", ended.size()));
          return ended.size();
        });
  }

  /** All keys, those that aren't revoked first, the newest first, {@value #KEYS_MAX} at most. */
  public List<ApiKey> list() {
    return database.withHandle(handle -> KeyRows.list(handle, KEYS_MAX));
  }

  /** The key of that id, or the one of that name that isn't revoked. */
  public Optional<ApiKey> find(String nameOrId) {
    return database.withHandle(
        handle -> KeyRows.byId(handle, nameOrId).or(() -> KeyRows.byName(handle, nameOrId)));
  }

  /** What is done to keys in one transaction. */
  @FunctionalInterface
  private interface Work<T, X extends Exception> {
    T on(Change change) throws X;
  }

  /** Runs it, alone, with the audit rows of what it notes, whose lines follow the commit. */
  private <T, X extends Exception> T change(String actor, Work<T, X> work) throws X {
    List<AuditRow> noted = new ArrayList<>();
    T result =
        database.<T, X>inTransaction(handle -> {
          KeyRows.State state = KeyRows.lock(handle);
          T done = work.on(new Change(handle, state, clock.instant(), actor, ids, noted));
          if (!noted.isEmpty()) {
            AuditRows.insert(handle, noted);
          }
          return done;
        });
    noted.forEach(row -> AuditRows.log(row.event()));
    return result;
  }

  /** A transaction in which nobody else changes keys. */
  private record Change(
      Handle handle,
      KeyRows.State state,
      Instant at,
      String actor,
      IdSource ids,
      List<AuditRow> noted) {

    ApiKey key(String id) {
      return KeyRows.byId(handle, id)
          .orElseThrow(() -> AidbException.notFound("There is no such key"));
    }

    /** A key's hash, under the pepper of all the others. */
    byte[] hash(Pepper pepper, KeyText text) {
      byte[] check = pepper.check();
      if (state.pepperCheck().isEmpty()) {
        KeyRows.setPepperCheck(handle, check);
      } else if (!MessageDigest.isEqual(state.pepperCheck().get(), check)) {
        throw new StartFailure(
            "The pepper of this node isn't the one that the database's API keys were made with",
            "Every node of a database needs the same one; share it by auth.pepper_file.");
      }
      return pepper.hash(text.reveal());
    }

    void note(String action, String target, Map<String, Object> details) {
      AuditEvent event =
          new AuditEvent(actor, action, target, AuditEvent.Outcome.DONE, "", details);
      noted.add(new AuditRow(ids.next(), at, event));
    }
  }

  private static AidbException conflict(String detail) {
    return new AidbException(ErrorCode.CONFLICT, detail);
  }
}
