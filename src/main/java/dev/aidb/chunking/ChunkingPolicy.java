package dev.aidb.chunking;

import dev.aidb.core.AidbException;
import dev.aidb.core.FieldError;
import dev.aidb.operation.Default;
import dev.aidb.operation.Description;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.util.ArrayList;
import java.util.List;

/**
 * How long chunks are; a collection records its own.
 *
 * @param maxTokens the most tokens of a chunk, its title, headings and two special tokens included;
 *     {@value #MAX_TOKENS_MIN}..{@value #MAX_TOKENS_MAX}
 * @param overlapTokens about how many tokens of a chunk are repeated in the next one of the same
 *     section, 0..half of {@code maxTokens}
 */
@Description("How content is cut into chunks")
public record ChunkingPolicy(
    @Description("The most tokens of a chunk, its title, headings and two special tokens included")
        @Default("256")
        @Min(16)
        @Max(8192)
        int maxTokens,
    @Description(
            "About how many tokens are repeated in the next chunk of a section, at most half of max_tokens")
        @Default("32")
        @Min(0)
        @Max(4096)
        int overlapTokens) {
  public static final int MAX_TOKENS_MIN = 16;
  public static final int MAX_TOKENS_MAX = 8_192;

  /** What the bundled model takes, with an eighth repeated. */
  public static final ChunkingPolicy DEFAULT = new ChunkingPolicy(256, 32);

  public ChunkingPolicy {
    List<FieldError> errors = new ArrayList<>();
    if (maxTokens < MAX_TOKENS_MIN || maxTokens > MAX_TOKENS_MAX) {
      errors.add(
          new FieldError(
              "max_tokens",
              "out_of_range",
              "must be from " + MAX_TOKENS_MIN + " to " + MAX_TOKENS_MAX));
    }
    if (overlapTokens < 0 || overlapTokens > Math.max(0, maxTokens / 2)) {
      errors.add(
          new FieldError("overlap_tokens", "out_of_range", "must be from 0 to half of max_tokens"));
    }
    if (!errors.isEmpty()) {
      throw AidbException.invalid(errors);
    }
  }
}
