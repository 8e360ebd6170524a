package dev.aidb.documents;

import dev.aidb.core.AidbException;
import dev.aidb.documents.DocumentRows.Written;
import dev.aidb.index.IndexChange;
import dev.aidb.operation.Caller;
import dev.aidb.projection.Projection;
import dev.aidb.store.Database;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Reads, hides and forgets documents. */
final class Documents {
  private final Database database;
  private final DocumentRows rows;
  private final Projection projection;

  Documents(Database database, DocumentRows rows, Projection projection) {
    this.database = database;
    this.rows = rows;
    this.projection = projection;
  }

  /** One document; 404 where there is none, or none that the caller may see. */
  Document get(UUID id, Caller caller, boolean withContent) {
    return rows.find(id, withContent)
        .filter(document -> caller.sees(document.collection()))
        .orElseThrow(Documents::unknown);
  }

  /** Forgets a document and its chunks. */
  void delete(UUID id, Caller caller) {
    get(id, caller, false);
    if (!deleteIfThere(id)) {
      throw unknown();
    }
  }

  /** Forgets a document and its chunks; false when somebody else has. */
  boolean deleteIfThere(UUID id) {
    try (Projection.Ticket ticket = projection.begin()) {
      Optional<List<Written>> removed =
          database.inTransaction(handle ->
              rows.lock(handle, id)
                  .map(collection -> {
                    List<Written> chunks =
                        rows.removeOtherChunks(handle, collection, id, List.of());
                    rows.delete(handle, id);
                    return chunks;
                  }));
      removed.ifPresent(chunks -> ticket.committed(removals(chunks)));
      return removed.isPresent();
    }
  }

  /** Lets a document be found, or hides it. */
  void setStatus(UUID id, Caller caller, Status status) {
    get(id, caller, false);
    try (Projection.Ticket ticket = projection.begin()) {
      List<Written> touched =
          database.inTransaction(handle -> {
            String collection = rows.lock(handle, id).orElseThrow(Documents::unknown);
            rows.setStatus(handle, id, status);
            return rows.touchChunks(handle, collection, id);
          });
      if (status == Status.APPROVED) {
        ticket.reload(Written.versions(touched));
      } else {
        ticket.committed(removals(touched));
      }
    }
  }

  private static List<IndexChange> removals(List<Written> written) {
    List<IndexChange> changes = new ArrayList<>(written.size());
    written.forEach(w -> changes.add(new IndexChange.Remove(w.id(), w.version())));
    return changes;
  }

  private static AidbException unknown() {
    return AidbException.notFound("There is no document of this id");
  }
}
