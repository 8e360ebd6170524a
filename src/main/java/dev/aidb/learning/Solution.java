package dev.aidb.learning;

import dev.aidb.documents.Status;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * A stored solution.
 *
 * @param parts what its base was computed from; empty where the learner gave the value
 * @param lineage the latest merges first
 */
record Solution(
    UUID id,
    String query,
    String solution,
    String project,
    Map<String, Object> metadata,
    Status status,
    Standing standing,
    Optional<Worth.Parts> parts,
    String learnedBy,
    Instant createdAt,
    List<Lineage.Ancestor> lineage) {}
