package dev.aidb.gc;

import dev.aidb.gc.Tombstones.Returned;
import dev.aidb.guard.AuditEvent;
import dev.aidb.projection.Projection;
import dev.aidb.store.Lease;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jdbi.v3.core.Handle;

/** Brings removed solutions back, under the lease that runs are made under. */
final class Restoration {
  private static final int BATCH = 100;

  private final Equipment equipment;
  private final Lease lease;

  Restoration(Equipment equipment, Lease lease) {
    this.equipment = equipment;
    this.lease = lease;
  }

  /** What became of each, in the order that was asked for. */
  Map<UUID, Outcome> restore(List<UUID> ids, boolean pin, Request by) {
    List<UUID> distinct = List.copyOf(new LinkedHashSet<>(ids));
    Map<UUID, Outcome> outcomes = new LinkedHashMap<>();
    for (int from = 0; from < distinct.size(); from += BATCH) {
      List<UUID> part = distinct.subList(from, Math.min(from + BATCH, distinct.size()));
      outcomes.putAll(batch(part, pin, by));
    }
    return outcomes;
  }

  private Map<UUID, Outcome> batch(List<UUID> ids, boolean pin, Request by) {
    try (Projection.Ticket ticket = equipment.parts().projection().begin()) {
      Done done =
          equipment.parts().database().inTransaction(handle -> written(handle, ids, pin, by));
      Trail.committed(done.events());
      var unused = ticket.reload(done.versions());
      return done.outcomes();
    }
  }

  private record Done(
      Map<UUID, Outcome> outcomes, Map<UUID, Long> versions, List<AuditEvent> events) {}

  private Done written(Handle handle, List<UUID> ids, boolean pin, Request by) {
    lease.verify(handle);
    equipment.tombstones().lockSurvivors(handle, ids);
    Map<UUID, Long> versions = new HashMap<>();
    List<AuditEvent> events = new ArrayList<>();
    Map<UUID, Outcome> found = new HashMap<>();
    for (UUID id : ids.stream().sorted().toList()) {
      equipment
          .tombstones()
          .restore(handle, id, pin)
          .ifPresent(returned -> {
            found.put(id, Outcome.RESTORED);
            versions.putAll(returned.versions());
            events.add(event(returned, pin, by));
          });
    }
    List<UUID> others = ids.stream().filter(id -> !found.containsKey(id)).toList();
    found.putAll(equipment.tombstones().outcomes(handle, others));
    equipment.trail().store(handle, events, equipment.now());
    Map<UUID, Outcome> inOrder = new LinkedHashMap<>();
    ids.forEach(id -> inOrder.put(id, found.getOrDefault(id, Outcome.UNKNOWN)));
    return new Done(inOrder, versions, events);
  }

  private static AuditEvent event(Returned returned, boolean pin, Request by) {
    return Trail.done(
        by,
        "solution.restore",
        returned.id().toString(),
        Map.of("reason", returned.reason().wireName(), "pinned", pin));
  }
}
