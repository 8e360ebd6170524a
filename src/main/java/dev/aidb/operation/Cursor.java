package dev.aidb.operation;

import dev.aidb.core.AidbException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The opaque place where the next page of a list begins: the last page's last key. */
public final class Cursor {
  private Cursor() {}

  /** The cursor of a page that ends with this key, as text. */
  public static String of(Object key) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(key.toString().getBytes(StandardCharsets.UTF_8));
  }

  /**
   * The key that a cursor holds, where there is one.
   *
   * @throws AidbException a 422 for what no answer gave as a cursor
   */
  public static Optional<String> text(@Nullable String cursor) {
    if (cursor == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8));
    } catch (IllegalArgumentException e) {
      throw bad();
    }
  }

  /** As {@link #text}, for a list in the order of ids. */
  public static Optional<UUID> id(@Nullable String cursor) {
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
