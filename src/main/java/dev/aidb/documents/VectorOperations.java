package dev.aidb.documents;

import dev.aidb.operation.Call;
import dev.aidb.operation.Characters;
import dev.aidb.operation.Default;
import dev.aidb.operation.Description;
import dev.aidb.operation.FiniteVector;
import dev.aidb.operation.JsonBounds;
import dev.aidb.operation.Operation;
import dev.aidb.operation.Operation.Method;
import dev.aidb.operation.Operation.Trait;
import dev.aidb.operation.Reply;
import dev.aidb.operation.Scope;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The operation by which callers place chunks and vectors of their own making. */
public final class VectorOperations {
  private final CallerVectors vectors;

  VectorOperations(CallerVectors vectors) {
    this.vectors = vectors;
  }

  @Description("One chunk or vector of a document")
  public record IndexItem(
      @Description("The document it belongs to, which must exist") @NotNull UUID documentId,
      @Description("Its name within the document; the same name replaces")
          @Default("0")
          @Characters(min = 1, max = 64)
          @Pattern(regexp = "[A-Za-z0-9._:-]+")
          String chunkId,
      @Description("Its text; embedded when no embedding is given") @Characters(max = 10_000)
          @Nullable String content,
      @Description("Its vector, of the collection's dimension; it is normalised to length 1")
          @Size(min = 1, max = 4096)
          @FiniteVector
          float @Nullable [] embedding,
      @Description("Free values to filter by, over those of the document")
          @JsonBounds(maxBytes = 65_536, maxDepth = 5)
          @Nullable Map<String, Object> metadata) {}

  @Description("Chunks or vectors to place")
  public record IndexItems(
      @Description("1..1,000 of them; of two for the same chunk the later counts")
          @NotNull
          @Size(min = 1, max = 1000)
          List<IndexItem> items) {}

  @Description("Where one item is now")
  public record Placed(
      @Description("The record's id, as searches return it") UUID id,
      @Description("The document it belongs to") UUID documentId,
      @Description("Its name within the document") String chunkId) {}

  @Description("Where the items are now")
  public record IndexAnswer(
      @Description("How many items were stored") int indexed,
      @Description("In the order of the request") List<Placed> items) {}

  /** The declarations. */
  public List<Operation<?, ?>> operations() {
    return List.of(
        Operation.named("index_vectors", IndexItems.class, IndexAnswer.class)
            .category("Knowledge")
            .title("Place chunks and vectors")
            .summary(
                "Stores chunks and vectors that the caller made, under documents that exist; all or none.")
            .route(Method.POST, "/vector/index")
            .scope(Scope.WRITE)
            .traits(Trait.IDEMPOTENT)
            .handler(this::index));
  }

  private Reply<IndexAnswer> index(IndexItems input, Call call) {
    List<CallerVectors.Item> items =
        input.items().stream()
            .map(i ->
                new CallerVectors.Item(
                    i.documentId(),
                    i.chunkId(),
                    Optional.ofNullable(i.content()),
                    i.embedding(),
                    i.metadata() == null ? Map.of() : i.metadata()))
            .toList();
    List<Placed> placed =
        vectors.put(items, call.caller()).stream()
            .map(p -> new Placed(p.id(), p.document(), p.chunk()))
            .toList();
    return Reply.ok(new IndexAnswer(placed.size(), placed));
  }
}
