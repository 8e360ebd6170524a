package dev.aidb.store;

import dev.aidb.core.StartFailure;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The directory that holds everything the program keeps, held exclusively from {@link #open} to
 * {@link #close}.
 *
 * <p>The lock is the kernel's on {@code aidb.lock}, so it goes with the process however that ends;
 * the file's text only tells who holds it.
 */
public final class DataDirectory implements AutoCloseable {
  /** Room for the unpacked server, an empty cluster and its first write-ahead log. */
  public static final long DEFAULT_FREE_BYTES_MIN = 256L << 20;

  private static final String LOCK_FILE = "aidb.lock";
  private static final int OWNER_TEXT_MAX = 200;
  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rwx------");

  /**
   * Directories held by this JVM. The kernel's lock is per process and is lost when any descriptor
   * of the file is closed, so a second opener in the same JVM must be turned away before it opens.
   */
  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

  private final Path root;
  private final FileChannel channel;
  private final FileLock lock;

  private DataDirectory(Path root, FileChannel channel, FileLock lock) {
    this.root = root;
    this.channel = channel;
    this.lock = lock;
  }

  /** Opens the directory, making it where there is none, with the default need of free space. */
  public static DataDirectory open(Path path) {
    return open(path, DEFAULT_FREE_BYTES_MIN);
  }

  /**
   * Opens the directory, making it where there is none.
   *
   * @param freeBytesMin the free space below which the start is refused
   * @throws DataDirectoryInUse when another process, or another part of this one, holds it
   * @throws StartFailure when it can't be made, written or locked, or is short of space
   */
  public static DataDirectory open(Path path, long freeBytesMin) {
    Path root = make(path);
    checkWritable(root);
    checkSpace(root, freeBytesMin);
    if (!HELD.add(root)) {
      throw inUse(root, "process " + ProcessHandle.current().pid());
    }
    try {
      return lock(root);
    } catch (RuntimeException | Error e) {
      HELD.remove(root);
      throw e;
    }
  }

  private static Path make(Path path) {
    try {
      if (!Files.isDirectory(path)) {
        Files.createDirectories(path, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
      }
      return path.toRealPath();
    } catch (FileAlreadyExistsException e) {
      throw new StartFailure(
          "The data directory " + path + " can't be made: " + e.getFile() + " is a file",
          "Choose another directory with --data-dir.",
          e);
    } catch (IOException e) {
      throw new StartFailure(
          "The data directory " + path + " can't be made: " + reason(e),
          "Choose a directory that this user may write to with --data-dir.",
          e);
    }
  }

  private static void checkWritable(Path root) {
    try {
      Files.setPosixFilePermissions(root, OWNER_ONLY);
      Path probe = Files.createTempFile(root, ".probe-", "");
      try {
        Files.write(probe, new byte[4096]);
      } finally {
        Files.delete(probe);
      }
    } catch (IOException e) {
      throw new StartFailure(
          "The data directory " + root + " can't be written: " + reason(e),
          "It must belong to the user who runs aidb, on a file system that is neither read-only nor"
              + " full; or choose another with --data-dir.",
          e);
    }
  }

  private static void checkSpace(Path root, long freeBytesMin) {
    long free;
    try {
      free = Files.getFileStore(root).getUsableSpace();
    } catch (IOException e) {
      throw new StartFailure(
          "The file system of " + root + " can't be examined: " + reason(e),
          "Check the disk, or choose another directory with --data-dir.",
          e);
    }
    if (free < freeBytesMin) {
      throw new StartFailure(
          "The file system of %s has %d MiB left, less than the %d MiB that aidb needs"
              .formatted(root, free >> 20, freeBytesMin >> 20),
          "Free some space, or choose another directory with --data-dir.");
    }
  }

  private static DataDirectory lock(Path root) {
    Path file = root.resolve(LOCK_FILE);
    try {
      FileChannel channel =
          FileChannel.open(
              file,
              Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE),
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      FileLock lock = channel.tryLock();
      if (lock == null) {
        String owner = owner(channel);
        channel.close();
        throw inUse(root, owner);
      }
      String text =
          "%d %s%n"
              .formatted(ProcessHandle.current().pid(), Instant.now().toString()); // for people
      channel.truncate(0);
      channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)), 0);
      return new DataDirectory(root, channel, lock);
    } catch (IOException e) {
      throw new StartFailure(
          "The data directory " + root + " can't be locked: " + reason(e),
          "Use a file system that supports locks.",
          e);
    }
  }

  private static String owner(FileChannel channel) throws IOException {
    ByteBuffer text = ByteBuffer.allocate(OWNER_TEXT_MAX);
    channel.read(text, 0);
    String[] words =
        new String(text.array(), 0, text.position(), StandardCharsets.UTF_8).trim().split(" ", 2);
    if (words[0].isEmpty()) {
      return "another process"; // it has the lock but hasn't written its name yet
    }
    return "process " + words[0] + (words.length == 2 ? " (since " + words[1] + ")" : "");
  }

  private static DataDirectoryInUse inUse(Path root, String owner) {
    return new DataDirectoryInUse(root, owner);
  }

  static String reason(IOException e) {
    String name = e.getClass().getSimpleName().replace("Exception", "");
    return e.getMessage() == null ? name : name + ": " + e.getMessage();
  }

  /** The directory itself, an absolute path without symbolic links. */
  public Path root() {
    return root;
  }

  /** The embedded server's cluster and log. */
  public Path postgres() {
    return sub("postgres");
  }

  /** What is unpacked from the program's own jars and can be unpacked again. */
  public Path runtime() {
    return sub("runtime");
  }

  /** The embedded search index. */
  public Path index() {
    return sub("index");
  }

  /** Passwords and keys, a file each, readable by the owner alone. */
  public Path secrets() {
    return sub("secrets");
  }

  /** Files that live no longer than the work they are made for. */
  public Path scratch() {
    return sub("scratch");
  }

  private Path sub(String name) {
    Path path = root.resolve(name);
    try {
      return Files.createDirectories(path, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
    } catch (IOException e) {
      throw new StartFailure(
          "The directory " + path + " can't be made: " + reason(e),
          "Check who owns it and that the disk isn't full.",
          e);
    }
  }

  /** Lets go of the directory; what uses it must be closed before. */
  @Override
  public void close() {
    try {
      lock.release();
      channel.close();
    } catch (IOException e) {
      System.getLogger(DataDirectory.class.getName())
          .log(System.Logger.Level.WARNING, "The lock of the data directory didn't close", e);
    } finally {
      HELD.remove(root);
    }
  }
}
