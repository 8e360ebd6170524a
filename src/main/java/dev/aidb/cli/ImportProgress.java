package dev.aidb.cli;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** Shows how far an import is: a bar on a terminal, now and then a line elsewhere. */
final class ImportProgress implements AutoCloseable {
  private static final Duration BAR_EVERY = Duration.ofMillis(200);
  private static final int BAR_MAX = 40;
  private static final int BAR_MIN = 10;

  /** Goes to the line's beginning and clears it. */
  private static final String ANEW = "\r\033[K";

  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().factory());
  private final Runnable last;

  /**
   * @param every the pause between two lines where there is no terminal
   * @param done documents answered so far
   * @param limited for how long the server's rate limit still keeps the import waiting
   */
  ImportProgress(
      Terminal terminal,
      long total,
      Duration every,
      LongSupplier done,
      Supplier<Duration> limited) {
    long start = System.nanoTime();
    PrintWriter err = terminal.err();
    Runnable show;
    if (terminal.colours()) { // so it heeds control sequences
      int width = terminal.width();
      show =
          () -> {
            String bar = bar(done.getAsLong(), total, since(start), width);
            print(err, ANEW + (limited.get().isZero() ? bar : waiting(limited.get())));
          };
      last = () -> print(err, ANEW);
      every(BAR_EVERY, show);
    } else {
      show =
          () -> {
            String line = line(done.getAsLong(), total, since(start));
            String wait = limited.get().isZero() ? "" : "; " + waiting(limited.get());
            print(err, line + wait + System.lineSeparator());
          };
      last = () -> {};
      every(every, show);
    }
  }

  private void every(Duration pause, Runnable show) {
    clock.scheduleAtFixedRate(show, pause.toMillis(), pause.toMillis(), TimeUnit.MILLISECONDS);
  }

  private static void print(PrintWriter err, String text) {
    err.print(text);
    err.flush();
  }

  private static long since(long start) {
    return System.nanoTime() - start;
  }

  /** One line of a terminal, no wider than it. */
  static String bar(long done, long total, long nanos, int width) {
    String figures = line(done, total, nanos);
    int length = Math.min(BAR_MAX, width - figures.length() - 4);
    if (length < BAR_MIN) {
      return figures.substring(0, Math.min(figures.length(), width - 1));
    }
    int filled = total <= 0 ? 0 : (int) (length * Math.min(done, total) / total);
    return "[" + "#".repeat(filled) + ".".repeat(length - filled) + "] " + figures;
  }

  static String line(long done, long total, long nanos) {
    double rate = done / Math.max(1e-9, nanos / 1e9);
    String left = "";
    if (done > 0 && total > done) {
      left = ", " + duration(Math.round((total - done) / rate)) + " left";
    }
    return String.format(Locale.ROOT, "%,d of %,d documents, %.0f/s%s", done, total, rate, left);
  }

  /** What keeps an import waiting. */
  static String waiting(Duration left) {
    return "waiting " + duration(left.plusNanos(999_999_999).toSeconds()) + " for the rate limit";
  }

  private static String duration(long seconds) {
    if (seconds < 120) {
      return seconds + " s";
    }
    long minutes = (seconds + 30) / 60;
    return minutes < 120 ? minutes + " min" : (minutes + 30) / 60 + " h";
  }

  @Override
  public void close() {
    clock.shutdownNow();
    try {
      clock.awaitTermination(1, TimeUnit.SECONDS); // what it prints must not follow the last word
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    last.run();
  }
}
