package dev.aidb.operation;

import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Positive;
import jakarta.validation.constraints.Size;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Records that stand for the shapes real operations have. */
@SuppressWarnings("ArrayRecordComponent") // vectors are arrays
final class Samples {
  private Samples() {}

  enum Mode {
    HYBRID,
    VECTOR,
    KEYWORD
  }

  enum Include {
    CONTENT,
    METADATA,
    EXPLAIN
  }

  @Description("What to look for and where.")
  record Search(
      @Description(value = "Where to search.", example = "nixos_docs")
          @Default("nixos_docs")
          @Characters(min = 1, max = 64)
          @Pattern(regexp = "[a-z0-9][a-z0-9_-]*")
          String collection,
      @Description(value = "The question.", example = "roll back")
          @NotNull
          @Characters(min = 1, max = 10)
          @Utf8Bytes(max = 20)
          @Plain
          String query,
      @Description("How many results.") @Default("10") @Min(1) @Max(100) int limit,
      @Description("How many to leave out.") @Default("0") @Min(0) @Max(10_000) long offset,
      @Description("The least score.") @Default("0") @DecimalMin("0") @DecimalMax("1")
          double minScore,
      @Description("Which arms to run.") @Default("hybrid") Mode mode,
      @Description("A vector made by the caller.") @Size(min = 3, max = 3) @FiniteVector
          float @Nullable [] embedding,
      @Description("What results carry.") @Default("[content, metadata]") Set<Include> include,
      @Description("Conditions on the metadata.") @Nullable Filter filter) {}

  @Description("Conditions, each of them a key's or a filter's.")
  record Filter(
      @Description("All must hold.") @Nullable @Size(max = 4) List<Filter> must,
      @Description("The metadata key.") @Nullable @Characters(max = 8) String key,
      @Description("The value to match.") @Nullable @JsonBounds(maxBytes = 64, maxDepth = 1)
          Object value) {
    Filter {
      if ((key == null) == (must == null)) {
        throw new IllegalArgumentException("must have either key or must");
      }
    }
  }

  @Description("One of each.")
  record Every(
      @Description("A text.") @Nullable @Characters(max = 5) String text,
      @Description("A flag.") @Nullable Boolean truth,
      @Description("A number.") @Nullable @Min(-5) @Max(5) Integer whole,
      @Description("A big number.") @Nullable @Min(-5) @Max(Long.MAX_VALUE) Long big,
      @Description("A fraction.") @Nullable @DecimalMin("-1.5") @DecimalMax("1.5") Double real,
      @Description("An id.") @Nullable UUID id,
      @Description("A moment.") @Nullable Instant moment,
      @Description("A mode.") @Nullable Mode mode,
      @Description("Numbers.") @Size(min = 1, max = 4) @FiniteVector float @Nullable [] vector,
      @Description("Texts.") @Nullable @Size(min = 1, max = 3)
          List<@Characters(min = 1, max = 3) String> texts,
      @Description("Includes.") @Nullable Set<Include> includes,
      @Description("Anything.") @Nullable @JsonBounds(maxBytes = 40, maxDepth = 2)
          Map<String, Object> metadata,
      @Description("A part.") @Nullable Part part,
      @Description("Parts.") @Nullable @Size(max = 3) List<Part> parts) {}

  @Description("A part.")
  record Part(
      @Description("Its name.") @NotNull @Characters(min = 1, max = 3) String partName,
      @Description("Its count.") @Default("1") @Positive @Max(9) int count) {}

  @Description("Chunks to index.")
  record Chunks(
      @Description("The chunks.") @NotNull @Size(min = 1, max = 1000) List<Chunk> items) {}

  @Description("One chunk.")
  record Chunk(
      @Description("Its document.") @NotNull UUID documentId,
      @Description("Its vector.") @Size(max = 4096) @FiniteVector float @Nullable [] embedding) {}

  @Description("A document's id.")
  record ById(
      @Description("The document.") @NotNull UUID id,
      @Description("Whether to return the content.") @Default("false") boolean includeContent,
      @Description("What to return.") @Nullable Set<Include> include) {}

  @Description("A change of a document.")
  record Change(
      @Description("The document.") @NotNull UUID id,
      @Description("Its title.") @NotNull @Characters(max = 500) String title) {}

  @Description("Only an id.")
  record OnlyId(@Description("The document.") @NotNull UUID id) {}

  @Description("What was found.")
  record Found(
      @Description("The results.") List<Hit> results,
      @Description("How many there are.") long total,
      @Description("What was not available.") Optional<List<String>> degraded,
      @Description("How it was searched.") Mode mode) {
    boolean isEmpty() {
      return results.isEmpty();
    }

    String getNothing() {
      return "nothing";
    }
  }

  @Description("One result.")
  record Hit(
      @Description("Its id.") UUID id,
      @Description("When it was made.") Instant createdAt,
      @Description("How well it fits.") double score,
      @Description("Its vector.") float @Nullable [] embedding,
      @Description("Its project.") @Nullable String project,
      @Description("What its owner said of it.") Map<String, Object> metadata) {}

  static Operation<Search, Found> search() {
    return Operation.named("search", Search.class, Found.class)
        .category("search")
        .title("Search")
        .summary("Finds knowledge by meaning and by words.")
        .route(Operation.Method.POST, "/vector/search")
        .scope(Scope.READ)
        .traits(Operation.Trait.READ_ONLY)
        .handler(
            (input, call) -> Reply.ok(new Found(List.of(), 0, Optional.empty(), input.mode())));
  }

  static Operation<ById, Hit> get() {
    return Operation.named("get_document", ById.class, Hit.class)
        .category("documents")
        .title("Get a document")
        .summary("Reads one document.")
        .route(Operation.Method.GET, "/documents/{id}")
        .scope(Scope.READ)
        .handler(
            (input, call) -> Reply.ok(new Hit(input.id(), Instant.EPOCH, 1, null, null, Map.of())));
  }

  static Operation<Change, Hit> change() {
    return Operation.named("change_document", Change.class, Hit.class)
        .category("documents")
        .title("Change a document")
        .summary("Changes the title of a document.")
        .route(Operation.Method.PATCH, "/documents/{id}")
        .scope(Scope.WRITE)
        .statuses(200, 202)
        .handler(
            (input, call) -> Reply.ok(new Hit(input.id(), Instant.EPOCH, 1, null, null, Map.of())));
  }

  static Operation<Chunk, Hit> stream() {
    return Operation.named("put_chunks", Chunk.class, Hit.class)
        .category("documents")
        .title("Store many chunks")
        .summary("Stores one chunk a line.")
        .route(Operation.Method.POST, "/chunks/batch")
        .scope(Scope.WRITE)
        .stream((lines, out, call) -> {});
  }

  static Operation<Every, Every> every() {
    return Operation.named("echo_everything", Every.class, Every.class)
        .category("test")
        .title("Echo")
        .summary("Answers what was sent.")
        .route(Operation.Method.POST, "/echo")
        .scope(Scope.PUBLIC)
        .handler((input, call) -> Reply.ok(input));
  }
}
