package dev.aidb.index;

/**
 * @param collection the collection's name
 * @param vector L2-normalised, of the collection's dimension
 * @param filter what a record must satisfy
 * @param minScore the least max(0, cosine) of a match, 0..1
 * @param offset how many matches to pass over
 * @param limit how many to return, at least 1
 */
public record DenseQuery(
    String collection,
    float[] vector,
    RecordFilter filter,
    double minScore,
    int offset,
    int limit) {}
