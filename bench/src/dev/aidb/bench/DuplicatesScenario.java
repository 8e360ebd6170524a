package dev.aidb.bench;

import dev.aidb.similarity.NearDuplicates;
import dev.aidb.similarity.Survivors;
import dev.aidb.similarity.VectorSource;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;

/**
 * Near-duplicates at cosine 0.95: real embeddings against the exact answer, and a million vectors
 * made of them.
 */
final class DuplicatesScenario implements Scenario {
  private static final int DIMENSION = 384;
  private static final double THRESHOLD = 0.95;
  private static final double MEGABYTE = 1e6;

  @Override
  public void run(Setup setup, Report report) throws Exception {
    int count = setup.brief() ? 5_000 : 100_000;
    float[] vectors = read(RealVectors.file(setup, count), count);
    Path directory = setup.folder("duplicates");
    String what = "near-duplicates of %,d real embeddings, ".formatted(count);

    Survivors found = search(directory, 2, given(vectors, count)); // and warms up
    report.atMost(
        what + "peak of memory",
        memoryOf(() -> search(directory, 2, given(vectors, count))),
        256,
        "MB");
    Timings two = new Timings();
    Timings one = new Timings();
    for (int round = 0; round < setup.rounds(); round++) {
      two.add(nanosOf(() -> search(directory, 2, given(vectors, count))));
      one.add(nanosOf(() -> search(directory, 1, given(vectors, count))));
    }
    report.atMost(what + "two threads, p50", two.p50() / 1e3, 5, "s");
    report.figure(what + "one thread, p50", one.p50() / 1e3, "s");
    report.figure(what + "that fell", count - survivorsOf(found), "");

    long start = System.nanoTime();
    int[] exact = ExactDuplicates.survivors(vectors, DIMENSION, THRESHOLD);
    report.figure(
        what + "all pairs, two threads, once", (System.nanoTime() - start) / 1e9, "s");
    report.atMost(
        what + "other verdicts than from all pairs",
        differences(exact, found.indexes()),
        0,
        "");

    int many = setup.brief() ? 50_000 : 1_000_000;
    long before = System.nanoTime();
    Survivors ofMany = search(directory, 2, made(vectors, count, many));
    report.atMost(
        "near-duplicates of %,d made vectors, two threads, once".formatted(many),
        (System.nanoTime() - before) / 1e9,
        300,
        "s");
    report.figure("of these, that fell", many - survivorsOf(ofMany), "");
  }

  private static float[] read(Path file, int count) throws IOException {
    float[] vectors = new float[count * DIMENSION];
    try (FileChannel channel = FileChannel.open(file)) {
      FloatBuffer floats =
          channel
              .map(MapMode.READ_ONLY, 0, channel.size())
              .order(ByteOrder.LITTLE_ENDIAN)
              .asFloatBuffer();
      floats.get(vectors);
    }
    return vectors;
  }

  private static Survivors search(Path directory, int threads, VectorSource source) {
    return new NearDuplicates(directory, threads, 10_000_000)
        .survivors(source, 0, THRESHOLD, () -> false);
  }

  private static long survivorsOf(Survivors survivors) {
    long count = 0;
    for (int i = 0; i < survivors.indexes().length; i++) {
      count += survivors.survives(i) ? 1 : 0;
    }
    return count;
  }

  private static int differences(int[] a, int[] b) {
    int differences = 0;
    for (int i = 0; i < a.length; i++) {
      differences += a[i] == b[i] ? 0 : 1;
    }
    return differences;
  }

  private static long nanosOf(Runnable work) {
    long start = System.nanoTime();
    work.run();
    return System.nanoTime() - start;
  }

  /** By how much the process grew at the most, its mapped files included; 0 where unknown. */
  private static double memoryOf(Runnable work) throws IOException {
    System.gc();
    Path reset = Path.of("/proc/self/clear_refs");
    if (!Files.isWritable(reset)) {
      return 0;
    }
    Files.writeString(reset, "5"); // the peak starts anew
    long before = status("VmRSS:");
    work.run();
    return (status("VmHWM:") - before) * 1024 / MEGABYTE;
  }

  private static long status(String line) throws IOException {
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
        .filter(l -> l.startsWith(line))
        .mapToLong(l -> Long.parseLong(l.replaceAll("\\D", "")))
        .findFirst()
        .orElse(0);
  }

  private static VectorSource given(float[] vectors, int count) {
    return new VectorSource() {
      private int next;

      @Override
      public int dimension() {
        return DIMENSION;
      }

      @Override
      public boolean next(float[] vector) {
        if (next == count) {
          return false;
        }
        System.arraycopy(vectors, next++ * DIMENSION, vector, 0, DIMENSION);
        return true;
      }
    };
  }

  /**
   * First the real ones, then mixtures of each with another: one in four so little mixed that it is
   * near its first.
   */
  private static VectorSource made(float[] vectors, int count, int total) {
    SplittableRandom random = new SplittableRandom(11);
    return new VectorSource() {
      private int next;

      @Override
      public int dimension() {
        return DIMENSION;
      }

      @Override
      public boolean next(float[] vector) {
        if (next == total) {
          return false;
        }
        int first = next % count * DIMENSION;
        int second = random.nextInt(count) * DIMENSION;
        float share =
            next++ < count
                ? 0
                : (float)
                    (random.nextInt(4) == 0
                        ? random.nextDouble(0, 0.35)
                        : random.nextDouble(0.5, 1));
        double squares = 0;
        for (int i = 0; i < DIMENSION; i++) {
          vector[i] = vectors[first + i] + share * vectors[second + i];
          squares += (double) vector[i] * vector[i];
        }
        float scale = (float) (1 / Math.sqrt(squares));
        for (int i = 0; i < DIMENSION; i++) {
          vector[i] *= scale;
        }
        return true;
      }
    };
  }
}
