package dev.aidb.embedding;

import dev.aidb.core.StartFailure;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** Something that is worked out on a thread of its own while the start goes on. */
final class Ahead<T> {
  private final FutureTask<T> task;

  private Ahead(FutureTask<T> task) {
    this.task = task;
  }

  static <T> Ahead<T> start(String thread, Callable<T> work) {
    return start(thread, 0, work);
  }

  /**
   * @param stackBytes the size of the thread's stack; 0 for the usual one
   */
  static <T> Ahead<T> start(String thread, long stackBytes, Callable<T> work) {
    FutureTask<T> task = new FutureTask<>(work);
    Thread.ofPlatform().name(thread).daemon().stackSize(stackBytes).start(task);
    return new Ahead<>(task);
  }

  /** Waits for it; throws what the work threw. */
  T get() {
    try {
      return task.get();
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case RuntimeException failure -> throw failure;
        case Error failure -> throw failure;
        case null, default -> throw new IllegalStateException(e);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StartFailure("The start was interrupted", "Start the program again.", e);
    }
  }
}
