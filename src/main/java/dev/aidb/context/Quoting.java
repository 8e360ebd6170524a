package dev.aidb.context;

import dev.aidb.tokens.TokenCounter;
import java.util.Optional;

/** Makes quotes that fit into a room. */
final class Quoting {
  /** Less than this many tokens of a source's text are of no use to anybody. */
  static final int LEAST = 24;

  private final TokenCounter tokens;
  private final Compression compression;

  Quoting(TokenCounter tokens) {
    this.tokens = tokens;
    this.compression = new Compression(tokens);
  }

  /** A quote of at most so many tokens in all; empty when too little of the text would fit. */
  Optional<Quote> of(Passage passage, Level level, int room, TermWeights weights) {
    String text = SourceText.quoted(passage.text());
    String opening = SourceText.opening(passage, level.wide());
    int frame = tokens.count(opening + SourceText.CLOSING);
    int most = Math.min(level.sourceTokens(), room - frame);
    // Tokens of parts don't always add up to those of the whole: try again with less.
    for (int tries = 0; tries < 3 && most >= LEAST; tries++) {
      Excerpt excerpt = compression.fit(text, passage.clipped(), most, weights);
      if (excerpt.spans().isEmpty()) {
        return Optional.empty();
      }
      Placed placed = new Placed(passage.id(), level.wide(), passage.sum(), excerpt.flat());
      Quote quote = quote(passage, placed, opening, excerpt.of(text, passage.clipped()));
      if (quote.tokens() <= room) {
        return Optional.of(quote);
      }
      most -= quote.tokens() - room;
    }
    return Optional.empty();
  }

  /** The same quote as before; empty when the text is another now. */
  Optional<Quote> again(Passage passage, Placed placed) {
    if (passage.sum() != placed.sum()) {
      return Optional.empty();
    }
    String text = SourceText.quoted(passage.text());
    String opening = SourceText.opening(passage, placed.wide());
    Excerpt excerpt = Excerpt.ofFlat(placed.ends(), text.length());
    return Optional.of(quote(passage, placed, opening, excerpt.of(text, passage.clipped())));
  }

  private Quote quote(Passage passage, Placed placed, String opening, String quoted) {
    String text = opening + quoted + SourceText.CLOSING;
    return new Quote(passage, placed, text, tokens.count(text));
  }
}
