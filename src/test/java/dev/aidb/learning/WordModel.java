package dev.aidb.learning;

import dev.aidb.core.AidbException;
import dev.aidb.core.UnitVectors;
import dev.aidb.embedding.Embedding;
import dev.aidb.embedding.EmbeddingModel;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;

/** Texts that share words are near each other; fails on demand. */
final class WordModel implements EmbeddingModel {
  private static final int DIMENSION = 256;

  volatile boolean down;
  final AtomicInteger asked = new AtomicInteger();

  @Override
  public String name() {
    return "words";
  }

  @Override
  public int dimension() {
    return DIMENSION;
  }

  @Override
  public int maxTokens() {
    return 256;
  }

  @Override
  public List<Embedding> embed(List<String> texts) {
    asked.addAndGet(texts.size());
    if (down) {
      throw AidbException.unavailable("The model is down", Duration.ofSeconds(1), null);
    }
    return texts.stream().map(text -> new Embedding(vector(text), 1, false)).toList();
  }

  private static float[] vector(String text) {
    float[] vector = new float[DIMENSION];
    for (String word : text.toLowerCase(Locale.ROOT).split("\\W+")) {
      vector[Math.floorMod(word.hashCode() * 31, DIMENSION)] += 1;
    }
    return UnitVectors.normalised(vector);
  }

  @Override
  public void close() {}
}
