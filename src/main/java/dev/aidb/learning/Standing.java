package dev.aidb.learning;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Stream;

/**
 * All of a solution that changes after it was learned.
 *
 * @param value 0..1
 * @param base the part of the value that judgements don't move
 * @param outcome the latest one told
 * @param judgements all that was told
 * @param feedbacks how many times something was told
 * @param uses how many times it was served
 * @param lastUsedAt when it was served last
 * @param pinned whether it is never forgotten
 * @param merged how many records have been merged into it
 */
record Standing(
    double value,
    double base,
    Outcome outcome,
    Judgements judgements,
    long feedbacks,
    long uses,
    Optional<Instant> lastUsedAt,
    boolean pinned,
    long merged) {

  /** That of a new solution. */
  static Standing first(double value, double base, Outcome outcome, OptionalDouble feedback) {
    return new Standing(
        value,
        base,
        outcome,
        told(Judgements.NONE, outcome, feedback),
        count(outcome, feedback),
        0,
        Optional.empty(),
        false,
        0);
  }

  static Judgements told(Judgements before, Outcome outcome, OptionalDouble feedback) {
    Judgements after = before.with(outcome);
    return feedback.isPresent() ? after.with(feedback.getAsDouble()) : after;
  }

  static int count(Outcome outcome, OptionalDouble feedback) {
    return outcome != Outcome.UNKNOWN || feedback.isPresent() ? 1 : 0;
  }

  /** After a judgement, which moves the value. */
  Standing judged(Outcome told, OptionalDouble feedback) {
    Judgements after = told(judgements, told, feedback);
    return new Standing(
        ValueScore.of(base, after),
        base,
        later(told),
        after,
        feedbacks + count(told, feedback),
        uses,
        lastUsedAt,
        pinned,
        merged);
  }

  /** After the same was learned again: its judgement is the latest, the higher value stays. */
  Standing joinedBy(double newValue, Outcome told, OptionalDouble feedback) {
    Standing judged = judged(told, feedback);
    return judged.at(Math.max(value, newValue)).countMerged(1);
  }

  /** After it took in another record: the higher value stays. */
  Standing absorbing(Standing fallen) {
    Standing sum =
        new Standing(
            value,
            base,
            outcome == Outcome.UNKNOWN ? fallen.outcome : outcome,
            judgements.plus(fallen.judgements),
            feedbacks + fallen.feedbacks,
            uses + fallen.uses,
            Stream.of(lastUsedAt, fallen.lastUsedAt)
                .flatMap(Optional::stream)
                .max(Instant::compareTo),
            pinned || fallen.pinned,
            merged);
    return sum.at(Math.max(value, fallen.value)).countMerged(1 + fallen.merged);
  }

  /** With that value, on the base that gives it. */
  private Standing at(double newValue) {
    return new Standing(
        newValue,
        ValueScore.base(newValue, judgements),
        outcome,
        judgements,
        feedbacks,
        uses,
        lastUsedAt,
        pinned,
        merged);
  }

  private Standing countMerged(long more) {
    return new Standing(
        value, base, outcome, judgements, feedbacks, uses, lastUsedAt, pinned, merged + more);
  }

  private Outcome later(Outcome told) {
    return told == Outcome.UNKNOWN ? outcome : told;
  }
}
