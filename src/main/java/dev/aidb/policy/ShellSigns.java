package dev.aidb.policy;

import static dev.aidb.policy.AttackKind.CODE_INJECTION;

import dev.aidb.policy.Findings.Strength;
import java.util.Set;

/**
 * Commands behind a value. A command line by itself is what people ask about all day; it is the
 * value before the separator that makes an injection.
 */
final class ShellSigns {
  /** Commands that need nothing behind them to tell an intruder something. */
  private static final Set<String> TELLING =
      Set.of(
          "id",
          "whoami",
          "uname",
          "ls",
          "dir",
          "ifconfig",
          "ipconfig",
          "netstat",
          "hostname",
          "pwd",
          "env",
          "printenv",
          "systeminfo",
          "tasklist",
          "ps",
          "reboot");

  private static final Set<String> COMMANDS =
      Set.of(
          "awk",
          "base64",
          "bash",
          "busybox",
          "cat",
          "chmod",
          "cmd",
          "cp",
          "crontab",
          "curl",
          "del",
          "dig",
          "echo",
          "env",
          "exec",
          "find",
          "ftp",
          "grep",
          "head",
          "host",
          "id",
          "ifconfig",
          "ipconfig",
          "java",
          "kill",
          "less",
          "ls",
          "lua",
          "mkdir",
          "mkfifo",
          "more",
          "mv",
          "nc",
          "ncat",
          "net",
          "netcat",
          "netstat",
          "nmap",
          "node",
          "nslookup",
          "perl",
          "php",
          "ping",
          "pkill",
          "powershell",
          "printf",
          "ps",
          "pwsh",
          "python",
          "python3",
          "reg",
          "rm",
          "ruby",
          "sed",
          "sh",
          "shutdown",
          "sleep",
          "socat",
          "sort",
          "sqlmap",
          "ssh",
          "sudo",
          "tac",
          "tail",
          "tar",
          "tcpdump",
          "telnet",
          "tftp",
          "timeout",
          "touch",
          "traceroute",
          "type",
          "uname",
          "useradd",
          "vi",
          "wget",
          "who",
          "whoami",
          "xxd",
          "zsh",
          "dir",
          "certutil",
          "wmic",
          "schtasks",
          "rundll32");

  /** Commands that a pipe usually ends in. */
  private static final Set<String> FILTERS =
      Set.of(
          "awk", "base64", "bash", "cat", "grep", "head", "less", "more", "perl", "python",
          "python3", "sed", "sh", "sort", "tac", "tail", "xxd", "node", "sudo", "ruby", "php",
          "tar", "ssh", "find", "echo", "zsh", "env", "vi", "host", "type", "set", "who");

  private ShellSigns() {}

  static void register(Anchors.Builder anchors) {
    anchors
        .on(ShellSigns::separated, ";", "|", "&")
        .on(ShellSigns::newLine, "\n")
        .on(ShellSigns::substituted, "$(", "`")
        .on(ShellSigns::disguised, "$ifs", "${ifs", "{cat,", "{ls,", "{curl,", "{wget,", "{id,")
        .on(
            ShellSigns::remote,
            "/dev/tcp/",
            "nc -e",
            "-e /bin/",
            "mkfifo",
            "fsockopen(",
            "iex(",
            "iex (",
            "-enc ",
            "os.dup2",
            "use socket;",
            "-encodedcommand")
        .on(ShellSigns::function, "() {", "(){");
  }

  /** How much a stretch looks like a command for an intruder. */
  private enum Worth {
    NONE,
    /** A command that may as well be part of honest work. */
    COMMON,
    /** A command whose arguments show what it is for. */
    TELLTALE
  }

  private static void separated(Subject s, int start, int end, Findings f) {
    char c = s.at(start);
    if (s.at(end) == c || s.at(start + 1) == '>' || s.at(start - 1) == '>') {
      return;
    }
    int from = s.at(start - 1) == c ? start - 1 : start;
    int i = commandStart(s, end);
    Worth worth = worth(s, i);
    if (worth == Worth.NONE) {
      return;
    }
    if (c == '|' && (isTable(s, from, i) || (worth == Worth.COMMON && isFilter(s, i)))) {
      return;
    }
    report(s, from, i, worth, f);
  }

  private static void newLine(Subject s, int start, int end, Findings f) {
    if (s.depth(start) > 0) {
      int i = commandStart(s, end);
      Worth worth = worth(s, i);
      if (worth != Worth.NONE) {
        report(s, start, i, worth, f);
      }
    }
  }

  private static void report(Subject s, int from, int command, Worth worth, Findings f) {
    int end = Math.min(s.length(), command + 48);
    boolean breaks =
        switch (Lead.before(s, from)) {
          case NOTHING, QUOTE -> true;
          case VALUE -> worth == Worth.TELLTALE || isDatum(s, from);
          case WORDS ->
              worth == Worth.TELLTALE && isLast(s, command) && "(,".indexOf(s.at(from - 1)) < 0;
          case STATEMENT -> false;
        };
    if (breaks) {
      f.plain(CODE_INJECTION, from, end);
    }
  }

