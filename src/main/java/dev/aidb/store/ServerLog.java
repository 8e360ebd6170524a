package dev.aidb.store;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/**
 * The file the embedded server writes its messages to, appending. Kept to about twice {@link
 * #BYTES_MAX}: this file and one older.
 */
final class ServerLog {
  static final long BYTES_MAX = 8L << 20;

  private static final int TAIL_BYTES = 8192;

  private final Path file;
  private long start;

  ServerLog(Path file) {
    this.file = file;
  }

  Path file() {
    return file;
  }

  /** Remembers where the next run's messages begin. */
  void begin() throws IOException {
    trim();
    start = size();
  }

  /** Moves a long log to the older file; the server may go on appending meanwhile. */
  void trim() throws IOException {
    if (size() <= BYTES_MAX) {
      return;
    }
    Path older = file.resolveSibling(file.getFileName() + ".1");
    Files.copy(file, older, StandardCopyOption.REPLACE_EXISTING);
    try (RandomAccessFile f = new RandomAccessFile(file.toFile(), "rw")) {
      f.setLength(0); // the server appends, so it goes on at the new end
    }
    start = 0;
  }

  /** The last lines that this run wrote, at most that many. */
  List<String> tail(int linesMax) throws IOException {
    if (!Files.exists(file)) {
      return List.of();
    }
    try (RandomAccessFile f = new RandomAccessFile(file.toFile(), "r")) {
      long from = Math.max(start, f.length() - TAIL_BYTES);
      byte[] bytes = new byte[(int) Math.max(0, f.length() - from)];
      f.seek(from);
      f.readFully(bytes);
      List<String> lines = new String(bytes, StandardCharsets.UTF_8).lines().toList();
      return lines.subList(Math.max(0, lines.size() - linesMax), lines.size());
    }
  }

  private long size() throws IOException {
    return Files.exists(file) ? Files.size(file) : 0;
  }
}
