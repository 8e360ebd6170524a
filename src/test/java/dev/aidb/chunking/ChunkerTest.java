package dev.aidb.chunking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aidb.core.AidbException;
import dev.aidb.embedding.Tokenizer;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class ChunkerTest {
  private final Tokenizer tokenizer = tokenizer();
  private final Chunker chunker = new Chunker(tokenizer, ChunkingPolicy.DEFAULT);

  /** Whose tokens are counted. */
  Tokenizer tokenizer() {
    return new LetterTokenizer();
  }

  private static Outline plain(String text) {
    return Outline.read(ContentType.PLAIN, text);
  }

  @Test
  void aDocumentWithoutTextHasNoChunks() {
    assertThat(chunker.chunk("", plain(" \n\n "))).isEmpty();
  }

  @Test
  void aDocumentWithOnlyATitleIsAChunkOfItsTitle() {
    assertThat(chunker.chunk(" Release  notes\n", plain("")))
        .containsExactly(new Chunk(0, "Release notes", "Release notes"));
  }

  @Test
  void aShortDocumentIsOneChunkWithItsTitleBeforeIt() {
    assertThat(chunker.chunk("Colours", plain("Red.\n\nGreen.")))
        .containsExactly(new Chunk(0, "Red.\n\nGreen.", "Colours\nRed.\n\nGreen."));
  }

  @Test
  void aLongTitleTakesAQuarterAtMost() {
    List<Chunk> chunks = chunker.chunk("title ".repeat(400), plain("body"));
    assertThat(chunks).hasSize(1);
    assertThat(tokenizer.tokenize(chunks.getFirst().embedText()).count()).isLessThanOrEqualTo(65);
  }

  @Test
  void longProseIsCutBetweenSentencesAndOverlaps() {
    String text = "The quick brown fox jumps over the lazy dog again. ".repeat(60);
    List<Chunk> chunks = chunker.chunk("Fox", plain(text));
    assertThat(chunks).hasSizeGreaterThan(2);
    assertThat(chunks).allSatisfy(c -> assertThat(c.content()).startsWith("The").endsWith("."));
    assertThat(chunks.size() * 254).isGreaterThan(60 * 12 + 32);
  }

  @Test
  void aHugeWordIsCutBetweenCharacters() {
    String text = "\uD83D\uDE00".repeat(40_000);
    List<Chunk> chunks =
        new Chunker(tokenizer, new ChunkingPolicy(256, 0)).chunk("Faces", plain(text));
    assertThat(String.join("", chunks.stream().map(Chunk::content).toList())).isEqualTo(text);
    String unknown = "x".repeat(100_000);
    chunks = new Chunker(tokenizer, new ChunkingPolicy(256, 0)).chunk("", plain(unknown));
    assertThat(String.join("", chunks.stream().map(Chunk::content).toList())).isEqualTo(unknown);
    assertThat(chunks).allSatisfy(c -> assertThat(c.content().length()).isLessThan(5_000));
  }

  @Test
  void smallSectionsShareAChunkAndLargeOnesCarryTheirHeadings() {
    Block intro = new Block(Block.Kind.HEADING, List.of(), "# Guide");
    Block usage = new Block(Block.Kind.HEADING, List.of("Guide"), "## Usage");
    Block text = new Block(Block.Kind.PROSE, List.of("Guide", "Usage"), "Run it. ".repeat(200));
    Block end = new Block(Block.Kind.HEADING, List.of("Guide"), "## End");
    Block bye = new Block(Block.Kind.PROSE, List.of("Guide", "End"), "Good bye.");
    Outline outline = new Outline("Guide", Map.of(), List.of(intro, usage, text, end, bye));
    List<Chunk> chunks = chunker.chunk("Guide", outline);
    assertThat(chunks.get(2).embedText()).startsWith("Guide\nUsage\nRun it.");
    assertThat(chunks.getLast().embedText()).isEqualTo("Guide\n## End\n\nGood bye.");
  }

  @Test
  void aHeadingThatAnotherEndsWithIsKept() {
    Block heading = new Block(Block.Kind.HEADING, List.of(), "a");
    Block code = new Block(Block.Kind.CODE, List.of("Alpha"), "AAAAAA ".repeat(40));
    List<Chunk> chunks =
        new Chunker(tokenizer, new ChunkingPolicy(21, 0))
            .chunk("A title", new Outline("", Map.of(), List.of(heading, code)));
    assertThat(visible(String.join("", chunks.stream().map(Chunk::content).toList())))
        .isEqualTo("a" + "A".repeat(240));
  }

  @Test
  void policyRefusesTheImpossible() {
    assertThatThrownBy(() -> new ChunkingPolicy(15, 0)).isInstanceOf(AidbException.class);
    assertThatThrownBy(() -> new ChunkingPolicy(256, 129)).isInstanceOf(AidbException.class);
    assertThatThrownBy(() -> new ChunkingPolicy(256, -1)).isInstanceOf(AidbException.class);
  }

  @Test
  void aMillionCharactersAreChunked() {
    for (String unit : List.of("word ", "x", " \n", ".", "a.", "\u0301", "One sentence here. ")) {
      String text = unit.repeat(1_000_000 / unit.length());
      assertThat(chunker.chunk("t", plain(text))).allSatisfy(this::isWithinLimit);
    }
  }

  private void isWithinLimit(Chunk chunk) {
    assertThat(tokenizer.tokenize(chunk.embedText()).count() + 2).isLessThanOrEqualTo(256);
  }

  @Provide
  Arbitrary<Outline> outlines() {
    Arbitrary<String> word =
        Arbitraries.frequencyOf(
            net.jqwik.api.Tuple.of(
                20, Arbitraries.strings().alpha().ofMinLength(1).ofMaxLength(12)),
            net.jqwik.api.Tuple.of(1, Arbitraries.strings().all().ofMinLength(1).ofMaxLength(200)),
            net.jqwik.api.Tuple.of(
                2, Arbitraries.of("end.", "why?", "\n", "\n\n", "  ", "e\u0301")));
    Arbitrary<String> text =
        word.list()
            .ofMinSize(1)
            .ofMaxSize(120)
            .map(words -> String.join(" ", words))
            .filter(t -> !t.isBlank());
    Arbitrary<List<String>> path = Arbitraries.of("Alpha", "Beta", "Gamma").list().ofMaxSize(3);
    Arbitrary<Block> block =
        Combinators.combine(Arbitraries.of(Block.Kind.class), path, text).as(Block::new);
    return block.list().ofMaxSize(12).map(blocks -> new Outline("", Map.of(), blocks));
  }

  @Property(tries = 300)
  void limitsHoldAndNothingIsLost(
      @ForAll("outlines") Outline outline,
      @ForAll @IntRange(min = 16, max = 300) int max,
      @ForAll @IntRange(max = 8) int overlapEighths) {
    ChunkingPolicy policy = new ChunkingPolicy(max, max * overlapEighths / 16);
    List<Chunk> chunks = new Chunker(tokenizer, policy).chunk("A title", outline);
    if (outline.blocks().isEmpty()) {
      assertThat(chunks).containsExactly(new Chunk(0, "A title", "A title"));
      return;
    }
    assertThat(new Chunker(tokenizer, policy).chunk("A title", outline)).isEqualTo(chunks);
    String all = String.join("", outline.blocks().stream().map(Block::text).toList());
    StringBuilder covered = new StringBuilder();
    int from = 0;
    for (int i = 0; i < chunks.size(); i++) {
      Chunk chunk = chunks.get(i);
      assertThat(chunk.ordinal()).isEqualTo(i);
      assertThat(tokenizer.tokenize(chunk.embedText()).count() + 2).isLessThanOrEqualTo(max);
      assertThat(chunk.embedText()).endsWith(chunk.content());
      covered.append(visible(chunk.content()));
    }
    String visible = visible(all);
    if (policy.overlapTokens() == 0) {
      assertThat(covered.toString()).isEqualTo(visible);
      return;
    }
    for (Chunk chunk : chunks) {
      String content = visible(chunk.content());
      int best = -1;
      for (int at = from; at >= 0; at--) {
        if (visible.startsWith(content, at)) {
          best = at;
          break;
        }
      }
      if (!outline.blocks().isEmpty()) {
        assertThat(best).as("a chunk continues where the text was covered").isNotNegative();
        from = best + content.length();
      }
    }
    if (!outline.blocks().isEmpty()) {
      assertThat(from).isEqualTo(visible.length());
    }
  }

  private static String visible(String text) {
    StringBuilder kept = new StringBuilder();
    text.codePoints().filter(c -> !Character.isWhitespace(c)).forEach(kept::appendCodePoint);
    return kept.toString();
  }

  @Property(tries = 200)
  void codeUnderTheLimitIsNeverCut(
      @ForAll @IntRange(max = 80) int before,
      @ForAll @IntRange(min = 1, max = 40) int lines,
      @ForAll @IntRange(max = 80) int after) {
    String code = "```\n" + "run the job\n".repeat(lines) + "```";
    List<Block> blocks =
        List.of(
            new Block(Block.Kind.HEADING, List.of(), "# Top"),
            new Block(Block.Kind.PROSE, List.of("Top"), "Some words here. ".repeat(before) + "x"),
            new Block(Block.Kind.CODE, List.of("Top"), code),
            new Block(Block.Kind.PROSE, List.of("Top"), "y " + "Some more words. ".repeat(after)));
    List<Chunk> chunks = chunker.chunk("Top", new Outline("Top", Map.of(), blocks));
    assertThat(chunks).anySatisfy(c -> assertThat(c.content()).contains(code));
  }
}
