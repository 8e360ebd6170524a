package dev.aidb.learning;

import java.util.OptionalDouble;

/**
 * What was told of a solution, as weighted sums: each further judgement weighs 1 and leaves those
 * before it {@link #KEPT} of their weight, so that about the last five decide. Outcomes and
 * feedback are kept apart, since either may be told without the other.
 *
 * @param outcomeSum the weighted sum of {@link Outcome#worth}
 * @param outcomeWeight the sum of the weights, 0 for none
 * @param feedbackSum the weighted sum of feedback, each -1..1
 * @param feedbackWeight the sum of the weights, 0 for none
 */
record Judgements(
    double outcomeSum, double outcomeWeight, double feedbackSum, double feedbackWeight) {
  /** What is left of a judgement's weight by the next one. */
  static final double KEPT = 0.8;

  static final Judgements NONE = new Judgements(0, 0, 0, 0);

  /** With a later outcome; an unknown one is no judgement. */
  Judgements with(Outcome outcome) {
    return outcome == Outcome.UNKNOWN
        ? this
        : new Judgements(
            outcomeSum * KEPT + outcome.worth(),
            outcomeWeight * KEPT + 1,
            feedbackSum,
            feedbackWeight);
  }

  /** With later feedback, -1..1. */
  Judgements with(double feedback) {
    return new Judgements(
        outcomeSum, outcomeWeight, feedbackSum * KEPT + feedback, feedbackWeight * KEPT + 1);
  }

  /** With those of another record, none of which is later than the other's. */
  Judgements plus(Judgements other) {
    return new Judgements(
        outcomeSum + other.outcomeSum,
        outcomeWeight + other.outcomeWeight,
        feedbackSum + other.feedbackSum,
        feedbackWeight + other.feedbackWeight);
  }

  /** The weighted mean of outcomes, 0..1; empty for none. */
  OptionalDouble outcome() {
    return mean(outcomeSum, outcomeWeight, 0);
  }

  /** The weighted mean of feedback, -1..1; empty for none. */
  OptionalDouble feedback() {
    return mean(feedbackSum, feedbackWeight, -1);
  }

  /** Clamped, since a sum and its weight are rounded each for itself. */
  private static OptionalDouble mean(double sum, double weight, double least) {
    return weight > 0
        ? OptionalDouble.of(Math.clamp(sum / weight, least, 1))
        : OptionalDouble.empty();
  }
}
