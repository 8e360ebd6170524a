package dev.aidb.cli;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Finds the files under the given paths, in the order of their names. Hidden files and folders
 * below a given folder are passed over; links are followed only when asked for, and each folder
 * once.
 */
final class ImportWalk {
  private static final int DEPTH_MAX = 256;

  private final List<PathMatcher> include;
  private final List<PathMatcher> exclude;
  private final boolean followLinks;
  private final List<ImportSource> found = new ArrayList<>();
  private final List<ImportItem.Refused> refused = new ArrayList<>();
  private final Set<Path> onTheWay = new HashSet<>();

  ImportWalk(List<String> include, List<String> exclude, boolean followLinks) {
    this.include = matchers(include);
    this.exclude = matchers(exclude);
    this.followLinks = followLinks;
  }

  private static List<PathMatcher> matchers(List<String> globs) {
    return globs.stream().map(g -> FileSystems.getDefault().getPathMatcher("glob:" + g)).toList();
  }

  void add(Path given) {
    Path root = given.toAbsolutePath().normalize();
    Path last = root.getFileName();
    if (Files.isDirectory(root)) {
      folder(root, "", 0);
    } else {
      found.add(new ImportSource(root, last == null ? root.toString() : last.toString()));
    }
  }

  List<ImportSource> found() {
    return found;
  }

  /** What could not be looked into. */
  List<ImportItem.Refused> refused() {
    return refused;
  }

  private void folder(Path folder, String prefix, int depth) {
    Path real;
    List<Path> entries;
    try (Stream<Path> listed = Files.list(folder)) {
      real = folder.toRealPath();
      entries = listed.sorted().toList();
    } catch (IOException | java.io.UncheckedIOException e) {
      refused.add(new ImportItem.Refused(folder.toString(), "the folder can't be read"));
      return;
    }
    if (depth > DEPTH_MAX || !onTheWay.add(real)) {
      return;
    }
    for (Path entry : entries) {
      entry(entry, prefix, depth);
    }
    onTheWay.remove(real);
  }

  private void entry(Path entry, String prefix, int depth) {
    String simple = String.valueOf(entry.getFileName());
    boolean link = Files.isSymbolicLink(entry) && !followLinks;
    if (simple.startsWith(".") || simple.equals("CVS") || link) {
      return;
    }
    String name = prefix + simple;
    if (Files.isDirectory(entry)) {
      folder(entry, name + "/", depth + 1);
    } else if (isWanted(name, simple) && Files.exists(entry, LinkOption.NOFOLLOW_LINKS)) {
      found.add(new ImportSource(entry, name));
    }
  }

  private boolean isWanted(String name, String simple) {
    boolean included = include.isEmpty() || matches(include, name, simple);
    return included && !matches(exclude, name, simple);
  }

  private static boolean matches(List<PathMatcher> matchers, String name, String simple) {
    return matchers.stream().anyMatch(m -> m.matches(Path.of(name)) || m.matches(Path.of(simple)));
  }
}
