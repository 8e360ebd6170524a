package dev.aidb.http;

import io.helidon.common.buffers.DataReader;
import io.helidon.common.buffers.DataReader.InsufficientDataAvailableException;
import io.helidon.webserver.CloseConnectionException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What comes in over one connection. Bounds what the server underneath leaves unbounded: how long a
 * silent client is waited for, how long a head may trickle, and how much of one chunk is held. A
 * wait that is too long ends with the connection, quietly: there is no request that could have
 * failed. Used by the connection's own thread, which also serves its requests, but for what {@link
 * OpenConnections} asks.
 */
final class Inflow {
  private static final ThreadLocal<@Nullable Inflow> CURRENT = new ThreadLocal<>();

  /** The requests of one client after which others have their turn. */
  private static final int IN_A_ROW = 4;

  private final DataReader raw;
  private final Stalls stalls;
  private final HttpSettings settings;
  private int waits;
  private boolean inBody;
  private volatile boolean inRequest;
  private volatile long idleSince = System.nanoTime();
  private volatile @Nullable Stall waiting;
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

  /** A whole head has come; what follows belongs to its request. */
  static void requestBegins() {
    Inflow inflow = CURRENT.get();
    if (inflow != null) {
      inflow.inRequest = true;
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
      inflow.idleSince = System.nanoTime();
      inflow.inRequest = false;
    }
  }

  /** Whether the client is being waited for, and not within a request. */
  boolean idle() {
    return waiting != null && !inRequest;
  }

  /** The moment of {@link System#nanoTime} from which there has been no request. */
  long idleSince() {
    return idleSince;
  }

  /**
   * Closes the connection if it is {@link #idle}.
   *
   * @return whether it was
   */
  boolean closeIfIdle() {
    Stall wait = waiting;
    return wait != null && !inRequest && wait.cut();
  }

  /**
   * Waits for the next bytes; null at the end of a body that breaks off.
   *
   * @throws CloseConnectionException when nothing more is to come, or wasn't waited for
   */
  byte @Nullable [] pull() {
    CURRENT.set(this);
    if (inBody && pulled > budget) {
      throw new TooMuch();
    }
    if (!inRequest && !headBegun && ++waits % IN_A_ROW == 0) {
      // A client whose next request is there already would keep the processor for itself, since a
      // virtual thread goes on until it has to wait, while others wait for seconds.
      Thread.yield();
    }
    Stall stall = stalls.watched(patience());
    stall.arm();
    waiting = stall;
    byte[] bytes = null;
    boolean cut;
    try {
      raw.ensureAvailable();
      bytes = raw.readBytes(raw.available());
    } catch (InsufficientDataAvailableException e) {
      // the end
    } catch (RuntimeException e) {
      throw new CloseConnectionException("The connection broke", e);
    } finally {
      waiting = null;
      cut = stall.disarm();
      stalls.forget(stall);
    }
    if (cut) {
      throw new CloseConnectionException("The client was silent for too long");
    }
    if (bytes != null) {
      note(bytes.length);
    } else if (!inRequest) {
      throw new CloseConnectionException("The client has gone");
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
