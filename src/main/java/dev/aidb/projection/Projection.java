package dev.aidb.projection;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.aidb.core.AidbException;
import dev.aidb.core.ErrorCode;
import dev.aidb.core.ErrorSink;
import dev.aidb.core.StartFailure;
import dev.aidb.index.IndexChange;
import dev.aidb.index.Position;
import dev.aidb.index.VectorIndex;
import dev.aidb.store.ChangeLog;
import dev.aidb.store.Database;
import dev.aidb.store.LogPage;
import dev.aidb.store.LogPosition;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Consumer;

/**
 * The index's follower of the change log, and the way by which writers make their own commits
 * visible. See the package for how the two keep out of each other's way.
 */
public final class Projection implements AutoCloseable {
  private static final Logger LOG = System.getLogger(Projection.class.getName());
  private static final int BATCH = 1_000;
  private static final int DIRECT_MAX = 100_000;
  private static final int TRIM_MAX = 100_000;

  /** Twice the longest that the log usually waits for an open transaction. */
  private static final Duration DIRECT_KEPT = Duration.ofMinutes(2);

  private static final Duration PAUSE_MAX = Duration.ofSeconds(5);
  private static final Duration CLOSE_WAIT = Duration.ofSeconds(10);

  /**
   * How long the applier lets changes gather before it reads the log. Nobody waits for it: what
   * this node wrote is visible already, and to read the log after each small write cost as much as
   * a third of the write.
   */
  private static final Duration GATHER = Duration.ofMillis(50);

  /**
   * @param poll how long the applier sleeps at most when nobody wakes it
   * @param commitEvery how long applied changes may stay without a durable commit; after a crash
   *     that much of the log is read again
   * @param node identifies this index among the log's followers
   * @param upkeepEvery how often the log is told that this node lives, and cut below its followers
   * @param followersKept how long the log waits for a follower that is silent
   */
  public record Settings(
      Duration poll,
      Duration commitEvery,
      UUID node,
      Duration upkeepEvery,
      Duration followersKept) {
    /** With upkeep once an hour and followers that may be silent for a week. */
    public Settings(Duration poll, Duration commitEvery, UUID node) {
      this(poll, commitEvery, node, Duration.ofHours(1), Duration.ofDays(7));
    }
  }

  private final ChangeLog log;
  private final VectorIndex index;
  private final Rows rows;
  private final Runnable signal;
  private final Settings settings;
  private final ErrorSink failures;
  private final Thread applier;
  private final Semaphore wake = new Semaphore(0);
  private final CountDownLatch closing = new CountDownLatch(1);

  /** Held by whoever reads the log or the rows for the index. */
  private final ReentrantLock applying = new ReentrantLock();

  /** Shared by writers that apply their commits, exclusive to keep them away. */
  private final ReadWriteLock door = new ReentrantReadWriteLock();

  private final AtomicLong tickets = new AtomicLong();
  private final ConcurrentHashMap<Long, Long> openTickets = new ConcurrentHashMap<>();

  /** Tickets up to this number are from before the index was emptied or opened again. */
  private volatile long lastVoidTicket;

  /**
   * The versions that writers applied, so that the applier needn't read their rows. An entry goes
   * when the log tells of it; where the log was faster, or the room is short, it goes by itself and
   * a row is read once more than needed.
   */
  private final Cache<UUID, Long> direct =
      Caffeine.newBuilder().maximumSize(DIRECT_MAX).expireAfterWrite(DIRECT_KEPT).build();

  private volatile boolean ready;
  private volatile Optional<String> trouble = Optional.empty();

  /** Up to where the index has the log; empty while it must be built from the rows. */
  private volatile Optional<Position> position = Optional.empty();

  private String whyBuild = "";
  private long dirtySince;
  private boolean dirty;
  private long nextUpkeep;

  /**
   * @param signal tells the other nodes that something was committed; must return at once
   */
  public Projection(
      Database database, ChangeLog log, VectorIndex index, Runnable signal, Settings settings) {
    this(database, log, index, signal, settings, ErrorSink.unheeded());
  }

