package dev.aidb.http;

import dev.aidb.core.AidbException;
import dev.aidb.operation.Json;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Writes a stream's answer, a line for each record. Lines are handed to the connection at once
 * while the server waits for the client, who may be waiting for them, and else at the latest with
 * the first line written after {@value #FLUSH_MILLIS} ms. The head goes out with the first line, so
 * that a stream which fails before it has an ordinary status. Thread-safe: one thread reads the
 * client's lines while another writes the answers.
 */
final class OutLines<O> implements Consumer<O> {
  private static final long FLUSH_MILLIS = 50;

  private final Exchange exchange;
  private @Nullable OutputStream out;
  private boolean unflushed;
  private boolean clientAwaited;
  private long flushedAt = System.nanoTime();

  OutLines(Exchange exchange) {
    this.exchange = exchange;
  }

  synchronized boolean begun() {
    return out != null;
  }

  @Override
  public void accept(O line) {
    byte[] json = Json.bytes(Objects.requireNonNull(line));
    synchronized (this) {
      write(json);
      flushIfDue();
    }
  }

  private void flushIfDue() {
    if (clientAwaited || System.nanoTime() - flushedAt > FLUSH_MILLIS * 1_000_000) {
      flush();
    }
  }

  /** The last line of a stream that failed. */
  synchronized void problem(AidbException failure) {
    write(Problems.bytes(failure, exchange.requestId(), exchange.path()));
  }

  /** Whether the server waits for the client from now on; if so, all that is written goes out. */
  synchronized void awaitClient(boolean awaited) {
    clientAwaited = awaited;
    if (awaited) {
      flush();
    }
  }

  private void flush() {
    flushedAt = System.nanoTime();
    if (unflushed) {
      try {
        stream().flush();
      } catch (IOException e) {
        throw new ClientGone(e);
      }
      unflushed = false;
    }
  }

  synchronized void end() {
    try {
      stream().close();
    } catch (IOException e) {
      throw new ClientGone(e);
    }
  }

  private void write(byte[] json) {
    try {
      stream().write(json, 0, json.length);
      stream().write('\n');
    } catch (IOException e) {
      throw new ClientGone(e);
    }
    unflushed = true;
  }

  private OutputStream stream() {
    if (out == null) {
      out = exchange.stream(MediaTypes.LINES);
    }
    return out;
  }
}
