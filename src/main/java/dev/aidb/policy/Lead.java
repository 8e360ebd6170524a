package dev.aidb.policy;

import java.util.Set;

/** What stands between the start of a text, or of its last sentence, and a possible payload. */
enum Lead {
  /** Nothing. */
  NOTHING,
  /** A quote that nothing in the text opened, with or without brackets behind it. */
  QUOTE,
  /** One value, as a form's field would hold it, such as {@code 42} or {@code id=42}. */
  VALUE,
  /** Words that end with a value or word, then the payload. */
  WORDS,
  /** The beginning of a command line or statement that the payload is a usual part of. */
  STATEMENT;

  private static final int VALUE_MAX = 120;

  /** With these a command line begins, or a statement, in which separators are at home. */
  private static final Set<String> BEGINNINGS =
      Set.of(
          "alias",
          "alter",
          "ansible",
          "apt",
          "apt-get",
          "awk",
          "bash",
          "begin",
          "brew",
          "bundle",
          "cargo",
          "cat",
          "cd",
          "chmod",
          "chown",
          "cmake",
          "composer",
          "conda",
          "cp",
          "create",
          "curl",
          "cut",
          "date",
          "dd",
          "declare",
          "delete",
          "df",
          "diff",
          "dig",
          "dnf",
          "do",
          "docker",
          "dotnet",
          "drop",
          "du",
          "echo",
          "else",
          "env",
          "eval",
          "exec",
          "explain",
          "export",
          "false",
          "fi",
          "find",
          "for",
          "function",
          "gcc",
          "gh",
          "git",
          "go",
          "gradle",
          "grant",
          "grep",
          "gunzip",
          "head",
          "helm",
          "hostname",
          "id",
          "if",
          "import",
          "insert",
          "install",
          "ip",
          "java",
          "javac",
          "journalctl",
          "jq",
          "kill",
          "kubectl",
          "less",
          "let",
          "ln",
          "local",
          "ls",
          "lsof",
          "make",
          "man",
          "merge",
          "mkdir",
          "mount",
          "mv",
          "mvn",
          "mysql",
          "nc",
          "netstat",
          "nix",
          "nix-build",
          "nix-env",
          "nix-shell",
          "nixos-rebuild",
          "node",
          "npm",
          "npx",
          "openssl",
          "pacman",
          "perl",
          "php",
          "ping",
          "pip",
          "pip3",
          "pnpm",
          "printf",
          "ps",
          "psql",
          "pwd",
          "python",
          "python3",
          "read",
          "rm",
          "rsync",
          "ruby",
          "rustup",
          "scp",
          "sed",
          "select",
          "seq",
          "service",
          "set",
          "sh",
          "sleep",
          "sort",
          "source",
          "ss",
          "ssh",
          "sudo",
          "systemctl",
          "tail",
          "tar",
          "tee",
          "terraform",
          "then",
          "time",
          "tmux",
          "top",
          "touch",
          "tr",
          "true",
          "truncate",
          "uname",
          "uniq",
          "unset",
          "unzip",
          "update",
          "vim",
          "watch",
          "wc",
          "wget",
          "which",
          "while",
          "who",
          "whoami",
          "with",
          "xargs",
          "yarn",
          "yum",
          "zcat",
          "zip");

  /**
   * @param at where the payload starts
   */
  static Lead before(Subject subject, int at) {
    int end = subject.skipBlanksBack(at);
    int brackets = end;
    while (brackets > end - 4 && subject.at(brackets - 1) == ')') {
      brackets = subject.skipBlanksBack(brackets - 1);
    }
    if (subject.isBreak(brackets - 1)) {
      return QUOTE;
    }
    int start = subject.skipBlanks(0);
    if (end <= start) {
      return NOTHING;
    }
    return startsCommand(subject, start) ? STATEMENT : ofWords(subject, start, end);
  }

  private static Lead ofWords(Subject subject, int start, int end) {
    if (end - start > VALUE_MAX) {
      return WORDS;
    }
    for (int i = start; i < end; i++) {
      char c = subject.at(i);
      if (Subject.isBlank(c) || c == '(' || c == '{' || c == ';' || c == '<' || c == '|') {
        return WORDS;
      }
    }
    return VALUE;
  }

  /** Whether the first word is one that command lines and statements begin with. */
  static boolean startsCommand(Subject subject, int start) {
    int from = start;
    while (from < start + 4
        && (subject.at(from) == '$'
            || subject.at(from) == '>'
            || subject.at(from) == '#'
            || Subject.isBlank(subject.at(from)))) {
      from++;
    }
    int to = from;
    while (to < from + 20 && (Subject.isWord(subject.at(to)) || subject.at(to) == '-')) {
      to++;
    }
    char after = subject.at(to);
    boolean ends = Subject.isBlank(after) || after == ';' || after == Subject.END;
    boolean alone = after == ';' || after == Subject.END;
    return ends && !alone && BEGINNINGS.contains(subject.text(from, to));
  }
}
