package dev.aidb.mcp;

import dev.aidb.core.AidbException;
import dev.aidb.operation.Call;
import dev.aidb.operation.Characters;
import dev.aidb.operation.Default;
import dev.aidb.operation.Description;
import dev.aidb.operation.Operation;
import dev.aidb.operation.Operation.Trait;
import dev.aidb.operation.Plain;
import dev.aidb.operation.Reply;
import dev.aidb.operation.Scope;
import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Operations at the addresses that the compact tools stand for, which answer without a store. */
final class Declared {
  static final UUID ID = UUID.fromString("01980000-0000-7000-8000-000000000001");

  private Declared() {}

  @Description("A search")
  record Search(
      @Description("What") @NotNull @Plain @Characters(min = 1, max = 100) String query,
      @Description("Where") @Default("nixos_docs") @Characters(max = 64) String collection,
      @Description("How many") @Default("10") @Min(1) @Max(100) int limit,
      @Description("What to include") @Default("[\"content\"]") @Size(max = 4) Set<Include> include,
      @Description("Tokens") @Min(64) @Max(100_000) @Nullable Integer maxTokens) {}

  enum Include {
    CONTENT,
    METADATA
  }

  @Description("A result")
  record Result(
      @Description("Its document") UUID documentId,
      @Description("Its title") String title,
      @Description("Its text") String content,
      @Description("Its score") double score) {}

  @Description("Results")
  record Results(
      @Description("The results") List<Result> results, @Description("How many") long total) {}

  @Description("What to learn")
  record Learn(
      @Description("The problem") @NotNull @Characters(max = 100) String query,
      @Description("The solution") @NotNull @Characters(max = 100) String solution,
      @Description("The project") @Default("default") @Characters(max = 100) String project) {}

  @Description("How it went")
  record Feedback(
      @Description("The solution") @NotNull UUID id,
      @Description("The outcome") @Nullable Outcomes outcome,
      @Description("How useful") @DecimalMin("-1") @DecimalMax("1")
          @Nullable Double userFeedback) {}

  enum Outcomes {
    SUCCESS,
    PARTIAL,
    FAILURE
  }

  @Description("What for")
  record Context(
      @Description("The task") @NotNull @Characters(max = 100) String query,
      @Description("The session") @Characters(max = 100) @Nullable String sessionId,
      @Description("Tokens") @Default("2000") @Min(64) @Max(100_000) int maxTokens) {}

  @Description("A thing")
  record Thing(@Description("Its id") @NotNull UUID id) {}

  @Description("A word")
  record Word(@Description("The word") String word) {}

  @Description("Nothing")
  record Nothing() {}

  static List<Operation<?, ?>> all() {
    List<Operation<?, ?>> all = new ArrayList<>(some());
    all.add(
        operation("learn", Learn.class, Word.class, "/hybrid/learn", Scope.WRITE)
            .handler((input, call) -> Reply.status(201, new Word(input.solution()))));
    all.add(
        operation("give_feedback", Feedback.class, Word.class, "/hybrid/feedback", Scope.WRITE)
            .handler((input, call) -> Reply.ok(new Word("thanks"))));
    all.add(
        operation("get_context", Context.class, Word.class, "/context/multi_turn", Scope.READ)
            .traits(Trait.READ_ONLY)
            .handler((input, call) -> Reply.ok(new Word(input.query()))));
    return all;
  }

  static List<Operation<?, ?>> some() {
    return List.of(
        operation("search", Search.class, Results.class, "/vector/search", Scope.READ)
            .traits(Trait.READ_ONLY)
            .handler(Declared::search),
        operation("get_document", Thing.class, Result.class, "/things", Scope.READ)
            .traits(Trait.READ_ONLY)
            .handler(Declared::get),
        operation("delete_document", Thing.class, Word.class, "/things/delete", Scope.WRITE)
            .traits(Trait.DESTRUCTIVE, Trait.IDEMPOTENT)
            .audited("thing.delete", input -> input.id().toString())
            .handler((input, call) -> Reply.ok(new Word("gone"))),
        operation("fail", Nothing.class, Word.class, "/fail", Scope.READ)
            .handler((input, call) -> {
              throw new IllegalStateException("secret of the program");
            }),
        operation("be_busy", Nothing.class, Word.class, "/busy", Scope.READ)
            .handler((input, call) -> {
              throw AidbException.unavailable("The database is away", Duration.ofSeconds(7), null);
            }),
        operation("costly", Nothing.class, Word.class, "/costly", Scope.ADMIN)
            .cost(5)
            .audited("costly", input -> "")
            .handler((input, call) -> Reply.ok(new Word("done"))));
  }

  private static <I extends Record, O> Operation.Builder<I, O> operation(
      String name, Class<I> input, Class<O> output, String path, Scope scope) {
    return Operation.named(name, input, output)
        .category("Tests")
        .title("The " + name)
        .summary("Does " + name + " for the tests.")
        .route(Operation.Method.POST, path)
        .scope(scope);
  }

  private static Reply<Results> search(Search input, Call call) {
    List<Result> results = new ArrayList<>();
    for (int i = 0; i < input.limit(); i++) {
      results.add(
          new Result(
              ID,
              ("About " + input.query() + " ").repeat(2) + i,
              "# A heading\n\n" + "words of a text that goes on and on ".repeat(40),
              0.987654));
    }
    return Reply.ok(new Results(results, 123));
  }

  private static Reply<Result> get(Thing input, Call call) {
    if (!input.id().equals(ID)) {
      throw AidbException.notFound("There is no document with this id");
    }
    return Reply.ok(new Result(ID, "A title", "A long text. ".repeat(20_000), 1));
  }
}
