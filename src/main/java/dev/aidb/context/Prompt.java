package dev.aidb.context;

import java.util.List;
import java.util.UUID;

/**
 * An assembled context.
 *
 * @param text empty when nothing bears on the question
 * @param tokens of the text, counted
 * @param lasting the quotes that later prompts of the session begin with too
 * @param passing those that stand behind them this time
 */
record Prompt(String text, int tokens, List<Quote> lasting, List<Quote> passing) {
  Prompt {
    lasting = List.copyOf(lasting);
    passing = List.copyOf(passing);
  }

  /** All quotes in the order of the text. */
  List<Quote> quotes() {
    return java.util.stream.Stream.concat(lasting.stream(), passing.stream()).toList();
  }

  List<UUID> ids() {
    return quotes().stream().map(quote -> quote.passage().id()).toList();
  }

  boolean holds(UUID id) {
    return quotes().stream().anyMatch(quote -> quote.passage().id().equals(id));
  }
}
