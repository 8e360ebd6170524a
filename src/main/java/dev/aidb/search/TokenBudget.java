package dev.aidb.search;

import dev.aidb.operation.Json;
import dev.aidb.search.SearchAnswer.Result;
import dev.aidb.tokens.Tokens;
import java.util.ArrayList;
import java.util.List;

/**
 * Fits an answer into a number of tokens, counted with o200k_base on the JSON that is served.
 * Titles as long as a text are cut, then contents to an equal share; where even empty contents are
 * too much, results are left out from the end.
 */
final class TokenBudget {
  /** What the time of the query, filled in later, can add. */
  private static final int SLACK = 6;

  private static final String ELLIPSIS = "…";

  /** No document's title is longer, but that of a solution is a whole query. */
  private static final int TITLE_MAX = 500;

  SearchAnswer fit(SearchAnswer whole, int maxTokens) {
    int budget = maxTokens - SLACK;
    if (fits(whole, budget)) {
      return whole;
    }
    SearchAnswer answer = whole.with(withShortTitles(whole.results()));
    // The longest content that is left whole decides all: find the greatest for which the answer
    // fits.
    int low = 0;
    int high =
        answer.results().stream()
            .mapToInt(r -> r.content() == null ? 0 : r.content().length())
            .max()
            .orElse(0);
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      if (fits(answer.with(cut(answer.results(), middle)), budget)) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    List<Result> shown = new ArrayList<>(cut(answer.results(), low));
    while (!shown.isEmpty() && !fits(answer.with(shown), budget)) {
      shown.removeLast();
    }
    return answer.with(shown);
  }

  /**
   * The JSON's tokens. A character is at most a few tokens and a token rarely more than a word: no
   * early exit pays.
   */
  int count(SearchAnswer answer) {
    return Tokens.count(Json.text(answer));
  }

  private boolean fits(SearchAnswer answer, int budget) {
    return count(answer) <= budget;
  }

  private static List<Result> cut(List<Result> results, int length) {
    return results.stream()
        .map(r ->
            r.content() == null || r.content().length() <= length
                ? r
                : r.withContent(cut(r.content(), length)))
        .toList();
  }

  private static List<Result> withShortTitles(List<Result> results) {
    return results.stream()
        .map(r -> r.title().length() <= TITLE_MAX ? r : r.withTitle(cut(r.title(), TITLE_MAX)))
        .toList();
  }

  private static String cut(String content, int length) {
    if (length == 0) {
      return "";
    }
    int end = Character.isHighSurrogate(content.charAt(length - 1)) ? length - 1 : length;
    return content.substring(0, end) + ELLIPSIS;
  }
}
