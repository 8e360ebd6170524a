package dev.aidb.policy;

import static dev.aidb.policy.AttackKind.CODE_INJECTION;

import dev.aidb.policy.Findings.Strength;

/** Expressions of templates, calls that run commands, and objects that run code when read. */
final class CodeSigns {
  private static final int EXPRESSION_MAX = 256;
  private static final int NEAR = 96;

  /** What an expression in a template has no honest use for. */
  private static final String[] REACHES = {
    "__class__",
    "__mro__",
    "__globals__",
    "__builtins__",
    "__subclasses__",
    "__import__",
    ".popen(",
    "os.system(",
    "getruntime(",
    "registerundefinedfiltercallback",
    "|filter('system",
    "|attr(",
    "java.lang.",
    "javax.script",
    "@phpinfo",
    "@system",
    "@print(",
    "@eval(",
    "@exec(",
    "phpinfo()",
    "system(",
    "getclass()",
    "processbuilder",
    "freemarker.template.utility",
    "ognl",
    "#_member",
    ".constructor",
    "lookup string.sub",
    "filter('exec",
    "shell_exec",
    "passthru(",
    "|system",
    "self.__init__",
    "getclassloader",
    "#context",
    "@java",
    "readfilesync",
    "child_process"
  };

  private CodeSigns() {}

  /** Where expressions reach too far. */
  static void registerReaches(Anchors.Builder anchors) {
    anchors.on(CodeSigns::reach, REACHES);
  }

  static void register(Anchors.Builder anchors) {
    anchors
        .on(
            CodeSigns::expression,
            "{{",
            "${",
            "#{",
            "*{",
            "%{",
            "<%",
            "{%",
            "@(",
            "#set(",
            "<#assign",
            "{php}",
            "{system(",
            "{7")
        .on(
            CodeSigns::lookup,
            "jndi:",
            ":ldap:",
            ":ldaps:",
            ":rmi:",
            "}ndi",
            ":ldap://",
            "ldap://",
            "${::-",
            "${lower:",
            "${upper:")
        .on(
            CodeSigns::call,
            "system(",
            "exec(",
            "execsync(",
            "popen(",
            "passthru(",
            "call(",
            "shell_exec(",
            "check_output(",
            "spawn(",
            "spawnsync(",
            "%x(",
            "processbuilder(",
            "run(",
            "open(",
            "system '",
            "system \"",
            "exec '",
            "exec \"")
        .on(CodeSigns::evaluation, "eval(", "exec(", "assert(", "execute(", "compile(")
        .on(CodeSigns::request, "$_get", "$_post", "$_request", "$_cookie", "$_server")
        .on(CodeSigns::php, "<?php", "<?=")
        .on(
            CodeSigns::objects,
            "__subclasses__",
            "__globals__",
            "__builtins__",
            "__mro__",
            "__bases__",
            "__import__(")
        .on(
            CodeSigns::always,
            "@java.lang.runtime@",
            "t(java.lang.",
            "ognl.ognlcontext",
            "#_memberaccess",
            "class.module.classloader",
            "_$$nd_func$$_",
            "mainmodule.require",
            "!!python/object/apply:",
            "!!python/object/new:",
            "!!javax.script",
            "com.sun.rowset",
            "<!--#exec",
            "<!--#include",
            "<esi:include src",
            "=cmd|",
            "*cmd|",
            "+cmd|",
            "-cmd|",
            "php:function(",
            "constructor('return process",
            "function(\"return process",
            "function('return process",
            "preg_replace('/.*/e",
            "create_function('',",
            "!ruby/object:gem",
            "res.end(require(",
            "[\"java.lang.processbuilder",
            "freemarker.template.utility.execute",
            ";phpinfo()",
            "eval(require(",
            "${{<%[",
            "cos\nsystem",
            "concat(runtime.getruntime",
            "getclass().forname(\"java.lang.runtime",
            "getclass().forname('java")
        .on(CodeSigns::serialised, "o:", "a:", "ro0ab")
        .on(CodeSigns::entity, "<!entity")
        .on(
            CodeSigns::inspection,
            "{{config}}",
            "{{config.items()}}",
            "{{self}}",
            "{{request}}",
            "{{ config }}",
            "{{ self }}",
            "{% debug %}",
            "phpinfo();")
        .on(CodeSigns::ended, "process.exit(", "process.kill(", "os._exit(", "system.exit(")
        .on(CodeSigns::callback, "call_user_func(", "array_map(", "usort(")
        .on(CodeSigns::formula, "=hyperlink(", "=webservice(", "=importxml(", "=dde(");
  }

