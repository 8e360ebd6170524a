package dev.aidb.gc;

import dev.aidb.core.AidbException;
import dev.aidb.core.Deadline;
import dev.aidb.core.ErrorCode;
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
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The operations by which clients have solutions forgotten, look at runs, and bring back. */
public final class GcOperations {
  private static final int WAIT_SECONDS_MAX = 600;
  private static final int IDS_MAX = 1_000;
  private static final int ACCEPTED = 202;

  /** A little more than the longest wait. */
  private static final Duration LONG = Duration.ofSeconds(WAIT_SECONDS_MAX + 60);

  private final Collector collector;
  private final Figures figures;
  private final Timetable timetable;

  public GcOperations(Collector collector, Figures figures, Timetable timetable) {
    this.collector = collector;
    this.figures = figures;
    this.timetable = timetable;
  }

  @Description("What to forget, or to plan")
  public record CollectGarbage(
      @Description("Only plan; nothing is removed") @Default("true") boolean dryRun,
      @Description("Which of the tasks; all when absent") @Size(min = 1, max = 4)
          @Nullable Set<Task> operations,
      @Description("Remove even more of a collection than the configuration allows at once")
          @Default("false")
          boolean force,
      @Description("How long to wait for the end before answering 202")
          @Default("30")
          @Min(0)
          @Max(WAIT_SECONDS_MAX)
          int waitSeconds) {}

  @Description("What a run is about, for one reason")
  public record ReasonView(
      @Description("Why") Reason reason,
      @Description("How many records were planned") long planned,
      @Description(
              "How many of them are done; none in a dry run, nor in lists before the run's end")
          long done,
      @Description("How many were left alone, because they had changed since") long skipped,
      @Description(
              "The first 1,000 of what is planned in a dry run, else of what is done; empty in lists and once the run's plan is forgotten")
          List<UUID> ids) {}

  @Description("A run of garbage collection")
  public record RunView(
      @Description("Its id") UUID runId,
      @Description("Where it is") State state,
      @Description("Whether it only planned") boolean dryRun,
      @Description("Whether it may remove any number") boolean force,
      @Description("What it was asked to do") List<Task> operations,
      @Description("Who asked for it, or schedule") String actor,
      @Description("The moment of the schedule that it was for") @Nullable Instant dueAt,
      @Description("When it began") Instant startedAt,
      @Description("When it ended") @Nullable Instant finishedAt,
      @Description("How many solutions there were") long solutions,
      @Description("What it planned and did, by reason; only what there was")
          List<ReasonView> reasons,
      @Description("What went wrong, or needs force; absent when nothing does")
          @Nullable String problem) {}

  @Description("Which runs to list")
  public record ListRuns(
      @Description("How many at most") @Default("50") @Min(1) @Max(100) int limit,
      @Description("The next_cursor of the page before") @Characters(max = 200)
          @Nullable String cursor) {}

  @Description("Runs of garbage collection")
  public record RunList(
      @Description("The newest first") List<RunView> runs,
      @Description("Opaque; where the next page begins, absent on the last")
          @Nullable String nextCursor) {}

  @Description("Which run")
  public record GetRun(@Description("Its id") @NotNull UUID id) {}

  @Description("Nothing is asked for")
  public record Nothing() {}

  @Description("How forgetting stands")
  public record GcStatus(
      @Description("Whether a run is under way") boolean running,
      @Description("The last run that wasn't a dry one") @Nullable RunView lastRun,
      @Description("When the next begins by schedule; absent when none does")
          @Nullable Instant nextRun,
      @Description("How many solutions there are") long solutions,
      @Description("How many may be kept") int maxSolutions,
      @Description("Solutions as a share of what may be kept") double utilization,
      @Description("When the oldest solution was learned") @Nullable Instant oldest,
      @Description("The average value of solutions, from 0 to 1") @Nullable Double averageValue,
      @Description("How many removed solutions can be brought back") long tombstones,
      @Description("Bytes of the tables of documents, vectors, solutions and tombstones")
          long storageBytes) {}

