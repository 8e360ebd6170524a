package dev.aidb.index;

/**
 * The records nearest to a vector.
 *
 * @param collection the collection's name
 * @param vector L2-normalised, of the collection's dimension
 * @param filter what a record must satisfy
 * @param minScore the least max(0, cosine) of a match, 0..1
 * @param offset how many matches to pass over
 * @param limit how many to return, at least 1
 * @param depth 0 for pages of the one sequence that ends in an exact scan. Above 0, the caller
 *     never looks beyond that many matches, and the index may pick them from a sample that is a
 *     little less certain towards its end; calls of one depth agree with each other, not with those
 *     of another
 */
public record DenseQuery(
    String collection,
    float[] vector,
    RecordFilter filter,
    double minScore,
    int offset,
    int limit,
    int depth) {

  public DenseQuery {
    if (offset < 0 || limit < 1 || depth < 0 || !(minScore >= 0 && minScore <= 1)) {
      throw new IllegalArgumentException("offset, limit, depth or minScore is out of range");
    }
    if (depth > 0 && (long) offset + limit > depth) {
      throw new IllegalArgumentException("the page ends beyond the depth asked for");
    }
  }

  /** A page of the one sequence of all matches. */
  public DenseQuery(
      String collection,
      float[] vector,
      RecordFilter filter,
      double minScore,
      int offset,
      int limit) {
    this(collection, vector, filter, minScore, offset, limit, 0);
  }

  /** The first {@code depth} matches at once, for fusion with another arm. */
  public static DenseQuery first(
      int depth, String collection, float[] vector, RecordFilter filter) {
    return new DenseQuery(collection, vector, filter, 0, 0, depth, depth);
  }
}
