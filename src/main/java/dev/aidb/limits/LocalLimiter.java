package dev.aidb.limits;

import dev.aidb.core.AidbException;
import dev.aidb.operation.Allowance;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps every client's log in this process.
 *
 * <p>A client with ten units takes about 140 bytes, one with a thousand about 4 KB. Bounded are the
 * number of clients and the units that all logs together have room for: {@value #UNITS_PER_CLIENT}
 * for each client, but {@value #UNITS_MIN} at least, so that a few clients may all be busy. Where
 * no client fits any more, who isn't known yet is refused (503); where no unit fits, so is a known
 * client whose log must grow. To forget units that still count would let their client have more
 * than its allowance. An eighth of either room is kept for keys, so that strangers from many
 * addresses can't shut them out.
 */
final class LocalLimiter implements Limiter {
  private static final System.Logger LOG = System.getLogger(LocalLimiter.class.getName());

  /** Units that there is room for, on average, for each client that there is room for. */
  static final int UNITS_PER_CLIENT = 32;

  /** Units that there is room for however few clients there may be; they take 16 MiB. */
  static final int UNITS_MIN = 4 * 1024 * 1024;

  private static final int TABLES = 256;
  private static final int TABLE_SHIFT = Long.SIZE - 8;
  private static final int KEPT_FOR_KEYS = 8;
  private static final Duration SWEEP_EVERY = Duration.ofMinutes(1);
  private static final Duration COME_BACK = Duration.ofSeconds(30);
  private static final long NANOS = 1_000;

  private final ClientTable[] tables = new ClientTable[TABLES];
  private final SipHash names = SipHash.secret();
  private final LongSupplier nanoTime;
  private final long origin;
  private final Windows windows;
  private final int clientsMax;
  private final long placesMax;
  private final AtomicInteger clients = new AtomicInteger();
  private final AtomicLong places = new AtomicLong();
  private volatile @Nullable Thread sweeper;

  /**
   * @param clientsMax clients that are remembered at a time, at least 8
   */
  LocalLimiter(int clientsMax) {
    this(clientsMax, Windows.usual(), System::nanoTime);
  }

  /**
   * @param nanoTime nanoseconds on a scale that never runs backwards
   */
  LocalLimiter(int clientsMax, Windows windows, LongSupplier nanoTime) {
    this(clientsMax, Math.max(UNITS_MIN, (long) clientsMax * UNITS_PER_CLIENT), windows, nanoTime);
  }

  /**
   * @param placesMax units that all logs together have room for
   */
  LocalLimiter(int clientsMax, long placesMax, Windows windows, LongSupplier nanoTime) {
    if (clientsMax < KEPT_FOR_KEYS) {
      throw new IllegalArgumentException("room for 8 clients at least");
    }
    this.clientsMax = clientsMax;
    this.placesMax = placesMax;
    this.windows = windows;
    this.nanoTime = nanoTime;
    this.origin = nanoTime.getAsLong();
    for (int i = 0; i < TABLES; i++) {
      tables[i] = new ClientTable();
    }
  }

  /** Begins to forget idle clients once a minute. */
  LocalLimiter start() {
    sweeper = Thread.ofVirtual().name("limits-sweep").start(this::sweepAgainAndAgain);
    return this;
  }

  /** The clients that are remembered. */
  int clients() {
    return clients.get();
  }

  /** The units that all logs together have room for. */
  long places() {
    return places.get();
  }

  @Override
  public Decision take(Client client, Allowance allowance, int cost) {
    ClientHash hash = ClientHash.within(names, client);
    int units = Limiter.units(allowance, cost);
    ClientTable table = tableOf(hash);
    synchronized (table) {
      long nanos = nanoTime.getAsLong() - origin; // within the lock, so that logs are in order
      SlidingLog known = table.find(hash);
      SlidingLog log = known == null ? new SlidingLog() : known;
      Decision decision = log.judge(Math.floorDiv(nanos, NANOS), units, windows, allowance);
      if (decision.admitted()) {
        if (!charge(table, hash, client, log, known == null, nanos, units)) {
          throw full();
        }
      }
      return decision;
    }
  }

  /**
   * Charges what was admitted elsewhere, so that the log is true should this limiter have to decide
   * the next time; in vain when there is no room.
   */
  void note(Client client, int units) {
    ClientHash hash = ClientHash.within(names, client);
    ClientTable table = tableOf(hash);
    synchronized (table) {
      long nanos = nanoTime.getAsLong() - origin;
      SlidingLog known = table.find(hash);
      SlidingLog log = known == null ? new SlidingLog() : known;
      log.expire(Math.floorDiv(nanos, NANOS) - windows.hour());
      charge(table, hash, client, log, known == null, nanos, units);
    }
  }

  private ClientTable tableOf(ClientHash hash) {
    return tables[(int) (hash.high() >>> TABLE_SHIFT)];
  }

  private boolean charge(
      ClientTable table,
      ClientHash hash,
      Client client,
      SlidingLog log,
      boolean isNew,
      long nanos,
      int units) {
    int more = log.growth(units) + (isNew ? log.capacity() : 0);
    if (more > 0 && !reservePlaces(client, more)) {
      return false;
    }
    if (isNew) {
      if (!reserveClient(client)) {
        places.addAndGet(-more);
        return false;
      }
      table.put(hash, log);
    }
    // The moment is rounded up and the present down: no unit leaves a window before its time.
    log.add(Math.ceilDiv(nanos, NANOS), units);
    return true;
  }

  private boolean reservePlaces(Client client, int more) {
    long most = client.known() ? placesMax : placesMax - placesMax / KEPT_FOR_KEYS;
    if (places.addAndGet(more) <= most) {
      return true;
    }
    places.addAndGet(-more);
    return false;
  }

  private boolean reserveClient(Client client) {
    int most = client.known() ? clientsMax : clientsMax - clientsMax / KEPT_FOR_KEYS;
    if (clients.incrementAndGet() <= most) {
      return true;
    }
    clients.decrementAndGet();
    return false;
  }

  private static AidbException full() {
    return AidbException.overloaded(
        "The server is asked more, or by more clients, than it can count", COME_BACK);
  }

  private void sweepAgainAndAgain() {
    try {
      while (true) {
        Thread.sleep(SWEEP_EVERY);
        sweep();
      }
    } catch (InterruptedException e) {
      LOG.log(Level.DEBUG, "No more sweeps");
    }
  }

  /** Forgets the clients that asked nothing for the longest window. */
  void sweep() {
    for (ClientTable table : tables) {
      synchronized (table) {
        long now = Math.floorDiv(nanoTime.getAsLong() - origin, NANOS);
        ClientTable.Swept swept = table.sweep(now - windows.hour());
        clients.addAndGet(-swept.clients());
        places.addAndGet(-swept.places());
      }
    }
  }

  @Override
  public void close() {
    Thread running = sweeper;
    if (running != null) {
      running.interrupt();
    }
  }
}
