package dev.aidb.context;

import dev.aidb.context.SessionState.Line;
import dev.aidb.context.SessionState.Rolled;
import dev.aidb.context.SessionState.Turn;
import dev.aidb.tokens.TokenCounter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedSet;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * Keeps a session small however long it goes on: the latest turns whole, of those before a sentence
 * each, of older ones a few words, and of the oldest only their number. All of it is quoted from
 * what was said.
 */
final class Rolling {
  /** The most tokens of a query and of a response that a turn keeps. */
  static final int QUERY_TOKENS = 420;

  static final int RESPONSE_TOKENS = 180;

  /** The most tokens that the gist of all earlier turns takes. */
  static final int EARLIER_TOKENS = 420;

  /** Some tokens are long: a bound on the bytes that a session takes. */
  private static final int CHARACTERS_MAX = 4_000;

  private static final int GIST_TOKENS = 24;
  private static final int BRIEF_TERMS = 6;
  private static final int WORD_MAX = 24;

  private final TokenCounter tokens;
  private final Compression compression;

  Rolling(TokenCounter tokens) {
    this.tokens = tokens;
    this.compression = new Compression(tokens);
  }

  /** The state after another turn. */
  SessionState after(SessionState state, String query, Prompt prompt, Instant at) {
    List<Turn> recent = new ArrayList<>(state.recent());
    recent.add(
        new Turn(
            state.turns() + 1,
            shortened(first(query, CHARACTERS_MAX), QUERY_TOKENS),
            null,
            prompt.ids(),
            prompt.tokens(),
            at));
    Rolled earlier = state.earlier();
    while (recent.size() > SessionState.RECENT) {
      earlier = rolled(earlier, recent.removeFirst());
    }
    SequencedSet<UUID> given = new LinkedHashSet<>(state.given());
    prompt.ids().forEach(given::addLast); // an id that comes again counts as new
    List<UUID> latest = List.copyOf(given);
    return new SessionState(
        state.turns() + 1,
        recent,
        earlier,
        prompt.lasting().stream().map(Quote::placed).toList(),
        latest.subList(Math.max(0, latest.size() - SessionState.GIVEN_MAX), latest.size()));
  }

  /** The state after the agent told what it answered. */
  SessionState answered(SessionState state, String response) {
    return state.answered(shortened(first(response, CHARACTERS_MAX), RESPONSE_TOKENS));
  }

  /** All that is kept of the conversation, a line for each part. */
  List<String> lines(SessionState state) {
    List<String> lines = new ArrayList<>();
    if (state.earlier().dropped() > 0) {
      lines.add("(" + state.earlier().dropped() + " turns before these)");
    }
    state.earlier().lines().forEach(line -> lines.add(line.turn() + ". " + line.text()));
    for (Turn turn : state.recent()) {
      lines.add(turn.number() + ". " + turn.query());
      String response = turn.response();
      if (response != null) {
        lines.add("→ " + response);
      }
    }
    return lines;
  }

  /** The gist of the turns that aren't kept whole; empty where there are none. */
  String summary(SessionState state) {
    return String.join("\n", lines(withoutRecent(state)));
  }

  private static SessionState withoutRecent(SessionState state) {
    return new SessionState(state.turns(), List.of(), state.earlier(), List.of(), List.of());
  }

  /** How many tokens the conversation takes as it is kept. */
  int size(SessionState state) {
    return tokens.count(String.join("\n", lines(state)));
  }

  /** The conversation for a prompt: its latest lines, as many as fit; empty when none does. */
  String conversation(SessionState state, int most) {
    List<String> lines = lines(state);
    int from = lines.size();
    for (int used = 0; from > 0 && used <= most; from--) {
      used += tokens.count(lines.get(from - 1)) + 1;
    }
    // What was added up is near the truth, and the truth is counted.
    for (; from < lines.size(); from++) {
      String text = quoted(lines.subList(from, lines.size()));
      if (tokens.count(text) <= most) {
        return text;
      }
    }
    return "";
  }

  private static String quoted(List<String> lines) {
    return "<conversation>\n" + SourceText.quoted(String.join("\n", lines)) + "\n</conversation>\n";
  }

  private Rolled rolled(Rolled earlier, Turn turn) {
    List<Line> lines = new ArrayList<>(earlier.lines());
    lines.add(new Line(turn.number(), gist(turn), false));
    int dropped = earlier.dropped();
    while (tokens.count(text(lines)) > EARLIER_TOKENS) {
      int whole = 0;
      while (whole < lines.size() && lines.get(whole).brief()) {
        whole++;
      }
      // The first half of the room for what is a few words, the other for sentences.
      if (whole < lines.size() - 1
          && tokens.count(text(lines.subList(0, whole))) < EARLIER_TOKENS / 2) {
        Line line = lines.get(whole);
        lines.set(whole, new Line(line.turn(), brief(line.text()), true));
      } else {
        lines.removeFirst();
        dropped++;
      }
    }
    return new Rolled(lines, dropped);
  }

  private static String text(List<Line> lines) {
    return lines.stream()
        .map(line -> line.turn() + ". " + line.text())
        .collect(Collectors.joining("\n"));
  }

  private String gist(Turn turn) {
    String response = turn.response();
    String asked = oneLine(firstSentence(turn.query()));
    return response == null ? asked : asked + " → " + oneLine(firstSentence(response));
  }

  private String firstSentence(String text) {
    List<Segment> segments = Segments.of(text.strip());
    return segments.isEmpty()
        ? ""
        : shortened(text.strip().substring(0, segments.getFirst().to()), GIST_TOKENS);
  }

  private static String brief(String text) {
    String words =
        Terms.words(text).stream()
            .limit(BRIEF_TERMS)
            .map(word -> first(word, WORD_MAX))
            .collect(Collectors.joining(" "));
    return words.isEmpty() ? "…" : words;
  }

  private static String first(String text, int characters) {
    return text.codePointCount(0, text.length()) <= characters
        ? text
        : text.substring(0, text.offsetByCodePoints(0, characters));
  }

  private static String oneLine(String text) {
    return text.strip().replaceAll("\\s+", " ");
  }

  private String shortened(String text, int most) {
    return compression.beginning(text, false, most).of(text, false);
  }
}
