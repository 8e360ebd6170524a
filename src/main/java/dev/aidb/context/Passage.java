package dev.aidb.context;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.UUID;

/**
 * A stored text that a context can quote, as it is in the rows now.
 *
 * @param id the record's id, as searches show it
 * @param document the document it belongs to
 * @param chunk its name within the document
 * @param title the document's title, possibly empty
 * @param text the chunk's text; of a wide passage with the chunks before and after it
 * @param clipped whether the record's text goes on beyond what was read
 * @param embedding the stored vector, L2-normalised
 * @param changedAt when the document was last changed
 * @param value 0..1, of a solution that was learned; empty for everything else
 * @param suspicious the kind of orders to an agent that the text was labelled with
 */
record Passage(
    UUID id,
    UUID document,
    String chunk,
    String collection,
    String project,
    String title,
    String text,
    boolean clipped,
    float[] embedding,
    Instant changedAt,
    OptionalDouble value,
    Optional<String> suspicious) {

  Passage withText(String wider) {
    return new Passage(
        id,
        document,
        chunk,
        collection,
        project,
        title,
        wider,
        clipped,
        embedding,
        changedAt,
        value,
        suspicious);
  }

  /** Tells whether a text that was cut before is still the same; not for anything hostile. */
  int sum() {
    return text.hashCode();
  }
}
