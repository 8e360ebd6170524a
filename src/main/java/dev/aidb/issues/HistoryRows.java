package dev.aidb.issues;

import dev.aidb.store.Database;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/** Reads what happened when from {@code issue_hour}. */
final class HistoryRows {
  private static final String ACTIVE = "i.status IN ('open', 'investigating', 'in_progress')";

  private final Database database;

  HistoryRows(Database database) {
    this.database = database;
  }

  /** Whole hours from {@code from} up to {@code to}, both the beginning of one. */
  record Span(Instant from, Instant to) {
    long hours() {
      return Duration.between(from, to).toHours();
    }
  }

  /** A number of issues and of their occurrences. */
  record Tally(long issues, long occurrences) {
    static final Tally NONE = new Tally(0, 0);
  }

  /** An issue with its occurrences in a span. */
  record Frequent(Issue issue, long occurrences) {}

  /** A tally with whom it is of. */
  record Share(String name, Tally tally) {}

  Tally total(Span span) {
    return database.withHandle(handle ->
        handle
            .createQuery(
                """
                SELECT count(DISTINCT issue_id), coalesce(sum(occurrences), 0) FROM issue_hour
                WHERE hour >= :from AND hour < :to
                """)
            .bind("from", span.from())
            .bind("to", span.to())
            .map((row, context) -> new Tally(row.getLong(1), row.getLong(2)))
            .one());
  }

  /**
   * By the number of the day from the span's beginning, 0 the first; days without any are left out.
   */
  Map<Integer, Tally> perDay(Span span) {
    return database.withHandle(handle ->
        handle
            .createQuery(
                """
                SELECT floor(extract(epoch FROM hour - :from) / 86400)::integer AS day,
                       count(DISTINCT issue_id), sum(occurrences)
                FROM issue_hour WHERE hour >= :from AND hour < :to
                GROUP BY day
                """)
            .bind("from", span.from())
            .bind("to", span.to())
            .reduceRows(
                new TreeMap<Integer, Tally>(),
                (days, row) -> {
                  days.put(
                      row.getColumn(1, Integer.class),
                      new Tally(row.getColumn(2, Long.class), row.getColumn(3, Long.class)));
                  return days;
                }));
  }

  /** What differs in issues and is counted by. */
  enum Trait {
    COMPONENT("component"),
    CATEGORY("category");

    private final String column;

    Trait(String column) {
      this.column = column;
    }
  }

  /** By occurrences, the most first. */
  List<Share> shares(Trait trait, Span span, int limit) {
    return shares(trait, span, limit, "true", "occurrences");
  }

  /** Of active issues alone, by their number, the most first. */
  List<Share> activeShares(Trait trait, Span span, int limit) {
    return shares(trait, span, limit, ACTIVE, "issues");
  }

  private List<Share> shares(Trait trait, Span span, int limit, String which, String order) {
    return database.withHandle(handle ->
        handle
            .createQuery(
                """
                SELECT i.%s AS name, count(DISTINCT i.id) AS issues, sum(h.occurrences) AS occurrences
                FROM issue_hour h JOIN issue i ON i.id = h.issue_id
                WHERE h.hour >= :from AND h.hour < :to AND %s
                GROUP BY name ORDER BY %s DESC, name LIMIT :limit
                """
                    .formatted(trait.column, which, order))
            .bind("from", span.from())
            .bind("to", span.to())
            .bind("limit", limit)
            .map((row, context) ->
                new Share(
                    row.getString("name"),
                    new Tally(row.getLong("issues"), row.getLong("occurrences"))))
            .list());
  }

  /** The issues that happened most, without stack and context. */
  List<Frequent> frequent(Span span, int limit) {
    return frequent(span, limit, "true");
  }

  /** The same of active issues alone. */
  List<Frequent> activeFrequent(Span span, int limit) {
    return frequent(span, limit, ACTIVE);
  }

  private List<Frequent> frequent(Span span, int limit, String which) {
    return database.withHandle(handle ->
        handle
            .createQuery(
                """
                SELECT %s, happened FROM issue i JOIN (
                    SELECT issue_id, sum(occurrences) AS happened FROM issue_hour
                    WHERE hour >= :from AND hour < :to GROUP BY issue_id) h ON h.issue_id = i.id
                WHERE %s
                ORDER BY happened DESC, id LIMIT :limit
                """
                    .formatted(IssueRows.BRIEF, which))
            .bind("from", span.from())
            .bind("to", span.to())
            .bind("limit", limit)
            .map((row, context) ->
                new Frequent(IssueRows.row(row, context), row.getLong("happened")))
            .list());
  }

  /** Every hour of these issues in the span, in the order of time. */
  List<History> of(List<UUID> issues, Span span) {
    return database.withHandle(handle ->
        handle
            .createQuery(
                """
                SELECT issue_id, hour, occurrences, fives FROM issue_hour
                WHERE issue_id = ANY (:issues) AND hour >= :from AND hour < :to
                ORDER BY hour, issue_id
                """)
            .bind("issues", issues.toArray(UUID[]::new))
            .bind("from", span.from())
            .bind("to", span.to())
            .map((row, context) ->
                new History(
                    row.getObject("issue_id", UUID.class),
                    row.getObject("hour", OffsetDateTime.class).toInstant(),
                    row.getLong("occurrences"),
                    row.getInt("fives")))
            .list());
  }
}
