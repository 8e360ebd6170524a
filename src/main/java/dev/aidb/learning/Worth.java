package dev.aidb.learning;

import java.util.Optional;

/**
 * What a solution is worth as it is learned.
 *
 * @param value 0..1
 * @param base the part of it that judgements don't move
 * @param parts what the base was computed from; empty where the learner gave the value
 */
record Worth(double value, double base, Optional<Parts> parts) {

  /** Each as {@link ValueScore} has it. */
  record Parts(double reusability, double complexity, double novelty) {
    double sum() {
      return reusability + complexity + novelty;
    }
  }

  /**
   * @param similarity the cosine of the nearest record's embedding, 0 where there is none
   */
  static Worth of(Lesson lesson, double similarity) {
    Judgements judgements = Standing.told(Judgements.NONE, lesson.outcome(), lesson.feedback());
    if (lesson.value().isPresent()) {
      double value = ValueScore.rounded(lesson.value().getAsDouble());
      return new Worth(value, ValueScore.base(value, judgements), Optional.empty());
    }
    Parts parts =
        new Parts(
            ValueScore.reusability(lesson.query(), lesson.solution()),
            ValueScore.complexity(lesson.solution()),
            ValueScore.novelty(similarity));
    return new Worth(ValueScore.of(parts.sum(), judgements), parts.sum(), Optional.of(parts));
  }
}
