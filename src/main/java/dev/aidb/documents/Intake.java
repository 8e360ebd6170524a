package dev.aidb.documents;

import dev.aidb.chunking.Chunk;
import dev.aidb.chunking.Chunker;
import dev.aidb.core.AidbException;
import dev.aidb.core.ErrorCode;
import dev.aidb.core.IdSource;
import dev.aidb.documents.DocumentRows.NewChunk;
import dev.aidb.documents.DocumentRows.Stored;
import dev.aidb.documents.DocumentRows.Written;
import dev.aidb.embedding.Embedder;
import dev.aidb.embedding.Embedding;
import dev.aidb.embedding.Lane;
import dev.aidb.embedding.Tokenizer;
import dev.aidb.index.IndexChange;
import dev.aidb.index.IndexedRecord;
import dev.aidb.projection.Projection;
import dev.aidb.store.Database;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;

/**
 * Stores documents, several in one transaction where several come together: a commit costs as much
 * as many rows.
 *
 * <p>Whatever takes long (chunking, embedding) happens before the transaction. Each document gets
 * an answer of its own; when a transaction of several fails for a reason that may lie with one of
 * them, each is tried alone.
 */
final class Intake {
  private final Database database;
  private final DocumentRows rows;
  private final Embedder embedder;
  private final Tokenizer tokenizer;
  private final Projection projection;
  private final IdSource ids;

  Intake(
      Database database,
      DocumentRows rows,
      Embedder embedder,
      Tokenizer tokenizer,
      Projection projection,
      IdSource ids) {
    this.database = database;
    this.rows = rows;
    this.embedder = embedder;
    this.tokenizer = tokenizer;
    this.projection = projection;
    this.ids = ids;
  }

  /** What became of one document. */
  sealed interface Answer {
    /** It is stored, and what that did. */
    record Put(UUID id, Outcome outcome, Status status, int chunks) implements Answer {}

    /** It isn't, and why. */
    record Refused(AidbException why) implements Answer {}
  }

  /** What a put did. */
  enum Outcome {
    CREATED,
    UPDATED,
    UNCHANGED
  }

  /** A document whose content is new, cut and embedded. */
  private record Fresh(Arrival arrival, List<NewChunk> chunks) {}

  /** Stores one document, or changes the one of the same collection, project and path. */
  Answer.Put put(Arrival arrival) {
    return switch (putAll(List.of(arrival)).getFirst()) {
      case Answer.Put stored -> stored;
      case Answer.Refused refused -> throw refused.why();
    };
  }

  /** Stores documents of which no two have the same key; an answer for each, in order. */
  List<Answer> putAll(List<Arrival> arrivals) {
    Map<Arrival.Key, Answer> answers = new HashMap<>();
    try {
      Map<Arrival.Key, Arrival> changed = withoutUnchanged(arrivals, answers);
      if (!changed.isEmpty()) {
        store(embedded(changed), answers);
      }
    } catch (AidbException e) {
      arrivals.forEach(arrival -> answers.putIfAbsent(arrival.key(), new Answer.Refused(e)));
    }
    return arrivals.stream()
        .map(arrival -> Objects.requireNonNull(answers.get(arrival.key())))
        .toList();
  }

  /** Answers those whose content is stored already; the others, in the order of their keys. */
  private Map<Arrival.Key, Arrival> withoutUnchanged(
      List<Arrival> arrivals, Map<Arrival.Key, Answer> answers) {
    Map<Arrival.Key, Arrival> changed = new TreeMap<>();
    arrivals.forEach(arrival -> changed.put(arrival.key(), arrival));
    Map<Arrival.Key, Stored> stored = rows.stored(List.copyOf(changed.values()));
    stored.forEach((key, found) -> {
      if (found.sameContent()) {
        sameContent(Objects.requireNonNull(changed.get(key)).draft(), found)
            .ifPresent(answer -> {
              answers.put(key, answer);
              changed.remove(key);
            });
      }
    });
    return changed;
  }

  /**
   * The answer for a document whose content is stored already; empty when it was changed or deleted
   * by someone else meanwhile.
   */
  private Optional<Answer> sameContent(DocumentDraft draft, Stored stored) {
    if (stored.describedAs(draft)) {
      return Optional.of(
          new Answer.Put(stored.id(), Outcome.UNCHANGED, draft.status(), stored.chunks()));
    }
    try (Projection.Ticket ticket = projection.begin()) {
      Optional<List<Written>> touched =
          database.inTransaction(handle ->
              rows.describe(handle, stored.id(), draft)
                  ? Optional.of(rows.touchChunks(handle, draft.collection().name(), stored.id()))
                  : Optional.empty());
      touched.ifPresent(chunks -> ticket.reload(Written.versions(chunks)));
      return touched.map(
          chunks -> new Answer.Put(stored.id(), Outcome.UPDATED, draft.status(), chunks.size()));
    } catch (AidbException e) {
      return Optional.of(new Answer.Refused(e));
    }
  }

