package dev.aidb.documents;

import dev.aidb.chunking.ChunkingPolicy;
import dev.aidb.core.AidbException;
import dev.aidb.core.ErrorCode;
import dev.aidb.operation.Call;
import dev.aidb.operation.Characters;
import dev.aidb.operation.Cursor;
import dev.aidb.operation.Default;
import dev.aidb.operation.Description;
import dev.aidb.operation.JsonBounds;
import dev.aidb.operation.Operation;
import dev.aidb.operation.Operation.Method;
import dev.aidb.operation.Operation.Trait;
import dev.aidb.operation.Reply;
import dev.aidb.operation.Scope;
import dev.aidb.projection.Projection;
import dev.aidb.store.Database;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The operations on collections. */
public final class CollectionOperations {
  /** What a collection's name looks like. */
  public static final String NAME = "[a-z0-9][a-z0-9_-]{0,63}";

  private static final int DELETE_BATCH = 500;

  private final CollectionRegistry registry;
  private final Documents documents;
  private final DocumentRows rows;
  private final Database database;
  private final Projection projection;
  private final String model;
  private final int dimension;
  private final int most;

  CollectionOperations(
      CollectionRegistry registry,
      Documents documents,
      DocumentRows rows,
      Database database,
      Projection projection,
      String model,
      int dimension,
      int most) {
    this.registry = registry;
    this.documents = documents;
    this.rows = rows;
    this.database = database;
    this.projection = projection;
    this.model = model;
    this.dimension = dimension;
    this.most = most;
  }

  @Description("A collection: documents whose vectors can be compared")
  public record CollectionView(
      @Description("Its name") String name,
      @Description("What it is for") String description,
      @Description("The number of components of its vectors") int dimension,
      @Description("The embedding model its vectors come from") String model,
      @Description("How vectors are compared") String distance,
      @Description("How content is cut into chunks") ChunkingPolicy chunking,
      @Description("How the arms of a hybrid search are fused") Fusion fusion,
      @Description("Rules of forgetting") Map<String, Object> retention,
      @Description("Whether it exists from the start and can't be deleted") boolean builtIn,
      @Description("How many documents it has; only where one collection is asked for")
          @Nullable Long documents,
      @Description("How many chunks it has; only where one collection is asked for")
          @Nullable Long chunks,
      @Description("When it was made") Instant createdAt) {}

  @Description("The collections that the caller may see")
  public record CollectionList(
      @Description("In the order of their names") List<CollectionView> collections,
      @Description("Opaque; where the next page begins, absent on the last")
          @Nullable String nextCursor) {}

  @Description("Which page of collections")
  public record ListCollections(
      @Description("How many at most") @Default("100") @Min(1) @Max(100) int limit,
      @Description("The next_cursor of the page before") @Characters(max = 200)
          @Nullable String cursor) {}

  @Description("Which collection")
  public record CollectionName(
      @Description("Its name") @NotNull @Characters(min = 1, max = 64) @Pattern(regexp = NAME)
          String name) {}

  @Description("A collection to make")
  public record NewCollection(
      @Description(
              value = "1..64 of a-z, 0-9, _ and -, a letter or digit first",
              example = "runbooks")
          @NotNull
          @Characters(min = 1, max = 64)
          @Pattern(regexp = NAME)
          String name,
      @Description("What it is for") @Default("") @Characters(max = 500) String description,
      @Description("The number of components of its vectors; the server's own model's when absent")
          @Min(1)
          @Max(4096)
          @Nullable Integer dimension,
      @Description(
              "The embedding model; the server's own when absent. Of another model's, the caller makes the vectors")
          @Characters(min = 1, max = 200)
          @Nullable String model,
      @Description("How content is cut into chunks") @Nullable ChunkingPolicy chunking,
      @Description("How the arms of a hybrid search are fused") @Nullable Fusion fusion,
      @Description("Rules of forgetting") @JsonBounds(maxBytes = 4_096, maxDepth = 3)
          @Nullable Map<String, Object> retention) {}

  @Description("What was deleted")
  public record Deleted(
      @Description("How many documents went with the collection") long documents,
      @Description("The collection's name") String name) {}

