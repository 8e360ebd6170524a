package dev.aidb.embedding;

import dev.aidb.core.StartFailure;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A model file in native memory, outside the heap, for as long as ONNX Runtime needs to read it.
 *
 * @param bytes the file; gone when the arena that was given closes
 */
record ModelFile(ByteBuffer bytes) {
  private static final long SIZE_MAX = 1L << 30;
  private static final int CHUNK = 64 * 1024;

  /** Reads a file of the class path. */
  static ModelFile resource(String name, Arena arena) {
    try (InputStream in = ModelFile.class.getResourceAsStream("/" + name)) {
      if (in == null) {
        throw new StartFailure(
            "The embedding model " + name + " is not part of this installation",
            "Install the program again: a jar of its lib directory is missing.",
            null);
      }
      // Resources of a jar know their size, through the connection that the loader made.
      long size = ModelFile.class.getResource("/" + name).openConnection().getContentLengthLong();
      return read(in, size, arena);
    } catch (IOException e) {
      throw new StartFailure(
          "The embedding model " + name + " can't be read from this installation",
          "Install the program again: a jar of its lib directory is damaged.",
          e);
    }
  }

  /** Reads a file of the file system. */
  static ModelFile path(Path file, Arena arena) {
    try (InputStream in = Files.newInputStream(file)) {
      return read(in, Files.size(file), arena);
    } catch (IOException e) {
      throw new StartFailure(
          "The embedding model " + file + " can't be read",
          "Check that the file exists and that this program's user may read it.",
          e);
    }
  }

  private static ModelFile read(InputStream in, long size, Arena arena) throws IOException {
    if (size <= 0 || size > SIZE_MAX) {
      throw new IOException("a size of " + size + " bytes is not one of a model");
    }
    MemorySegment memory = arena.allocate(size);
    byte[] chunk = new byte[CHUNK];
    long at = 0;
    for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
      if (at + n > size) {
        throw new IOException("the file grew while it was read");
      }
      MemorySegment.copy(chunk, 0, memory, ValueLayout.JAVA_BYTE, at, n);
      at += n;
    }
    if (at != size) {
      throw new IOException("the file ended after " + at + " of " + size + " bytes");
    }
    return new ModelFile(memory.asByteBuffer());
  }

  /** The file's SHA-256 in lower-case hexadecimal digits. */
  String sha256() {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(bytes.duplicate());
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256", e);
    }
  }
}
