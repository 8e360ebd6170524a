package dev.aidb.policy;

import static dev.aidb.policy.AttackKind.PATH_TRAVERSAL;

import dev.aidb.policy.Findings.Strength;

/** Paths that climb to a file they have no business with, or climb in disguise. */
final class PathSigns {
  private static final int RUN_MAX = 512;
  private static final int DEEP = 8;

  /** What traversals are after; a plain path with few steps up must lead to one of these. */
  private static final String[] FILES = {
    "etc/passwd",
    "etc/shadow",
    "etc/hosts",
    "etc/group",
    "etc/issue",
    "etc/sudoers",
    "etc/motd",
    "etc/ssh/",
    "proc/self/",
    "proc/version",
    "proc/cmdline",
    "windows/win.ini",
    "windows/system.ini",
    "windows/system32/",
    "winnt/",
    "boot.ini",
    "win.ini",
    "system32/",
    "web-inf/",
    "meta-inf/context.xml",
    ".ssh/",
    "id_rsa",
    ".aws/",
    ".kube/config",
    ".git/config",
    ".git/head",
    ".svn/entries",
    ".env",
    ".htpasswd",
    ".htaccess",
    ".bash_history",
    "wp-config.php",
    "config/database.yml",
    "var/log/",
    "var/lib/mysql",
    "var/run/secrets",
    "run/secrets/",
    "dev/tcp",
    "root/",
    "autoexec.bat",
    "inetpub/",
    "var/www/"
  };

  private static final String[] SECRETS = {
    "etc/passwd",
    "etc/shadow",
    "etc/hosts",
    "etc/group",
    "etc/issue",
    "root/",
    "proc/self",
    "c:/windows",
    "c:/boot.ini",
    "windows/win.ini",
    "c:\\",
    "\\windows"
  };

  private PathSigns() {}

  static void register(Anchors.Builder anchors) {
    anchors
        .on(PathSigns::climb, "..")
        .on(PathSigns::nothing, "\0", "\\0.", "\\0 ")
        .on(
            PathSigns::wrapper,
            "php://",
            "expect://",
            "phar://",
            "zip://",
            "netdoc:/",
            "data://text",
            "jar:file:",
            "file:/",
            "file://");
  }

  private static void climb(Subject s, int start, int end, Findings f) {
    if (s.at(start - 1) == '.' || isStep(s, start)) {
      return;
    }
    int i = start;
    int climbs = 0;
    int odd = 0;
    int depth = 0;
    int encoded = 0;
    while (i < start + RUN_MAX && s.at(i) == '.') {
      int dots = i;
      while (dots < i + 8 && s.at(dots) == '.') {
        dots++;
      }
      int to = dots;
      while (to < dots + 16 && isBetween(s.at(to))) {
        to++;
      }
      if (to == dots || !hasSeparator(s, dots, to)) {
        break;
      }
      boolean up = dots - i >= 2;
      climbs += up ? 1 : 0;
      odd += up && (dots - i > 2 || to - dots > 1) && !s.has(dots, "\\\\") ? 1 : 0;
      int here = 0;
      for (int k = i; k < to; k++) {
        here = Math.max(here, s.depth(k));
      }
      encoded += here > 0 ? 1 : 0;
      depth = Math.max(depth, here);
      i = to;
    }
    if (climbs > 0) {
      judge(s, start, i, new Climb(climbs, odd, encoded, depth), f);
    }
  }

  /**
   * @param steps how often the path goes up
   * @param odd how often in an unusual form
   * @param encoded how often in an encoded form
   * @param depth how often the same character was encoded
   */
  private record Climb(int steps, int odd, int encoded, int depth) {}

  private static void judge(Subject s, int start, int end, Climb climb, Findings f) {
    int rest = s.at(end) == '/' || s.at(end) == '\\' ? end + 1 : end;
    boolean file = leadsTo(s, rest);
    if (climb.depth() >= 2 && (climb.steps() >= 2 || file)) {
      f.add(PATH_TRAVERSAL, Strength.HIDDEN, start, end);
    } else if ((file && (climb.steps() >= 2 || isSecret(s, rest) || climb.encoded() > 0))
        || (file && isAlone(Lead.before(s, start)))
        || climb.encoded() >= 2
        || climb.odd() >= 2
        || (climb.odd() >= 1 && s.contains(start, end, ";/") && end < s.length())
        || climb.steps() >= DEEP) {
      f.plain(PATH_TRAVERSAL, start, s.wordEnd(end));
    }
  }

