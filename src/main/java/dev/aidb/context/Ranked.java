package dev.aidb.context;

/**
 * A passage with how well it answers.
 *
 * @param relevance 0..1, comparable between collections
 */
record Ranked(Passage passage, double relevance) {}
