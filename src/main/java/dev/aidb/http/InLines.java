package dev.aidb.http;

import dev.aidb.core.AidbException;
import dev.aidb.core.Deadline;
import dev.aidb.core.ErrorCode;
import dev.aidb.operation.Handler;
import dev.aidb.operation.Handler.Line;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.time.Duration;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads a stream's lines, each bound and validated by itself. Blank lines count as lines but are
 * passed over; what is wrong with a line is a {@link Handler.Line.Bad} and doesn't end the stream.
 */
final class InLines<I extends Record> implements Iterator<Line<I>> {
  /** Not for each line: that would cost a hash each, and revocations take a second anyway. */
  private static final Duration JUDGED_EVERY = Duration.ofSeconds(1);

  private final Exchange exchange;
  private final Visit visit;
  private final BiFunction<Map<String, String>, InputStream, I> binder;
  private final HttpSettings settings;
  private final Deadline end;
  private final Consumer<Boolean> waiting;
  private final LineReader lines;
  private Deadline lineDeadline;
  private long judgedAtNanos = System.nanoTime();
  private long number;
  private @Nullable Line<I> next;
  private boolean ended;

  /**
   * @param visit the request, judged again while its lines come
   * @param binder makes a line's record of the path's parameters and the line
   * @param end until when the stream may last
   * @param waiting is told true before the client is waited for and false when its line is there
   */
  InLines(
      Exchange exchange,
      Visit visit,
      BiFunction<Map<String, String>, InputStream, I> binder,
      HttpSettings settings,
      Deadline end,
      Consumer<Boolean> waiting) {
    this.exchange = exchange;
    this.visit = visit;
    this.binder = binder;
    this.settings = settings;
    this.end = end;
    this.waiting = waiting;
    this.lines = new LineReader(this::read, settings.maxLineBytes());
    this.lineDeadline = Deadline.in(settings.bodyTimeout());
  }

  @Override
  public boolean hasNext() {
    while (next == null && !ended) {
      boolean wait = !lines.ready();
      if (wait) {
        waiting.accept(true);
      }
      lineDeadline = Deadline.in(settings.bodyTimeout());
      Optional<LineReader.Raw> line = lines.next();
      if (wait) {
        waiting.accept(false);
      }
      if (line.isEmpty()) {
        ended = true;
      } else {
        judgeAgainWhenDue();
        number++;
        next = line.get().tooLong() ? tooLong() : bind(line.get().bytes());
      }
    }
    return next != null;
  }

  /** Before a line is taken, so that a key which has ended writes nothing more. */
  private void judgeAgainWhenDue() {
    long now = System.nanoTime();
    if (now - judgedAtNanos >= JUDGED_EVERY.toNanos()) {
      visit.again().run();
      judgedAtNanos = now;
    }
  }

  @Override
  public Line<I> next() {
    if (!hasNext() || next == null) {
      throw new NoSuchElementException();
    }
    Line<I> line = next;
    next = null;
    return line;
  }

  private @Nullable Line<I> bind(byte[] json) {
    if (isBlank(json)) {
      return null;
    }
    try {
      return new Line.Good<>(number, binder.apply(visit.path(), new ByteArrayInputStream(json)));
    } catch (AidbException e) {
      return new Line.Bad<>(number, e);
    }
  }

  private Line<I> tooLong() {
    return new Line.Bad<>(
        number,
        new AidbException(
            ErrorCode.PAYLOAD_TOO_LARGE,
            "The line is longer than " + settings.maxLineBytes() + " bytes"));
  }

  private int read(byte[] into, boolean lineBegun) {
    end.check();
    if (lineBegun && lineDeadline.passed()) {
      throw new AidbException(ErrorCode.REQUEST_TIMEOUT, "The line took too long to arrive");
    }
    int n = exchange.read(into);
    if (!lineBegun) {
      lineDeadline = Deadline.in(settings.bodyTimeout());
    }
    return n;
  }

  private static boolean isBlank(byte[] line) {
    for (byte b : line) {
      if (b != ' ' && b != '\t' && b != '\r') {
        return false;
      }
    }
    return true;
  }
}
