package dev.aidb.documents;

import dev.aidb.core.AidbException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The opaque place where the next page of a list begins: the last page's last key. */
final class Cursor {
  private Cursor() {}

  static String of(Object key) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(key.toString().getBytes(StandardCharsets.UTF_8));
  }

  static Optional<String> text(@Nullable String cursor) {
    if (cursor == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8));
    } catch (IllegalArgumentException e) {
      throw bad();
    }
  }

  static Optional<UUID> id(@Nullable String cursor) {
    try {
      return text(cursor).map(UUID::fromString);
    } catch (IllegalArgumentException e) {
      throw bad();
    }
  }

  private static AidbException bad() {
    return AidbException.invalid(
        "cursor", "cursor", "must be the next_cursor of an earlier answer");
  }
}