  /** The declarations. */
  public List<Operation<?, ?>> operations() {
    return List.of(
        Operation.named("list_collections", ListCollections.class, CollectionList.class)
            .category("Collections")
            .title("List collections")
            .summary("Lists the collections that can be searched and written to.")
            .route(Method.GET, "/collections")
            .scope(Scope.READ)
            .traits(Trait.READ_ONLY)
            .handler(this::list),
        Operation.named("create_collection", NewCollection.class, CollectionView.class)
            .category("Collections")
            .title("Create a collection")
            .summary("Makes a collection with its own dimension, model, chunking and fusion.")
            .route(Method.POST, "/collections")
            .scope(Scope.ADMIN)
            .statuses(201)
            .audited("collection.create", NewCollection::name)
            .handler(this::create),
        Operation.named("get_collection", CollectionName.class, CollectionView.class)
            .category("Collections")
            .title("Read a collection")
            .summary("Tells a collection's settings and how much it holds.")
            .route(Method.GET, "/collections/{name}")
            .scope(Scope.READ)
            .traits(Trait.READ_ONLY)
            .handler(this::get),
        Operation.named("delete_collection", CollectionName.class, Deleted.class)
            .category("Collections")
            .title("Delete a collection")
            .summary(
                "Deletes a collection with all its documents; those that exist from the start stay.")
            .route(Method.DELETE, "/collections/{name}")
            .scope(Scope.ADMIN)
            .traits(Trait.DESTRUCTIVE)
            .deadline(Duration.ofMinutes(10))
            .audited("collection.delete", CollectionName::name)
            .handler(this::delete));
  }

  private Reply<CollectionList> list(ListCollections input, Call call) {
    Optional<String> after = Cursor.text(input.cursor());
    List<CollectionView> page =
        registry.all(call.caller()).stream()
            .filter(c -> after.isEmpty() || c.name().compareTo(after.get()) > 0)
            .limit(input.limit() + 1L)
            .map(c -> view(c, null, null))
            .toList();
    boolean more = page.size() > input.limit();
    List<CollectionView> shown = more ? page.subList(0, input.limit()) : page;
    return Reply.ok(new CollectionList(shown, more ? Cursor.of(shown.getLast().name()) : null));
  }

  private Reply<CollectionView> get(CollectionName input, Call call) {
    Collection collection =
        registry.find(input.name(), call.caller()).orElseThrow(CollectionOperations::unknown);
    return Reply.ok(
        view(
            collection,
            rows.countDocuments(collection.name()),
            rows.countChunks(collection.name())));
  }

  private Reply<CollectionView> create(NewCollection input, Call call) {
    boolean ownModel = input.model() == null || input.model().equals(model);
    Integer asked = input.dimension();
    if (ownModel && asked != null && asked != dimension) {
      throw AidbException.invalid(
          "dimension",
          "dimension",
          "must be " + dimension + " for the server's own model, or name another model");
    }
    if (!ownModel && asked == null) {
      throw AidbException.invalid(
          "dimension", "required", "must be given with a model of your own");
    }
    Collection collection =
        registry.create(
            new Collection(
                input.name(),
                input.description(),
                asked == null ? dimension : asked,
                input.model() == null ? model : input.model(),
                input.chunking() == null ? ChunkingPolicy.DEFAULT : input.chunking(),
                input.fusion() == null ? Fusion.USUAL : input.fusion(),
                input.retention() == null ? Map.of() : input.retention(),
                false,
                Instant.EPOCH),
            most);
    return Reply.status(201, view(collection, 0L, 0L))
        .header("Location", "/collections/" + collection.name());
  }

  private Reply<Deleted> delete(CollectionName input, Call call) {
    Collection collection =
        registry.find(input.name(), call.caller()).orElseThrow(CollectionOperations::unknown);
    if (collection.builtIn()) {
      throw new AidbException(
          ErrorCode.CONFLICT,
          "The collection '" + collection.name() + "' exists from the start and can't be deleted");
    }
    long count = 0;
    while (true) {
      // Document by document, so that no transaction grows with the collection and an interrupted
      // call can go on.
      call.deadline().check();
      List<UUID> batch = rows.someDocuments(collection.name(), DELETE_BATCH);
      for (UUID id : batch) {
        if (documents.deleteIfThere(id)) {
          count++;
        }
      }
      if (batch.isEmpty() && rows.dropCollection(collection.name())) {
        registry.refresh();
        projection.wake();
        return Reply.ok(new Deleted(count, collection.name()));
      }
    }
  }

  private static CollectionView view(
      Collection c, @Nullable Long documents, @Nullable Long chunks) {
    return new CollectionView(
        c.name(),
        c.description(),
        c.dimension(),
        c.model(),
        "cosine",
        c.chunking(),
        c.fusion(),
        c.retention(),
        c.builtIn(),
        documents,
        chunks,
        c.createdAt());
  }

  private static AidbException unknown() {
    return AidbException.notFound("There is no collection of this name");
  }
}
