package dev.aidb.search;

import dev.aidb.documents.CollectionOperations;
import dev.aidb.operation.Characters;
import dev.aidb.operation.Default;
import dev.aidb.operation.Description;
import dev.aidb.operation.FiniteVector;
import dev.aidb.operation.Plain;
import dev.aidb.operation.Utf8Bytes;
import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.util.Set;
import org.jspecify.annotations.Nullable;

@Description("A question to a collection")
public record SearchInput(
    @Description("The collection's name")
        @Default("nixos_docs")
        @Characters(min = 1, max = 64)
        @Pattern(regexp = CollectionOperations.NAME)
        String collection,
    @Description(
            value = "What is looked for, in plain words",
            example = "how do I roll back a failed upgrade")
        @NotNull
        @Characters(min = 1, max = 10_000)
        @Utf8Bytes(max = 40_000)
        @Plain
        String query,
    @Description("How many results at most") @Default("10") @Min(1) @Max(100) int limit,
    @Description("How many results to pass over") @Default("0") @Min(0) @Max(10_000) int offset,
    @Description("The least score of a result") @Default("0") @DecimalMin("0") @DecimalMax("1")
        double minScore,
    @Description("Only of this project") @Characters(min = 1, max = 128) @Nullable String project,
    @Description("Conditions on metadata") @Nullable FilterInput filter,
    @Description("Both arms fused, or one of them") @Default("hybrid") Mode mode,
    @Description(
            "The query's vector, of the collection's dimension, instead of the embedding of its text")
        @Size(min = 1, max = 4096)
        @FiniteVector
        float @Nullable [] embedding,
    @Description("What to return of each result besides its identity")
        @Default("[\"content\",\"metadata\"]")
        @Size(max = 4)
        Set<Include> include,
    @Description("Contents are cut so that the answer has at most so many tokens (o200k_base)")
        @Min(64)
        @Max(100_000)
        @Nullable Integer maxTokens) {

  /** Which arms are asked. */
  public enum Mode {
    HYBRID,
    VECTOR,
    KEYWORD
  }

  /** What a result can carry. */
  public enum Include {
    CONTENT,
    METADATA,
    EMBEDDING,
    EXPLAIN
  }
}
