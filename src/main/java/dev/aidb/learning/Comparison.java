package dev.aidb.learning;

import dev.aidb.embedding.Embedder;
import dev.aidb.embedding.Lane;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Whether solutions of near queries are the same as a new one: by their normal form, or by a cosine
 * of more than {@link #NEAR}. Remembers what it found, for a lesson may have to look round more
 * than once. For one thread.
 */
final class Comparison {
  private static final double NEAR = 0.9;

  /** More than the 256 tokens that count. */
  private static final int CHARACTERS_MAX = 10_000;

  private final Embedder embedder;
  private final Lesson lesson;
  private final Map<UUID, Boolean> judged = new HashMap<>();
  private Optional<float[]> vector = Optional.empty();

  Comparison(Embedder embedder, Lesson lesson) {
    this.embedder = embedder;
    this.lesson = lesson;
  }

  /** The first that is the same, equal ones before those that are only near. */
  Optional<Near> same(List<Near> candidates) {
    return candidates.stream()
        .filter(this::equal)
        .findFirst()
        .or(() -> candidates.stream().filter(this::near).findFirst());
  }

  private boolean equal(Near candidate) {
    return NormalText.of(candidate.solution()).equals(lesson.normalSolution());
  }

  private boolean near(Near candidate) {
    Boolean known = judged.get(candidate.id());
    if (known != null) {
      return known;
    }
    float[] mine = vector.orElseGet(() -> embedded(lesson.solution()));
    vector = Optional.of(mine);
    boolean near = Surroundings.cosine(mine, embedded(candidate.solution())) > NEAR;
    judged.put(candidate.id(), near);
    return near;
  }

  private float[] embedded(String text) {
    int end = Math.min(text.length(), CHARACTERS_MAX);
    boolean split = end < text.length() && Character.isHighSurrogate(text.charAt(end - 1));
    String head = text.substring(0, split ? end - 1 : end);
    // Somebody waits for it; and many lessons are compared with one record, whose vector this lane
    // remembers.
    return embedder.embed(List.of(head), Lane.INTERACTIVE).getFirst().vector();
  }
}