  // ---- templates

  private static void expression(Subject s, int start, int end, Findings f) {
    if (s.at(start) == '{' && s.at(start - 1) == '{') {
      return; // looked at from its first character
    }
    boolean reaches = s.reaches().isBetween(end - 4, end + EXPRESSION_MAX);
    if (!reaches && !isArithmetic(s, end)) {
      return;
    }
    int close = close(s, start, end);
    int to = close < 0 ? Math.min(s.length(), end + EXPRESSION_MAX) : close;
    boolean unclosed = close < 0 && s.at(start) == '<' && s.at(start + 1) == '%';
    if (!unclosed && s.reaches().isBetween(end - 4, to)) {
      f.plain(CODE_INJECTION, start, to);
    } else if (isArithmetic(s, end) && (close >= 0 || s.at(start) == '#')) {
      f.bare(CODE_INJECTION, start, s.at(start) == '#' ? s.length() : to);
      probe(s, start, to, f);
    }
  }

  /** A product glued to a value asks whether somebody calculates it. */
  private static void probe(Subject s, int start, int to, Findings f) {
    Lead lead = Lead.before(s, start);
    boolean alone = s.skipBlanks(to) >= s.length() - 2;
    if (alone && (lead == Lead.NOTHING || lead == Lead.VALUE || lead == Lead.QUOTE)) {
      f.plain(CODE_INJECTION, start, to);
    }
  }

  private static void reach(Subject s, int start, int end, Findings f) {
    boolean reaches =
        switch (s.at(start)) {
          case '.' ->
              !s.has(start, ".constructor")
                  || s.contains(start, start + 40, "constructor(", "constructor\"", "constructor.");
          case 'j' ->
              !s.has(start, "java.lang.")
                  || s.contains(end, end + 24, "runtime", "processbuilder", "system", "class");
          case 's' -> !s.has(start, "system(") || isSystemCall(s, start, s.skipBlanks(end));
          default -> true;
        };
    if (reaches) {
      s.reaches().note(start);
    }
  }

  private static boolean isSystemCall(Subject s, int start, int argument) {
    return s.at(start - 1) == '@'
        || s.at(argument) == '$'
        || ((s.at(argument) == '\'' || s.at(argument) == '"') && isShellArgument(s, argument));
  }

  private static boolean isShellArgument(Subject s, int quote) {
    return ShellSigns.isCommand(s, quote + 1);
  }

  private static int close(Subject s, int start, int end) {
    String mark =
        switch (s.at(start)) {
          case '<' -> "%>";
          case '@', '#' -> s.at(start + 1) == '{' ? "}" : ")";
          case '{' -> s.at(start + 1) == '{' ? "}}" : s.at(start + 1) == '%' ? "%}" : "}";
          default -> "}";
        };
    int close = s.find(end, end + EXPRESSION_MAX, mark);
    return close < 0 ? -1 : close + mark.length();
  }

  private static boolean isArithmetic(Subject s, int at) {
    int i = Subject.isDigit(s.at(at - 1)) ? at - 1 : at;
    while (i < at + 8
        && (Subject.isBlank(s.at(i))
            || s.at(i) == '='
            || s.at(i) == '{'
            || s.at(i) == '$'
            || (s.at(i) == 'x' && s.at(i + 1) == '='))) {
      i++;
    }
    int left = s.wordEnd(i);
    int operator = s.skipBlanks(left);
    int right = s.skipBlanks(operator + 1);
    if (s.at(right) == '\'' || s.at(right) == '"') {
      right++;
    }
    boolean numbers = left > i && Subject.isDigit(s.at(i)) && Subject.isDigit(s.at(right));
    int after = s.skipBlanks(s.wordEnd(right));
    boolean ends = "}%)'\"".indexOf(s.at(after)) >= 0;
    return numbers && s.at(operator) == '*' && ends;
  }

