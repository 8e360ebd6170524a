package dev.aidb.operation;

import java.time.Duration;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * One thing that a client can ask, declared once.
 *
 * <p>The input record's components come from the path ({@code {id}}), then, for GET and DELETE,
 * from the query string, else from the JSON body. Components carry {@link Description}, Jakarta
 * Validation and this package's constraints.
 *
 * @param <I> the input record
 * @param <O> the output record; for a stream, the record of one output line
 * @param name a verb and a noun in snake_case, such as {@code put_document}; unique, and also the
 *     MCP tool's name
 * @param category the heading under which documents and discovery list it
 * @param title a few words for people
 * @param summary one line that says what it does and when to use it
 * @param method the HTTP method
 * @param path the route's template, such as {@code /documents/{id}}
 * @param scope what a caller needs
 * @param cost what a call takes from the caller's rate limit, 0 or more
 * @param traits what a careful client should know beforehand
 * @param deadline how long a call may take
 * @param input the input record's class
 * @param output the output record's class
 * @param statuses the successful statuses it may answer, the usual one first
 * @param audit what the audit trail keeps of a call; not empty for what destroys or administrates
 * @param handler what runs
 */
public record Operation<I extends Record, O>(
    String name,
    String category,
    String title,
    String summary,
    Method method,
    String path,
    Scope scope,
    int cost,
    Set<Trait> traits,
    Duration deadline,
    Class<I> input,
    Class<O> output,
    java.util.List<Integer> statuses,
    Optional<Audit<I>> audit,
    Handler<I, O> handler) {

  /** The HTTP methods in use. */
  public enum Method {
    GET,
    POST,
    PATCH,
    DELETE
  }

  /** What a client should know before it calls; the words are MCP's tool annotations. */
  public enum Trait {
    READ_ONLY,
    DESTRUCTIVE,
    IDEMPOTENT,
    OPEN_WORLD
  }

  /** How long a request may take unless its operation says otherwise. */
  public static final Duration USUAL_DEADLINE = Duration.ofSeconds(30);

  public Operation {
    traits = Set.copyOf(traits);
    statuses = java.util.List.copyOf(statuses);
  }

  /** Starts a declaration; {@link Builder#handler} ends it. */
  public static <I extends Record, O> Builder<I, O> named(
      String name, Class<I> input, Class<O> output) {
    return new Builder<>(name, input, output);
  }

  /** Whether lines of JSON go in and out instead of one object. */
  public boolean streams() {
    return handler instanceof Handler.Stream;
  }

  /** Gathers a declaration; what is not said takes the safe default (scope ADMIN, cost 1, 30 s). */
  public static final class Builder<I extends Record, O> {
    private final String name;
    private final Class<I> input;
    private final Class<O> output;
    private String category = "";
    private String title = "";
    private String summary = "";
    private Method method = Method.POST;
    private String path = "";
    private Scope scope = Scope.ADMIN;
    private int cost = 1;
    private final Set<Trait> traits = EnumSet.noneOf(Trait.class);
    private Duration deadline = USUAL_DEADLINE;
    private java.util.List<Integer> statuses = java.util.List.of(200);
    private Optional<Audit<I>> audit = Optional.empty();

    private Builder(String name, Class<I> input, Class<O> output) {
      this.name = name;
      this.input = input;
      this.output = output;
    }

    public Builder<I, O> category(String category) {
      this.category = category;
      return this;
    }

    public Builder<I, O> title(String title) {
      this.title = title;
      return this;
    }

    public Builder<I, O> summary(String summary) {
      this.summary = summary;
      return this;
    }

    public Builder<I, O> route(Method method, String path) {
      this.method = method;
      this.path = path;
      return this;
    }

    public Builder<I, O> scope(Scope scope) {
      this.scope = scope;
      return this;
    }

    public Builder<I, O> cost(int cost) {
      this.cost = cost;
      return this;
    }

    public Builder<I, O> traits(Trait... traits) {
      this.traits.addAll(java.util.List.of(traits));
      return this;
    }

    public Builder<I, O> deadline(Duration deadline) {
      this.deadline = deadline;
      return this;
    }

    public Builder<I, O> statuses(Integer... statuses) {
      this.statuses = java.util.List.of(statuses);
      return this;
    }

    /** Has calls kept by the audit trail; see {@link Audit} for what goes into it. */
    public Builder<I, O> audited(String action, Function<I, String> target) {
      return audited(action, target, input -> Map.of());
    }

    /** As above, with further facts. */
    public Builder<I, O> audited(
        String action, Function<I, String> target, Function<I, Map<String, Object>> details) {
      this.audit = Optional.of(new Audit<>(action, target, details));
      return this;
    }

    public Operation<I, O> handler(Handler.Unary<I, O> handler) {
      return build(handler);
    }

    public Operation<I, O> stream(Handler.Stream<I, O> handler) {
      return build(handler);
    }

    private Operation<I, O> build(Handler<I, O> handler) {
      return new Operation<>(
          name, category, title, summary, method, path, scope, cost, traits, deadline, input,
          output, statuses, audit, handler);
    }
  }
}
