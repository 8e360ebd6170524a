package dev.aidb.documents;

import dev.aidb.chunking.Outline;
import java.util.Comparator;

/** A document on its way in: what is to be stored, and its text as it was read. */
record Arrival(DocumentDraft draft, Outline outline) {

  /**
   * A document's identity; sorted, so that two writers of the same documents lock them in one
   * order.
   */
  record Key(String collection, String project, String path) implements Comparable<Key> {
    private static final Comparator<Key> ORDER =
        Comparator.comparing(Key::collection).thenComparing(Key::project).thenComparing(Key::path);

    @Override
    public int compareTo(Key other) {
      return ORDER.compare(this, other);
    }
  }

  Key key() {
    return new Key(draft.collection().name(), draft.project(), draft.path());
  }
}
