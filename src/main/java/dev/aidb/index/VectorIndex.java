package dev.aidb.index;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * An index over records: a dense arm (cosine of embeddings) and a keyword arm (BM25), each
 * filtered, paged and counted exactly.
 *
 * <p>Order within an arm is by score, highest first, ties by id as text, lowest first. For a fixed
 * state of the index the arms are pure functions of their query: pages of growing offset never
 * repeat and never skip a record.
 */
public interface VectorIndex extends AutoCloseable {

  /**
   * Makes changes visible to every search that starts after this returns. Idempotent: a change
   * whose version isn't newer than what the index has seen for that id since the last {@link
   * #settle} is passed over. Not yet durable: see {@link #commit}.
   */
  void apply(List<IndexChange> changes);

  /** The records nearest to a vector. */
  ArmPage dense(DenseQuery query);

  /** The records that hold at least one of a text's terms. */
  ArmPage keyword(KeywordQuery query);

  /**
   * Makes everything applied so far durable, together with a position in the change log. After a
   * crash the index opens as of its last commit.
   */
  void commit(Position position);

  /** The position of the last commit; empty for an index that was never committed. */
  Optional<Position> position();

  /**
   * Forgets the versions of changes applied before a mark taken by {@link #mark}; called when no
   * writer that began before the mark can still come with an older version.
   */
  void settle(long mark);

  /** A mark for {@link #settle}, ascending. */
  long mark();

  /** A number that changes whenever what a search could see changes; the key of result caches. */
  long epoch();

  /** How many records of a collection the index holds. */
  long count(String collection);

  /**
   * Hands over every entry of a collection, in no particular order, as of one moment. Throws rather
   * than stop early.
   */
  void entries(String collection, Consumer<Entry> each);

  /** The collections of which the index holds an entry, those without a row of their own too. */
  Set<String> collections();

  /** Removes everything and forgets the position. */
  void clear();

  /**
   * Throws {@code UNAVAILABLE} with the reason when the index can't be written or read any more.
   */
  void check();

  /**
   * The way back after {@link #check} failed: drops what isn't committed and opens the last commit
   * again; {@link #position} then tells from where the change log is to be applied. Does nothing in
   * an index that recovers by itself.
   */
  default void reopen() {}

  @Override
  void close();

  /** An entry's identity and the version of the row it was made from. */
  record Entry(UUID id, long version) {}
}
