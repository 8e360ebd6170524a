package dev.aidb.context;

import dev.aidb.tokens.TokenCounter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;

/**
 * Fits a text into a number of tokens by quoting those of its sentences, lines and code blocks that
 * say most about a question, in their order. Nothing is reworded.
 */
final class Compression {
  /** What the sign of a gap takes at most. */
  private static final int GAP_TOKENS = 3;

  /** How much a segment gains from telling neighbours. */
  private static final double NEIGHBOUR = 0.25;

  /** A segment that tells less than this share of what the best tells isn't worth its tokens. */
  private static final double TELLING = 0.1;

  private final TokenCounter tokens;

  Compression(TokenCounter tokens) {
    this.tokens = tokens;
  }

  /** A segment with what it takes and gives. */
  private record Scored(int index, Segment segment, int tokens, double score) {}

  /**
   * @param text what is quoted
   * @param goesOn whether there is more of the text than this
   * @param most tokens that the rendered excerpt may have
   * @return whole where that fits; empty where not even a word does
   */
  Excerpt fit(String text, boolean goesOn, int most, TermWeights weights) {
    Excerpt whole = Excerpt.whole(text);
    if (fits(whole, text, goesOn, most)) {
      return whole;
    }
    List<Scored> scored = scored(text, weights);
    TreeSet<Scored> chosen = new TreeSet<>(Comparator.comparingInt(Scored::index));
    int used = 2 * GAP_TOKENS;
    double least = TELLING * scored.stream().mapToDouble(Scored::score).max().orElse(0);
    List<Scored> best = new ArrayList<>(scored);
    best.sort(Comparator.comparingDouble(Scored::score).reversed().thenComparingInt(Scored::index));
    for (Scored next : best) {
      if (next.score >= least && used + next.tokens + GAP_TOKENS <= most) {
        chosen.add(next);
        used += next.tokens + GAP_TOKENS;
      }
    }
    // A share of the room is no use if what tells most isn't in it.
    if (chosen.isEmpty() || best.getFirst().score > 0 && !chosen.contains(best.getFirst())) {
      Excerpt cut = cut(text, goesOn, best.getFirst().segment, most);
      if (!cut.spans().isEmpty()) {
        return cut;
      }
    }
    while (!chosen.isEmpty()) {
      Excerpt excerpt = Excerpt.of(chosen.stream().map(Scored::segment).toList());
      if (fits(excerpt, text, goesOn, most)) {
        return excerpt;
      }
      chosen.remove(
          chosen.stream()
              .min(Comparator.comparingDouble(Scored::score).thenComparingInt(s -> -s.index))
              .orElseThrow());
    }
    return new Excerpt(List.of());
  }

  /** The beginning of a text, as much of it as fits. */
  Excerpt beginning(String text, boolean goesOn, int most) {
    Excerpt whole = Excerpt.whole(text);
    return fits(whole, text, goesOn, most)
        ? whole
        : cut(text, goesOn, new Segment(0, text.length(), false), most);
  }

  private boolean fits(Excerpt excerpt, String text, boolean goesOn, int most) {
    return tokens.count(excerpt.of(text, goesOn)) <= most;
  }

  private List<Scored> scored(String text, TermWeights weights) {
    List<Segment> segments = Segments.of(text);
    double[] own = new double[segments.size()];
    for (int i = 0; i < own.length; i++) {
      own[i] = weights.weight(Terms.all(part(text, segments.get(i))));
    }
    List<Scored> scored = new ArrayList<>(own.length);
    for (int i = 0; i < own.length; i++) {
      int size = tokens.count(part(text, segments.get(i)));
      double near = (i > 0 ? own[i - 1] : 0) + (i + 1 < own.length ? own[i + 1] : 0);
      // Long ones hold more words by chance.
      double score = (own[i] + NEIGHBOUR * near) / (1 + Math.log1p(size) / 4);
      scored.add(new Scored(i, segments.get(i), size, score));
    }
    return scored;
  }

  private static String part(String text, Segment segment) {
    return text.substring(segment.from(), segment.to());
  }

  /** As much of a segment's beginning as fits: lines of code, words of anything else. */
  private Excerpt cut(String text, boolean goesOn, Segment segment, int most) {
    List<Integer> ends = ends(text, segment);
    int low = 0; // of so many ends the text up to there is known to fit
    int high = ends.size();
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      Excerpt tried = new Excerpt(List.of(new Excerpt.Span(segment.from(), ends.get(middle - 1))));
      if (fits(tried, text, goesOn, most)) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return new Excerpt(
        low == 0 ? List.of() : List.of(new Excerpt.Span(segment.from(), ends.get(low - 1))));
  }

  /** The places where a segment may end: after lines in code, before white space elsewhere. */
  private static List<Integer> ends(String text, Segment segment) {
    List<Integer> ends = new ArrayList<>();
    int last = segment.from();
    for (int i = segment.from() + 1; i < segment.to(); i++) {
      boolean border =
          segment.code()
              ? text.charAt(i - 1) == '\n'
              : Character.isWhitespace(text.charAt(i)) || unspaced(text, i, last);
      if (border && !Character.isLowSurrogate(text.charAt(i))) {
        ends.add(i);
        last = i;
      }
    }
    ends.add(segment.to());
    return ends;
  }

  /** Within a script that doesn't part words, or a word of unlikely length. */
  private static boolean unspaced(String text, int at, int last) {
    return Character.isIdeographic(text.codePointAt(at)) || at - last >= 40;
  }
}
