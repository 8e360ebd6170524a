package dev.aidb.context;

import dev.aidb.tokens.TokenCounter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;

/**
 * Puts prompts together within a budget of tokens, which none ever exceeds.
 *
 * <p>Of a session each prompt begins as the one before: the instructions, then the quotes in the
 * order in which they came. These <em>lasting</em> quotes take up to {@link #LASTING} of the
 * budget. From then on what is new stands behind them as <em>passing</em> quotes, which the next
 * prompt replaces, in what room is left such that the beginning that two prompts share is always at
 * least four fifths of the shorter, in tokens and in characters. Where a budget is so small that
 * nothing new would fit any more (some 1,000 tokens), the lasting quotes start anew instead.
 */
final class Assembly {
  /** The share of the budget that lasting quotes may take, the instructions included. */
  private static final double LASTING = 0.86;

  /** The least share of a prompt that is its lasting beginning. */
  private static final double BEGINNING = 0.84;

  /** The same in characters, which are but looked at: quotes are made by tokens. */
  private static final double BEGINNING_CHARACTERS = 0.805;

  /**
   * The share of the room for lasting quotes that one turn may take, so that later ones have some.
   */
  private static final double OF_ROOM = 2 / 3.0;

  /** The share of the budget, and of the beginning, that the conversation may take. */
  private static final double CONVERSATION = 0.05;

  private static final double CONVERSATION_OF_BEGINNING = 0.12;

  /** A quote's own delimiters and the least of text. */
  private static final int QUOTE_LEAST = 80;

  private final TokenCounter tokens;
  private final Quoting quoting;

  Assembly(TokenCounter tokens) {
    this.tokens = tokens;
    this.quoting = new Quoting(tokens);
  }

  /**
   * What a prompt is made of.
   *
   * @param most tokens that the prompt may have
   * @param chosen what is new, best first
   */
  record Order(Level level, int most, List<Ranked> chosen, TermWeights weights) {}

  /** A prompt that stands for itself. */
  Prompt once(Order order) {
    List<Quote> quotes = new ArrayList<>();
    int used = instructions();
    for (Ranked ranked : order.chosen) {
      quoting
          .of(ranked.passage(), order.level, order.most - used, order.weights)
          .ifPresent(quotes::add);
      used = instructions() + quotes.stream().mapToInt(Quote::tokens).sum();
    }
    return fitted(List.of(), quotes, "", order.most);
  }

  /**
   * The next prompt of a session.
   *
   * @param before the lasting quotes of the prompt before, as they are now
   * @param conversation what was said so far in at most so many tokens; empty when nothing fits
   */
  Prompt next(Order order, List<Quote> before, IntFunction<String> conversation) {
    Drafting draft = new Drafting(order, before);
    draft.place(conversation);
    if (draft.placedNothing() && !order.chosen.isEmpty() && !before.isEmpty()) {
      draft = new Drafting(order, List.of());
      draft.place(conversation);
    }
    return fitted(draft.lasting, draft.passing, draft.tail, order.most);
  }

  /** A source that is quoted already, in the same words where its text is the same. */
  Optional<Quote> again(Passage passage, Placed placed, Order order) {
    return quoting
        .again(passage, placed)
        .or(() -> quoting.of(passage, order.level, order.most, order.weights));
  }

  /** Has the tokens' vocabulary loaded, which takes a moment, before anything is locked. */
  void prepare() {
    var unused = instructions();
  }

  private int instructions() {
    return tokens.count(SourceText.INSTRUCTIONS);
  }

  /** One prompt of a session in the making. */
  private final class Drafting {
    private final Order order;
    private final List<Quote> lasting = new ArrayList<>();
    private final List<Quote> passing = new ArrayList<>();
    private final int lastingMost;
    private final int kept;
    private int beginning = instructions();
    private String tail = "";

