package dev.aidb.http;

import dev.aidb.core.AidbException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The memory that the bodies of all requests may take together, so that clients who each keep to
 * the limit of one body can't fill the heap between them.
 */
final class BodyRoom {
  private static final Duration COME_BACK = Duration.ofSeconds(1);

  private final AtomicLong left;

  BodyRoom(long bytes) {
    this.left = new AtomicLong(bytes);
  }

  /**
   * Takes room for more bytes of a body.
   *
   * @throws AidbException OVERLOADED when there is none
   */
  void take(long bytes) {
    if (left.addAndGet(-bytes) < 0) {
      left.addAndGet(bytes);
      throw AidbException.overloaded("Too many large requests are on their way", COME_BACK);
    }
  }

  void give(long bytes) {
    left.addAndGet(bytes);
  }
}
