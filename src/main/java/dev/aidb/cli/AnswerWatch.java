package dev.aidb.cli;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;

/**
 * Breaks off the reading of an answer that goes silent; a request's own timeout ends with its head.
 */
final class AnswerWatch implements AutoCloseable {
  private final InputStream answer;
  private final Duration silenceMax;
  private final Thread watcher;
  private volatile long lastProgress = System.nanoTime();

  /**
   * @param answer is closed, which makes its reader fail, when there was no progress
   * @param silenceMax for so long
   */
  AnswerWatch(InputStream answer, Duration silenceMax) {
    this.answer = answer;
    this.silenceMax = silenceMax;
    this.watcher = Thread.ofVirtual().name("answer-watch").start(this::watch);
  }

  /** Something came. */
  void progress() {
    lastProgress = System.nanoTime();
  }

  private void watch() {
    try {
      for (Duration left = silenceMax; left.isPositive(); left = left()) {
        Thread.sleep(left);
      }
      answer.close();
    } catch (InterruptedException | IOException e) {
      Thread.currentThread().interrupt(); // the reading has ended by itself
    }
  }

  private Duration left() {
    return silenceMax.minusNanos(System.nanoTime() - lastProgress);
  }

  @Override
  public void close() {
    watcher.interrupt();
  }
}
