package dev.aidb.http;

import io.helidon.common.buffers.DataReader;
import io.helidon.common.buffers.DataReader.InsufficientDataAvailableException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What comes in over one connection. Bounds what the server underneath leaves unbounded: how long a
 * silent client is waited for, how long a head may trickle, and how much of one chunk is held. A
 * wait that is too long ends with the connection. Used by the connection's own thread, which also
 * serves its requests.
 */
final class Inflow {
  private static final ThreadLocal<@Nullable Inflow> CURRENT = new ThreadLocal<>();

  private final DataReader raw;
  private final Stalls stalls;
  private final HttpSettings settings;
  private boolean inBody;
  private boolean headBegun;
  private long headBegan;
  private long budget;
  private long pulled;

  Inflow(DataReader raw, Stalls stalls, HttpSettings settings) {
    this.raw = raw;
    this.stalls = stalls;
    this.settings = settings;
  }

  /** More arrived at once than is taken. */
  static final class TooMuch extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TooMuch() {
      super("More arrived at once than is taken", null, false, false);
    }
  }

  /** A request's body begins; no more of it than this is held before {@link #taken}. */
  static void bodyBegins(long budget) {
    Inflow inflow = CURRENT.get();
    if (inflow != null) {
      inflow.inBody = true;
      inflow.budget = budget;
      inflow.pulled = 0;
    }
  }

  /** What was held so far has been taken. */
  static void taken() {
    Inflow inflow = CURRENT.get();
    if (inflow != null) {
      inflow.pulled = 0;
    }
  }

  /** The request is over; what comes next is a head. */
  static void requestEnds() {
    Inflow inflow = CURRENT.get();
    if (inflow != null) {
      inflow.inBody = false;
      inflow.headBegun = false;
    }
  }

  /** Waits for the next bytes; null at the end. */
  byte @Nullable [] pull() {
    CURRENT.set(this);
    if (inBody && pulled > budget) {
      throw new TooMuch();
    }
    Stall stall = stalls.watched(patience());
    stall.arm();
    byte[] bytes = null;
    boolean cut;
    try {
      raw.ensureAvailable();
      bytes = raw.readBytes(raw.available());
    } catch (InsufficientDataAvailableException e) {
      // the end
    } finally {
      cut = stall.disarm();
      stalls.forget(stall);
    }
    if (cut) {
      throw new UncheckedIOException(new IOException("The client was silent for too long"));
    }
    if (bytes != null) {
      note(bytes.length);
    }
    return bytes;
  }

  private void note(int length) {
    if (inBody) {
      pulled += length;
    } else if (!headBegun) {
      headBegun = true;
      headBegan = System.nanoTime();
    }
  }

  private Duration patience() {
    if (inBody || !headBegun) {
      return settings.readTimeout();
    }
    long left = settings.bodyTimeout().toNanos() - (System.nanoTime() - headBegan);
    return Duration.ofNanos(Math.clamp(left, 1, settings.readTimeout().toNanos()));
  }
}