  /** A lookup of Log4j (CVE-2021-44228), however its letters are put together. */
  private static void lookup(Subject s, int start, int end, Findings f) {
    int from = start;
    while (from > start - 64 && !s.has(from, "${")) {
      from--;
    }
    if (!s.has(from, "${")) {
      return;
    }
    for (int n = 0; n < 8 && s.find(from - 12, from - 1, "${") >= 0; n++) {
      from = s.find(from - 12, from - 1, "${");
    }
    boolean address =
        s.has(start, "jndi:")
            ? s.at(end) != '}' && s.at(end) != ' '
            : s.contains(start, start + 80, "://", ":/");
    boolean pieces =
        s.has(start, "${::-")
            || ((s.has(start, "${lower:") || s.has(start, "${upper:"))
                && s.contains(start - 48, start + 64, "ndi", "ldap", "rmi", "dns", "://"));
    boolean scheme = s.has(start, ":") || s.has(start, "}ndi");
    if (pieces) {
      f.add(CODE_INJECTION, Strength.HIDDEN, start, end);
    } else if (address && (s.has(start, "jndi:") || scheme)) {
      int close = s.find(end, end + 80, "}");
      f.plain(CODE_INJECTION, from, close < 0 ? Math.min(s.length(), end + 48) : close + 1);
    }
  }

  // ---- calls

  private static void call(Subject s, int start, int end, Findings f) {
    int i = s.skipBlanks(end);
    boolean braces = s.at(i) == '{' || s.at(i) == '[';
    int quote = braces ? s.skipBlanks(i + 1) : i;
    char q = s.at(quote);
    boolean text =
        q == '\''
            || q == '"'
            || q == '`'
            || s.at(end - 1) == '"'
            || s.at(end - 1) == '\''
            || s.at(start) == '%';
    boolean other = s.at(start) == 'o' || s.at(start) == 'r';
    if (!text || (other && Subject.isWord(s.at(start - 1)))) {
      return;
    }
    int command = q == '\'' || q == '"' || q == '`' ? quote + 1 : i;
    if (s.at(command) == '|') {
      command = s.skipBlanks(command + 1);
    }
    boolean file = s.has(start, "open(") && s.hasAny(command, "/etc/passwd", "/etc/shadow");
    boolean removes = s.hasWord(command, "rm");
    if (!file
        && !removes
        && !ShellSigns.isCommand(s, command)
        && !s.hasAny(command, "calc", "cmd", "/bin/")) {
      return;
    }
    int closing = s.find(command, command + NEAR, String.valueOf(q));
    int next = closing < 0 ? 0 : s.skipBlanks(closing + 1);
    int more = s.skipBlanks(next + 1);
    boolean removal = s.hasWord(command, "rm") && s.contains(next, next + 12, "-rf");
    boolean list = !removal && s.at(next) == ',' && !s.has(more, "shell");
    if (list && !s.hasAny(command, "/bin/", "cmd")) {
      return; // the usual form of honest programs: further arguments, or what to do next
    }
    int close = s.find(command, command + NEAR, ")");
    int to = close < 0 ? Math.min(s.length(), command + 48) : close + 1;
    int first = s.wordStart(start);
    boolean glued = leavesValue(s, start);
    boolean server = s.contains(start - 40, start, "__import__", "mainmodule");
    boolean imported = s.contains(start - 40, start, "import os;", "import subprocess;");
    if (glued || imported || (server && !s.contains(start - 64, start, "const ", "= require"))) {
      f.plain(CODE_INJECTION, glued ? Math.max(0, start - 1) : first, to);
    } else {
      f.bare(CODE_INJECTION, first, to);
    }
  }

