package dev.aidb.model;

import dev.aidb.core.UnitVectors;
import dev.aidb.embedding.Embedding;
import dev.aidb.embedding.EmbeddingModel;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A model that puts texts where their subject says: {@code c7.2} is member 2 of cluster 7. Members
 * of a cluster are near-duplicates of each other, or just not, or only related, by their number;
 * clusters are far apart. The same text has the same vector in every run.
 */
final class ClusterModel implements EmbeddingModel {
  private static final Pattern SUBJECT = Pattern.compile("(?i)\\bc(\\d+)\\.(\\d+)");

  /** How far members are from the middle: cosines of pairs are about 0.99, 0.95 and 0.73. */
  private static final double[] SPREAD = {0.1, 0.22, 0.6};

  private final int dimension;

  ClusterModel(int dimension) {
    this.dimension = dimension;
  }

  /** How a text says what it is about. */
  static String subject(int cluster, int member) {
    return "c" + cluster + "." + member;
  }

  float[] vector(String text) {
    Matcher subject = SUBJECT.matcher(text);
    if (!subject.find()) {
      throw new IllegalArgumentException("no subject in " + text);
    }
    return vector(Integer.parseInt(subject.group(1)), Integer.parseInt(subject.group(2)));
  }

  float[] vector(int cluster, int member) {
    float[] middle = direction(cluster * 1_000_003L);
    float[] aside = direction(cluster * 1_000_003L + member + 1);
    double spread = SPREAD[member % SPREAD.length];
    for (int i = 0; i < dimension; i++) {
      middle[i] += (float) (spread * aside[i]);
    }
    return UnitVectors.normalised(middle);
  }

  private float[] direction(long seed) {
    Random random = new Random(seed);
    float[] vector = new float[dimension];
    for (int i = 0; i < dimension; i++) {
      vector[i] = (float) random.nextGaussian();
    }
    return UnitVectors.normalised(vector);
  }

  static double cosine(float[] a, float[] b) {
    double dot = 0;
    for (int i = 0; i < a.length; i++) {
      dot += (double) a[i] * b[i];
    }
    return dot;
  }

  @Override
  public String name() {
    return "clusters";
  }

  @Override
  public int dimension() {
    return dimension;
  }

  @Override
  public int maxTokens() {
    return 256;
  }

  @Override
  public boolean computesOnly() {
    return true;
  }

  @Override
  public List<Embedding> embed(List<String> texts) {
    return texts.stream().map(text -> new Embedding(vector(text), 1, false)).toList();
  }

  @Override
  public void close() {}
}
