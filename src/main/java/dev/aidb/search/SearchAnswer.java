package dev.aidb.search;

import dev.aidb.operation.Description;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

@Description("A page of what was found")
public record SearchAnswer(
    @Description("The page, best first, ties by id") List<Result> results,
    @Description("How many records match in all, whatever the page") long total,
    @Description("How many results were passed over") int offset,
    @Description("How many results were asked for at most") int limit,
    @Description("Whether there are results beyond this page") boolean hasMore,
    @Description("How long the search took in the server, in milliseconds") double queryTimeMs,
    @Description("What was down, so that this is a keyword answer; absent when nothing was")
        @Nullable List<String> degraded,
    @Description("The mode that was run") SearchInput.Mode mode) {

  SearchAnswer timed(double millis) {
    return new SearchAnswer(results, total, offset, limit, hasMore, millis, degraded, mode);
  }

  SearchAnswer with(List<Result> shown) {
    return new SearchAnswer(
        shown, total, offset, limit, offset + shown.size() < total, queryTimeMs, degraded, mode);
  }

  @Description("A record that was found")
  public record Result(
      @Description("The record's id") UUID id,
      @Description(
              "0..1: max(0, cosine), s / (s + 10) of the BM25 score s, or the fused sum over its greatest value")
          double score,
      @Description("The collection's name") String collection,
      @Description("The project it belongs to") String project,
      @Description("The title of its document") String title,
      @Description("Its text") @Nullable String content,
      @Description("Its values, over those of its document") @Nullable Map<String, Object> metadata,
      @Description("The document it belongs to, for get_document") UUID documentId,
      @Description(
              "Its name within the document; of chunks that the server made, their number from 0")
          String chunk,
      @Description("Its vector") float @Nullable [] embedding,
      @Description("Where it stood in each arm") @Nullable Explanation explain,
      @Description("When it was stored") Instant createdAt) {

    Result withTitle(String cut) {
      return new Result(
          id,
          score,
          collection,
          project,
          cut,
          content,
          metadata,
          documentId,
          chunk,
          embedding,
          explain,
          createdAt);
    }

    Result withContent(String cut) {
      return new Result(
          id,
          score,
          collection,
          project,
          title,
          cut,
          metadata,
          documentId,
          chunk,
          embedding,
          explain,
          createdAt);
    }
  }

  @Description("Where a result stood in each arm that was asked")
  public record Explanation(
      @Description("In the dense arm; absent where it wasn't among its first") @Nullable Arm dense,
      @Description("In the keyword arm; absent where it wasn't among its first")
          @Nullable Arm keyword) {}

  @Description("A standing in one arm")
  public record Arm(
      @Description("The rank, from 1") int rank,
      @Description("The cosine (-1..1), or the BM25 score") double score) {}
}
