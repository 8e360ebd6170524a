package dev.aidb.context;

import dev.aidb.operation.Call;
import dev.aidb.operation.Caller;
import dev.aidb.operation.Characters;
import dev.aidb.operation.Default;
import dev.aidb.operation.Description;
import dev.aidb.operation.Operation;
import dev.aidb.operation.Operation.Method;
import dev.aidb.operation.Operation.Trait;
import dev.aidb.operation.Plain;
import dev.aidb.operation.Reply;
import dev.aidb.operation.Scope;
import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The operations on sessions, and the judgement of an answer that was given in one. */
final class SessionOperations {
  private final Sessions sessions;
  private final Contexts contexts;
  private final Retrieval retrieval;
  private final Rolling rolling;
  private final String category;

  SessionOperations(
      Sessions sessions, Contexts contexts, Retrieval retrieval, Rolling rolling, String category) {
    this.sessions = sessions;
    this.contexts = contexts;
    this.retrieval = retrieval;
    this.rolling = rolling;
    this.category = category;
  }

  @Description("Which session")
  public record SessionId(@Description("Its session_id") @NotNull UUID id) {}

  @Description("What a session remembers")
  public record SessionView(
      @Description("Its id") UUID sessionId,
      @Description("How many turns it has had") int turnNumber,
      @Description("The latest turns, whole") List<TurnView> turns,
      @Description("The gist of the turns before; absent where there are none")
          @Nullable String summary,
      @Description("The tokens (o200k_base) of turns and summary") int tokens,
      @Description("The ids of what was quoted, the latest last; at most 300")
          List<UUID> contextIds,
      @Description("When it was begun") Instant createdAt,
      @Description("When it ends unless it is used before") Instant expiresAt) {}

  @Description("A turn of a session")
  public record TurnView(
      @Description("Its number, from 1") int turn,
      @Description("What was asked; a very long one is shortened") String query,
      @Description("What was answered, shortened; absent unless told") @Nullable String response,
      @Description("What was quoted") List<UUID> contextIds,
      @Description("The tokens of the context that was given") int tokenCount,
      @Description("When") Instant at) {}

  @Description("The session that ended")
  public record Ended(@Description("Its id") UUID sessionId) {}

  @Description("An agent's answer to the latest question of a session")
  public record EvaluateInput(
      @Description("The session_id") @NotNull UUID sessionId,
      @Description("What the agent answers") @NotNull @Characters(min = 1, max = 100_000)
          String response,
      @Description("How sure the agent is, 0..1") @DecimalMin("0") @DecimalMax("1")
          double confidence,
      @Description("What the agent doesn't know yet, each in words to search for")
          @Default("[]")
          @Size(max = 10)
          List<@Characters(min = 1, max = 500) @Plain String> gaps) {}

  @Description("Whether asking on would help, and what to ask")
  public record Evaluation(
      @Description("What to ask next, the most promising first") List<String> suggestedQueries,
      @Description("How much surer the agent may become by asking these, 0..1")
          double estimatedConfidenceIncrease,
      @Description("Whether that is worth another turn") boolean shouldRefine,
      @Description("Where contexts come from") List<String> availableCollections,
      @Description("The session") SessionSummary sessionInfo) {}

  @Description("A session in short")
  public record SessionSummary(
      @Description("Its id") UUID sessionId,
      @Description("How many turns it has had") int turnNumber,
      @Description("The tokens (o200k_base) of what it remembers") int tokens,
      @Description("How many records it has quoted") int contextCount,
      @Description("When it ends unless it is used before") Instant expiresAt) {}

  List<Operation<?, ?>> operations() {
    return List.of(
        Operation.named("evaluate_response", EvaluateInput.class, Evaluation.class)
            .category(category)
            .title("Judge an answer")
            .summary("Says whether another turn would make an answer surer, and what to ask.")
            .route(Method.POST, "/feedback/evaluate")
            .scope(Scope.READ)
            .handler(this::evaluate),
        Operation.named("get_session", SessionId.class, SessionView.class)
            .category(category)
            .title("Read a session")
            .summary("Shows the turns, tokens and context ids that a session of yours remembers.")
            .route(Method.GET, "/session/{id}")
            .scope(Scope.READ)
            .traits(Trait.READ_ONLY)
            .handler(this::get),
        Operation.named("delete_session", SessionId.class, Ended.class)
            .category(category)
            .title("End a session")
            .summary("Forgets a session of yours at once; otherwise it ends by itself.")
            .route(Method.DELETE, "/session/{id}")
            .scope(Scope.READ)
            .traits(Trait.DESTRUCTIVE)
            .audited("session.delete", input -> input.id().toString())
            .handler(this::delete));
  }

  private Reply<SessionView> get(SessionId input, Call call) {
    Sessions.Session session = sessions.find(input.id(), call.caller().id());
    SessionState state = session.state();
    String summary = rolling.summary(state);
    return Reply.ok(
        new SessionView(
            session.id(),
            state.turns(),
            state.recent().stream().map(SessionOperations::view).toList(),
            summary.isEmpty() ? null : summary,
            rolling.size(state),
            state.given(),
            session.createdAt(),
            sessions.endOf(session)));
  }

  private static TurnView view(SessionState.Turn turn) {
    return new TurnView(
        turn.number(), turn.query(), turn.response(), turn.contextIds(), turn.tokens(), turn.at());
  }

  private Reply<Ended> delete(SessionId input, Call call) {
    sessions.delete(input.id(), call.caller().id());
    return Reply.ok(new Ended(input.id()));
  }

  private Reply<Evaluation> evaluate(EvaluateInput input, Call call) {
    Caller caller = call.caller();
    Sessions.Session session =
        sessions.go(
            input.sessionId(),
            caller.id(),
            (handle, found) -> {
              SessionState state = rolling.answered(found.state(), input.response());
              return new Sessions.Step<>(
                  state,
                  new Sessions.Session(found.id(), found.createdAt(), sessions.now(), state));
            });
    SessionState state = session.state();
    Set<UUID> given = new HashSet<>(state.given());
    List<Refinement.Promise> promises = new ArrayList<>();
    for (String query : Refinement.queries(state.lastQuery(), input.response(), input.gaps())) {
      promises.add(
          new Refinement.Promise(
              query, unseen(contexts.look(query, caller, Retrieval.Scope.USUAL), given)));
    }
    Refinement refinement = Refinement.of(input.confidence(), promises);
    return Reply.ok(
        new Evaluation(
            refinement.queries(),
            refinement.increase(),
            refinement.worthwhile(),
            retrieval.usual(caller),
            new SessionSummary(
                session.id(),
                state.turns(),
                rolling.size(state),
                given.size(),
                sessions.endOf(session))));
  }

  /** How good the best is that the session hasn't quoted yet. */
  private static double unseen(Contexts.Standing standing, Set<UUID> given) {
    return standing.ranked().stream()
        .filter(ranked -> !given.contains(ranked.passage().id()))
        .mapToDouble(ranked -> Confidence.evidence(ranked.relevance()))
        .max()
        .orElse(0);
  }
}
