package dev.aidb.embedding;

/**
 * @param vector L2-normalised, of the model's dimension; not to be changed
 * @param tokens how many tokens the text had, special tokens included, before any cut
 * @param truncated whether the text was longer than the model takes
 */
public record Embedding(float[] vector, int tokens, boolean truncated) {}
