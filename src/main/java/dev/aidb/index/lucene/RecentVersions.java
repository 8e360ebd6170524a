package dev.aidb.index.lucene;

import dev.aidb.core.AidbException;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The versions of the changes that were applied lately, removals included, so that a writer that
 * comes late can't put an old row over a newer one.
 */
final class RecentVersions {
  /** A change that throws leaves what was remembered as it was. */
  @FunctionalInterface
  interface Change {
    void apply();
  }

  private record Seen(long version, long mark) {}

  private final ConcurrentHashMap<UUID, Seen> seen = new ConcurrentHashMap<>();
  private final AtomicLong mark = new AtomicLong();
  private final int max;

  RecentVersions(int max) {
    this.max = max;
  }

  /**
   * Runs a change unless its id was changed to that version or a newer one; one at a time per id.
   */
  void ifNewer(UUID id, long version, Change change) {
    if (seen.size() >= max) {
      throw AidbException.overloaded(
          "The index holds too many changes that are not settled yet", Duration.ofSeconds(1));
    }
    seen.compute(
        id,
        (key, last) -> {
          if (last != null && last.version >= version) {
            return last;
          }
          change.apply();
          return new Seen(version, mark.get());
        });
  }

  long mark() {
    return mark.incrementAndGet();
  }

  void settle(long before) {
    seen.values().removeIf(entry -> entry.mark < before);
  }

  void clear() {
    seen.clear();
  }
}
