package dev.aidb.audit;

import dev.aidb.guard.AuditEvent;
import dev.aidb.operation.Call;
import dev.aidb.operation.Characters;
import dev.aidb.operation.Cursor;
import dev.aidb.operation.Default;
import dev.aidb.operation.Description;
import dev.aidb.operation.Operation;
import dev.aidb.operation.Operation.Method;
import dev.aidb.operation.Operation.Trait;
import dev.aidb.operation.Reply;
import dev.aidb.operation.Scope;
import dev.aidb.store.Database;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The operation that reads the audit trail. */
public final class AuditOperations {
  private final Database database;

  public AuditOperations(Database database) {
    this.database = database;
  }

  @Description("Which events of the audit trail")
  public record ListAudit(
      @Description("Only those of this actor, such as key:0j4k...") @Characters(min = 1, max = 200)
          @Nullable String actor,
      @Description("Only those of this action, such as document.delete")
          @Characters(min = 1, max = 100)
          @Nullable String action,
      @Description("Only those since this moment") @Nullable Instant since,
      @Description("How many at most") @Default("50") @Min(1) @Max(100) int limit,
      @Description("The next_cursor of the page before") @Characters(max = 200)
          @Nullable String cursor) {}

  @Description("Something that was done, or refused")
  public record EventView(
      @Description("Its id, in the order of time") UUID id,
      @Description("When it happened") Instant at,
      @Description("Who did it: a key, local, a person at the command line, or anonymous")
          String actor,
      @Description("What was done") String action,
      @Description("To what; may be empty") String target,
      @Description("How it went") AuditEvent.Outcome outcome,
      @Description("The request's X-Request-ID; empty where there was no request") String requestId,
      @Description("Further facts; never a secret, a query or content")
          Map<String, Object> details) {}

  @Description("Events of the audit trail")
  public record EventList(
      @Description("The newest first") List<EventView> events,
      @Description("Opaque; where the next page begins, absent on the last")
          @Nullable String nextCursor) {}

  /** The declaration. */
  public List<Operation<?, ?>> operations() {
    return List.of(
        Operation.named("list_audit", ListAudit.class, EventList.class)
            .category("Administration")
            .title("Read the audit trail")
            .summary("Lists who did what to what, and who was refused, the newest first.")
            .route(Method.GET, "/admin/audit")
            .scope(Scope.ADMIN)
            .traits(Trait.READ_ONLY)
            .handler(this::list));
  }

  private Reply<EventList> list(ListAudit input, Call call) {
    AuditRows.Wanted wanted =
        new AuditRows.Wanted(
            Optional.ofNullable(input.actor()),
            Optional.ofNullable(input.action()),
            Optional.ofNullable(input.since()),
            Cursor.id(input.cursor()));
    List<EventView> page =
        AuditRows.page(database, wanted, input.limit() + 1).stream()
            .map(AuditOperations::view)
            .toList();
    boolean more = page.size() > input.limit();
    List<EventView> shown = more ? page.subList(0, input.limit()) : page;
    return Reply.ok(new EventList(shown, more ? Cursor.of(shown.getLast().id()) : null));
  }

  private static EventView view(AuditRow row) {
    AuditEvent event = row.event();
    return new EventView(
        row.id(),
        row.at(),
        event.actor(),
        event.action(),
        event.target(),
        event.outcome(),
        event.requestId(),
        event.details());
  }
}
