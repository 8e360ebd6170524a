package dev.aidb.gc;

import dev.aidb.gc.Census.Locked;
import dev.aidb.guard.AuditEvent;
import dev.aidb.learning.Inheritance;
import dev.aidb.learning.Inheritance.Fallen;
import dev.aidb.similarity.Cosine;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.UUID;
import org.jdbi.v3.core.Handle;

/**
 * Removes the solutions of a plan, as many as one transaction takes. Each is looked at again under
 * its lock: what was pinned since it was planned stays, and what its reason doesn't hold of any
 * more.
 */
final class Forgetting {
  private final Rules rules;
  private final Planner planner;
  private final Census census;
  private final Tombstones tombstones;
  private final Inheritance inheritance;
  private final Trail trail;

  Forgetting(
      Rules rules,
      Planner planner,
      Census census,
      Tombstones tombstones,
      Inheritance inheritance,
      Trail trail) {
    this.rules = rules;
    this.planner = planner;
    this.census = census;
    this.tombstones = tombstones;
    this.inheritance = inheritance;
    this.trail = trail;
  }

  /** Removes those of the items that are still as they were; the caller marks the items. */
  Step carryOut(Handle handle, Run run, List<Item> items, Marks marks, Instant now) {
    Reason reason = items.getFirst().reason();
    TreeSet<UUID> ids = new TreeSet<>();
    for (Item item : items) {
      ids.add(item.record());
      item.survivor().ifPresent(ids::add);
    }
    Map<UUID, Locked> locked = census.lock(handle, ids);
    List<Item> going = new ArrayList<>();
    List<Item> staying = new ArrayList<>();
    long room = reason == Reason.LOW_VALUE ? Census.count(handle) - rules.kept() : items.size();
    for (Item item : items) {
      boolean goes = going.size() < room && stillHolds(item, locked, run.asOf());
      (goes ? going : staying).add(item);
    }
    marks.mark(going, true);
    marks.mark(staying, false);
    if (going.isEmpty()) {
      return new Step(reason, 0, staying.size(), Map.of(), List.of());
    }
    tombstones.bury(handle, run.id(), going, now);
    inherit(handle, run, going, now);
    List<AuditEvent> events = going.stream().map(item -> event(run, item)).toList();
    trail.store(handle, events, now);
    Map<UUID, Long> versions = tombstones.delete(handle, going.stream().map(Item::record).toList());
    return new Step(reason, going.size(), staying.size(), versions, events);
  }

  private boolean stillHolds(Item item, Map<UUID, Locked> locked, Instant asOf) {
    Locked found = locked.get(item.record());
    if (found == null || found.standing().pinned()) {
      return false;
    }
    Standing standing = found.standing();
    return switch (item.reason()) {
      case EXPIRED -> planner.isExpired(standing, asOf);
      case LOW_VALUE ->
          standing.value() <= item.value() && standing.lastUsed().equals(item.lastUsed());
      case DUPLICATE -> item.survivor().map(locked::get).filter(s -> falls(found, s)).isPresent();
      case ORPHAN, UNINDEXED -> throw new IllegalArgumentException("not a solution");
    };
  }

  private boolean falls(Locked fallen, Locked survivor) {
    return fallen.standing().approved()
        && survivor.standing().approved()
        && Standing.SURVIVAL.compare(survivor.standing(), fallen.standing()) < 0
        && fallen.vector().isPresent()
        && survivor.vector().isPresent()
        && fallen.vector().get().length == survivor.vector().get().length
        && Cosine.of(survivor.vector().get(), fallen.vector().get())
            > rules.deduplicateSimilarity();
  }

  private void inherit(Handle handle, Run run, List<Item> going, Instant now) {
    Map<UUID, List<Fallen>> bySurvivor = new LinkedHashMap<>();
    for (Item item : going) {
      item.survivor()
          .ifPresent(survivor ->
              bySurvivor
                  .computeIfAbsent(survivor, id -> new ArrayList<>())
                  .add(new Fallen(item.record(), item.similarity())));
    }
    bySurvivor.forEach((survivor, fallen) ->
        inheritance.absorb(handle, survivor, fallen, run.request().actor(), now));
  }

  private static AuditEvent event(Run run, Item item) {
    Map<String, Object> details = new LinkedHashMap<>();
    details.put("run", run.id().toString());
    details.put("reason", item.reason().wireName());
    item.survivor().ifPresent(survivor -> details.put("survivor", survivor.toString()));
    return Trail.done(run.request(), "solution.forget", item.record().toString(), details);
  }
}
