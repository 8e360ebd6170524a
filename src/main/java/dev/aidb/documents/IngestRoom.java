package dev.aidb.documents;

import dev.aidb.core.AidbException;
import dev.aidb.core.Deadline;
import dev.aidb.core.ErrorCode;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Bounds how much text is cut into chunks, embedded and written at once, over all callers: chunks
 * and vectors take several times the text's own space. First come, first served.
 */
final class IngestRoom {
  private static final int UNIT = 1_000;
  private static final Duration WAIT_MAX = Duration.ofMinutes(1);
  private static final Duration RETRY = Duration.ofSeconds(2);

  private final int units;
  private final Semaphore free;

  /**
   * @param charactersMax how many characters are worked on at once; a text longer than that has the
   *     room to itself
   */
  IngestRoom(int charactersMax) {
    this.units = Math.max(1, charactersMax / UNIT);
    this.free = new Semaphore(units, true);
  }

  /**
   * Does the work when there is room for that many characters.
   *
   * @throws AidbException {@code OVERLOADED} when there is none before the deadline
   */
  <T> T with(int characters, Supplier<T> work) {
    int wanted = Math.min(units, 1 + characters / UNIT);
    Duration patience = Deadline.currentOr(WAIT_MAX).atMost(WAIT_MAX).remaining();
    try {
      if (!free.tryAcquire(wanted, patience.toMillis(), TimeUnit.MILLISECONDS)) {
        throw AidbException.overloaded("Too much text is being stored already", RETRY);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AidbException(ErrorCode.UNAVAILABLE, "The server is stopping", e);
    }
    try {
      return work.get();
    } finally {
      free.release(wanted);
    }
  }
}
