package dev.aidb.documents;

import dev.aidb.chunking.ChunkingPolicy;
import java.time.Instant;
import java.util.Map;

/**
 * A named set of documents whose vectors can be compared.
 *
 * @param name 1..64 of {@code [a-z0-9][a-z0-9_-]*}
 * @param description what it is for
 * @param dimension the number of components of its vectors
 * @param model the name of the embedding model its vectors come from
 * @param chunking how content is cut
 * @param fusion how the arms of a hybrid search are fused
 * @param retention rules of forgetting, free-form until garbage collection reads them
 * @param builtIn whether it exists from the start and can't be deleted
 * @param createdAt when it was made
 */
public record Collection(
    String name,
    String description,
    int dimension,
    String model,
    ChunkingPolicy chunking,
    Fusion fusion,
    Map<String, Object> retention,
    boolean builtIn,
    Instant createdAt) {}
