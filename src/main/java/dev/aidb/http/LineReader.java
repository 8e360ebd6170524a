package dev.aidb.http;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Optional;

/**
 * Cuts a stream of bytes into lines at LF (a CR before it belongs to the end of the line). A line
 * over the limit is read to its end but not kept. The last line may lack its LF.
 */
final class LineReader {
  private static final int BUFFER = 16 * 1024;

  private final Source source;
  private final int lineBytesMax;
  private final byte[] buffer = new byte[BUFFER];
  private int start;
  private int end;
  private boolean ended;

  /** Where the bytes come from. */
  @FunctionalInterface
  interface Source {
    /**
     * Waits for at least one byte.
     *
     * @param lineBegun whether the line that is being read has begun
     * @return how many bytes were read, or -1 at the end
     */
    int read(byte[] into, boolean lineBegun);
  }

  /**
   * One line without its end.
   *
   * @param bytes the line; empty when it was too long
   * @param tooLong whether the line was over the limit
   */
  @SuppressWarnings("ArrayRecordComponent") // handed on once, never compared
  record Raw(byte[] bytes, boolean tooLong) {}

  LineReader(Source source, int lineBytesMax) {
    this.source = source;
    this.lineBytesMax = lineBytesMax;
  }

  /** Whether a whole line is here already, so that {@link #next} won't wait. */
  boolean ready() {
    return ended || indexOfLineFeed() >= 0;
  }

  /** The next line, or empty at the end. */
  Optional<Raw> next() {
    ByteArrayOutputStream line = new ByteArrayOutputStream(512);
    boolean tooLong = false;
    boolean begun = false;
    while (true) {
      int feed = indexOfLineFeed();
      int upTo = feed >= 0 ? feed : end;
      int piece = upTo - start;
      begun |= piece > 0;
      if (line.size() + piece > lineBytesMax + 1) { // one more for a CR
        tooLong = true;
        line = new ByteArrayOutputStream(0);
      }
      if (!tooLong) {
        line.write(buffer, start, piece);
      }
      start = upTo;
      if (feed >= 0) {
        start++;
        return Optional.of(finish(line.toByteArray(), tooLong));
      }
      if (ended || !fill(begun)) {
        return begun ? Optional.of(finish(line.toByteArray(), tooLong)) : Optional.empty();
      }
    }
  }

  private Raw finish(byte[] read, boolean tooLong) {
    boolean carriageReturn = read.length > 0 && read[read.length - 1] == '\r';
    byte[] line = carriageReturn ? Arrays.copyOf(read, read.length - 1) : read;
    boolean over = tooLong || line.length > lineBytesMax;
    return new Raw(over ? new byte[0] : line, over);
  }

  private boolean fill(boolean lineBegun) {
    int n = source.read(buffer, lineBegun);
    start = 0;
    end = Math.max(0, n);
    ended = n < 0;
    return !ended;
  }

  private int indexOfLineFeed() {
    for (int i = start; i < end; i++) {
      if (buffer[i] == '\n') {
        return i;
      }
    }
    return -1;
  }
}
