package dev.aidb.index;

/**
 * The records that hold a text's words.
 *
 * @param collection the collection's name
 * @param text the words, in the user's language; an analyser makes terms of them
 * @param filter what a record must satisfy
 * @param minScore the least s / (s + 10) of a match's BM25 score s, 0..1
 * @param offset how many matches to pass over
 * @param limit how many to return, at least 1
 */
public record KeywordQuery(
    String collection, String text, RecordFilter filter, double minScore, int offset, int limit) {

  public KeywordQuery {
    if (offset < 0 || limit < 1 || !(minScore >= 0 && minScore <= 1)) {
      throw new IllegalArgumentException("offset, limit or minScore is out of range");
    }
  }
}