  /** Whether the call follows a quote, or a quote and a semicolon, that leaves a value. */
  private static boolean leavesValue(Subject s, int start) {
    int word = s.wordStart(start);
    for (int i = word; i > word - 24 && i > 0; i--) {
      char c = s.at(i - 1);
      if (s.isBreak(i - 1) && i - 1 <= NEAR) {
        char next = s.at(s.skipBlanks(i));
        return next == ';' || next == '+' || next == '.' || next == ')' || i == word;
      }
      if (c == '(' || c == '=') {
        return false;
      }
    }
    return false;
  }

  private static void evaluation(Subject s, int start, int end, Findings f) {
    if (Subject.isWord(s.at(start - 1))) {
      return;
    }
    int i = s.skipBlanks(end);
    boolean quoted = s.at(i) == '\'' || s.at(i) == '"';
    int inner = quoted ? i + 1 : i;
    boolean wrapped =
        s.hasAny(
            inner,
            "base64_decode(",
            "atob(",
            "string.fromcharcode",
            "__import__",
            "unescape(",
            "gzinflate(",
            "str_rot13(",
            "$_get",
            "$_post",
            "$_request",
            "$_cookie",
            "base64.b64decode(",
            "codecs.decode(",
            "buffer.from(");
    boolean compiled =
        s.has(inner, "compile(") && s.contains(inner, inner + NEAR, "import", "system", "exec'");
    if (quoted && s.hasAny(inner, "alert(", "prompt(", "confirm(", "require('", "require(\"")) {
      f.bare(CODE_INJECTION, s.wordStart(start), s.length());
    }
    boolean source =
        quoted
            && (s.has(inner, "import ") || s.has(inner, "system(") || s.has(inner, "require("))
            && s.contains(inner, inner + NEAR, "system(", "popen(", "exec(", "subprocess");
    if (wrapped || compiled || source) {
      f.plain(CODE_INJECTION, start, Math.min(s.length(), end + NEAR));
    }
  }

  private static void request(Subject s, int start, int end, Findings f) {
    int back = start;
    while (back > start - 4
        && (s.at(back - 1) == '@' || s.at(back - 1) == '"' || Subject.isBlank(s.at(back - 1)))) {
      back--;
    }
    char before = s.at(back - 1);
    String function = s.text(s.wordStart(back - 1), back - 1);
    boolean runs =
        before == '('
            && (function.equals("system")
                || function.equals("exec")
                || function.equals("eval")
                || function.equals("assert")
                || function.equals("passthru")
                || function.equals("shell_exec")
                || function.equals("popen")
                || function.equals("include")
                || function.equals("proc_open")
                || function.equals("require"));
    boolean include = s.contains(start - 12, start, "include ", "require ", "include_once");
    if (runs || before == '`' || (include && s.contains(start - 64, start, "<?"))) {
      f.plain(CODE_INJECTION, s.wordStart(back - 1), Math.min(s.length(), end + 16));
    }
  }

  private static void php(Subject s, int start, int end, Findings f) {
    int to = Math.min(s.length(), end + EXPRESSION_MAX);
    int i = s.skipBlanks(end);
    while (s.at(i) == '@') {
      i++;
    }
    if (s.contains(
        end,
        to,
        "shell_exec(",
        "passthru(",
        "base64_decode(",
        "proc_open(",
        "eval($",
        "system($",
        "exec($")) {
      f.plain(CODE_INJECTION, start, to);
    } else if (s.has(i, "phpinfo()")) {
      f.bare(CODE_INJECTION, start, to);
      probe(s, start, s.length(), f);
    } else {
      for (String call : new String[] {"system(", "exec(", "popen("}) {
        int at = s.find(end, to, call);
        if (at >= 0 && isShellArgument(s, s.skipBlanks(at + call.length()))) {
          f.plain(CODE_INJECTION, start, to);
          return;
        }
      }
    }
  }

