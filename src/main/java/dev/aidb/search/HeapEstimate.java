package dev.aidb.search;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** About how many bytes of heap cached values take, so that caches are bounded by that. */
final class HeapEstimate {
  private static final int OBJECT = 64;

  private HeapEstimate() {}

  /** Of texts, numbers, vectors, and lists and maps of them; anything else counts as one object. */
  static long of(@Nullable Object value) {
    return switch (value) {
      case null -> 0;
      case String text -> OBJECT + 2L * text.length();
      case float[] vector -> OBJECT + 4L * vector.length;
      case Map<?, ?> map ->
          map.entrySet().stream().mapToLong(e -> OBJECT + of(e.getKey()) + of(e.getValue())).sum();
      case List<?> list -> OBJECT + list.stream().mapToLong(HeapEstimate::of).sum();
      default -> OBJECT;
    };
  }
}