  @Description("What to bring back: some records, or all that a run removed")
  public record Restore(
      @Description("The solutions") @Size(min = 1, max = IDS_MAX) @Nullable Set<UUID> ids,
      @Description("The run") @Nullable UUID run,
      @Description("Pin them too, so that no later run removes them again") @Default("false")
          boolean pin) {}

  @Description("What became of one record")
  public record RestoredView(
      @Description("The solution") UUID id, @Description("What became of it") Outcome outcome) {}

  @Description("What was brought back")
  public record RestoreAnswer(
      @Description("How many are back") long restored,
      @Description("How many have their id, path or contents taken by something else")
          long conflicts,
      @Description("How many were removed too long ago") long purged,
      @Description("How many were never removed, or are back already") long unknown,
      @Description("The first 1,000 of them") List<RestoredView> records) {}

  /** The declarations. */
  public List<Operation<?, ?>> operations() {
    return List.of(
        Operation.named("collect_garbage", CollectGarbage.class, RunView.class)
            .category("Garbage collection")
            .title("Forget solutions")
            .summary(
                "Plans which solutions to forget, or removes them so that they can be restored.")
            .route(Method.POST, "/gc")
            .scope(Scope.ADMIN)
            .traits(Trait.DESTRUCTIVE)
            .statuses(200, ACCEPTED)
            .deadline(LONG)
            .audited(
                "gc.run",
                input -> "solved_issues",
                input -> Map.of("dry_run", input.dryRun(), "force", input.force()))
            .handler(this::collect),
        Operation.named("list_gc_runs", ListRuns.class, RunList.class)
            .category("Garbage collection")
            .title("List runs")
            .summary("Lists runs of garbage collection with what they did, the newest first.")
            .route(Method.GET, "/gc/runs")
            .scope(Scope.ADMIN)
            .traits(Trait.READ_ONLY)
            .handler(this::list),
        Operation.named("get_gc_run", GetRun.class, RunView.class)
            .category("Garbage collection")
            .title("Look at a run")
            .summary("Tells what a run of garbage collection planned and did, with the ids.")
            .route(Method.GET, "/gc/runs/{id}")
            .scope(Scope.ADMIN)
            .traits(Trait.READ_ONLY)
            .handler(this::get),
        Operation.named("get_gc_status", Nothing.class, GcStatus.class)
            .category("Garbage collection")
            .title("Status of forgetting")
            .summary("Tells when garbage collection ran and will run, and how full the store is.")
            .route(Method.GET, "/gc/status")
            .scope(Scope.ADMIN)
            .traits(Trait.READ_ONLY)
            .handler(this::status),
        Operation.named("restore_solutions", Restore.class, RestoreAnswer.class)
            .category("Garbage collection")
            .title("Bring solutions back")
            .summary("Brings back solutions that garbage collection removed, or all of a run.")
            .route(Method.POST, "/gc/restore")
            .scope(Scope.ADMIN)
            .traits(Trait.IDEMPOTENT)
            .deadline(LONG)
            .audited(
                "gc.restore",
                input -> input.run() == null ? "" : input.run().toString(),
                input -> Map.of("ids", input.ids() == null ? 0 : input.ids().size()))
            .handler(this::restore));
  }

  private Reply<RunView> collect(CollectGarbage input, Call call) {
    Set<Task> tasks = input.operations() == null ? EnumSet.allOf(Task.class) : input.operations();
    UUID id = collector.begin(request(tasks, input.dryRun(), input.force(), call));
    try {
      Deadline deadline = call.deadline().atMost(Duration.ofSeconds(input.waitSeconds()));
      collector.await(id, deadline.remaining());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AidbException(ErrorCode.UNAVAILABLE, "The server is stopping");
    }
    Run run = found(id);
    return Reply.status(run.state().open() ? ACCEPTED : 200, withIds(run));
  }

