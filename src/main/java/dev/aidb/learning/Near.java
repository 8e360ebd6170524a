package dev.aidb.learning;

import java.util.UUID;

/**
 * A solution whose query is near a new one's.
 *
 * @param similarity the cosine of the two embeddings
 */
record Near(UUID id, double similarity, String solution) {}