  /** Whether the value before is no mere word, which might be a program's name. */
  private static boolean isDatum(Subject s, int end) {
    for (int i = 0; i < end; i++) {
      char c = s.at(i);
      if (Subject.isDigit(c) || c == '=' || c == '@' || c == '.') {
        return true;
      }
    }
    return false;
  }

  private static int commandStart(Subject s, int at) {
    int i = s.skipBlanks(at);
    while (i < at + 24
        && (s.at(i) == ';'
            || s.at(i) == '|'
            || s.at(i) == '&'
            || s.at(i) == '\n'
            || s.at(i) == '('
            || (s.at(i) == '$' && s.at(i + 1) == '(')
            || s.at(i) == '`')) {
      i = s.skipBlanks(i + 1);
    }
    return i;
  }

  private static Worth worth(Subject s, int at) {
    int i = at;
    boolean absolute = false;
    for (String folder : new String[] {"/bin/", "/usr/bin/", "/sbin/", "/usr/sbin/"}) {
      if (s.has(i, folder)) {
        i += folder.length();
        absolute = true;
      }
    }
    StringBuilder name = new StringBuilder();
    int disguises = 0;
    int to = i;
    while (to < i + 24 && name.length() < 12) {
      char c = s.at(to);
      if (Subject.isWord(c)) {
        name.append(c);
      } else if ((c == '\'' || c == '"' || c == '\\')
          && Subject.isWord(s.at(to + 1))
          && !name.isEmpty()) {
        disguises++;
      } else if (c == '$' && s.at(to + 1) == '@') {
        disguises++;
        to++;
      } else if (c == '?' && absolute) {
        name.append(c);
        disguises++;
      } else {
        break;
      }
      to++;
    }
    String command = name.toString();
    if (absolute && disguises > 0) {
      return Worth.TELLTALE;
    }
    char after = s.at(to);
    boolean telling = TELLING.contains(command);
    if ((!telling && !COMMANDS.contains(command)) || !ends(after)) {
      return Worth.NONE;
    }
    return disguises > 0 ? Worth.TELLTALE : worth(s, command, s.skipBlanks(to), telling);
  }

  private static Worth worth(Subject s, String command, int arguments, boolean telling) {
    char next = s.at(arguments);
    if (next == '=' || next == ':' || next == ',' || next == '.' || next == '{') {
      return Worth.NONE;
    }
    boolean done =
        next == Subject.END
            || ";|&)`'\"#}]\0".indexOf(next) >= 0
            || next == '\n'
            || ((next == '<' || next == '>') && s.at(s.skipBlanks(arguments + 1)) == '/');
    if (telling && done) {
      return Worth.TELLTALE;
    }
    int to = arguments + 64;
    boolean telltale =
        switch (command) {
          case "cat", "head", "tail", "more", "less", "tac", "type", "grep", "cp", "xxd", "sed" ->
              s.contains(
                  arguments,
                  to,
                  "/etc/",
                  "/proc/",
                  ".ssh",
                  "win.ini",
                  ".env",
                  "/root/",
                  "etc/passwd",
                  "boot.ini",
                  ".php",
                  "$_",
                  "/flag");
          case "curl", "wget", "ftp", "tftp", "certutil" ->
              s.contains(arguments, to, "http", "//", "ftp:", "-qo", ".sh", "|")
                  || Subject.isDigit(next);
          case "rm" -> s.contains(arguments, to, " /", "-rf", "-fr") || next == '/';
          case "ping" -> next == '-' || Subject.isDigit(next);
          case "sleep", "timeout" -> Subject.isDigit(next) || next == '$';
          case "nc", "ncat", "netcat", "telnet", "socat", "nslookup", "dig", "host", "nmap" ->
              s.contains(arguments, to, ".", "-e", "-l", ":");
          case "uname", "ls", "ps", "dir", "id", "netstat", "ipconfig", "ifconfig" ->
              next == '-' || next == '/' || s.has(arguments, "c:") || s.has(arguments, "..");
          case "bash",
              "sh",
              "zsh",
              "python",
              "python3",
              "perl",
              "php",
              "ruby",
              "node",
              "cmd",
              "powershell",
              "pwsh",
              "busybox" ->
              (next == '-' && !s.has(arguments, "--")) || s.hasAny(arguments, "/c", "iex");
          case "net" -> s.hasAny(arguments, "user", "localgroup", "share", "view", "start");
          case "echo", "printf" ->
              s.contains(
                  arguments,
                  to,
                  "base64",
                  "|sh",
                  "| sh",
                  "|bash",
                  "| bash",
                  "vulnerable",
                  "pwned",
                  "hacked",
                  "$(",
                  "<?");
          case "reg", "wmic", "schtasks", "rundll32", "sqlmap", "useradd", "crontab", "tcpdump" ->
              !done;
          default -> false;
        };
    return telltale ? Worth.TELLTALE : telling && !done && next != '-' ? Worth.NONE : Worth.COMMON;
  }

  private static boolean ends(char c) {
    return Subject.isBlank(c) || c == Subject.END || ";|&)`'\"#<>$}]\0\n".indexOf(c) >= 0;
  }