  private static Request request(Set<Task> tasks, boolean dryRun, boolean force, Call call) {
    return new Request(
        tasks, dryRun, force, call.caller().id(), call.requestId(), Optional.empty());
  }

  private Run found(UUID id) {
    return collector
        .runs()
        .find(id)
        .orElseThrow(() -> AidbException.notFound("There is no such run"));
  }

  private Reply<RunList> list(ListRuns input, Call call) {
    List<Run> page = collector.runs().page(Cursor.id(input.cursor()), input.limit() + 1);
    boolean more = page.size() > input.limit();
    List<RunView> shown = page.stream().limit(input.limit()).map(GcOperations::view).toList();
    return Reply.ok(new RunList(shown, more ? Cursor.of(shown.getLast().runId()) : null));
  }

  private Reply<RunView> get(GetRun input, Call call) {
    return Reply.ok(withIds(found(input.id())));
  }

  private RunView withIds(Run run) {
    boolean done = !run.request().dryRun() && run.state() != State.REFUSED;
    Map<Reason, Run.Total> totals =
        run.state() == State.RUNNING ? collector.runs().counted(run.id()) : run.totals();
    return view(run, totals, collector.runs().records(run.id(), done, IDS_MAX));
  }

  private static RunView view(Run run) {
    return view(run, run.totals(), Map.of());
  }

  private static RunView view(Run run, Map<Reason, Run.Total> totals, Map<Reason, List<UUID>> ids) {
    List<ReasonView> reasons = new ArrayList<>();
    totals.forEach((reason, total) ->
        reasons.add(
            new ReasonView(
                reason,
                total.planned(),
                total.done(),
                total.skipped(),
                ids.getOrDefault(reason, List.of()))));
    Request request = run.request();
    return new RunView(
        run.id(),
        run.state(),
        request.dryRun(),
        request.force(),
        request.tasks().stream().sorted().toList(),
        request.actor(),
        request.due().orElse(null),
        run.startedAt(),
        run.finishedAt().orElse(null),
        run.solutions(),
        reasons,
        run.problem().isEmpty() ? null : run.problem());
  }

  private Reply<GcStatus> status(Nothing input, Call call) {
    Figures.Now now = figures.now();
    return Reply.ok(
        new GcStatus(
            collector.runs().open().isPresent(),
            collector.runs().last().map(GcOperations::view).orElse(null),
            timetable.nextRun().orElse(null),
            now.solutions(),
            collector.settings().rules().maxSolutions(),
            figures.utilization(now),
            now.oldest().orElse(null),
            now.averageValue().orElse(null),
            now.tombstones(),
            now.storageBytes()));
  }

  private Reply<RestoreAnswer> restore(Restore input, Call call) {
    Request by = request(EnumSet.allOf(Task.class), false, false, call);
    Map<UUID, Outcome> outcomes = collector.restore(wanted(input), input.pin(), by);
    return Reply.ok(
        new RestoreAnswer(
            count(outcomes, Outcome.RESTORED),
            count(outcomes, Outcome.CONFLICT),
            count(outcomes, Outcome.PURGED),
            count(outcomes, Outcome.UNKNOWN),
            outcomes.entrySet().stream()
                .limit(IDS_MAX)
                .map(each -> new RestoredView(each.getKey(), each.getValue()))
                .toList()));
  }

  private List<UUID> wanted(Restore input) {
    Set<UUID> ids = input.ids();
    UUID run = input.run();
    if (ids != null && run == null) {
      return List.copyOf(ids);
    }
    if (ids == null && run != null) {
      return collector.restorable(run);
    }
    throw AidbException.invalid("ids", "one_of", "give either ids or run");
  }

  private static long count(Map<UUID, Outcome> outcomes, Outcome wanted) {
    return outcomes.values().stream().filter(wanted::equals).count();
  }
}