    Drafting(Order order, List<Quote> before) {
      this.order = order;
      this.lastingMost = (int) (LASTING * order.most);
      for (Quote quote : before) {
        if (beginning + quote.tokens() > lastingMost) {
          break; // the budget is smaller than it was
        }
        add(quote);
      }
      this.kept = lasting.size();
    }

    private void add(Quote quote) {
      lasting.add(quote);
      beginning += quote.tokens();
    }

    boolean placedNothing() {
      return lasting.size() == kept && passing.isEmpty();
    }

    void place(IntFunction<String> conversation) {
      List<Ranked> rest = placeLasting();
      int most = (int) Math.min(CONVERSATION * order.most, CONVERSATION_OF_BEGINNING * beginning);
      tail = lasting.isEmpty() ? "" : conversation.apply(most);
      placePassing(rest);
    }

    /** Returns what is left over because the room for lasting quotes is full. */
    private List<Ranked> placeLasting() {
      int share = Math.max(QUOTE_LEAST, (int) (OF_ROOM * (lastingMost - beginning)));
      int end = beginning + share;
      for (int i = 0; i < order.chosen.size(); i++) {
        if (lastingMost - beginning < QUOTE_LEAST) {
          return order.chosen.subList(i, order.chosen.size());
        }
        int room = Math.min(lastingMost, end) - beginning;
        if (room < QUOTE_LEAST) {
          return List.of();
        }
        quoting
            .of(order.chosen.get(i).passage(), order.level, room, order.weights)
            .ifPresent(this::add);
      }
      return List.of();
    }

    private void placePassing(List<Ranked> rest) {
      int room = (int) Math.min(order.most, beginning / BEGINNING) - tokens.count(tail) - beginning;
      int characters =
          SourceText.INSTRUCTIONS.length()
              + lasting.stream().mapToInt(quote -> quote.text().length()).sum();
      int length = (int) (characters / BEGINNING_CHARACTERS) - characters - tail.length();
      for (Ranked ranked : rest) {
        Optional<Quote> quote = passing(ranked.passage(), room, length);
        if (quote.isEmpty() && passing.isEmpty()) {
          // The best comes by all means; where tokens are unlike in length, they alone count.
          quote = quoting.of(ranked.passage(), order.level, room, order.weights);
        }
        if (quote.isPresent()) {
          passing.add(quote.get());
          room -= quote.get().tokens();
          length -= quote.get().text().length();
        }
      }
    }

    private Optional<Quote> passing(Passage passage, int tokensLeft, int charactersLeft) {
      int room = tokensLeft;
      for (int tries = 0; tries < 3 && room > 0; tries++) {
        Optional<Quote> quote = quoting.of(passage, order.level, room, order.weights);
        if (quote.isEmpty() || quote.get().text().length() <= charactersLeft) {
          return quote;
        }
        room =
            (int) ((long) quote.get().tokens() * charactersLeft / quote.get().text().length()) - 1;
      }
      return Optional.empty();
    }
  }

  /**
   * The text, counted as a whole; what is too much goes, from the end. Parts seldom have other
   * tokens together than by themselves, so this is for certainty.
   */
  private Prompt fitted(List<Quote> lasting, List<Quote> passing, String tail, int most) {
    List<Quote> first = new ArrayList<>(lasting);
    List<Quote> second = new ArrayList<>(passing);
    String end = tail;
    while (!first.isEmpty() || !second.isEmpty()) {
      StringBuilder text = new StringBuilder(SourceText.INSTRUCTIONS);
      first.forEach(quote -> text.append(quote.text()));
      second.forEach(quote -> text.append(quote.text()));
      String whole = text.append(end).toString().stripTrailing();
      int count = tokens.count(whole);
      if (count <= most) {
        return new Prompt(whole, count, first, second);
      }
      if (!end.isEmpty()) {
        end = "";
      } else {
        (second.isEmpty() ? first : second).removeLast();
      }
    }
    return new Prompt("", 0, List.of(), List.of());
  }
}
