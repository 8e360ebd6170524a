package dev.aidb.issues;

import dev.aidb.core.AidbException;
import dev.aidb.operation.Call;
import dev.aidb.operation.Characters;
import dev.aidb.operation.Cursor;
import dev.aidb.operation.Default;
import dev.aidb.operation.Description;
import dev.aidb.operation.JsonBounds;
import dev.aidb.operation.Operation;
import dev.aidb.operation.Operation.Method;
import dev.aidb.operation.Operation.Trait;
import dev.aidb.operation.Plain;
import dev.aidb.operation.Reply;
import dev.aidb.operation.Scope;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The operations on issues. */
final class IssueOperations {
  private final Issues issues;
  private final Analysis analysis;

  IssueOperations(Issues issues, Analysis analysis) {
    this.issues = issues;
    this.analysis = analysis;
  }

  @Description("An error that happened")
  record RecordIssue(
      @Description(value = "Where it happened", example = "billing-api")
          @NotNull
          @Characters(min = 1, max = Sighting.NAME_MAX)
          @Plain
          String component,
      @Description(value = "What kind of error it is", example = "ConnectionRefusedError")
          @NotNull
          @Characters(min = 1, max = Sighting.NAME_MAX)
          @Plain
          String errorType,
      @Description(
              value = "What it said; secrets in it are masked before it is stored",
              example = "connect to 10.0.0.7:5432 refused after 3 attempts")
          @NotNull
          @Characters(min = 1, max = Sighting.MESSAGE_MAX)
          String message,
      @Description("How bad it is; guessed when absent. Counts for a new issue alone")
          @Nullable Severity severity,
      @Description("What it is about; guessed when absent. Counts for a new issue alone")
          @Nullable Category category,
      @Description("Where it came from") @Characters(max = Sighting.STACK_MAX)
          @Nullable String stack,
      @Description("Further facts") @JsonBounds(maxBytes = 16_384, maxDepth = 5)
          @Nullable Map<String, Object> context) {}

  @Description("Which issues")
  record ListIssues(
      @Description("Only those with this status") @Nullable Status status,
      @Description("Only those this bad") @Nullable Severity severity,
      @Description("Only those about this") @Nullable Category category,
      @Description("Only those of this component") @Characters(min = 1, max = Sighting.NAME_MAX)
          @Nullable String component,
      @Description("How many at most") @Default("50") @Min(1) @Max(100) int limit,
      @Description("The next_cursor of the page before") @Characters(max = 200)
          @Nullable String cursor) {}

  @Description("Issues")
  record IssueList(
      @Description("The latest first seen first, without stack and context") List<IssueView> issues,
      @Description("Opaque; where the next page begins, absent on the last")
          @Nullable String nextCursor) {}

  @Description("Which issue")
  record IssueId(@Description("Its id") @NotNull UUID id) {}

  @Description("What is to change of an issue; what is absent stays")
  record ChangeIssue(
      @Description("The issue's id") @NotNull UUID id,
      @Description("Where it is now in its life") @Nullable Status status,
      @Description("What solved it") @Characters(min = 1, max = 10_000) @Nullable String resolution,
      @Description("How bad it is") @Nullable Severity severity,
      @Description("What it is about") @Nullable Category category) {}

  @Description("What to analyse")
  record AnalyseIssues(
      @Description("How many days back") @Default("7") @Min(1) @Max(90) int days) {}

  /** The declarations. */
  List<Operation<?, ?>> operations() {
    return List.of(
        Operation.named("record_issue", RecordIssue.class, IssueView.class)
            .category("Issues")
            .title("Record an error")
            .summary(
                "Records an error: a new issue, or one more occurrence of the issue that is alike.")
            .route(Method.POST, "/issues")
            .scope(Scope.WRITE)
            .statuses(201, 200)
            .handler(this::record),
        Operation.named("list_issues", ListIssues.class, IssueList.class)
            .category("Issues")
            .title("List issues")
            .summary("Lists issues by status, severity, category and component, page by page.")
            .route(Method.GET, "/issues")
            .scope(Scope.READ)
            .traits(Trait.READ_ONLY)
            .handler(this::list),
        Operation.named("get_issue", IssueId.class, IssueView.class)
            .category("Issues")
            .title("Read an issue")
            .summary("Reads one issue with its stack and context.")
            .route(Method.GET, "/issues/{id}")
            .scope(Scope.READ)
            .traits(Trait.READ_ONLY)
            .handler((input, call) -> Reply.ok(IssueView.of(issues.get(input.id())))),
        Operation.named("update_issue", ChangeIssue.class, IssueView.class)
            .category("Issues")
            .title("Change an issue")
            .summary("Tells what became of an issue: its status, resolution, severity or category.")
            .route(Method.PATCH, "/issues/{id}")
            .scope(Scope.WRITE)
            .traits(Trait.IDEMPOTENT)
            .handler(this::change),
        Operation.named("analyze_issues", AnalyseIssues.class, AnalysisView.class)
            .category("Issues")
            .title("Analyse issues")
            .summary(
                "Finds patterns, trends, bursts and correlations in issues, and suggests what to do.")
            .route(Method.GET, "/issues/analysis")
            .scope(Scope.READ)
            .traits(Trait.READ_ONLY)
            .handler((input, call) -> Reply.ok(analysis.of(input.days(), call.caller()))));
  }

  private Reply<IssueView> record(RecordIssue input, Call call) {
    Severity severity = input.severity();
    Category category = input.category();
    Map<String, Object> context = input.context();
    IssueRows.Counted counted =
        issues.record(
            new IssueReport(
                input.component(),
                input.errorType(),
                input.message(),
                severity == null ? Triage.severity(input.errorType(), input.message()) : severity,
                category == null
                    ? Triage.category(input.component(), input.errorType(), input.message())
                    : category,
                context == null ? Map.of() : context,
                Optional.ofNullable(input.stack())));
    IssueView view = IssueView.of(counted.issue());
    return counted.created()
        ? Reply.status(201, view).header("Location", "/issues/" + view.id())
        : Reply.ok(view);
  }

  private Reply<IssueList> list(ListIssues input, Call call) {
    IssueRows.Wanted wanted =
        new IssueRows.Wanted(
            Optional.ofNullable(input.status()),
            Optional.ofNullable(input.severity()),
            Optional.ofNullable(input.category()),
            Optional.ofNullable(input.component()).map(String::strip),
            Cursor.id(input.cursor()));
    List<IssueView> page =
        issues.page(wanted, input.limit() + 1).stream().map(IssueView::inList).toList();
    boolean more = page.size() > input.limit();
    List<IssueView> shown = more ? page.subList(0, input.limit()) : page;
    return Reply.ok(new IssueList(shown, more ? Cursor.of(shown.getLast().id()) : null));
  }

  private Reply<IssueView> change(ChangeIssue input, Call call) {
    Issues.Change change =
        new Issues.Change(
            Optional.ofNullable(input.status()),
            Optional.ofNullable(input.resolution()),
            Optional.ofNullable(input.severity()),
            Optional.ofNullable(input.category()));
    if (change.equals(
        new Issues.Change(
            Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty()))) {
      throw AidbException.invalid("(body)", "required", "must change something");
    }
    return Reply.ok(IssueView.of(issues.change(input.id(), change)));
  }
}
