package dev.aidb.search;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aidb.search.SearchAnswer.Result;
import dev.aidb.search.SearchInput.Mode;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class TokenBudgetTest {
  private static final TokenBudget BUDGET = new TokenBudget();
  private static final List<String> PIECES =
      List.of("word ", "\"", "\\", "日本", "😀", "\n", "=".repeat(40), "aGVsbG8", "é");

  private static SearchAnswer answer(List<String> contents) {
    List<Result> results =
        contents.stream()
            .map(content ->
                new Result(
                    new UUID(1, 2),
                    0.5,
                    "c",
                    "p",
                    "t",
                    content,
                    Map.of("a", 1),
                    new UUID(3, 4),
                    "0",
                    null,
                    null,
                    Instant.EPOCH))
            .toList();
    return new SearchAnswer(results, 50, 0, 10, true, 0, null, Mode.HYBRID);
  }

  private static String text(Random random) {
    StringBuilder text = new StringBuilder();
    random.ints(random.nextInt(200), 0, PIECES.size()).forEach(i -> text.append(PIECES.get(i)));
    return text.toString();
  }

  @Test
  void longTitlesLeaveRoomForResults() {
    SearchAnswer whole = answer(List.of("content ".repeat(500)));
    SearchAnswer titled =
        whole.with(List.of(whole.results().getFirst().withTitle("query ".repeat(1_500))));

    SearchAnswer fitted = BUDGET.fit(titled, 400);

    assertThat(fitted.results()).hasSize(1);
    assertThat(fitted.results().getFirst().title()).hasSizeLessThan(510).endsWith("…");
    assertThat(BUDGET.fit(titled, 100_000)).isEqualTo(titled);
  }

  @Property(tries = 100)
  void neverExceedsTheBudgetAndCutsOnlyContents(
      @ForAll long seed, @ForAll @IntRange(min = 64, max = 2_000) int max) {
    Random random = new Random(seed);
    SearchAnswer whole =
        answer(IntStream.range(0, random.nextInt(8)).mapToObj(i -> text(random)).toList());
    SearchAnswer fitted = BUDGET.fit(whole, max);
    assertThat(BUDGET.count(fitted.timed(12_345.67))).isLessThanOrEqualTo(max);
    assertThat(fitted.total()).isEqualTo(50);
    assertThat(fitted.hasMore()).isTrue();
    for (int i = 0; i < fitted.results().size(); i++) {
      String before = String.valueOf(whole.results().get(i).content());
      String after = String.valueOf(fitted.results().get(i).content());
      assertThat(after.equals(before) || after.isEmpty() || after.endsWith("…")).isTrue();
      assertThat(before).startsWith(after.replaceAll("…$", ""));
      assertThat(after.codePoints()).noneMatch(c -> c >= 0xD800 && c <= 0xDFFF);
    }
  }

  @Test
  void leavesAnAnswerAloneThatFits() {
    SearchAnswer whole = answer(List.of("short"));
    assertThat(BUDGET.fit(whole, 1_000)).isSameAs(whole);
  }

  @Test
  void leavesOutResultsWhereEmptyContentsAreTooMuch() {
    SearchAnswer fitted = BUDGET.fit(answer(List.of("a", "b", "c", "d")), 64);
    assertThat(fitted.results()).isEmpty();
    assertThat(fitted.hasMore()).isTrue();
  }
}
