package dev.aidb.documents;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** A stored document; {@code content} is empty where it wasn't asked for. */
record Document(
    UUID id,
    String collection,
    String project,
    String path,
    String title,
    Optional<String> content,
    String contentType,
    Map<String, Object> metadata,
    Optional<String> sourceUrl,
    Status status,
    int chunks,
    Instant createdAt,
    Instant updatedAt) {}
