package dev.aidb.issues;

import dev.aidb.core.AidbException;
import dev.aidb.core.IdSource;
import dev.aidb.store.Database;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** The tracker: counts errors and keeps what becomes of them. */
final class Issues {
  private final Database database;
  private final IssueRows rows;
  private final IdSource ids;
  private final Clock clock;
  private final IssueMetrics metrics;

  Issues(Database database, IdSource ids, Clock clock, IssueMetrics metrics) {
    this.database = database;
    this.rows = new IssueRows(database);
    this.ids = ids;
    this.clock = clock;
    this.metrics = metrics;
  }

  /** What a person changes of an issue; what is empty stays as it is. */
  record Change(
      Optional<Status> status,
      Optional<String> resolution,
      Optional<Severity> severity,
      Optional<Category> category) {}

  /** Now, as precise as PostgreSQL keeps it. */
  Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MICROS);
  }

  /** Records one occurrence. */
  IssueRows.Counted record(IssueReport report) {
    return count(Sighting.of(report, now()));
  }

  IssueRows.Counted count(Sighting sighting) {
    IssueRows.Counted counted = rows.count(sighting, ids.next());
    metrics.recorded(
        counted.issue().severity(), counted.issue().category(), sighting.occurrences());
    return counted;
  }

  List<Issue> page(IssueRows.Wanted wanted, int limit) {
    return rows.page(wanted, limit);
  }

  /**
   * The issue.
   *
   * @throws AidbException NOT_FOUND
   */
  Issue get(UUID id) {
    return rows.find(id).orElseThrow(Issues::unknown);
  }

  /**
   * Changes an issue.
   *
   * @throws AidbException NOT_FOUND
   */
  Issue change(UUID id, Change change) {
    return database.inTransaction(handle -> {
      Issue before = IssueRows.lock(handle, id).orElseThrow(Issues::unknown);
      Issue after = changed(before, change, now());
      IssueRows.change(handle, after);
      if (after.status() == Status.RESOLVED && before.status() != Status.RESOLVED) {
        metrics.resolved(Duration.between(after.openedAt(), now()));
      }
      return after;
    });
  }

  private static Issue changed(Issue issue, Change change, Instant now) {
    Status status = change.status().orElse(issue.status());
    boolean opens = issue.status().closed() && !status.closed();
    Optional<Instant> closedAt = Optional.empty();
    if (status.closed()) {
      closedAt = status == issue.status() ? issue.closedAt() : Optional.of(now);
    }
    return new Issue(
        issue.id(),
        issue.fingerprint(),
        change.severity().orElse(issue.severity()),
        change.category().orElse(issue.category()),
        issue.component(),
        issue.errorType(),
        issue.message(),
        issue.template(),
        issue.stack(),
        issue.context(),
        status,
        issue.occurrences(),
        issue.firstSeen(),
        issue.lastSeen(),
        change.resolution().map(SecretMask::over).or(issue::resolution),
        opens ? now : issue.openedAt(),
        closedAt);
  }

  private static AidbException unknown() {
    return AidbException.notFound("There is no issue of this id");
  }
}
