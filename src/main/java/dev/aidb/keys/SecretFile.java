package dev.aidb.keys;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.Set;

/**
 * A file with a secret in it, readable by its owner alone (0400) from its first moment. It is
 * written beside its place, so that under its name there is never half of it, and a full disk is
 * found before anything depends on it.
 *
 * <p>Use: {@link #stage}, do what makes the secret valid, {@link #publish}; or {@link #discard}.
 */
public final class SecretFile {
  private static final DateTimeFormatter DATED =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);
  private static final int BACKUPS_A_SECOND_MAX = 100;

  private final Path staged;
  private final Path place;

  private SecretFile(Path staged, Path place) {
    this.staged = staged;
    this.place = place;
  }

  /**
   * Writes the secret and a line end to a file beside that place, and through to the disk.
   *
   * @param place where it is to be; its folder must exist
   */
  public static SecretFile stage(Path place, String secret) throws IOException {
    Path folder = folder(place);
    Path staged = Files.createTempFile(folder, ".new-", ".secret"); // 0600
    try {
      try (FileChannel channel = FileChannel.open(staged, StandardOpenOption.WRITE)) {
        ByteBuffer bytes = ByteBuffer.wrap((secret + "\n").getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
        channel.force(true);
      }
      Files.setPosixFilePermissions(staged, PosixFilePermissions.fromString("r--------"));
      return new SecretFile(staged, place);
    } catch (IOException | RuntimeException e) {
      Files.deleteIfExists(staged);
      throw e;
    }
  }

  /**
   * Puts the file at its place. A file that is there already is kept under a dated name.
   *
   * @return the dated name of the file that was there before
   */
  public Optional<Path> publish(Instant now) throws IOException {
    Optional<Path> old = Files.exists(place) ? Optional.of(keep(now)) : Optional.empty();
    Files.move(staged, place, StandardCopyOption.ATOMIC_MOVE);
    sync(folder(place));
    return old;
  }

  /**
   * Puts the file at its place unless another one is there, which then stays.
   *
   * @return whether it was put there
   */
  public boolean publishIfAbsent() throws IOException {
    try {
      Files.createLink(place, staged); // as one step, which a move without replacement is not
      return true;
    } catch (FileAlreadyExistsException e) {
      return false;
    } catch (FileSystemException | UnsupportedOperationException e) {
      // A file system without links, such as SMB; whoever holds the data directory is alone there.
      if (Files.exists(place)) {
        return false;
      }
      Files.move(staged, place, StandardCopyOption.ATOMIC_MOVE);
      return true;
    } finally {
      discard();
      sync(folder(place));
    }
  }

  /** Where the secret is until it is published. */
  public Path staged() {
    return staged;
  }

  /** Removes what was staged. */
  public void discard() throws IOException {
    Files.deleteIfExists(staged);
  }

  private Path keep(Instant now) throws IOException {
    String name = place.getFileName() + "." + DATED.format(now);
    for (int i = 0; i < BACKUPS_A_SECOND_MAX; i++) {
      Path kept = place.resolveSibling(i == 0 ? name : name + "-" + i);
      try {
        Files.copy(place, kept, StandardCopyOption.COPY_ATTRIBUTES);
        Files.setPosixFilePermissions(kept, PosixFilePermissions.fromString("r--------"));
        return kept;
      } catch (FileAlreadyExistsException e) {
        // another one of the same second
      }
    }
    throw new FileAlreadyExistsException(name);
  }

  /** Makes a folder for secrets (0700) where there is none. */
  public static Path folderAt(Path folder) throws IOException {
    return Files.createDirectories(
        folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
  }

  private static Path folder(Path place) {
    Path parent = place.toAbsolutePath().getParent();
    return parent == null ? place : parent;
  }

  /** Makes the names in a folder last, as {@code fsync} of a file doesn't. */
  private static void sync(Path folder) throws IOException {
    try (FileChannel channel = FileChannel.open(folder, Set.of(StandardOpenOption.READ))) {
      channel.force(true);
    }
  }
}