  /** As above; {@code failures} is told when the index can't follow. */
  public Projection(
      Database database,
      ChangeLog log,
      VectorIndex index,
      Runnable signal,
      Settings settings,
      ErrorSink failures) {
    this.failures = failures;
    this.log = log;
    this.signal = signal;
    this.index = index;
    this.rows = new Rows(database);
    this.settings = settings;
    this.applier = Thread.ofPlatform().name("index-applier").daemon().unstarted(this::follow);
  }

  /**
   * Brings the index up to the log's head, rebuilding it where it can't be continued, then keeps
   * following.
   */
  public void start() {
    applying.lock();
    try {
      Optional<String> reason = whyBuild();
      if (reason.isPresent()) {
        whyBuild = reason.get();
      } else {
        position = index.position();
      }
      drain();
      if (!ready) {
        throw new StartFailure(
            "The index was being built when the server was stopped", "Start it again", null);
      }
    } finally {
      applying.unlock();
    }
    nextUpkeep = System.nanoTime() + settings.upkeepEvery.toNanos();
    applier.start();
  }

  /** Whether the index holds all it should and may be asked. */
  public boolean ready() {
    return ready;
  }

  /** Why the applier isn't getting on, if so. */
  public Optional<String> trouble() {
    return trouble;
  }

  /**
   * How long ago the oldest change that the index has yet to see was written; zero when it has seen
   * all.
   */
  public Duration lag() {
    return log.lag(position.map(Positions::inLog).orElse(LogPosition.START)).age();
  }

  /**
   * Up to where in the log every change is in the index, for whoever has to look at the changes
   * that aren't; empty while the index may not be asked. To be asked for before the index is.
   */
  public Optional<LogPosition> applied() {
    return ready ? position.map(Positions::inLog) : Optional.empty();
  }

  /** Wakes the applier: something was committed, here or elsewhere. */
  public void wake() {
    if (wake.availablePermits() == 0) {
      wake.release();
    }
  }

  /** Opens a ticket; to be taken before the writing transaction begins. */
  public Ticket begin() {
    long number = tickets.incrementAndGet();
    // A change that was settled before this line was committed before this writer's transaction
    // began, so that this writer's versions are newer.
    openTickets.put(number, index.mark());
    return new Ticket(number);
  }

  /** A writer's right to hand its committed changes to the index. */
  public final class Ticket implements AutoCloseable {
    private final long number;

    private Ticket(long number) {
      this.number = number;
    }

    /**
     * Makes committed changes visible to searches on this node. Doesn't throw: the rows are safe,
     * and what can't be applied now is applied from the log.
     *
     * @return whether the changes are visible now
     */
    public boolean committed(List<IndexChange> changes) {
      try {
        return applied(number, changes);
      } finally {
        signal.run();
        wake();
      }
    }

    /**
     * The same for committed changes whose texts and vectors only the database has: reads the rows
     * and applies them.
     *
     * @param versions the versions that the changed records were given
     */
    public boolean reload(Map<UUID, Long> versions) {
      boolean visible = true;
      for (Map<UUID, Long> batch : batches(versions)) {
        List<IndexChange> changes;
        try {
          changes = rows.changes(batch);
        } catch (AidbException e) {
          LOG.log(
              Level.WARNING,
              "Committed changes will reach the index through the log: {0}",
              e.detail());
          changes = List.of();
          visible = false;
        }
        visible &= committed(changes);
      }
      return visible;
    }

    @Override
    public void close() {
      openTickets.remove(number);
    }
  }

  private boolean applied(long ticket, List<IndexChange> changes) {
    door.readLock().lock();
    try {
      if (!ready || ticket <= lastVoidTicket) {
        return false;
      }
      index.apply(changes);
      changes.forEach(change -> direct.asMap().merge(change.id(), change.version(), Math::max));
      return true;
    } catch (RuntimeException e) {
      // The applier tells of it once, if it can't go on either.
      LOG.log(Level.DEBUG, "A committed change will reach the index through the log", e);
      return false;
    } finally {
      door.readLock().unlock();
    }
  }

