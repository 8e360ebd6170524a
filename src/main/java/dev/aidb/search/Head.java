package dev.aidb.search;

import java.time.Instant;
import java.util.UUID;

/** What every result tells of its record, whatever was asked to be included. */
record Head(
    UUID id,
    long version,
    String project,
    String title,
    UUID documentId,
    String chunk,
    Instant createdAt) {}
