package dev.aidb.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.api.Assertions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class OperationsTest {

  @Description("A good record.")
  record Good(@Description("A flag.") @Nullable Boolean flag) {}

  @SuppressWarnings("ArrayRecordComponent") // vectors are arrays
  record Bad(
      @NotNull String text,
      @Description("u") @NotNull @Size(max = 3) String utf16,
      @Description("n") @Min(0) int number,
      @Description("n") @Max(0) long other,
      @Description("l") @NotNull List<Boolean> list,
      @Description("l") @NotNull @Size(max = 3) List<String> texts,
      @Description("v") float @Nullable [] vector,
      @Description("m") @Nullable Map<String, Object> map,
      @Description("m") @Nullable Map<String, String> typed,
      @Description("a") @Nullable Object any,
      @Description("o") Optional<Boolean> absent,
      @Description("t") @Nullable Thread thread,
      @Description("d") @Nullable Duration duration,
      @Description("f")
          @NotNull
          @Characters(max = 3)
          @Pattern(regexp = "a", flags = Pattern.Flag.CASE_INSENSITIVE)
          String flags,
      @Description("w") @Default("x") boolean wrong,
      @Description("b") @Default("101") @Min(0) @Max(100) int broken,
      @Description("q") Boolean unclear,
      @Description("p") @Nullable Inner inner) {}

  record Inner(@Nullable Boolean flag) {}

  private static Operation.Builder<Good, Good> good(String name) {
    return Operation.named(name, Good.class, Good.class)
        .category("c")
        .title("t")
        .summary("s")
        .scope(Scope.READ)
        .route(Operation.Method.POST, "/" + name);
  }

  private static List<String> faults(Operation<?, ?>... operations) {
    IllegalArgumentException thrown =
        Assertions.catchThrowableOfType(
            IllegalArgumentException.class, () -> Operations.of(List.of(operations)));
    return String.valueOf(thrown.getMessage()).lines().skip(1).map(String::strip).toList();
  }

  @Test
  void operationsAreFoundByName() {
    Operations operations = Operations.of(List.of(Samples.search(), Samples.get()));

    assertThat(operations.named("search")).isPresent();
    assertThat(operations.named("nothing")).isEmpty();
    assertThat(operations.list().stream().map(Operation::name))
        .containsExactly("search", "get_document");
  }

  @Test
  void everyFaultOfEveryRecordIsSaidAtOnce() {
    Operation<Bad, Bad> bad =
        Operation.named("bad", Bad.class, Bad.class)
            .category("c")
            .title("t")
            .summary("s")
            .scope(Scope.READ)
            .route(Operation.Method.POST, "/bad")
            .handler((input, call) -> Reply.ok(input));

    assertThat(faults(bad))
        .containsExactlyInAnyOrder(
            "Bad: the description is missing",
            "Bad.text: the description is missing",
            "Bad.text: a text needs @Characters(max)",
            "Bad.utf16: @Size counts UTF-16 units; use @Characters",
            "Bad.utf16: a text needs @Characters(max)",
            "Bad.number: a number needs an upper bound (@Max, @DecimalMax)",
            "Bad.other: a number needs a lower bound (@Min, @DecimalMin)",
            "Bad.list: a list needs @Size(max)",
            "Bad.texts[]: a text needs @Characters(max)",
            "Bad.vector: a list needs @Size(max)",
            "Bad.vector: a vector needs @FiniteVector",
            "Bad.map: free-form JSON needs @JsonBounds",
            "Bad.typed: an input's map must be a Map<String, Object>",
            "Bad.any: free-form JSON needs @JsonBounds",
            "Bad.absent: an input's absence is @Nullable, not Optional",
            "Bad.absent: is neither @NotNull nor @Nullable and has no @Default",
            "Bad.thread: java.lang.Thread has no JSON form",
            "Bad.duration: an input can't have a Duration",
            "Bad.flags: a pattern's flags can't be written in a schema",
            "Bad.wrong: the @Default is not a value of the component's type",
            "Bad.broken: the @Default breaks the component's own rules",
            "Bad.unclear: is neither @NotNull nor @Nullable and has no @Default",
            "Inner: the description is missing",
            "Inner.flag: the description is missing");
  }

  @Test
  void theDeclarationItselfIsChecked() {
    Operation<Good, Good> wrong =
        Operation.named("Not-Snake", Good.class, Good.class)
            .summary("two\nlines")
            .route(Operation.Method.GET, "no/slash/{id}")
            .cost(-1)
            .deadline(Duration.ZERO)
            .statuses(99)
            .handler((input, call) -> Reply.ok(input));

    assertThat(faults(wrong))
        .containsExactlyInAnyOrder(
            "Not-Snake: the name is not snake_case of at most 64 characters",
            "Not-Snake: the category is missing",
            "Not-Snake: the title is missing",
            "Not-Snake: the summary is not one line of at most 200 characters",
            "Not-Snake: the path is not a route such as /documents/{id}",
            "Not-Snake: the cost is negative",
            "Not-Snake: the deadline is not positive",
            "Not-Snake: the statuses are not HTTP statuses",
            "Not-Snake: it destroys or administrates and isn't audited",
            "Not-Snake: the path's {id} is not a component of the input");
  }

  @Test
  void namesAndRoutesAreUnique() {
    assertThat(
            faults(
                good("a").handler((input, call) -> Reply.ok(input)),
                good("a").handler((input, call) -> Reply.ok(input)),
                Samples.get(),
                Operation.named("other", Samples.OnlyId.class, Good.class)
                    .category("c")
                    .title("t")
                    .summary("s")
                    .scope(Scope.READ)
                    .route(Operation.Method.GET, "/documents/{id}")
                    .handler((input, call) -> Reply.ok(new Good(null)))))
        .containsExactly(
            "a: the name is taken",
            "a: the route POST /a is taken",
            "other: the route GET /documents/{} is taken");
  }

  @Test
  void aGetCannotTakeWhatAQueryCannotSay() {
    assertThatThrownBy(() ->
            Operations.of(
                List.of(
                    Operation.named("search", Samples.Search.class, Good.class)
                        .category("c")
                        .title("t")
                        .summary("s")
                        .route(Operation.Method.GET, "/search")
                        .handler((input, call) -> Reply.ok(new Good(null))))))
        .hasMessageContaining("search: embedding can't be written in the path or the query")
        .hasMessageContaining("search: filter can't be written in the path or the query");
  }

  @Test
  void aStreamIsPostedToAPlainRoute() {
    assertThat(
            faults(
                Operation.named("put", Samples.ById.class, Good.class)
                    .category("c")
                    .title("t")
                    .summary("s")
                    .scope(Scope.WRITE)
                    .route(Operation.Method.PATCH, "/put/{id}")
                    .stream((lines, out, call) -> {})))
        .containsExactlyInAnyOrder(
            "put: a stream needs POST", "put: a stream's path can't have variables");
  }
}
