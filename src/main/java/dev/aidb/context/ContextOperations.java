package dev.aidb.context;

import dev.aidb.context.Contexts.Asked;
import dev.aidb.context.Contexts.Made;
import dev.aidb.context.Contexts.MadeTurn;
import dev.aidb.core.IdSource;
import dev.aidb.documents.CollectionOperations;
import dev.aidb.documents.CollectionRegistry;
import dev.aidb.embedding.Embedder;
import dev.aidb.llm.LanguageModel;
import dev.aidb.operation.Call;
import dev.aidb.operation.Characters;
import dev.aidb.operation.Default;
import dev.aidb.operation.Description;
import dev.aidb.operation.Operation;
import dev.aidb.operation.Operation.Method;
import dev.aidb.operation.Operation.Trait;
import dev.aidb.operation.Plain;
import dev.aidb.operation.Reply;
import dev.aidb.operation.Scope;
import dev.aidb.operation.Utf8Bytes;
import dev.aidb.search.SearchOperations;
import dev.aidb.store.Database;
import dev.aidb.tokens.TokenCounter;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The feature as a whole: builds its parts and declares its operations. */
public final class ContextOperations implements AutoCloseable {
  private static final String CATEGORY = "Context";

  /** A language model on a plain processor writes some ten tokens a second. */
  private static final Duration DEADLINE = Duration.ofSeconds(60);

  private static final int GENERATED_AT_ONCE = 8;

  private final Contexts contexts;
  private final Sessions sessions;
  private final SessionOperations sessionOperations;
  private final Generation generation;

  /**
   * What the feature works with.
   *
   * @param search asked on behalf of callers
   * @param served told the id of each solution that was placed in a context; returns at once
   * @param model the language model; empty where none is configured
   */
  public record Parts(
      Database database,
      CollectionRegistry collections,
      Embedder embedder,
      SearchOperations search,
      IdSource ids,
      Clock clock,
      Consumer<UUID> served,
      Optional<LanguageModel> model,
      ContextMetrics metrics) {}

  public ContextOperations(Parts parts, SessionSettings settings) {
    TokenCounter tokens = TokenCounter.o200k();
    Retrieval retrieval =
        new Retrieval(
            parts.collections,
            parts.embedder,
            parts.search::search,
            new PassageRows(parts.database));
    this.sessions = new Sessions(parts.database, parts.ids, parts.clock, parts.metrics, settings);
    this.contexts =
        new Contexts(
            parts.database,
            retrieval,
            new EvidenceReranker(),
            tokens,
            sessions,
            parts.clock,
            parts.served,
            parts.metrics);
    this.sessionOperations =
        new SessionOperations(sessions, contexts, retrieval, new Rolling(tokens), CATEGORY);
    this.generation = new Generation(parts.model, GENERATED_AT_ONCE, parts.metrics);
  }

  /** Begins to delete sessions that have ended. */
  public ContextOperations start() {
    sessions.start();
    return this;
  }

  @Description("The next question of a session, or the first of a new one")
  public record TurnInput(
      @Description("The session_id of the answer before; absent begins a session")
          @Nullable UUID sessionId,
      @Description(value = "What is to be answered", example = "how do I open a port")
          @NotNull
          @Characters(min = 1, max = 10_000)
          @Utf8Bytes(max = 40_000)
          @Plain
          String query,
      @Description(
              "standard: the telling sentences of 3 sources; detailed: 6 whole; comprehensive: 10 with their surroundings")
          @Default("standard")
          Level contextLevel,
      @Description("Ids of what the caller holds already; they aren't quoted again")
          @Default("[]")
          @Size(max = 300)
          Set<UUID> previousContextIds,
      @Description("The context has at most so many tokens (o200k_base)")
          @Default("2000")
          @Min(128)
          @Max(32_000)
          int maxTokens,
      @Description("Only of this project") @Characters(min = 1, max = 128) @Nullable String project,
      @Description("Only in these collections; absent: all that hold knowledge")
          @Size(min = 1, max = Retrieval.COLLECTIONS_MAX)
          @Nullable
              List<
                  @Characters(min = 1, max = 64) @Pattern(regexp = CollectionOperations.NAME)
                  String>
              collections) {}

