package dev.aidb.chunking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aidb.core.AidbException;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class OutlineTest {
  private static Block block(Block.Kind kind, String text, String... headings) {
    return new Block(kind, List.of(headings), text);
  }

  @Test
  void contentTypesAreReadLeniently() {
    assertThat(ContentType.parse("Text/Markdown; charset=utf-8")).isEqualTo(ContentType.MARKDOWN);
    for (ContentType type : ContentType.values()) {
      assertThat(ContentType.parse(type.mediaType())).isEqualTo(type);
    }
    assertThatThrownBy(() -> ContentType.parse("image/png"))
        .isInstanceOf(AidbException.class)
        .hasMessageContaining("text/x-rst");
  }

  @Test
  void markdownKeepsItsHeadingsCodeAndLists() {
    Outline outline =
        Outline.read(
            ContentType.MARKDOWN,
            "---\nauthor: \"Ada\"\n---\n# My *Guide*\r\n\r\nIntro.\n\nUsage\n-----\n```sh\nrun\n\nit\n```\n- a\n\n"
                + "  ```\n  x\n  ```\n- b\n\n|a|b|\n|-|-|\n|1|2|\n");
    assertThat(outline.title()).isEqualTo("My Guide");
    assertThat(outline.metadata()).containsEntry("author", "Ada");
    assertThat(outline.blocks())
        .containsExactly(
            block(Block.Kind.HEADING, "# My *Guide*"),
            block(Block.Kind.PROSE, "Intro.", "My Guide"),
            block(Block.Kind.HEADING, "Usage\n-----", "My Guide"),
            block(Block.Kind.CODE, "```sh\nrun\n\nit\n```", "My Guide", "Usage"),
            block(Block.Kind.LIST, "- a", "My Guide", "Usage"),
            block(Block.Kind.CODE, "  ```\n  x\n  ```", "My Guide", "Usage"),
            block(Block.Kind.LIST, "- b", "My Guide", "Usage"),
            block(Block.Kind.TABLE, "|a|b|\n|-|-|\n|1|2|", "My Guide", "Usage"));
  }

  @Test
  void frontMatterTellsTheTitle() {
    Outline outline = Outline.read(ContentType.MARKDOWN, "---\ntitle: 'Told'\n---\n# Other\n");
    assertThat(outline.title()).isEqualTo("Told");
  }

  @Test
  void htmlKeepsWhatIsReadAndDropsTheFrame() {
    Outline outline =
        Outline.read(
            ContentType.HTML,
            "<html><head><title>Page &amp; co</title><style>p{}</style></head><body><nav>menu</nav>"
                + "<main><h1>Top</h1><p>Some <b>bold</b>\n text.<script>x()</script></p>"
                + "<pre>a\n  b</pre><h2>Sub</h2><ul><li>one</li><li>two</li></ul>"
                + "<table><tr><th>k</th><th>v</th></tr><tr><td>1</td><td>2</td></tr></table>"
                + "</main><footer>foot</footer></body></html>");
    assertThat(outline.title()).isEqualTo("Page & co");
    assertThat(outline.blocks())
        .containsExactly(
            block(Block.Kind.HEADING, "Top"),
            block(Block.Kind.PROSE, "Some bold text.", "Top"),
            block(Block.Kind.CODE, "a\n  b", "Top"),
            block(Block.Kind.HEADING, "Sub", "Top"),
            block(Block.Kind.LIST, "- one\n- two", "Top", "Sub"),
            block(Block.Kind.TABLE, "k | v\n1 | 2", "Top", "Sub"));
  }

  @Test
  void rstHasSectionsInTheOrderOfTheirStyles() {
    Outline outline =
        Outline.read(
            ContentType.RST,
            "=====\nTitle\n=====\n\nHello. Like this::\n\n  code one\n\n  code two\n\nPart\n----\n\n"
                + "* item\n\n.. code-block:: sh\n\n   ls\n\nNext\n----\nEnd.\n");
    assertThat(outline.title()).isEqualTo("Title");
    assertThat(outline.blocks())
        .containsExactly(
            block(Block.Kind.HEADING, "Title"),
            block(Block.Kind.PROSE, "Hello. Like this::", "Title"),
            block(Block.Kind.CODE, "  code one\n\n  code two", "Title"),
            block(Block.Kind.HEADING, "Part", "Title"),
            block(Block.Kind.LIST, "* item", "Title", "Part"),
            block(Block.Kind.CODE, ".. code-block:: sh\n\n   ls", "Title", "Part"),
            block(Block.Kind.HEADING, "Next", "Title"),
            block(Block.Kind.PROSE, "End.", "Title", "Next"));
  }

  @Test
  void manPagesAreRead() {
    Outline outline =
        Outline.read(
            ContentType.ROFF,
            ".\\\" comment\n.TH LS 1 \"May 2024\"\n.SH NAME\nls \\- list directory contents\n"
                + ".SH SYNOPSIS\n.B ls\n[\\fIOPTION\\fR]...\n.SH OPTIONS\n.TP\n\\fB\\-a\\fR, \\fB\\-\\-all\\fR\n"
                + "do not ignore\n.IP \\(bu 2\npoint\n.PP\n.nf\nls -l\n  x\n.fi\n.TS\nl l.\na\tb\n.TE\n");
    assertThat(outline.title()).isEqualTo("ls(1) - list directory contents");
    assertThat(outline.blocks())
        .containsExactly(
            block(Block.Kind.HEADING, "NAME"),
            block(Block.Kind.PROSE, "ls - list directory contents", "NAME"),
            block(Block.Kind.HEADING, "SYNOPSIS"),
            block(Block.Kind.PROSE, "ls [OPTION]...", "SYNOPSIS"),
            block(Block.Kind.HEADING, "OPTIONS"),
            block(Block.Kind.LIST, "-a, --all\ndo not ignore\n\u2022\npoint", "OPTIONS"),
            block(Block.Kind.CODE, "ls -l\n  x", "OPTIONS"),
            block(Block.Kind.TABLE, "a | b", "OPTIONS"));
  }

  @Test
  void mdocPagesAreRead() {
    Outline outline =
        Outline.read(
            ContentType.ROFF,
            ".Dd June 1\n.Dt CAT 1\n.Os\n.Sh NAME\n.Nm cat\n.Nd concatenate files\n.Sh SYNOPSIS\n"
                + ".Nm\n.Op Fl bel\n.Op Ar\n.Sh SEE ALSO\n.Xr head 1 ,\n");
    assertThat(outline.title()).isEqualTo("cat(1) - concatenate files");
    assertThat(outline.blocks())
        .extracting(Block::text)
        .containsExactly(
            "NAME", "cat - concatenate files", "SYNOPSIS", "cat [-bel] []", "SEE ALSO", "head(1),");
  }

  @Test
  void hostileDocumentsEnd() {
    Chunker chunker = new Chunker(new LetterTokenizer(), ChunkingPolicy.DEFAULT);
    List<String> units =
        List.of(
            "[",
            "<div>",
            "<b>",
            "<nav></nav>",
            "> ",
            "- ",
            "#\n",
            "```\n",
            "*a_",
            "==\n",
            "a\n=\n",
            ".SH x\n",
            ".TP\n",
            "\\(",
            "\\f",
            "\\*[",
            "\"",
            ".nf\n",
            "[x](",
            "<!--",
            "<table><tr>",
            "a::\n\n b\n\n",
            "&",
            "\u0000",
            "\uD800",
            "![",
            "\t",
            "<pre>",
            "1. ");
    for (ContentType type : ContentType.values()) {
      for (String unit : units) {
        String text = unit.repeat(100_000 / unit.length());
        assertThatCode(() -> chunker.chunk("t", Outline.read(type, text)))
            .as(type + " " + unit)
            .doesNotThrowAnyException();
      }
    }
    StringBuilder nested = new StringBuilder();
    for (int i = 0; i < 1_000; i++) {
      nested.append(" ".repeat(2 * i)).append("- x\n");
    }
    assertThat(Outline.read(ContentType.MARKDOWN, nested.toString()).blocks()).isNotEmpty();
  }

  @Property(tries = 200)
  void anyTextIsReadInAnyFormat(@ForAll ContentType type, @ForAll String text) {
    assertThatCode(() -> Outline.read(type, text)).doesNotThrowAnyException();
  }

  @Property(tries = 200)
  void markdownLosesNothing(@ForAll("markdown") String text) {
    String kept =
        String.join(
            "",
            Outline.read(ContentType.MARKDOWN, text).blocks().stream().map(Block::text).toList());
    assertThat(kept.replaceAll("\\s", "")).isEqualTo(text.replaceAll("\\s", ""));
  }

  @net.jqwik.api.Provide
  net.jqwik.api.Arbitrary<String> markdown() {
    return net.jqwik.api.Arbitraries.of(
            "# A",
            "text",
            "",
            "```",
            "- item",
            "  more",
            "> quote",
            "    code",
            "|a|b|",
            "1. x",
            "***",
            "Under",
            "=====",
            "<div>",
            "[a]: http://b",
            "\ttab")
        .list()
        .ofMaxSize(40)
        .map(lines -> "x\n" + String.join("\n", lines));
  }
}
