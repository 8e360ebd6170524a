package dev.aidb.policy;

import java.util.ArrayList;
import java.util.List;

/**
 * What the signs have found in one text. Bounded: further ones count as hidden, since nobody writes
 * so many of them to ask about something.
 */
final class Findings {
  private static final int FINDINGS_MAX = 64;

  private final List<Finding> all = new ArrayList<>();

  /** How much it takes to explain a finding away. */
  enum Strength {
    /** A payload only where it is all there is, or leaves a value. */
    BARE,
    /** A payload unless the text talks about it. */
    PLAIN,
    /** A payload anywhere: nobody writes so who wants to be understood. */
    HIDDEN
  }

  /**
   * A stretch of a text that is made like a payload.
   *
   * @param start where it starts
   * @param end after its end
   */
  record Finding(AttackKind kind, Strength strength, int start, int end) {}

  void add(AttackKind kind, Strength strength, int start, int end) {
    if (all.size() < FINDINGS_MAX) {
      all.add(new Finding(kind, strength, start, end));
    } else if (strength != Strength.BARE
        && all.size() < FINDINGS_MAX + AttackKind.values().length) {
      all.add(new Finding(kind, Strength.HIDDEN, start, end));
    }
  }

  void plain(AttackKind kind, int start, int end) {
    add(kind, Strength.PLAIN, start, end);
  }

  void bare(AttackKind kind, int start, int end) {
    add(kind, Strength.BARE, start, end);
  }

  List<Finding> all() {
    return all;
  }
}