  @Description("Knowledge for a question, to be put before it in a prompt")
  public record TurnAnswer(
      @Description("The text; empty when nothing bears on the question") String context,
      @Description("The ids of what it quotes, in its order") List<UUID> contextIds,
      @Description("What to ask next") List<String> suggestions,
      @Description("The context's tokens (o200k_base)") int tokenCount,
      @Description("Where it was looked for") List<String> collectionsSearched,
      @Description("For the next turn") UUID sessionId,
      @Description("This turn's number, from 1") int turnNumber,
      @Description("What was down, so that it rests on keywords; absent when nothing was")
          @Nullable List<String> degraded) {}

  @Description("A question that stands for itself")
  public record QueryInput(
      @Description(value = "What is to be answered", example = "how do I open a port")
          @NotNull
          @Characters(min = 1, max = 10_000)
          @Utf8Bytes(max = 40_000)
          @Plain
          String query,
      @Description("Only of this project") @Characters(min = 1, max = 128) @Nullable String project,
      @Description("The context has at most so many tokens (o200k_base)")
          @Default("2000")
          @Min(128)
          @Max(32_000)
          int maxTokens,
      @Description(
              "standard: the telling sentences of 3 sources; detailed: 6 whole; comprehensive: 10 with their surroundings")
          @Default("standard")
          Level level,
      @Description("Only in these collections; absent: all that hold knowledge")
          @Size(min = 1, max = Retrieval.COLLECTIONS_MAX)
          @Nullable
              List<
                  @Characters(min = 1, max = 64) @Pattern(regexp = CollectionOperations.NAME)
                  String>
              collections,
      @Description("Whether the configured language model is to write an answer from the context")
          @Default("false")
          boolean generate) {}

  @Description("Knowledge that answers a question, and how surely")
  public record QueryAnswer(
      @Description("The text; empty when nothing bears on the question") String context,
      @Description("What it quotes, in its order") List<Source> sources,
      @Description("0..1: how likely the context answers the question, by likeness alone")
          double confidence,
      @Description("The context's tokens (o200k_base)") int tokenCount,
      @Description("Where it was looked for") List<String> collectionsSearched,
      @Description("What the language model wrote; absent unless asked for and available")
          @Nullable String answer,
      @Description("The language model that wrote it") @Nullable String model,
      @Description("What was asked for and is down or not configured; absent when nothing")
          @Nullable List<String> degraded) {}

  @Description("Where a quote is from")
  public record Source(
      @Description("The record's id, by which the context cites it") UUID id,
      @Description("The document it belongs to, for get_document") UUID documentId,
      @Description("The collection's name") String collection,
      @Description("The project it belongs to") String project,
      @Description("The title of its document") String title,
      @Description("0..1: how well it bears on the question") double relevance,
      @Description("The kind of orders to an agent that it gives; absent for others")
          @Nullable String suspicious) {}

  @Description("A prompt that lacks knowledge")
  public record AugmentInput(
      @Description(value = "What is to be answered", example = "how do I open a port")
          @NotNull
          @Characters(min = 1, max = 10_000)
          @Utf8Bytes(max = 40_000)
          @Plain
          String query,
      @Description(value = "What kind of agent asks; it is named in the prompt", example = "coder")
          @Default("agent")
          @Characters(min = 1, max = 64)
          @Pattern(regexp = "[A-Za-z0-9][A-Za-z0-9 _.-]*")
          String agentType,
      @Description("What is put before the query has at most so many tokens (o200k_base)")
          @Default("2000")
          @Min(128)
          @Max(32_000)
          int maxTokens) {}

  @Description("The prompt with knowledge")
  public record AugmentAnswer(
      @Description("The knowledge, then the query; the query alone when nothing bears on it")
          String augmentedPrompt,
      @Description("The ids of what it quotes, in its order") List<UUID> contextIds,
      @Description("The query as it was given") String originalQuery,
      @Description("How many sources it quotes") int contextCount,
      @Description("What was down, so that it rests on keywords; absent when nothing was")
          @Nullable List<String> degraded) {}

