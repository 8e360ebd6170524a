package dev.aidb.index;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/**
 * What an index knows of one chunk.
 *
 * @param id the record's id
 * @param version the row's version; a greater one is newer
 * @param collection the collection's name
 * @param project the project's name
 * @param documentId the document it belongs to
 * @param title the document's title, searched as words along with the content
 * @param content the chunk's text
 * @param metadata filterable values: strings, numbers, booleans, lists and nested maps
 * @param embedding L2-normalised, of the collection's dimension
 */
public record IndexedRecord(
    UUID id,
    long version,
    String collection,
    String project,
    UUID documentId,
    String title,
    String content,
    Map<String, Object> metadata,
    float[] embedding) {

  /** A document's metadata with the chunk's own values over it. */
  public static Map<String, Object> merged(Map<String, Object> document, Map<String, Object> own) {
    if (own.isEmpty()) {
      return document;
    }
    Map<String, Object> all = new LinkedHashMap<>(document);
    all.putAll(own);
    return all;
  }
}
