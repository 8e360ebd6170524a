package dev.aidb.documents;

import dev.aidb.core.AidbException;
import dev.aidb.core.Deadline;
import dev.aidb.core.ErrorCode;
import dev.aidb.log.LogContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Works through a stream in groups of what has arrived by now, several groups at once, and hands
 * the results over in the order of the items.
 *
 * <p>A client that waits for each answer before it goes on has groups of one and is answered at
 * once; one that sends without pause has full groups. Two items of the same key are never in work
 * together: the later finds the earlier done.
 *
 * @param <T> an item
 * @param <R> its result
 */
final class GroupedWork<T, R> {
  private static final Duration PER_GROUP = Duration.ofMinutes(5);

  /** What the stream tells of an item: how heavy it is, and its key, if it has one. */
  interface Traits<T> {
    int weight(T item);

    Optional<?> key(T item);
  }

  private record Read<T>(T item, int permits) {}

  private record Group<T, R>(List<Read<T>> items, Set<Object> keys, Future<List<R>> results) {}

  private final StreamBounds bounds;
  private final Traits<T> traits;
  private final Function<List<T>, List<R>> work;

  /** What the threads of the groups are given of the reader's: the request that they work for. */
  private final ScopedValue.Carrier context;

  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
  private final Semaphore weight;
  private final BlockingQueue<Optional<Read<T>>> arrived;
  private final BlockingQueue<Optional<Group<T, R>>> inWork;
  private final Semaphore places;

  private GroupedWork(StreamBounds bounds, Traits<T> traits, Function<List<T>, List<R>> work) {
    this.bounds = bounds;
    this.traits = traits;
    this.work = work;
    this.context = LogContext.handedOn(ScopedValue.where(Deadline.CURRENT, Deadline.in(PER_GROUP)));
    this.weight = new Semaphore(bounds.weight());
    this.arrived = new ArrayBlockingQueue<>(bounds.groupItems());
    this.inWork = new ArrayBlockingQueue<>(bounds.groups());
    this.places = new Semaphore(bounds.groups());
  }

  /**
   * Returns when every result was handed over; throws what the reading, the work or the handing
   * over threw first.
   *
   * @param items read one at a time, on the calling thread
   * @param work makes the results of a group, in order, on a virtual thread of its own with {@link
   *     #PER_GROUP} to do it
   * @param out gets each result, always on the same thread
   */
  static <T, R> void run(
      Iterator<T> items,
      StreamBounds bounds,
      Traits<T> traits,
      Function<List<T>, List<R>> work,
      Consumer<R> out) {
    new GroupedWork<>(bounds, traits, work).run(items, out);
  }

  private void run(Iterator<T> items, Consumer<R> out) {
    Thread reader = Thread.currentThread();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<?> grouping = threads.submit(() -> orInterrupt(reader, () -> group(threads)));
      Future<?> handing = threads.submit(() -> orInterrupt(reader, () -> hand(out)));
      try {
        read(items);
        grouping.get();
        handing.get();
      } catch (InterruptedException | RuntimeException e) {
        throw firstFailure(e);
      } catch (ExecutionException e) {
        throw firstFailure(e);
      } finally {
        // Groups that have begun are let finish: an interrupt in the middle of a commit helps
        // nobody.
        grouping.cancel(true);
        handing.cancel(true);
      }
    }
  }

  private interface Step {
    void run() throws InterruptedException;
  }

  /** A step that fails must not leave the reader waiting for a client. */
  private boolean orInterrupt(Thread reader, Step step) throws InterruptedException {
    try {
      step.run();
      return true;
    } catch (RuntimeException | Error e) {
      failure.compareAndSet(null, e);
      reader.interrupt();
      throw e;
    }
  }

  private void read(Iterator<T> items) throws InterruptedException {
    while (items.hasNext()) {
      T item = items.next();
      int permits = Math.clamp(traits.weight(item), 1, bounds.weight());
      weight.acquire(permits);
      arrived.put(Optional.of(new Read<>(item, permits)));
    }
    arrived.put(Optional.empty());
  }

  /** Makes groups of what has arrived and starts them. */
  private void group(ExecutorService threads) throws InterruptedException {
    List<Group<T, R>> running = new ArrayList<>();
    @Nullable Optional<Read<T>> next = arrived.take();
    while (next.isPresent()) {
      List<Read<T>> items = new ArrayList<>();
      Set<Object> keys = new HashSet<>();
      int heavy = 0;
      while (next != null && next.isPresent() && fits(next.get(), items.size(), heavy, keys)) {
        items.add(next.get());
        heavy += next.get().permits;
        next = arrived.poll();
      }
      places.acquire();
      running.removeIf(group -> group.results.isDone());
      running.stream()
          .filter(group -> group.keys.stream().anyMatch(keys::contains))
          .forEach(GroupedWork::settle);
      ScopedValue.Carrier carrier = context.where(Deadline.CURRENT, Deadline.in(PER_GROUP));
      List<T> group = items.stream().map(Read::item).toList();
      Group<T, R> started =
          new Group<>(items, keys, threads.submit(() -> carrier.call(() -> work.apply(group))));
      running.add(started);
      inWork.put(Optional.of(started));
      if (next == null) {
        next = arrived.take();
      }
    }
    inWork.put(Optional.empty());
  }

  /**
   * Whether the item may join a group of so many items, that weight and these keys; its key is
   * added.
   */
  private boolean fits(Read<T> read, int items, int heavy, Set<Object> keys) {
    boolean hasRoom =
        items == 0 || (items < bounds.groupItems() && heavy + read.permits <= bounds.groupWeight());
    Optional<?> key = traits.key(read.item);
    return hasRoom && (key.isEmpty() || keys.add(key.get()));
  }

  private static void settle(Group<?, ?> group) {
    try {
      group.results.get();
    } catch (ExecutionException e) {
      // The one who hands results over meets the same failure and tells it.
    } catch (InterruptedException e) {
      throw stopping(e);
    }
  }

  private void hand(Consumer<R> out) throws InterruptedException {
    for (Optional<Group<T, R>> next = inWork.take(); next.isPresent(); next = inWork.take()) {
      Group<T, R> group = next.get();
      try {
        group.results.get().forEach(out);
      } catch (ExecutionException e) {
        throw asRuntime(e.getCause());
      }
      places.release();
      weight.release(group.items.stream().mapToInt(Read::permits).sum());
    }
  }

  /**
   * The reader may only have been interrupted because another step failed: then that is the failure
   * to tell.
   */
  private RuntimeException firstFailure(Exception e) {
    Throwable first = failure.get();
    if (first != null) {
      Thread
          .interrupted(); // it has done its duty, and would make the executor interrupt the groups
      return asRuntime(first);
    }
    return e instanceof InterruptedException interrupted ? stopping(interrupted) : asRuntime(e);
  }

  private static RuntimeException asRuntime(@Nullable Throwable failure) {
    return failure instanceof RuntimeException known
        ? known
        : new IllegalStateException("a group failed unexpectedly", failure);
  }

  private static AidbException stopping(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new AidbException(ErrorCode.UNAVAILABLE, "The server is stopping", e);
  }
}
