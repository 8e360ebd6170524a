package dev.aidb.index;

import dev.aidb.index.IndexChange.Put;
import java.util.Map;
import java.util.Random;
import java.util.UUID;

/** Records for tests, from a seed. */
public final class Samples {
  public static final String COLLECTION = "nixos_docs";

  private final Random random;
  private final int dimension;
  private long serial;

  public Samples(long seed, int dimension) {
    this.random = new Random(seed);
    this.dimension = dimension;
  }

  public UUID id() {
    return new UUID(random.nextLong(), random.nextLong());
  }

  /** A direction at random, of length one. */
  public float[] vector() {
    float[] vector = new float[dimension];
    for (int i = 0; i < dimension; i++) {
      vector[i] = (float) random.nextGaussian();
    }
    return unit(vector);
  }

  /** A direction close to another. */
  public float[] near(float[] centre, double spread) {
    float[] vector = centre.clone();
    for (int i = 0; i < vector.length; i++) {
      vector[i] += (float) (random.nextGaussian() * spread / Math.sqrt(vector.length));
    }
    return unit(vector);
  }

  public static float[] unit(float[] vector) {
    double squared = 0;
    for (float x : vector) {
      squared += (double) x * x;
    }
    for (int i = 0; i < vector.length; i++) {
      vector[i] = (float) (vector[i] / Math.sqrt(squared));
    }
    return vector;
  }

  public IndexedRecord record(String content) {
    return record(id(), 1, COLLECTION, content, Map.of(), vector());
  }

  public IndexedRecord record(Map<String, Object> metadata) {
    return record(id(), 1, COLLECTION, "word", metadata, vector());
  }

  public IndexedRecord record(float[] vector) {
    return record(id(), 1, COLLECTION, "word" + serial++, Map.of(), vector);
  }

  public IndexedRecord record(
      UUID id,
      long version,
      String collection,
      String content,
      Map<String, Object> metadata,
      float[] vector) {
    return new IndexedRecord(
        id, version, collection, "default", id, "title", content, metadata, vector);
  }

  public static Put put(IndexedRecord row) {
    return new Put(row);
  }
}