  /** What {@link #verify} found and mended. */
  public record Verification(long rows, long missing, long stale, long orphans) {
    public boolean clean() {
      return missing + stale + orphans == 0;
    }
  }

  /**
   * Compares every entry of the index with the rows and mends what differs. Writes go on meanwhile;
   * what they change is not counted as a difference.
   */
  public Verification verify() {
    catchUp();
    Comparison comparison = new Comparison(index, rows, this::catchUp, this::mend);
    rows.collections().forEach(comparison::compare);
    Verification found = comparison.result();
    if (!found.clean()) {
      applying.lock();
      try {
        commitNow();
      } finally {
        applying.unlock();
      }
    }
    return found;
  }

  /**
   * Compares every entry of the index with the rows and tells what stands on one side only, in
   * collections that are gone too. Writes go on meanwhile; what they change is not among it.
   *
   * @param each called as differences are found; whatever it throws ends the comparison
   * @throws AidbException {@code UNAVAILABLE} when the index isn't whole, can't be read to its end
   *     or can't follow the log: then what was told so far is not to be acted upon
   */
  public void unmatched(Consumer<Unmatched> each) {
    requireWhole();
    catchUp();
    Comparison comparison = new Comparison(index, rows, this::catchUp, broken -> {});
    Set<String> collections = new TreeSet<>(rows.collections());
    collections.addAll(index.collections());
    collections.forEach(collection -> comparison.unmatched(collection, each));
    requireWhole();
  }

  private void requireWhole() {
    index.check();
    if (!ready) {
      throw AidbException.unavailable("The search index is being built", PAUSE_MAX, null);
    }
  }

  /**
   * How many entries of a collection the index holds.
   *
   * @throws AidbException {@code UNAVAILABLE} when it can't be read
   */
  public long entries(String collection) {
    return index.count(collection);
  }

  /**
   * Makes the index hold these records as their rows are now, or not at all where there is none.
   */
  private void mend(Iterable<UUID> ids) {
    Map<UUID, Long> versions = new LinkedHashMap<>();
    ids.forEach(id -> versions.put(id, Long.MAX_VALUE)); // of a removal, newer than any
    for (Map<UUID, Long> batch : batches(versions)) {
      applying.lock();
      try {
        applyRows(rows.changes(batch));
        touched();
      } finally {
        applying.unlock();
      }
    }
  }

  /**
   * Empties the index and makes it anew from the rows. Searches are not sent to it meanwhile.
   *
   * @return how many records it holds then
   * @throws AidbException when it can't be finished now; it is tried again until it can
   */
  public long rebuild() {
    applying.lock();
    try {
      discontinue("asked for");
      long count = drain();
      if (!ready) {
        throw new AidbException(ErrorCode.UNAVAILABLE, "The server is stopping");
      }
      return count;
    } finally {
      applying.unlock();
    }
  }

  /** Applies everything that is committed and safe to read in the log now. */
  public void catchUp() {
    applying.lock();
    try {
      reopenIfBroken();
      drain();
      commitIfDue();
    } finally {
      applying.unlock();
    }
  }