  private static boolean isAlone(Lead lead) {
    return lead == Lead.NOTHING || lead == Lead.VALUE;
  }

  /** Whether a step of the same climb ends here, which then was looked at already. */
  private static boolean isStep(Subject s, int at) {
    int i = at;
    while (i > at - 16 && isBetween(s.at(i - 1))) {
      i--;
    }
    if (i == at || s.at(i - 1) != '.') {
      return false;
    }
    char before = s.at(i - 2);
    return before == '.' || isBetween(before) || before == Subject.END;
  }

  private static boolean isBetween(char c) {
    return c == '/' || c == '\\' || c == ';' || c == 0;
  }

  private static boolean hasSeparator(Subject s, int from, int to) {
    for (int i = from; i < to; i++) {
      if (s.at(i) == '/' || s.at(i) == '\\') {
        return true;
      }
    }
    return false;
  }

  private static boolean leadsTo(Subject s, int at) {
    for (String file : FILES) {
      if (hasPath(s, at, file)) {
        return true;
      }
    }
    return s.has(at, "home/") && s.contains(at, at + 64, "/.");
  }

  private static boolean isSecret(Subject s, int at) {
    return hasPath(s, at, "etc/passwd")
        || hasPath(s, at, "etc/shadow")
        || hasPath(s, at, "windows/win.ini")
        || hasPath(s, at, "boot.ini")
        || hasPath(s, at, "web-inf/");
  }

  /** With either separator, once or doubled. */
  private static boolean hasPath(Subject s, int at, String path) {
    int i = at;
    for (int j = 0; j < path.length(); j++) {
      char c = s.at(i);
      if (path.charAt(j) == '/') {
        if (c != '/' && c != '\\') {
          return false;
        }
        while (s.at(i + 1) == c && i < at + RUN_MAX) {
          i++;
        }
      } else if (c != path.charAt(j)) {
        return false;
      }
      i++;
    }
    return true;
  }

  /** A null byte behind a file's name cuts off what a program adds to it. */
  private static void nothing(Subject s, int start, int end, Findings f) {
    if (!Subject.isWord(s.at(start - 1))) {
      return;
    }
    int from = start;
    while (from > start - 96 && !Subject.isBlank(s.at(from - 1)) && s.at(from - 1) != Subject.END) {
      from--;
    }
    boolean name = s.contains(from, start, ".", "/", "\\");
    boolean zero = s.at(start) == 0;
    boolean known = s.contains(from, start, "passwd", "shadow", "../", "..\\", "etc/", "root/");
    if (name && ((zero && (known || isExtension(s, end) || end >= s.length())) || known)) {
      f.plain(PATH_TRAVERSAL, from, end);
    }
  }

  private static boolean isExtension(Subject s, int at) {
    int dot = s.at(at) == '.' ? at + 1 : at;
    return s.wordEnd(dot) > dot && s.wordEnd(dot) - dot <= 5;
  }

  private static void wrapper(Subject s, int start, int end, Findings f) {
    if (Subject.isWord(s.at(start - 1))) {
      return;
    }
    char kind = s.at(start);
    int to = Math.min(s.length(), end + 96);
    if (s.has(start, "php://")) {
      if (s.has(end, "filter") && s.contains(end, to, "resource=")) {
        f.plain(PATH_TRAVERSAL, start, to);
      } else if (s.hasAny(end, "input", "filter")) {
        f.bare(PATH_TRAVERSAL, start, s.wordEnd(end));
      }
    } else if (kind == 'e' || kind == 'n' || s.has(start, "data://")) {
      f.plain(PATH_TRAVERSAL, start, to);
    } else if (kind == 'p' || kind == 'z' || s.has(start, "jar:")) {
      boolean inside = s.contains(end, to, "#", "!/", ".phar/", ".phar", "/etc/");
      if (inside) {
        f.bare(PATH_TRAVERSAL, start, to);
      }
    } else {
      int path = end;
      while (path < end + 4 && (s.at(path) == '/' || s.at(path) == '\\')) {
        path++;
      }
      for (String secret : SECRETS) {
        if (hasPath(s, path, secret)) {
          if (isSecret(s, path) || hasPath(s, path, "proc/self")) {
            f.plain(PATH_TRAVERSAL, start, to);
          } else {
            f.bare(PATH_TRAVERSAL, start, s.wordEnd(path + secret.length()));
          }
          return;
        }
      }
    }
  }
}
