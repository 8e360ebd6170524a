package dev.aidb.gc;

import dev.aidb.guard.AuditEvent;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * What one transaction carried out of a plan.
 *
 * @param reason of all its items
 * @param done how many items were carried out
 * @param skipped how many had changed since they were planned
 * @param versions of the index's records that changed
 * @param events that were stored with it
 */
record Step(
    Reason reason, int done, int skipped, Map<UUID, Long> versions, List<AuditEvent> events) {}
