package dev.aidb.chunking;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Collects what a reader finds, and knows under which headings it stands. */
final class OutlineBuilder {
  private static final int DEPTH_MAX = 8;
  private static final int METADATA_ENTRIES_MAX = 100;

  private record Level(int level, String heading) {}

  private final List<Block> blocks = new ArrayList<>();
  private final List<Level> levels = new ArrayList<>();
  private final Map<String, String> metadata = new LinkedHashMap<>();
  private List<String> path = List.of();
  private String title = "";

  /** Titles are told once: the first that isn't blank stays. */
  void title(String told) {
    if (title.isEmpty()) {
      title = told.strip();
    }
  }

  void metadata(String key, String value) {
    if (metadata.size() < METADATA_ENTRIES_MAX) {
      metadata.putIfAbsent(key, value);
    }
  }

  void heading(int level, String plain, String text) {
    if (text.isBlank()) {
      return;
    }
    while (!levels.isEmpty() && (levels.getLast().level() >= level || levels.size() >= DEPTH_MAX)) {
      levels.removeLast();
    }
    setPath();
    add(Block.Kind.HEADING, text);
    String shown = Characters.limit(plain.strip(), Block.HEADING_CHARACTERS_MAX);
    if (!shown.isEmpty()) {
      levels.add(new Level(level, shown));
      setPath();
    }
  }

  void add(Block.Kind kind, String text) {
    String body = Characters.trimLines(text);
    if (!body.isEmpty()) {
      blocks.add(new Block(kind, path, body));
    }
  }

  Outline build() {
    return new Outline(title, metadata, blocks);
  }

  private void setPath() {
    path = List.copyOf(levels.stream().map(Level::heading).toList());
  }
}