  @Override
  public void close() {
    closing.countDown();
    wake();
    if (applier.getState() != Thread.State.NEW) {
      try {
        applier.join(CLOSE_WAIT);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    applying.lock();
    try {
      if (ready) {
        commitNow();
      }
    } catch (RuntimeException e) {
      LOG.log(
          Level.WARNING,
          "The index could not be committed; it will read more of the log at the next start",
          e);
    } finally {
      applying.unlock();
    }
  }

  private boolean closed() {
    return closing.getCount() == 0;
  }

  private void follow() {
    Duration pause = settings.poll;
    while (awaited(pause)) {
      try {
        catchUp();
        if (trouble.isPresent()) {
          LOG.log(Level.INFO, "The index follows the change log again");
          trouble = Optional.empty();
        }
        pause = settings.poll;
        upkeepIfDue();
      } catch (RuntimeException | Error e) {
        stuck(e);
        Duration doubled = pause.multipliedBy(2);
        pause = doubled.compareTo(PAUSE_MAX) < 0 ? doubled : PAUSE_MAX;
      }
    }
  }

  /**
   * Waits until it is time to look at the log; wake-ups shorten that, but not while something is
   * wrong. Whether there is to be another round.
   */
  private boolean awaited(Duration pause) {
    try {
      if (trouble.isPresent()) {
        return !closing.await(pause.toMillis(), TimeUnit.MILLISECONDS);
      }
      if (wake.tryAcquire(pause.toMillis(), TimeUnit.MILLISECONDS) && !closed()) {
        Thread.sleep(GATHER);
        wake.drainPermits();
      }
      return !closed();
    } catch (InterruptedException e) {
      return false;
    }
  }

  private void stuck(Throwable why) {
    String said =
        why instanceof AidbException known
            ? known.detail()
            : "the index can't follow the change log";
    if (!trouble.equals(Optional.of(said)) && !closed()) {
      LOG.log(Level.WARNING, "The index can't follow the change log; it is tried again", why);
      failures.failed("projection", why);
    }
    trouble = Optional.of(said);
  }

  private Optional<String> whyBuild() {
    Optional<Position> stored = index.position();
    if (stored.isEmpty()) {
      return Optional.of("it is new");
    }
    if (!stored.get().generation().equals(log.generation())) {
      return Optional.of("it was made from another database");
    }
    if (Positions.inLog(stored.get()).compareTo(log.head()) > 0) {
      return Optional.of("the database is older than the index");
    }
    return Optional.empty();
  }

  /** Keeps writers and searches away from an index that is to be emptied or opened again. */
  private void discontinue(String why) {
    door.writeLock().lock();
    try {
      ready = false;
      position = Optional.empty();
      whyBuild = why;
    } finally {
      door.writeLock().unlock();
    }
  }

  /** A failed write can leave the index closed for good, with what wasn't committed lost. */
  private void reopenIfBroken() {
    try {
      index.check();
    } catch (AidbException e) {
      LOG.log(Level.WARNING, "The index is opened again: {0}", e.detail());
      discontinue("it was never committed");
      index.reopen();
      voidTickets();
      position = index.position();
    }
  }

  private void voidTickets() {
    direct.invalidateAll();
    lastVoidTicket = tickets.get();
  }

  /**
   * Reads the log to its end, after building the index where that is due; then it is ready.
   *
   * @return how many records the build found, 0 without one
   */
  private long drain() {
    long built = 0;
    while (!closed()) {
      if (position.isEmpty()) {
        built = build();
        continue;
      }
      Position at = position.get();
      // Whatever was applied before this mark was committed before the rows below are read, so an
      // older version can only come from a writer whose ticket is still open.
      long mark = index.mark();
      switch (log.read(Positions.inLog(at), BATCH)) {
        case LogPage.BelowFloor floor -> discontinue("the log no longer reaches back to it");
        case LogPage.Entries page -> {
          applyLogged(page.entries(), at);
          index.settle(settled(mark));
          if (page.entries().size() < BATCH) {
            becomeReady();
            return built;
          }
          commitIfDue();
        }
      }
    }
    return built;
  }

  private void becomeReady() {
    if (!ready) {
      commitNow();
      ready = true;
    }
  }

  /** Fills the emptied index from the rows and sets the position from which the log goes on. */
  private long build() {
    LOG.log(Level.INFO, "Building the index anew: {0}", whyBuild);
    long start = System.nanoTime();
    // Taken before the first row is read: what is written meanwhile stands in the log after it.
    LogPosition from = log.head();
    Position end = Positions.inIndex(log.generation(), from);
    log.follow(settings.node, from); // lest the log be cut above it meanwhile
    index.clear();
    voidTickets();
    long count = 0;
    Optional<UUID> last = Optional.empty();
    List<IndexChange> page;
    do {
      if (closed()) {
        return count;
      }
      long mark = index.mark();
      page = rows.after(last, BATCH);
      applyRows(page);
      index.settle(settled(mark));
      count += page.stream().filter(IndexChange.Put.class::isInstance).count();
      if (!page.isEmpty()) {
        last = Optional.of(page.getLast().id());
      }
    } while (page.size() == BATCH);
    position = Optional.of(end);
    LOG.log(
        Level.INFO,
        "The index holds {0} records, built in {1} ms",
        count,
        TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start));
    return count;
  }

  /** Applies what the log tells, but what this node has applied itself. */
  private void applyLogged(List<LogPage.Logged> entries, Position before) {
    if (entries.isEmpty()) {
      return;
    }
    Map<UUID, Long> unseen = new LinkedHashMap<>();
    for (LogPage.Logged entry : entries) {
      Long seen = direct.getIfPresent(entry.recordId());
      if (seen == null || seen < entry.version()) {
        unseen.merge(entry.recordId(), entry.version(), Math::max);
      } else if (seen == entry.version()) {
        direct.asMap().remove(entry.recordId(), seen);
      }
    }
    if (!unseen.isEmpty()) {
      applyRows(rows.changes(unseen));
    }
    position = Optional.of(Positions.inIndex(before.generation(), entries.getLast().position()));
    touched();
  }

  /**
   * Applies what was read from rows. Removals first: a collection that was made again with another
   * dimension must be rid of its old records before the first new one comes. A record that the
   * index refuses is left out rather than let it stop all that follow.
   */
  private void applyRows(List<IndexChange> changes) {
    List<IndexChange> removals = new ArrayList<>();
    List<IndexChange> puts = new ArrayList<>();
    changes.forEach(change -> (change instanceof IndexChange.Put ? puts : removals).add(change));
    index.apply(removals);
    try {
      index.apply(puts);
    } catch (AidbException e) {
      if (e.code() != ErrorCode.VALIDATION_FAILED) {
        throw e;
      }
      puts.forEach(this::applyAlone);
    }
  }

  private void applyAlone(IndexChange change) {
    try {
      index.apply(List.of(change));
    } catch (AidbException e) {
      if (e.code() != ErrorCode.VALIDATION_FAILED) {
        throw e;
      }
      LOG.log(
          Level.ERROR,
          "The index refuses record {0}, searches miss it: {1}",
          change.id(),
          e.detail());
    }
  }

  /**
   * Up to where no writer can come with an older version any more, given a mark from before the
   * rows were read.
   */
  private long settled(long mark) {
    return openTickets.values().stream().mapToLong(Long::longValue).reduce(mark, Math::min);
  }

  private void touched() {
    if (!dirty) {
      dirty = true;
      dirtySince = System.nanoTime();
    }
  }

  private void commitIfDue() {
    if (dirty && System.nanoTime() - dirtySince >= settings.commitEvery.toNanos()) {
      commitNow();
    }
  }

  /** To be called with the lock held, so that the position names nothing that isn't applied. */
  private void commitNow() {
    if (position.isPresent()) {
      Position reached = position.get();
      index.commit(reached);
      dirty = false;
      log.follow(settings.node, Positions.inLog(reached));
    }
  }

  /** Says that this node lives, though nothing may have changed, and cuts the log. */
  private void upkeepIfDue() {
    if (System.nanoTime() - nextUpkeep < 0) {
      return;
    }
    nextUpkeep = System.nanoTime() + settings.upkeepEvery.toNanos();
    try {
      index.position().ifPresent(durable -> log.follow(settings.node, Positions.inLog(durable)));
      if (log.trim(settings.followersKept, TRIM_MAX) >= TRIM_MAX) {
        nextUpkeep = System.nanoTime(); // there is more
      }
    } catch (AidbException e) {
      LOG.log(Level.WARNING, "The change log could not be cut: {0}", e.detail());
    }
  }

  private static List<Map<UUID, Long>> batches(Map<UUID, Long> versions) {
    List<Map<UUID, Long>> batches = new ArrayList<>();
    Map<UUID, Long> batch = new HashMap<>();
    for (Map.Entry<UUID, Long> each : versions.entrySet()) {
      batch.put(each.getKey(), each.getValue());
      if (batch.size() == BATCH) {
        batches.add(batch);
        batch = new HashMap<>();
      }
    }
    if (!batch.isEmpty()) {
      batches.add(batch);
    }
    return batches;
  }
}
