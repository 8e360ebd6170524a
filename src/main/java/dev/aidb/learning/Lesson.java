package dev.aidb.learning;

import dev.aidb.documents.Status;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.UUID;

/**
 * A solution as a caller brings it: screened, every default settled.
 *
 * @param id its id, unless it is merged into another
 * @param metadata with the server's {@link Labels}
 * @param status whether a search is to find it
 * @param value what the learner says it is worth, 0..1
 * @param outcome how it went
 * @param feedback -1..1
 * @param learnedBy the caller's id
 */
record Lesson(
    UUID id,
    String query,
    String solution,
    String project,
    Map<String, Object> metadata,
    Status status,
    OptionalDouble value,
    Outcome outcome,
    OptionalDouble feedback,
    Optional<String> suspicious,
    String learnedBy,
    Instant at,
    String normalSolution,
    byte[] digest) {

  /** What it may be merged into: nothing that fewer can see than are to see it. */
  Set<Status> comparable() {
    return status == Status.APPROVED
        ? Set.of(Status.APPROVED)
        : Set.of(Status.APPROVED, Status.PENDING);
  }
}