  private List<Fresh> embedded(Map<Arrival.Key, Arrival> changed) {
    Map<Arrival, List<Chunk>> chunks = new LinkedHashMap<>();
    List<String> texts = new ArrayList<>();
    changed.forEach((key, arrival) -> {
      Collection collection = arrival.draft().collection();
      if (!collection.model().equals(embedder.model())) {
        chunks.put(arrival, List.of()); // whoever has the model brings the vectors
        return;
      }
      Chunker chunker = new Chunker(tokenizer, collection.chunking());
      List<Chunk> cut = chunker.chunk(arrival.draft().title(), arrival.outline());
      chunks.put(arrival, cut);
      cut.forEach(chunk -> texts.add(chunk.embedText()));
    });
    Iterator<Embedding> embeddings =
        (texts.isEmpty() ? List.<Embedding>of() : embedder.embed(texts, Lane.BULK)).iterator();
    List<Fresh> fresh = new ArrayList<>(chunks.size());
    chunks.forEach((arrival, cut) -> {
      List<NewChunk> made = new ArrayList<>(cut.size());
      for (Chunk chunk : cut) {
        String name = Integer.toString(made.size());
        made.add(new NewChunk(ids.next(), name, chunk.content(), embeddings.next().vector()));
      }
      fresh.add(new Fresh(arrival, made));
    });
    return fresh;
  }

  private void store(List<Fresh> fresh, Map<Arrival.Key, Answer> answers) {
    if (fresh.isEmpty()) {
      return;
    }
    try (Projection.Ticket ticket = projection.begin()) {
      List<IndexChange> changes = new ArrayList<>();
      Map<Arrival.Key, Answer> stored = new HashMap<>();
      database.useTransaction(handle -> {
        changes.clear();
        stored.clear();
        write(handle, fresh, changes, stored);
      });
      ticket.committed(changes);
      answers.putAll(stored);
    } catch (JdbiException e) {
      if (fresh.size() == 1) {
        answers.put(
            fresh.getFirst().arrival().key(),
            new Answer.Refused(
                new AidbException(
                    ErrorCode.CONFLICT,
                    "The document conflicts with a change made at the same time; try again",
                    e)));
        return;
      }
      fresh.forEach(one -> store(List.of(one), answers));
    }
  }

  private void write(
      Handle handle,
      List<Fresh> fresh,
      List<IndexChange> changes,
      Map<Arrival.Key, Answer> stored) {
    Map<Arrival.Key, UUID> newIds = new HashMap<>();
    fresh.forEach(one -> newIds.put(one.arrival().key(), ids.next()));
    Map<Arrival.Key, UUID> documents =
        rows.upsert(handle, fresh.stream().map(one -> one.arrival().draft()).toList(), newIds);
    Map<UUID, Fresh> byDocument = new HashMap<>();
    for (Fresh one : fresh) {
      Arrival.Key key = one.arrival().key();
      UUID document = Objects.requireNonNull(documents.get(key));
      boolean created = document.equals(newIds.get(key));
      byDocument.put(document, one);
      if (!created) {
        List<String> names = one.chunks().stream().map(NewChunk::chunk).toList();
        rows.removeOtherChunks(handle, key.collection(), document, names)
            .forEach(gone -> changes.add(new IndexChange.Remove(gone.id(), gone.version())));
      }
      stored.put(
          key,
          new Answer.Put(
              document,
              created ? Outcome.CREATED : Outcome.UPDATED,
              one.arrival().draft().status(),
              one.chunks().size()));
    }
    Map<UUID, List<NewChunk>> chunks = new HashMap<>();
    byDocument.forEach((document, one) -> chunks.put(document, one.chunks()));
    for (Written written : rows.putChunks(handle, chunks)) {
      changes.add(change(written, Objects.requireNonNull(byDocument.get(written.document()))));
    }
  }

  private static IndexChange change(Written written, Fresh fresh) {
    DocumentDraft draft = fresh.arrival().draft();
    if (draft.status() != Status.APPROVED) {
      return new IndexChange.Remove(written.id(), written.version());
    }
    NewChunk chunk = fresh.chunks().get(Integer.parseInt(written.chunk()));
    return new IndexChange.Put(
        new IndexedRecord(
            written.id(),
            written.version(),
            draft.collection().name(),
            draft.project(),
            written.document(),
            draft.title(),
            chunk.content(),
            draft.metadata(),
            chunk.embedding()));
  }
}
