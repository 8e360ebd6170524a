package dev.aidb.gc;

import dev.aidb.core.AidbException;
import dev.aidb.core.ErrorCode;
import dev.aidb.guard.AuditEvent;
import dev.aidb.projection.Projection;
import dev.aidb.projection.Unmatched;
import dev.aidb.store.ChangeLog;
import dev.aidb.store.Database;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.jdbi.v3.core.Handle;

/**
 * Index entries that have no row, and rows that have no entry. Neither is changed in the index
 * itself: a line in the change log has every replica look at the record again.
 */
final class IndexCare {
  /** So many differences call for a rebuild rather than for this. */
  static final int MOST = 100_000;

  private static final int ASKED = 10_000;
  private static final int UUID_OF_TIME = 7;

  private final Database database;
  private final ChangeLog log;
  private final Projection projection;
  private final Duration grace;
  private final Trail trail;

  IndexCare(Database database, ChangeLog log, Projection projection, Duration grace, Trail trail) {
    this.database = database;
    this.log = log;
    this.projection = projection;
    this.grace = grace;
    this.trail = trail;
  }

  /**
   * What lacks its other side.
   *
   * @param unmatched entries older than the grace, and rows
   * @param entries how many entries the index holds, of the collections concerned
   */
  record Findings(List<Unmatched> unmatched, Map<String, Long> entries) {}

  /**
   * Compares the whole index with the rows.
   *
   * @throws AidbException when either can't be read to its end, or they differ too much
   */
  Findings findings(Instant now) {
    List<Unmatched> found = new ArrayList<>();
    projection.unmatched(one -> {
      if (found.size() == MOST) {
        throw new AidbException(
            ErrorCode.CONFLICT,
            "The index differs from the rows in more than " + MOST + " records; rebuild it");
      }
      found.add(one);
    });
    List<Unmatched> ripe = new ArrayList<>(found.size());
    for (int from = 0; from < found.size(); from += ASKED) {
      List<Unmatched> part = found.subList(from, Math.min(from + ASKED, found.size()));
      Set<UUID> orphans =
          database.withHandle(
              handle -> orphans(handle, ids(part, Unmatched.Side.ENTRY), now.minus(grace)));
      for (Unmatched one : part) {
        if (one.side() == Unmatched.Side.ROW || orphans.contains(one.id())) {
          ripe.add(one);
        }
      }
    }
    Map<String, Long> entries = new TreeMap<>();
    for (Unmatched one : ripe) {
      entries.computeIfAbsent(one.collection(), projection::entries);
    }
    return new Findings(ripe, entries);
  }

  private static List<UUID> ids(List<Unmatched> part, Unmatched.Side side) {
    return part.stream().filter(one -> one.side() == side).map(Unmatched::id).toList();
  }

  /**
   * Those without a row that are older than a moment. An id of version 7 tells when its record was
   * made, and the log when it last changed; what the log tells nothing of any more, every index has
   * seen the change of.
   */
  private Set<UUID> orphans(Handle handle, List<UUID> ids, Instant limit) {
    Set<UUID> orphans = new HashSet<>(ids);
    handle
        .createQuery("SELECT id FROM chunk WHERE id = ANY(:ids)")
        .bindArray("ids", UUID.class, ids)
        .mapTo(UUID.class)
        .forEach(orphans::remove);
    orphans.removeIf(id -> !madeAt(id).isBefore(limit));
    log.lastLogged(handle, List.copyOf(orphans))
        .forEach((id, logged) -> {
          if (!logged.isBefore(limit)) {
            orphans.remove(id);
          }
        });
    return orphans;
  }

  private static Instant madeAt(UUID id) {
    return id.version() == UUID_OF_TIME
        ? Instant.ofEpochMilli(id.getMostSignificantBits() >>> 16)
        : Instant.MIN;
  }

  /** Has entries removed that have no row now either. */
  Step removeOrphans(Handle handle, Run run, List<Item> items, Marks marks, Instant now) {
    Set<UUID> orphans =
        orphans(handle, items.stream().map(Item::record).toList(), now.minus(grace));
    List<Item> going = items.stream().filter(item -> orphans.contains(item.record())).toList();
    List<Item> staying = items.stream().filter(item -> !orphans.contains(item.record())).toList();
    Map<UUID, Long> versions = new HashMap<>();
    List<ChangeLog.Entry> entries = new ArrayList<>();
    List<Long> drawn =
        handle
            .createQuery("SELECT nextval('record_version') FROM generate_series(1, :count)")
            .bind("count", going.size())
            .mapTo(Long.class)
            .list();
    for (int i = 0; i < going.size(); i++) {
      Item item = going.get(i);
      versions.put(item.record(), drawn.get(i));
      entries.add(new ChangeLog.Entry(item.collection(), item.record(), drawn.get(i)));
    }
    log.append(handle, entries);
    List<AuditEvent> events = going.stream().map(item -> event(run, item)).toList();
    trail.store(handle, events, now);
    marks.mark(going, true);
    marks.mark(staying, false);
    return new Step(Reason.ORPHAN, going.size(), staying.size(), versions, events);
  }

  private static AuditEvent event(Run run, Item item) {
    return Trail.done(
        run.request(),
        "index.orphan",
        item.record().toString(),
        Map.of(
            "run", run.id().toString(),
            "reason", Reason.ORPHAN.wireName(),
            "collection", item.collection()));
  }

  /** Has rows indexed by giving them a new version. */
  Step index(Handle handle, List<Item> items, Marks marks) {
    List<UUID> ids = items.stream().map(Item::record).toList();
    handle
        .createQuery(
            """
            SELECT id FROM document WHERE id IN (SELECT document_id FROM chunk WHERE id = ANY(:ids))
            ORDER BY id FOR UPDATE
            """)
        .bindArray("ids", UUID.class, ids)
        .mapTo(UUID.class)
        .list();
    Map<UUID, Long> versions = new HashMap<>();
    List<ChangeLog.Entry> entries = new ArrayList<>();
    handle
        .createQuery(
            """
            UPDATE chunk c SET version = nextval('record_version') FROM document d
            WHERE c.id = ANY(:ids) AND d.id = c.document_id AND d.status = 'approved'
            RETURNING c.id, c.version, d.collection
            """)
        .bindArray("ids", UUID.class, ids)
        .map((row, context) ->
            new ChangeLog.Entry(row.getString(3), row.getObject(1, UUID.class), row.getLong(2)))
        .forEach(entry -> {
          versions.put(entry.recordId(), entry.version());
          entries.add(entry);
        });
    log.append(handle, entries);
    List<Item> gone = items.stream().filter(i -> !versions.containsKey(i.record())).toList();
    marks.mark(items.stream().filter(i -> versions.containsKey(i.record())).toList(), true);
    marks.mark(gone, false);
    return new Step(Reason.UNINDEXED, versions.size(), gone.size(), versions, List.of());
  }
}
