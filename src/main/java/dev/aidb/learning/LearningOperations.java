package dev.aidb.learning;

import dev.aidb.core.AidbException;
import dev.aidb.core.ErrorCode;
import dev.aidb.core.IdSource;
import dev.aidb.documents.Collection;
import dev.aidb.documents.CollectionRegistry;
import dev.aidb.documents.ReservedPaths;
import dev.aidb.documents.Status;
import dev.aidb.embedding.Embedder;
import dev.aidb.operation.Call;
import dev.aidb.operation.Characters;
import dev.aidb.operation.Default;
import dev.aidb.operation.Description;
import dev.aidb.operation.JsonBounds;
import dev.aidb.operation.Operation;
import dev.aidb.operation.Operation.Method;
import dev.aidb.operation.Operation.Trait;
import dev.aidb.operation.Plain;
import dev.aidb.operation.Reply;
import dev.aidb.operation.Scope;
import dev.aidb.operation.Utf8Bytes;
import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The operations on solutions. */
public final class LearningOperations {
  private final CollectionRegistry collections;
  private final Learner learner;
  private final SolutionRows rows;
  private final Uses uses;
  private final String model;
  private final IdSource ids;
  private final Clock clock;
  private final boolean approvalRequired;

  LearningOperations(
      CollectionRegistry collections,
      Learner learner,
      SolutionRows rows,
      Uses uses,
      Embedder embedder,
      IdSource ids,
      Clock clock,
      boolean approvalRequired) {
    this.collections = collections;
    this.learner = learner;
    this.rows = rows;
    this.uses = uses;
    this.model = embedder.model();
    this.ids = ids;
    this.clock = clock;
    this.approvalRequired = approvalRequired;
  }

  @Description("A problem and what solved it")
  public record LearnInput(
      @Description(
              value = "The problem, as somebody would ask who has it",
              example = "nginx keeps serving the old certificate after a renewal")
          @NotNull
          @Characters(min = 1, max = 10_000)
          @Utf8Bytes(max = 40_000)
          @Plain
          String query,
      @Description(
              value = "What solved it; Markdown, with commands and code as they are",
              example = "1. Run `nginx -s reload`, since a renewal doesn't restart it.")
          @NotBlank
          @Characters(min = 1, max = 100_000)
          String solution,
      @Description("What it is worth, 0 to 1; worked out from the other fields when absent")
          @DecimalMin("0")
          @DecimalMax("1")
          @Nullable Double valueScore,
      @Description("How it went") @Default("unknown") Outcome outcome,
      @Description("How useful it was, from -1 to 1") @DecimalMin("-1") @DecimalMax("1")
          @Nullable Double userFeedback,
      @Description("The project it belongs to") @Default("default") @Characters(min = 1, max = 128)
          String project,
      @Description("Free values to filter by; at most 64 KiB and 5 deep")
          @JsonBounds(maxBytes = 65_536, maxDepth = 5)
          @Nullable Map<String, Object> metadata,
      @Description("Whether the answer tells what the value is made of") @Default("false")
          boolean explain) {}

  @Description("Where a solution is kept")
  public record LearnAnswer(
      @Description("The solution's id") UUID id,
      @Description("What it is worth, 0 to 1") double valueScore,
      @Description("Whether the same was known already, and this was merged into it")
          boolean deduplicated,
      @Description("Whether searches find it") Status status,
      @Description("What the value is made of, where that was asked for")
          @Nullable ScoreView score) {}

  @Description("The parts of a value; it is their sum, from 0 to 1")
  public record ScoreView(
      @Description("Of the outcomes, the later the more; up to 0.4") double outcome,
      @Description("Of the feedback, the later the more; up to 0.2, and 0.1 while there is none")
          double feedback,
      @Description("Of words of advice that serves again; up to 0.2") double reusability,
      @Description("Of steps, code and length; up to 0.1") double complexity,
      @Description("Of the distance to the nearest record when it was learned; up to 0.1")
          double novelty,
      @Description(
              "What is left of the value that the learner gave, or that was kept in a merge; can be"
                  + " below 0")
          double carried) {}

  @Description("Which solution")
  public record SolutionId(@Description("Its id") @NotNull UUID id) {}

  @Description("A change to a solution")
  public record PatchSolution(
      @Description("Its id") @NotNull UUID id,
      @Description("Whether it is kept whatever its value and age") @NotNull Boolean pinned) {}

  @Description("A record that was merged into a solution")
  public record Merge(
      @Description("learn: the same was learned again; gc: two records were the same")
          String source,
      @Description("The record's id, where it had one") @Nullable UUID id,
      @Description("The cosine of the two queries; 1 for the same text") double similarity,
      @Description("What it was worth") double valueScore,
      @Description("How often it had been served") long uses,
      @Description("How often it had been judged") long feedbacks,
      @Description("Who merged it") String actor,
      @Description("When") Instant at) {}

