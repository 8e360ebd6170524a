package dev.aidb.index;

import java.util.List;
import java.util.UUID;

/**
 * A page of one arm.
 *
 * @param hits in order
 * @param total how many records match, whatever the page
 */
public record ArmPage(List<Hit> hits, long total) {

  /**
   * @param id the record's id
   * @param version the version of the row the entry was made from
   * @param score the cosine (-1..1) of the dense arm or the BM25 score of the keyword arm, neither
   *     clamped nor scaled
   */
  public record Hit(UUID id, long version, double score) {}
}