  /** Between the bars of a table, or of alternatives. */
  private static boolean isTable(Subject s, int from, int command) {
    int bar = s.find(command, command + 48, "|");
    boolean spaced = Subject.isBlank(s.at(bar - 1)) && s.at(bar + 1) != '|';
    boolean column = bar >= 0 && spaced && s.wordEnd(command) >= bar - 1;
    int end = s.wordEnd(command);
    boolean next = end == bar && (Subject.isWord(s.at(bar + 1)) || s.at(bar + 1) == ')');
    boolean alternative = s.at(from + 1) != ' ' && (next || s.at(end) == ')');
    return column || alternative;
  }

  /** Commands that a pipe usually ends in. */
  private static boolean isFilter(Subject s, int at) {
    return FILTERS.contains(s.word(at));
  }

  /** Whether the text ends with this command, or with what belongs to it. */
  private static boolean isLast(Subject s, int command) {
    return s.length() - command <= 64;
  }

  private static void substituted(Subject s, int start, int end, Findings f) {
    boolean tick = s.at(start) == '`';
    int i = s.skipBlanks(end);
    if (!isCommand(s, i) || s.hasWord(i, "pwd") || (isAssigned(s, start) && !isIdentity(s, i))) {
      return;
    }
    int close = s.find(i, i + 80, tick ? "`" : ")");
    if (close < 0) {
      return;
    }
    int after = s.skipBlanks(close + 1);
    boolean last = after >= s.length() - 2 || !Subject.isBlank(s.at(close + 1));
    char before = s.at(start - 1);
    boolean glued =
        Subject.isLetter(before)
            || Subject.isDigit(before)
            || before == ';'
            || s.at(start - 1) == '|'
            || s.isBreak(start - 1);
    Lead lead = Lead.before(s, start);
    boolean begins = lead == Lead.NOTHING || lead == Lead.QUOTE || lead == Lead.VALUE;
    int back = s.skipBlanksBack(start);
    boolean newSentence =
        lead == Lead.WORDS
            && ("?!;".indexOf(s.at(back - 1)) >= 0
                || (s.at(back - 1) == '.' && back - s.wordStart(back - 1) > 3));
    if (last && lead != Lead.STATEMENT && (begins || glued || newSentence)) {
      f.plain(CODE_INJECTION, start, close + 1);
    }
  }

  private static boolean isAssigned(Subject s, int at) {
    return s.at(at - 1) == '=' || (s.at(at - 1) == '"' && s.at(at - 2) == '=');
  }

  private static boolean isIdentity(Subject s, int command) {
    return s.hasWord(command, "id")
        || s.hasWord(command, "whoami")
        || s.contains(command, command + 32, "/etc/passwd", "/etc/shadow");
  }

  /** Blanks that are written as a variable, or braces that do without them. */
  private static void disguised(Subject s, int start, int end, Findings f) {
    boolean braces = s.at(start) == '{';
    boolean behind = Subject.isWord(s.at(start - 1));
    boolean used = braces ? Lead.before(s, start) != Lead.STATEMENT : behind && s.at(end) != '=';
    if (used) {
      f.add(CODE_INJECTION, Strength.HIDDEN, start, end);
    }
  }

  private static void remote(Subject s, int start, int end, Findings f) {
    int from = start - 96;
    int to = end + 160;
    boolean shell =
        switch (s.at(start)) {
          case '/' -> s.contains(from, to, ">&", "0>&1", "<>", "bash -i", "sh -i", "<&");
          case 'n' -> s.contains(end, end + 24, "/bin/", "sh", "cmd");
          case '-' ->
              s.has(start, "-enc")
                  ? s.contains(from, start, "powershell", "pwsh") && s.wordEnd(end) - end > 12
                  : s.contains(from, start, "nc ", "ncat ", "netcat ", "socat ");
          case 'm' -> s.contains(end, to, "|nc", "| nc", "/bin/sh", "|/bin");
          case 'f' -> s.contains(end, to, "exec(", "shell_exec", "proc_open", "/bin/sh");
          case 'i' -> s.contains(end, to, "downloadstring", "net.webclient", "http");
          case 'o' -> s.contains(start - 200, start, "socket");
          case 'u' -> s.contains(end, end + 300, "/bin/sh", "/bin/bash", "exec(");
          default -> false;
        };
    if (shell) {
      f.plain(CODE_INJECTION, start, Math.min(s.length(), end + 16));
    }
  }

  /** What Shellshock hides in a variable (CVE-2014-6271). */
  private static void function(Subject s, int start, int end, Findings f) {
    int i = s.skipBlanks(end);
    int close = s.skipBlanks(s.skipBlanks(i + 1) + 1);
    if (s.at(i) == ':' && s.at(close) == '}' && s.at(s.skipBlanks(close + 1)) == ';') {
      f.plain(CODE_INJECTION, start, Math.min(s.length(), close + 48));
    }
  }

  /** Whether a quoted or bare command for an intruder stands here. */
  static boolean isCommand(Subject s, int at) {
    return worth(s, at) == Worth.TELLTALE;
  }
}
