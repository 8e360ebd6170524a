package dev.aidb.issues;

import dev.aidb.operation.Description;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

@Description("All errors that are alike")
record IssueView(
    @Description("Its id") UUID id,
    @Description("SHA-256 of error type, component and the message without what differs")
        String fingerprint,
    @Description("How bad it is") Severity severity,
    @Description("What it is about") Category category,
    @Description("Where it happens") String component,
    @Description("What kind of error it is") String errorType,
    @Description("What its first occurrence said, or the one that reopened it, without secrets")
        String message,
    @Description("Where that came from; absent in lists") @Nullable String stack,
    @Description("Further facts of that; absent in lists") @Nullable Map<String, Object> context,
    @Description("Where it is in its life; recording a resolved one opens it again") Status status,
    @Description("How often it was recorded") long occurrences,
    @Description("When it first happened") Instant firstSeen,
    @Description("When it last happened") Instant lastSeen,
    @Description("What solved it; of one that is open again, what did before")
        @Nullable String resolution) {

  static IssueView of(Issue issue) {
    return view(issue, issue.stack().orElse(null), issue.context());
  }

  static IssueView inList(Issue issue) {
    return view(issue, null, null);
  }

  private static IssueView view(
      Issue issue, @Nullable String stack, @Nullable Map<String, Object> context) {
    return new IssueView(
        issue.id(),
        issue.fingerprint(),
        issue.severity(),
        issue.category(),
        issue.component(),
        issue.errorType(),
        issue.message(),
        stack,
        context,
        issue.status(),
        issue.occurrences(),
        issue.firstSeen(),
        issue.lastSeen(),
        issue.resolution().orElse(null));
  }
}
