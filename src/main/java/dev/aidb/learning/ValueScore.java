package dev.aidb.learning;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * What a solution is worth, 0..1: a base that stays, and what the judgements add to it.
 *
 * <p>value = clamp(base + outcome + feedback). The outcome counts up to 0.4 and the feedback up to
 * 0.2, half of it while there is none. The base of a solution that came without a value is the sum
 * of reusability (up to 0.2), complexity (up to 0.1) and novelty (up to 0.1); of one that came with
 * a value it is what the judgements of that moment leave of it, so that later ones move both alike.
 * Pure and thread-safe.
 */
public final class ValueScore {
  private static final double OUTCOME_MAX = 0.4;
  private static final double FEEDBACK_HALF = 0.1;
  private static final double REUSABILITY_MAX = 0.2;
  private static final double COMPLEXITY_MAX = 0.1;
  private static final double NOVELTY_MAX = 0.1;

  private static final List<String> REUSABLE =
      List.of("how to", "best practice", "configure", "setup", "install");
  private static final double OF_EACH_REUSABLE = 0.25;

  private static final Pattern STEP = Pattern.compile("(?m)^[ \\t]{0,8}\\d{1,3}[.)][ \\t]");
  private static final Pattern FENCE = Pattern.compile("(?m)^[ \\t]{0,8}(```|~~~)");
  private static final double OF_A_STEP = 0.1;
  private static final double OF_A_FENCE = 0.15;
  private static final double OF_LENGTH = 0.5;
  private static final double LENGTH_FULL = 2_000;

  /**
   * Sums of binary fractions are rounded to so many parts of 1, lest 0.7 become 0.7000000000000001.
   */
  private static final double GRAIN = 1e9;

  private ValueScore() {}

  /** The value on this base after these judgements, 0..1. */
  static double of(double base, Judgements judgements) {
    return rounded(Math.clamp(base + outcomePart(judgements) + feedbackPart(judgements), 0, 1));
  }

  /** The base on which these judgements give that value. */
  static double base(double value, Judgements judgements) {
    return value - outcomePart(judgements) - feedbackPart(judgements);
  }

  /** 0..0.4; nothing while no outcome is known. */
  static double outcomePart(Judgements judgements) {
    return OUTCOME_MAX * judgements.outcome().orElse(0);
  }

  /** 0..0.2; the half of it while there is no feedback. */
  static double feedbackPart(Judgements judgements) {
    return FEEDBACK_HALF * (1 + judgements.feedback().orElse(0));
  }

  /** 0..0.2: whether the words are those of advice that serves again. */
  static double reusability(String query, String solution) {
    String text = (query + '\n' + solution).toLowerCase(Locale.ROOT);
    long found = REUSABLE.stream().filter(text::contains).count();
    return REUSABILITY_MAX * Math.min(1, OF_EACH_REUSABLE * found);
  }

  /** 0..0.1: numbered steps, blocks of code, length. */
  static double complexity(String solution) {
    double steps = OF_A_STEP * STEP.matcher(solution).results().count();
    // A block has a fence at its begin and one at its end, unless the text breaks off.
    double blocks = OF_A_FENCE * ((FENCE.matcher(solution).results().count() + 1) / 2);
    double length =
        OF_LENGTH * Math.min(solution.codePointCount(0, solution.length()) / LENGTH_FULL, 1);
    return COMPLEXITY_MAX * Math.min(1, steps + blocks + length);
  }

  /**
   * 0..0.1: how far the nearest record is.
   *
   * @param similarity the cosine of the nearest record's embedding, -1..1; 0 where there is none
   */
  static double novelty(double similarity) {
    return NOVELTY_MAX * (1 - Math.clamp(similarity, 0, 1));
  }

  static double rounded(double value) {
    return Math.rint(value * GRAIN) / GRAIN;
  }
}
