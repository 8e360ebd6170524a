package dev.aidb.similarity;

import dev.aidb.core.Deadline;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Finds the survivors of a collection: vectors in order survive or fall to the first survivor
 * before them that they are close to. Nobody falls to one that has fallen.
 *
 * <p>Blocks of vectors are compared with the survivors so far on all threads, and what is left of a
 * block with each other on one. So a heap of equal vectors costs no more than others, and the
 * result doesn't depend on the number of threads.
 */
public final class NearDuplicates {
  /** The least threshold; a bound of nothing would be reached by everything. */
  public static final double THRESHOLD_MIN = 0.1;

  private static final int BLOCK = 2048;

  /** What one thread takes at a time, so that threads end at nearly the same time. */
  private static final int SHARE = 64;

  /** The directions of the first filter. */
  private static final int COARSE = 15;

  private static final ThreadFactory THREADS =
      Thread.ofPlatform().name("near-duplicates-", 0).daemon().factory();

  private final Path directory;
  private final int threads;
  private final int countMax;

  /**
   * Deletes what an earlier process may have left in the directory.
   *
   * @param directory where a file of {@code 4 × count × dimension} bytes has room
   * @param threads how many processors a search may use, from 1 on
   * @param countMax how many vectors are taken at most
   */
  public NearDuplicates(Path directory, int threads, int countMax) {
    if (threads < 1 || countMax < 1) {
      throw new IllegalArgumentException("there must be a thread and a vector");
    }
    this.directory = directory;
    this.threads = threads;
    this.countMax = countMax;
    SpilledVectors.deleteStale(directory);
  }

  /**
   * Goes through all vectors. Ends within a fraction of a second of the current {@link Deadline},
   * of an interruption, or of {@code stop}.
   *
   * @param safe so many at the beginning survive whatever they are close to
   * @param threshold strictly below the cosine of duplicates, from {@value #THRESHOLD_MIN} to 1
   * @param stop asked often, from several threads
   * @throws CancellationException when told to stop or interrupted
   * @throws IllegalArgumentException if a vector isn't normalised, or there are too many
   * @throws dev.aidb.core.AidbException DEADLINE_EXCEEDED, or STORAGE_FULL
   */
  public Survivors survivors(
      VectorSource source, int safe, double threshold, BooleanSupplier stop) {
    if (!(threshold >= THRESHOLD_MIN && threshold <= 1)) {
      throw new IllegalArgumentException("the threshold must be from 0.1 to 1");
    }
    Runnable check = checking(stop);
    try (SpilledVectors vectors = SpilledVectors.of(source, directory, countMax, check);
        ExecutorService workers = Executors.newFixedThreadPool(threads, THREADS)) {
      return vectors.count() == 0
          ? new Survivors(new int[0], new double[0])
          : new Search(vectors, threshold, check, workers).run(safe);
    }
  }

  /** For any thread: the deadline and the interruption are those of the caller. */
  private static Runnable checking(BooleanSupplier stop) {
    Thread caller = Thread.currentThread();
    Runnable inTime = Deadline.CURRENT.isBound() ? Deadline.CURRENT.get()::check : () -> {};
    return () -> {
      inTime.run();
      if (stop.getAsBoolean() || caller.isInterrupted()) {
        throw new CancellationException("the search for near-duplicates was stopped");
      }
    };
  }

  /** One search. */
  private static final class Search {
    private final SpilledVectors vectors;
    private final double threshold;
    private final Runnable check;
    private final ExecutorService workers;
    private final Basis basis;
    private final int coarse;
    private final Standing standing;
    private final Projections projections;
    private final Survivors result;
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    Search(SpilledVectors vectors, double threshold, Runnable check, ExecutorService workers) {
      this.vectors = vectors;
      this.threshold = threshold;
      this.check = check;
      this.workers = workers;
      this.basis = Basis.of(vectors);
      this.coarse = Math.min(COARSE, vectors.dimension());
      this.standing = new Standing(coarse + 1);
      this.projections = new Projections(Math.min(BLOCK, vectors.count()), coarse + 1);
      this.result = new Survivors(new int[vectors.count()], new double[vectors.count()]);
      Arrays.setAll(result.indexes(), i -> i);
      Arrays.fill(result.cosines(), 1);
    }

    Survivors run(int safe) {
      for (int start = 0; start < vectors.count(); start += BLOCK) {
        int size = Math.min(BLOCK, vectors.count() - start);
        int free = Math.clamp((long) safe - start, 0, size);
        compareWithStanding(start, size, free);
        compareWithEachOther(start, size, free);
      }
      return result;
    }

    private void compareWithStanding(int start, int size, int free) {
      List<Future<?>> shares = new ArrayList<>();
      for (int from = 0; from < size; from += SHARE) {
        int first = from;
        int end = Math.min(from + SHARE, size);
        shares.add(workers.submit(() -> share(start, first, end, free)));
      }
      shares.forEach(this::await);
    }

    private void share(int start, int from, int to, int free) {
      try {
        project(start, from, to);
        int first = Math.max(from, free);
        if (first < to) {
          Probe.Open open = new Probe.Open(start, first, to, result);
          probe().search(open, 0, this::check);
        }
      } catch (RuntimeException | Error e) {
        var unused = failure.compareAndSet(null, e);
        throw e;
      }
    }

    private void check() {
      if (failure.get() != null) {
        throw new CancellationException("another thread failed");
      }
      check.run();
    }

    private void project(int start, int from, int to) {
      float[] vector = new float[vectors.dimension()];
      double[] scratch = new double[Basis.WIDTH];
      for (int row = from; row < to; row++) {
        vectors.read(start + row, vector);
        basis.project(
            vector,
            scratch,
            coarse,
            projections.coarse(),
            row * (coarse + 1),
            projections.fine(),
            row * Basis.WIDTH);
      }
    }

    private Probe probe() {
      return new Probe(vectors, projections, standing, coarse + 1, threshold);
    }

    private void compareWithEachOther(int start, int size, int free) {
      Probe probe = probe();
      int before = standing.count();
      for (int row = 0; row < size; row++) {
        if (row % SHARE == 0) {
          check.run();
        }
        if (row >= free && result.survives(start + row)) {
          probe.searchFrom(new Probe.Open(start, row, row + 1, result), before);
        }
        if (result.survives(start + row)) {
          standing.add(start + row, projections, row);
        }
      }
    }

    private void await(Future<?> share) {
      try {
        var unused = share.get();
      } catch (InterruptedException e) {
        var unused = failure.compareAndSet(null, e);
        Thread.currentThread().interrupt();
        throw new CancellationException("the search for near-duplicates was interrupted");
      } catch (ExecutionException e) {
        throw theFirst(failure.get());
      }
    }

    /** The one that made the others fail. */
    private static RuntimeException theFirst(@Nullable Throwable failure) {
      return switch (failure) {
        case RuntimeException e -> e;
        case Error e -> throw e;
        case null, default -> new IllegalStateException(failure);
      };
    }
  }
}