  /** The declarations. */
  public List<Operation<?, ?>> operations() {
    List<Operation<?, ?>> operations = new ArrayList<>();
    operations.add(
        Operation.named("get_context", TurnInput.class, TurnAnswer.class)
            .category(CATEGORY)
            .title("Context for the next turn")
            .summary(
                "Gathers knowledge for the questions of a session, turn by turn, in a token budget.")
            .route(Method.POST, "/context/multi_turn")
            .scope(Scope.READ)
            .handler(this::turn));
    operations.add(
        Operation.named("query_knowledge", QueryInput.class, QueryAnswer.class)
            .category(CATEGORY)
            .title("Answer from knowledge")
            .summary("Assembles the best knowledge on a question, with sources and a confidence.")
            .route(Method.POST, "/hybrid/query")
            .scope(Scope.READ)
            .traits(Trait.READ_ONLY)
            .deadline(DEADLINE)
            .handler(this::query));
    operations.add(
        Operation.named("augment_query", AugmentInput.class, AugmentAnswer.class)
            .category(CATEGORY)
            .title("Augment a prompt")
            .summary("Puts what is known on a query before it, ready for a language model.")
            .route(Method.POST, "/augment_query")
            .scope(Scope.READ)
            .traits(Trait.READ_ONLY)
            .handler(this::augment));
    operations.addAll(sessionOperations.operations());
    return operations;
  }

  private static Retrieval.Scope scope(
      @Nullable String project, @Nullable List<String> collections) {
    return new Retrieval.Scope(
        Optional.ofNullable(project), collections == null ? List.of() : collections);
  }

  private static @Nullable List<String> orAbsent(List<String> degraded) {
    return degraded.isEmpty() ? null : degraded;
  }

  private Reply<TurnAnswer> turn(TurnInput input, Call call) {
    MadeTurn turn =
        contexts.turn(
            new Asked(
                input.query(),
                call.caller(),
                scope(input.project(), input.collections()),
                input.contextLevel(),
                input.maxTokens()),
            Optional.ofNullable(input.sessionId()),
            input.previousContextIds());
    Prompt prompt = turn.made().prompt();
    Contexts.Standing standing = turn.made().standing();
    return Reply.ok(
        new TurnAnswer(
            prompt.text(),
            prompt.ids(),
            Suggestions.of(standing.found().question(), prompt, standing.ranked()),
            prompt.tokens(),
            standing.found().searched(),
            turn.session(),
            turn.turn(),
            orAbsent(standing.found().degraded())));
  }

  private Reply<QueryAnswer> query(QueryInput input, Call call) {
    Made made =
        contexts.once(
            new Asked(
                input.query(),
                call.caller(),
                scope(input.project(), input.collections()),
                input.level(),
                input.maxTokens()));
    Prompt prompt = made.prompt();
    Contexts.Standing standing = made.standing();
    List<String> degraded = new ArrayList<>(standing.found().degraded());
    Optional<Generation.Written> written = Optional.empty();
    if (input.generate() && !prompt.quotes().isEmpty()) {
      written = generation.answer(input.query(), prompt);
      if (written.isEmpty()) {
        degraded.add(Generation.NAME);
      }
    }
    return Reply.ok(
        new QueryAnswer(
            prompt.text(),
            prompt.quotes().stream().map(quote -> source(quote, standing)).toList(),
            Confidence.of(prompt, standing.ranked(), standing.weights()),
            prompt.tokens(),
            standing.found().searched(),
            written.map(Generation.Written::text).orElse(null),
            written.map(Generation.Written::model).orElse(null),
            orAbsent(degraded)));
  }

  private static Source source(Quote quote, Contexts.Standing standing) {
    Passage passage = quote.passage();
    double relevance =
        standing.ranked().stream()
            .filter(ranked -> ranked.passage().id().equals(passage.id()))
            .mapToDouble(Ranked::relevance)
            .findFirst()
            .orElse(0);
    return new Source(
        passage.id(),
        passage.document(),
        passage.collection(),
        passage.project(),
        passage.title(),
        Confidence.rounded(relevance),
        passage.suspicious().orElse(null));
  }

  private Reply<AugmentAnswer> augment(AugmentInput input, Call call) {
    Made made =
        contexts.once(
            new Asked(
                input.query(),
                call.caller(),
                Retrieval.Scope.USUAL,
                Level.STANDARD,
                input.maxTokens()));
    Prompt prompt = made.prompt();
    String augmented =
        prompt.quotes().isEmpty()
            ? input.query()
            : prompt.text() + "\n\nQuestion of a " + input.agentType() + ":\n" + input.query();
    return Reply.ok(
        new AugmentAnswer(
            augmented,
            prompt.ids(),
            input.query(),
            prompt.quotes().size(),
            orAbsent(made.standing().found().degraded())));
  }

  @Override
  public void close() {
    sessions.close();
  }
}
