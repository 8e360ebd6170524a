package dev.aidb.chunking;

import java.util.Set;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.jsoup.nodes.Node;
import org.jsoup.nodes.TextNode;
import org.jsoup.select.NodeVisitor;
import org.jspecify.annotations.Nullable;

/**
 * Reads HTML: its main part if it marks one, without navigation, scripts and styles, as text with
 * preformatted parts as they are.
 */
final class HtmlReader implements NodeVisitor {
  private static final Set<String> DROPPED =
      Set.of(
          "script",
          "style",
          "nav",
          "noscript",
          "template",
          "svg",
          "footer",
          "iframe",
          "button",
          "select",
          "head",
          "math",
          "object");
  private static final Set<String> BLOCKS =
      Set.of(
          "p",
          "div",
          "section",
          "article",
          "main",
          "blockquote",
          "ul",
          "ol",
          "dl",
          "dd",
          "dt",
          "header",
          "aside",
          "figure",
          "figcaption",
          "form",
          "fieldset",
          "hr",
          "body",
          "address",
          "details",
          "summary");

  private final OutlineBuilder outline = new OutlineBuilder();
  private final StringBuilder text = new StringBuilder();
  private Block.Kind kind = Block.Kind.PROSE;
  private @Nullable Node dropped;
  private @Nullable Node verbatim;
  private @Nullable Node heading;
  private @Nullable Node table;
  private int lists;
  private boolean titled;

  private HtmlReader() {}

  static Outline read(String html) {
    try {
      Document document = Jsoup.parse(html);
      HtmlReader reader = new HtmlReader();
      Element main = document.selectFirst("main, [role=main]");
      Element article = main == null ? document.selectFirst("article") : main;
      Element root = article == null ? document.body() : article;
      Element told = document.head().selectFirst("title");
      if (told != null) {
        reader.outline.title(told.text());
      }
      reader.traverse(root);
      reader.flush();
      return reader.outline.build();
    } catch (RuntimeException e) {
      // The parser takes any text by its own promise; should it not, the text is still a text.
      return PlainReader.read(html);
    }
  }

  @Override
  public void head(Node node, int depth) {
    if (dropped != null) {
      return;
    }
    if (node instanceof TextNode words) {
      append(words.getWholeText());
    } else if (node instanceof Element element) {
      open(element, element.normalName());
    }
  }

  private void open(Element element, String name) {
    if (DROPPED.contains(name)) {
      dropped = element;
    } else if (verbatim != null || heading != null) {
      breakLine(name);
    } else if (table != null) {
      openInTable(name);
    } else if (level(name) > 0) {
      flush();
      heading = element;
    } else if (name.equals("pre")) {
      flush();
      verbatim = element;
    } else if (name.equals("table")) {
      flush();
      table = element;
      kind = Block.Kind.TABLE;
    } else if (name.equals("li")) {
      if (!text.isEmpty()) {
        newLine();
      }
      kind = Block.Kind.LIST;
      text.append("- ");
    } else if (name.equals("ul") || name.equals("ol")) {
      if (lists++ == 0) {
        flush();
      }
    } else if (BLOCKS.contains(name) && lists == 0) {
      flush();
    } else {
      breakLine(name);
    }
  }

  private void openInTable(String name) {
    if (name.equals("tr")) {
      newLine();
    } else if ((name.equals("td") || name.equals("th"))
        && !text.isEmpty()
        && text.charAt(text.length() - 1) != '\n') {
      text.append(" | ");
    } else {
      breakLine(name);
    }
  }

  private void breakLine(String name) {
    if (name.equals("br")) {
      newLine();
    }
  }

  @Override
  public void tail(Node node, int depth) {
    if (dropped != null) {
      dropped = dropped == node ? null : dropped;
      return;
    }
    if (!(node instanceof Element element)) {
      return;
    }
    String name = element.normalName();
    if (node == heading) {
      heading = null;
      closeHeading(level(name));
    } else if (node == verbatim) {
      verbatim = null;
      outline.add(Block.Kind.CODE, text.toString());
      text.setLength(0);
    } else if (node == table) {
      table = null;
      flush();
    } else if ((name.equals("ul") || name.equals("ol")) && table == null && lists > 0) {
      if (--lists == 0) {
        flush();
      }
    } else if (BLOCKS.contains(name)
        && lists == 0
        && table == null
        && verbatim == null
        && heading == null) {
      flush();
    }
  }

  private void closeHeading(int level) {
    String plain = text.toString().replace('\n', ' ').strip();
    text.setLength(0);
    if (level == 1 && !titled) {
      titled = true;
      outline.title(plain);
    }
    outline.heading(level, plain, plain);
  }

  private static int level(String name) {
    boolean heading = name.length() == 2 && name.charAt(0) == 'h';
    int level = heading ? name.charAt(1) - '0' : 0;
    return level >= 1 && level <= 6 ? level : 0;
  }

  private void append(String words) {
    if (verbatim != null) {
      text.append(words);
      return;
    }
    for (int i = 0; i < words.length(); i++) {
      char c = words.charAt(i);
      if (!Character.isWhitespace(c)) {
        text.append(c);
      } else if (!text.isEmpty() && !Character.isWhitespace(text.charAt(text.length() - 1))) {
        text.append(' ');
      }
    }
  }

  private void newLine() {
    if (!text.isEmpty() && text.charAt(text.length() - 1) != '\n') {
      text.append('\n');
    }
  }

  private void flush() {
    outline.add(kind, text.toString());
    text.setLength(0);
    kind = Block.Kind.PROSE;
  }
}
