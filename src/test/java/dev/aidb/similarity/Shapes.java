package dev.aidb.similarity;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** Collections of vectors of several shapes. */
final class Shapes {
  private final Random random;
  private final int dimension;

  Shapes(long seed, int dimension) {
    this.random = new Random(seed);
    this.dimension = dimension;
  }

  /** In any direction. */
  List<float[]> scattered(int count) {
    List<float[]> vectors = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      vectors.add(normalised(noise(1)));
    }
    return vectors;
  }

  /** Around some centres, from very near to hardly near. */
  List<float[]> clustered(int count, int centres) {
    List<float[]> middles = scattered(centres);
    List<float[]> vectors = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      vectors.add(near(middles.get(random.nextInt(centres)), random.nextDouble()));
    }
    return vectors;
  }

  /** Pairs whose cosine is the threshold but for the last digits, in a random order. */
  List<float[]> atTheEdge(int pairs, double threshold) {
    List<float[]> vectors = new ArrayList<>();
    for (int i = 0; i < pairs; i++) {
      float[] one = normalised(noise(1));
      vectors.add(one);
      vectors.add(atCosine(one, threshold + (random.nextInt(9) - 4) * 1e-8));
    }
    Collections.shuffle(vectors, random);
    return vectors;
  }

  /** Of all pairs a cosine just below the threshold. */
  List<float[]> almost(int count, double threshold) {
    float[] axis = normalised(noise(1));
    List<float[]> vectors = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      vectors.add(atCosine(axis, Math.sqrt(threshold) - 1e-3));
    }
    return vectors;
  }

  float[] near(float[] middle, double distance) {
    double[] vector = noise(distance / Math.sqrt(dimension));
    for (int i = 0; i < dimension; i++) {
      vector[i] += middle[i];
    }
    return normalised(vector);
  }

  private float[] atCosine(float[] one, double cosine) {
    double[] other = noise(1);
    double along = 0;
    for (int i = 0; i < dimension; i++) {
      along += other[i] * one[i];
    }
    double squares = 0;
    for (int i = 0; i < dimension; i++) {
      other[i] -= along * one[i];
      squares += other[i] * other[i];
    }
    double scale = Math.sqrt(Math.max(0, 1 - cosine * cosine) / Math.max(squares, 1e-30));
    for (int i = 0; i < dimension; i++) {
      other[i] = other[i] * scale + cosine * one[i];
    }
    return normalised(other);
  }

  private double[] noise(double size) {
    double[] vector = new double[dimension];
    for (int i = 0; i < dimension; i++) {
      vector[i] = random.nextGaussian() * size;
    }
    return vector;
  }

  static float[] normalised(double[] vector) {
    double squares = 0;
    for (double x : vector) {
      squares += x * x;
    }
    float[] normalised = new float[vector.length];
    for (int i = 0; i < vector.length; i++) {
      normalised[i] = (float) (vector[i] / Math.sqrt(squares));
    }
    return normalised;
  }
}