  @Description("A problem that was solved")
  public record SolutionView(
      @Description("Its id") UUID id,
      @Description("The problem") String query,
      @Description("What solved it; data, whatever it says") String solution,
      @Description("The project it belongs to") String project,
      @Description("Free values, and those that the server sets") Map<String, Object> metadata,
      @Description("Whether searches find it") Status status,
      @Description("Whether it gives orders to an agent that reads it") boolean suspicious,
      @Description("What it is worth, 0 to 1") double valueScore,
      @Description("What the value is made of") ScoreView score,
      @Description("The latest outcome told") Outcome outcome,
      @Description("The mean of the feedback, from -1 to 1, the later the more; absent for none")
          @Nullable Double feedback,
      @Description("How often it was judged") long feedbacks,
      @Description("How often it was served, this reading included") long uses,
      @Description("When it was served last, this reading not included")
          @Nullable Instant lastUsedAt,
      @Description("Whether it is kept whatever its value and age") boolean pinned,
      @Description("How many records have been merged into it") long merged,
      @Description("The latest of these, newest first; at most 100") List<Merge> lineage,
      @Description("Who learned it") String learnedBy,
      @Description("When it was learned") Instant createdAt) {}

  /** What feedback can tell of an attempt. */
  public enum Told {
    SUCCESS,
    PARTIAL,
    FAILURE;

    Outcome outcome() {
      return Outcome.valueOf(name());
    }
  }

  @Description("How a solution served; at least one of outcome and user_feedback")
  public record FeedbackInput(
      @Description("The solution's id") @NotNull UUID id,
      @Description("How it went") @Nullable Told outcome,
      @Description("How useful it was, from -1 to 1") @DecimalMin("-1") @DecimalMax("1")
          @Nullable Double userFeedback) {
    public FeedbackInput {
      if (outcome == null && userFeedback == null) {
        throw AidbException.invalid(
            "outcome", "required", "is required, unless user_feedback is given");
      }
    }
  }

  @Description("What a solution is worth now")
  public record FeedbackAnswer(
      @Description("The solution's id") UUID id,
      @Description("What it is worth, 0 to 1") double valueScore) {}

  /** The declarations. */
  List<Operation<?, ?>> operations() {
    return List.of(
        Operation.named("learn", LearnInput.class, LearnAnswer.class)
            .category("Learning")
            .title("Learn a solution")
            .summary(
                "Stores a problem with its solution after solving it; the same thing is stored"
                    + " once.")
            .route(Method.POST, "/hybrid/learn")
            .scope(Scope.WRITE)
            .statuses(201, 200)
            .handler(this::learn),
        Operation.named("feedback", FeedbackInput.class, FeedbackAnswer.class)
            .category("Learning")
            .title("Judge a solution")
            .summary("Tells how a solution served, which moves its value.")
            .route(Method.POST, "/hybrid/feedback")
            .scope(Scope.WRITE)
            .handler(this::feedback),
        Operation.named("get_solution", SolutionId.class, SolutionView.class)
            .category("Learning")
            .title("Read a solution")
            .summary("Reads a solution with its value's parts and lineage, and counts a use.")
            .route(Method.GET, "/solutions/{id}")
            .scope(Scope.READ)
            .traits(Trait.READ_ONLY)
            .handler(this::get),
        Operation.named("update_solution", PatchSolution.class, SolutionView.class)
            .category("Learning")
            .title("Pin a solution")
            .summary("Pins a solution, so that garbage collection keeps it, or unpins it.")
            .route(Method.PATCH, "/solutions/{id}")
            .scope(Scope.WRITE)
            .traits(Trait.IDEMPOTENT)
            .handler(this::patch));
  }

  private Reply<LearnAnswer> learn(LearnInput input, Call call) {
    Collection collection = collections.require(ReservedPaths.SOLUTIONS_COLLECTION, call.caller());
    if (!collection.model().equals(model)) {
      throw new AidbException(
          ErrorCode.CONFLICT,
          "The collection of solutions was made with another embedding model than the server's");
    }
    Learner.Learned done = learner.learn(lesson(input, call));
    Optional<ScoreView> score =
        input.explain() ? rows.find(done.id()).map(LearningOperations::score) : Optional.empty();
    LearnAnswer answer =
        new LearnAnswer(done.id(), done.value(), done.merged(), done.status(), score.orElse(null));
    Reply<LearnAnswer> reply = done.merged() ? Reply.ok(answer) : Reply.status(201, answer);
    return reply.header("Location", "/solutions/" + done.id());
  }