  /** The ways from any object of Python to all that is loaded. */
  private static void objects(Subject s, int start, int end, Findings f) {
    int to = Math.min(s.length(), end + NEAR);
    boolean reach =
        switch (s.at(start + 2)) {
          case 's' ->
              s.at(end) == '('
                  && s.at(start - 1) == '.'
                  && s.contains(
                      start - 64,
                      start,
                      "__class__",
                      "__base",
                      "__mro__",
                      "object",
                      "[]",
                      "()",
                      "''",
                      "\"\"");
          case 'i' ->
              s.contains(
                      end,
                      end + 24,
                      ").system",
                      ").popen",
                      ").check_output",
                      ").run",
                      ").call",
                      ",'sys",
                      ").b64decode",
                      ").getoutput",
                      ").execl")
                  || (s.contains(end, end + 6, "'os'", "\"os\"")
                      && Lead.before(s, start) != Lead.WORDS);
          default ->
              s.at(start - 1) == '.'
                  && (s.at(end) == '[' || s.at(end) == '.')
                  && s.contains(
                      start - 64,
                      end + 64,
                      "__init__",
                      "__class__",
                      "popen",
                      "system",
                      "__import__",
                      "__subclasses__",
                      "_module");
        };
    boolean quoted =
        (s.at(end) == '[' && s.contains(end, end + 12, "'os'", "\"os\""))
            || s.contains(start - 12, start, "globals()[");
    if (reach || quoted) {
      f.plain(CODE_INJECTION, Math.max(0, start - 32), to);
    }
  }

  /** Asks what there is; a payload only when it is the whole text. */
  private static void inspection(Subject s, int start, int end, Findings f) {
    if (start == 0 && end == s.length()) {
      f.plain(CODE_INJECTION, start, end);
    }
  }

  /** A program that a value puts an end to. */
  private static void ended(Subject s, int start, int end, Findings f) {
    if (leavesValue(s, start)) {
      f.plain(CODE_INJECTION, start, end);
    }
  }

  private static void callback(Subject s, int start, int end, Findings f) {
    if (s.hasAny(s.skipBlanks(end) + 1, "system", "exec", "passthru", "shell_exec", "assert")) {
      f.plain(CODE_INJECTION, start, Math.min(s.length(), end + 48));
    }
  }

  private static void always(Subject s, int start, int end, Findings f) {
    if (s.has(start, "<!--#include") && !s.contains(end, end + 40, "/etc/", "cmd")) {
      return;
    }
    if (s.has(start, "t(java")
        && (Subject.isWord(s.at(start - 1))
            || !s.contains(end, end + 24, "runtime", "process", "system", "class", "thread"))) {
      return;
    }
    f.plain(CODE_INJECTION, start, Math.min(s.length(), end + 64));
  }

  // ---- objects and documents that act when they are read

  private static void serialised(Subject s, int start, int end, Findings f) {
    if (Subject.isWord(s.at(start - 1))) {
      return;
    }
    if (s.at(start) == 'r') {
      if (s.wordEnd(end) - end >= 16) {
        f.plain(CODE_INJECTION, start, s.wordEnd(end));
      }
      return;
    }
    int number = s.wordEnd(end);
    boolean sized = number > end && Subject.isDigit(s.at(end)) && s.at(number) == ':';
    boolean object =
        s.at(number + 1) == '"'
            && s.contains(number + 2, number + 64, "\":")
            && s.contains(number + 2, number + 72, ":{");
    boolean array = s.at(number + 1) == '{' && s.contains(number, number + 24, ";o:", ";s:", ";a:");
    if (sized && (s.at(start) == 'o' ? object : array)) {
      f.plain(CODE_INJECTION, start, Math.min(s.length(), number + 64));
    }
  }

  /** An external entity of XML. */
  private static void entity(Subject s, int start, int end, Findings f) {
    int to = Math.min(s.length(), end + NEAR);
    boolean external = s.contains(end, to, "system", "public");
    if (external
        && s.contains(
            end, to, "file:", "http:", "https:", "ftp:", "expect:", "php:", "netdoc:", "jar:",
            "gopher:")) {
      f.plain(CODE_INJECTION, start, to);
    }
  }

  private static void formula(Subject s, int start, int end, Findings f) {
    if (start == s.skipBlanks(0) && s.contains(end, end + 8, "\"http", "\"//")) {
      f.plain(CODE_INJECTION, start, s.length());
    }
  }
}
