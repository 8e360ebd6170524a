package dev.aidb.documents;

import dev.aidb.chunking.ContentType;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Map;
import java.util.Optional;

/** A document as it is to be stored: every default settled, its title known. */
record DocumentDraft(
    Collection collection,
    String project,
    String path,
    String title,
    String content,
    ContentType contentType,
    Map<String, Object> metadata,
    Optional<String> sourceUrl,
    Status status) {

  /**
   * SHA-256 over all that the chunks and their embeddings depend on. The same checksum means that
   * nothing needs to be embedded again.
   */
  byte[] checksum() {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      add(digest, collection.model());
      add(digest, collection.chunking().toString());
      add(digest, contentType.mediaType());
      add(digest, title);
      add(digest, content);
      return digest.digest();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** Each part goes in behind its length, so that no two lists of parts look alike. */
  private static void add(MessageDigest digest, String part) {
    byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
    digest.update(ByteBuffer.allocate(4).putInt(bytes.length).array());
    digest.update(bytes);
  }
}