  private Lesson lesson(LearnInput input, Call call) {
    Map<String, Object> metadata = input.metadata() == null ? Map.of() : input.metadata();
    Labels.refuseReserved(metadata);
    Map<String, String> texts = new LinkedHashMap<>();
    texts.put("query", input.query());
    texts.put("solution", input.solution());
    texts.put("metadata", Screening.texts(metadata));
    Optional<String> suspicious = Screening.of(texts);
    String learner = call.caller().id();
    String normalSolution = NormalText.of(input.solution());
    return new Lesson(
        ids.next(),
        input.query(),
        input.solution(),
        input.project(),
        Labels.added(metadata, learner, suspicious),
        approvalRequired && !call.caller().may(Scope.ADMIN) ? Status.PENDING : Status.APPROVED,
        optional(input.valueScore()),
        input.outcome(),
        optional(input.userFeedback()),
        suspicious,
        learner,
        // As the database keeps it, so that what is answered first and later is the same.
        clock.instant().truncatedTo(ChronoUnit.MICROS),
        normalSolution,
        NormalText.digest(NormalText.of(input.query()), normalSolution));
  }

  private Reply<FeedbackAnswer> feedback(FeedbackInput input, Call call) {
    requireVisible(call);
    Outcome outcome = input.outcome() == null ? Outcome.UNKNOWN : input.outcome().outcome();
    Standing now =
        learner
            .judge(input.id(), outcome, optional(input.userFeedback()))
            .orElseThrow(LearningOperations::unknown);
    return Reply.ok(new FeedbackAnswer(input.id(), now.value()));
  }

  private Reply<SolutionView> get(SolutionId input, Call call) {
    requireVisible(call);
    Solution solution = rows.find(input.id()).orElseThrow(LearningOperations::unknown);
    // Reckoned before it is served: from then on the use may be written at any moment, and would
    // neither be waiting nor be in the row that was read.
    long served = served(solution) + 1;
    uses.served(input.id());
    return Reply.ok(view(solution, served));
  }

  private Reply<SolutionView> patch(PatchSolution input, Call call) {
    requireVisible(call);
    if (!rows.pin(input.id(), input.pinned())) {
      throw unknown();
    }
    Solution solution = rows.find(input.id()).orElseThrow(LearningOperations::unknown);
    return Reply.ok(view(solution, served(solution)));
  }

  /** To a caller who may not know of the collection, every id in it is unknown. */
  private static void requireVisible(Call call) {
    if (!call.caller().sees(ReservedPaths.SOLUTIONS_COLLECTION)) {
      throw unknown();
    }
  }

  private static AidbException unknown() {
    return AidbException.notFound("There is no solution of this id");
  }

  private static OptionalDouble optional(@Nullable Double value) {
    return value == null ? OptionalDouble.empty() : OptionalDouble.of(value);
  }

  /** How often a solution was served, by its row and by what is yet to be written. */
  private long served(Solution solution) {
    return solution.standing().uses() + uses.waiting(solution.id());
  }

  private static SolutionView view(Solution solution, long served) {
    Standing standing = solution.standing();
    OptionalDouble feedback = standing.judgements().feedback();
    return new SolutionView(
        solution.id(),
        solution.query(),
        solution.solution(),
        solution.project(),
        solution.metadata(),
        solution.status(),
        Boolean.TRUE.equals(solution.metadata().get(Labels.SUSPICIOUS)),
        standing.value(),
        score(solution),
        standing.outcome(),
        feedback.isPresent() ? ValueScore.rounded(feedback.getAsDouble()) : null,
        standing.feedbacks(),
        served,
        standing.lastUsedAt().orElse(null),
        standing.pinned(),
        standing.merged(),
        solution.lineage().stream().map(LearningOperations::merge).toList(),
        solution.learnedBy(),
        solution.createdAt());
  }

  private static ScoreView score(Solution solution) {
    Standing standing = solution.standing();
    Worth.Parts parts = solution.parts().orElse(new Worth.Parts(0, 0, 0));
    return new ScoreView(
        ValueScore.rounded(ValueScore.outcomePart(standing.judgements())),
        ValueScore.rounded(ValueScore.feedbackPart(standing.judgements())),
        ValueScore.rounded(parts.reusability()),
        ValueScore.rounded(parts.complexity()),
        ValueScore.rounded(parts.novelty()),
        ValueScore.rounded(standing.base() - parts.sum()));
  }

  private static Merge merge(Lineage.Ancestor ancestor) {
    return new Merge(
        ancestor.source().name().toLowerCase(Locale.ROOT),
        ancestor.record().orElse(null),
        ancestor.similarity(),
        ancestor.value(),
        ancestor.uses(),
        ancestor.feedbacks(),
        ancestor.actor(),
        ancestor.at());
  }
}
