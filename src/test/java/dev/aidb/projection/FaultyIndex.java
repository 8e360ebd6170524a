package dev.aidb.projection;

import dev.aidb.core.AidbException;
import dev.aidb.index.ArmPage;
import dev.aidb.index.DenseQuery;
import dev.aidb.index.IndexChange;
import dev.aidb.index.KeywordQuery;
import dev.aidb.index.Position;
import dev.aidb.index.VectorIndex;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** An index in front of a real one that fails on demand and counts what it is given. */
final class FaultyIndex implements VectorIndex {
  /** How many calls of {@link #apply} succeed before all fail. */
  final AtomicLong appliesLeft = new AtomicLong(Long.MAX_VALUE);

  final AtomicLong applied = new AtomicLong();
  volatile boolean broken;
  private final VectorIndex real;

  FaultyIndex(VectorIndex real) {
    this.real = real;
  }

  private static AidbException failure() {
    return AidbException.unavailable("The search index can't be written", Duration.ZERO, null);
  }

  @Override
  public void apply(List<IndexChange> changes) {
    if (broken || appliesLeft.getAndDecrement() <= 0) {
      throw failure();
    }
    applied.addAndGet(changes.size());
    real.apply(changes);
  }

  @Override
  public void check() {
    if (broken) {
      throw failure();
    }
    real.check();
  }

  @Override
  public void reopen() {
    real.reopen();
    broken = false;
  }

  @Override
  public ArmPage dense(DenseQuery query) {
    return real.dense(query);
  }

  @Override
  public ArmPage keyword(KeywordQuery query) {
    return real.keyword(query);
  }

  @Override
  public void commit(Position position) {
    real.commit(position);
  }

  @Override
  public Optional<Position> position() {
    return real.position();
  }

  @Override
  public void settle(long mark) {
    real.settle(mark);
  }

  @Override
  public long mark() {
    return real.mark();
  }

  @Override
  public long epoch() {
    return real.epoch();
  }

  @Override
  public long count(String collection) {
    return real.count(collection);
  }

  @Override
  public void entries(String collection, Consumer<Entry> each) {
    real.entries(collection, each);
  }

  @Override
  public Set<String> collections() {
    return real.collections();
  }

  @Override
  public void clear() {
    real.clear();
  }

  @Override
  public void close() {
    real.close();
  }
}
