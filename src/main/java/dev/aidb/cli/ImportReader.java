package dev.aidb.cli;

import dev.aidb.chunking.ContentType;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.zip.GZIPInputStream;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** Turns files into documents to send, and tells why where it can't. */
final class ImportReader {
  private static final int CONTENT_CHARACTERS_MAX = 1_000_000;
  private static final int FILE_BYTES_MAX = 4 * CONTENT_CHARACTERS_MAX + 3;
  private static final int LINE_BYTES_MAX = 6_200_000;
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final TypeReference<LinkedHashMap<String, Object>> OBJECT =
      new TypeReference<>() {};

  private final String collection;
  private final String project;
  private final Optional<ContentType> type;
  private final Charset charset;

  ImportReader(String collection, String project, Optional<ContentType> type, Charset charset) {
    this.collection = collection;
    this.project = project;
    this.type = type;
    this.charset = charset;
  }

  /** Gives each document of the file to the taker, in order. */
  void read(ImportSource source, Consumer<ImportItem> taker) {
    String label = source.file().toString();
    if (!Files.isRegularFile(source.file())) {
      String reason = Files.exists(source.file()) ? "not a regular file" : "there is no such file";
      taker.accept(new ImportItem.Refused(label, reason));
      return;
    }
    try (InputStream bytes = open(source.file())) {
      if (isLines(source.name())) {
        lines(source, bytes, taker);
      } else {
        taker.accept(document(source, bytes.readNBytes(FILE_BYTES_MAX + 1)));
      }
    } catch (IOException e) {
      taker.accept(new ImportItem.Refused(label, "the file can't be read"));
    }
  }

  /** How many documents the file holds: one, or its lines. */
  static long count(ImportSource source) {
    if (!isLines(source.name())) {
      return 1;
    }
    long lines = 0;
    boolean open = false;
    byte[] buffer = new byte[65_536];
    try (InputStream bytes = open(source.file())) {
      for (int n = bytes.read(buffer); n >= 0; n = bytes.read(buffer)) {
        for (int i = 0; i < n; i++) {
          open = buffer[i] != '\n';
          lines += buffer[i] == '\n' ? 1 : 0;
        }
      }
    } catch (IOException e) {
      return lines;
    }
    return lines + (open ? 1 : 0);
  }

  private static InputStream open(Path file) throws IOException {
    InputStream raw = new BufferedInputStream(Files.newInputStream(file), 65_536);
    if (!String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT).endsWith(".gz")) {
      return raw;
    }
    try {
      return new BufferedInputStream(new GZIPInputStream(raw), 65_536);
    } catch (IOException e) {
      raw.close();
      throw e;
    }
  }

  private static String plainName(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return lower.endsWith(".gz") ? lower.substring(0, lower.length() - 3) : lower;
  }

  private static boolean isLines(String name) {
    String plain = plainName(name);
    return plain.endsWith(".ndjson") || plain.endsWith(".jsonl");
  }

  private ImportItem document(ImportSource source, byte[] bytes) {
    String label = source.file().toString();
    if (bytes.length > FILE_BYTES_MAX) {
      return new ImportItem.Refused(label, "more than 1,000,000 characters");
    }
    for (byte b : bytes) {
      if (b == 0) {
        return new ImportItem.Refused(label, "not a text");
      }
    }
    String content;
    try {
      content = decode(bytes);
    } catch (CharacterCodingException e) {
      return new ImportItem.Refused(
          label, "not valid " + charset.name() + "; --encoding tells another one");
    }
    if (content.length() > CONTENT_CHARACTERS_MAX
        && content.codePointCount(0, content.length()) > CONTENT_CHARACTERS_MAX) {
      return new ImportItem.Refused(label, "more than 1,000,000 characters");
    }
    if (content.isBlank()) {
      return new ImportItem.Refused(label, "empty");
    }
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("collection", collection);
    json.put("project", project);
    json.put("path", source.name());
    json.put("content_type", type.orElseGet(() -> detect(source.name(), content)).mediaType());
    json.put("content", content);
    return new ImportItem.Ready(label, JSON.writeValueAsBytes(json));
  }

  private String decode(byte[] bytes) throws CharacterCodingException {
    String text =
        charset
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT)
            .decode(ByteBuffer.wrap(bytes))
            .toString();
    return text.startsWith("\uFEFF") ? text.substring(1) : text;
  }

  /** The type by the name's end, and for manual pages and names without one by the first lines. */
  static ContentType detect(String name, String content) {
    String plain = plainName(name);
    String end = plain.substring(plain.lastIndexOf('.') + 1);
    return switch (end) {
      case "md", "markdown", "mdown", "mkd" -> ContentType.MARKDOWN;
      case "html", "htm", "xhtml" -> ContentType.HTML;
      case "rst", "rest" -> ContentType.RST;
      case "txt", "text" -> ContentType.PLAIN;
      case "man", "mdoc", "roff", "troff" -> ContentType.ROFF;
      default -> byContent(content);
    };
  }

  private static ContentType byContent(String content) {
    String start = content.substring(0, Math.min(content.length(), 8_192)).stripLeading();
    String lower = start.substring(0, Math.min(start.length(), 64)).toLowerCase(Locale.ROOT);
    if (lower.startsWith("<!doctype html") || lower.startsWith("<html")) {
      return ContentType.HTML;
    }
    boolean roff =
        start
            .lines()
            .anyMatch(l ->
                l.startsWith(".TH ")
                    || l.startsWith(".Dd ")
                    || l.startsWith(".SH ")
                    || l.startsWith(".so "));
    return roff ? ContentType.ROFF : ContentType.PLAIN;
  }

  private void lines(ImportSource source, InputStream bytes, Consumer<ImportItem> taker)
      throws IOException {
    long number = 0;
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int b = bytes.read(); ; b = bytes.read()) {
      if (b >= 0 && b != '\n') {
        if (line.size() <= LINE_BYTES_MAX) {
          line.write(b);
        }
        continue;
      }
      number++;
      if (line.size() > 0) {
        accept(source.file() + ":" + number, line.toByteArray(), taker);
      }
      line.reset();
      if (b < 0) {
        return;
      }
    }
  }

  private void accept(String label, byte[] line, Consumer<ImportItem> taker) {
    if (line.length > LINE_BYTES_MAX) {
      taker.accept(new ImportItem.Refused(label, "the line is too long"));
      return;
    }
    try {
      Map<String, Object> json = JSON.readValue(line, OBJECT);
      if (json == null) {
        taker.accept(new ImportItem.Refused(label, "not a JSON object"));
        return;
      }
      json.putIfAbsent("collection", collection);
      json.putIfAbsent("project", project);
      taker.accept(new ImportItem.Ready(label, JSON.writeValueAsBytes(json)));
    } catch (JacksonException e) {
      if (!new String(line, charset).isBlank()) {
        taker.accept(new ImportItem.Refused(label, "not a JSON object"));
      }
    }
  }
}
