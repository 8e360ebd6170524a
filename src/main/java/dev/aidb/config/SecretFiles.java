package dev.aidb.config;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Set;

/** Reads secrets out of files that nobody else can read. */
public final class SecretFiles {
  private static final long BYTES_MAX = 64 * 1024;

  private SecretFiles() {}

  /**
   * The secret that the file holds, without the line end after it.
   *
   * @throws IllegalArgumentException when the file is missing, empty, too large, or open to others
   */
  public static Secret read(Path file, boolean allowGroupRead) {
    if (!Files.isRegularFile(file)) {
      throw new IllegalArgumentException("names a file that doesn't exist");
    }
    try {
      checkPermissions(file, allowGroupRead);
      if (Files.size(file) > BYTES_MAX) {
        throw new IllegalArgumentException("names a file of more than 64 KiB");
      }
      String text = Files.readString(file).replaceFirst("\\R\\z", "");
      if (text.isBlank()) {
        throw new IllegalArgumentException("names a file that is empty");
      }
      return new Secret(text);
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException("names a file that isn't text in UTF-8", e);
    } catch (IOException e) {
      throw new IllegalArgumentException("names a file that can't be read by this user", e);
    }
  }

  private static void checkPermissions(Path file, boolean allowGroupRead) throws IOException {
    if (!Files.getFileStore(file).supportsFileAttributeView("posix")) {
      return;
    }
    Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
    if (permissions.contains(PosixFilePermission.OTHERS_READ)
        || permissions.contains(PosixFilePermission.OTHERS_WRITE)) {
      throw new IllegalArgumentException("names a file open to every user; run chmod 0400 on it");
    }
    if (permissions.contains(PosixFilePermission.GROUP_WRITE)) {
      throw new IllegalArgumentException("names a file its group can write; run chmod 0400 on it");
    }
    if (permissions.contains(PosixFilePermission.GROUP_READ) && !allowGroupRead) {
      throw new IllegalArgumentException(
          "names a file its group can read; run chmod 0400 on it, or set"
              + " secrets.allow_group_read: true");
    }
  }
}
