package dev.aidb.policy;

import static dev.aidb.policy.AttackKind.XSS;

/**
 * Markup and script that would run. Tags and attributes alone are no sign: what counts is that the
 * script in them does something, such as opening a dialogue, reading cookies or fetching code.
 */
final class XssSigns {
  private static final int CODE_MAX = 300;
  private static final int TAG_MAX = 256;

  /** Hosts that pages load libraries from; a tag for one of them is everyday. */
  private static final String[] LIBRARIES = {
    "cdn", "unpkg.com", "googleapis.com", "jquery.com", "gstatic.com", "google.com", "stripe.com",
    "googletagmanager", "polyfill", "bootstrap", "fontawesome", "w3.org", "mathjax", "localhost",
    "github", "skypack", "esm.sh", "example.com", "example.org"
  };

  private XssSigns() {}

  /** Where script does something. */
  static void registerScripts(Anchors.Builder anchors) {
    anchors
        .on(
            XssSigns::called,
            "alert",
            "prompt",
            "confirm",
            "eval",
            "fetch",
            "atob",
            "settimeout",
            "setinterval",
            "msgbox")
        .on(
            (s, start, end, f) -> s.scripts().note(start),
            "document.cookie",
            "document.domain",
            "document.location",
            "document.write",
            "fromcharcode",
            "xmlhttprequest",
            "new image",
            "import('",
            "import(\"",
            "import(/",
            "window.open",
            "window[",
            "self[",
            "top[",
            "this[",
            "parent[",
            "frames[",
            "localstorage",
            "sessionstorage",
            "sendbeacon",
            ".constructor",
            "reflect.",
            "$.getscript",
            "javascript:",
            "location=",
            "location.href=",
            "location.replace(",
            "location =",
            "[]+",
            "[]]+",
            "(![]",
            "function(\"",
            "function('",
            "unescape(",
            "innerhtml=",
            "onerror=",
            "outerhtml=")
        .on(XssSigns::printed, "print(");
  }

  static void register(Anchors.Builder anchors) {
    anchors
        .on(XssSigns::scriptTag, "<script", "<svg:script")
        .on(XssSigns::handler, "=")
        .on(XssSigns::scheme, "javascript:", "vbscript:", "javascript :")
        .on(
            XssSigns::data,
            "data:text/html",
            "data:image/svg",
            "data:application/xhtml",
            "data:text/javascript",
            "data:,")
        .on(XssSigns::style, "expression(", "-moz-binding", "behavior:url(", "behaviour:url(")
        .on(XssSigns::leavesString, "'", "\"", "`", "*/")
        .on(XssSigns::interpolated, "${")
        .on(XssSigns::constructed, "constructor.constructor(", "constructor(", "$eval(")
        .on(XssSigns::foreign, "<base", "<iframe", "<embed", "<object", "<style")
        .on(XssSigns::carried, "document.cookie");
  }

  /** A function of the browser that is called, handed on, or thrown at. */
  private static void called(Subject s, int start, int end, Findings f) {
    char before = s.at(start - 1);
    boolean own = !Subject.isWord(before) || (before == 'n' && s.at(start - 2) == '\\');
    int next = s.skipBlanks(end);
    char after = s.at(next);
    boolean used =
        after == '('
            || after == '`'
            || after == ';'
            || after == ')'
            || after == ','
            || after == '}'
            || s.has(next, "&lpar");
    if ((own && used && s.at(start - 1) != '-') || (own && after == '(')) {
      s.scripts().note(start);
    }
  }

  private static void printed(Subject s, int start, int end, Findings f) {
    if (s.at(end) == ')' && s.at(start - 1) != '.' && !Subject.isWord(s.at(start - 1))) {
      s.scripts().note(start);
    }
  }

  private static void scriptTag(Subject s, int start, int end, Findings f) {
    char after = s.at(end);
    boolean tag =
        Subject.isBlank(after)
            || after == '>'
            || after == '/'
            || after == '<'
            || after == Subject.END
            || after == '\u00bf'
            || after == 0;
    if (!tag) {
      return;
    }
    int close = tagEnd(s, end);
    int source = s.find(end, close, "src");
    if (source >= 0 && s.at(s.skipBlanks(source + 3)) == '=') {
      source(s, start, s.skipBlanks(s.skipBlanks(source + 3) + 1), close, f);
    }
    int stop = s.find(close, close + CODE_MAX, "</script");
    int to = stop < 0 ? close + CODE_MAX : stop;
    if (s.scripts().isBetween(end, to)) {
      f.plain(XSS, start, Math.min(s.length(), stop < 0 ? to : stop + 9));
    }
  }

  private static void source(Subject s, int start, int at, int close, Findings f) {
    boolean quoted = s.at(at) == '"' || s.at(at) == '\'' || s.at(at) == '`';
    int i = quoted ? at + 1 : at;
    if (s.has(i, "data:")) {
      f.plain(XSS, start, close);
      return;
    }
    boolean relative = s.has(i, "//") || s.has(i, "\\\\") || s.has(i, "/\\");
    boolean absolute = s.hasAny(i, "http://", "https://", "ftp://");
    if ((relative || absolute) && !s.contains(i, i + 80, LIBRARIES)) {
      if (relative || !quoted || Lead.before(s, start) == Lead.QUOTE) {
        f.plain(XSS, start, close);
      } else {
        f.bare(XSS, start, close);
      }
    }
  }

  /** The position after the tag's end, or where the look for it was given up. */
  private static int tagEnd(Subject s, int from) {
    int i = from;
    while (i < from + TAG_MAX && s.at(i) != '>' && s.at(i) != Subject.END) {
      i++;
    }
    return Math.min(s.length(), i + 1);
  }

  /** An attribute whose name begins with {@code on}, or whose value is a script's address. */
  private static void handler(Subject s, int start, int end, Findings f) {
    int nameEnd = s.skipBlanksBack(start);
    int nameStart = s.wordStart(nameEnd);
    int value = s.skipBlanks(end);
    boolean named = s.has(nameStart, "on") && nameEnd - nameStart >= 5;
    if (!named) {
      hiddenScheme(s, nameStart, value, f);
      return;
    }
    char before = s.at(nameStart - 1);
    boolean attribute =
        Subject.isBlank(before)
            || before == '/'
            || before == '"'
            || before == '\''
            || before == '`'
            || before == 0
            || before == '\u00bf';
    int tag = openTag(s, nameStart);
    int quote = s.skipBlanksBack(nameStart) - 1;
    boolean leaves = s.isBreak(quote) || s.isBreak(s.skipBlanksBack(s.wordStart(quote + 1)) - 1);
    if (attribute && (tag >= 0 || leaves)) {
      char q = s.at(value);
      boolean quoted = q == '"' || q == '\'' || q == '`';
      int close = quoted ? s.find(value + 1, value + CODE_MAX, String.valueOf(q)) : -1;
      int to = close >= 0 && q != '`' ? close : unquotedEnd(s, value);
      boolean greeting = close >= 0 && isGreeting(s, nameStart, value + 1, close);
      if (!greeting && s.scripts().isBetween(value, Math.max(to, value + 1))) {
        f.plain(XSS, tag >= 0 ? tag : Math.max(0, quote), tagEnd(s, to));
      }
    }
  }

  /** What every tutorial's button does: it says something in words when it is pressed. */
  private static boolean isGreeting(Subject s, int name, int from, int to) {
    boolean pressed = s.hasAny(name, "onclick=", "onsubmit=", "onchange=", "ondblclick=");
    if (!pressed || !s.hasAny(from, "alert('", "alert(\"") || s.contains(from, to, "xss", "hack")) {
      return false;
    }
    int i = from + "alert('".length();
    while (i < to && (Subject.isLetter(s.at(i)) || " !.,?".indexOf(s.at(i)) >= 0)) {
      i++;
    }
    return i > from + 8 && i >= to - 3;
  }

  private static int unquotedEnd(Subject s, int from) {
    int to = from;
    while (to < from + CODE_MAX && s.at(to) != '>' && s.at(to) != Subject.END) {
      to++;
    }
    return to;
  }

  /** The start of the tag that is open at a position; -1 when none is. */
  private static int openTag(Subject s, int at) {
    for (int i = at - 1; i >= 0 && i > at - TAG_MAX; i--) {
      char c = s.at(i);
      if (c == '<') {
        char name = s.at(i + 1);
        return Subject.isLetter(name) || name == '/' || name == '!' || name == '?' ? i : -1;
      }
      if (c == '>' && s.at(i - 1) != '=') {
        return -1;
      }
    }
    return -1;
  }

  /** Browsers pass over blanks in a scheme, so an address may be spread out. */
  private static void hiddenScheme(Subject s, int nameStart, int value, Findings f) {
    int i = value;
    if (s.at(i) == '"' || s.at(i) == '\'' || s.at(i) == '`') {
      i = s.skipBlanks(i + 1);
    }
    if (s.at(i) != 'j' && s.at(i) != '\u00bf') {
      return;
    }
    int from = i;
    String scheme = "javascript:";
    int matched = 0;
    while (matched < scheme.length() && i < from + 64) {
      char c = s.at(i);
      if (c == scheme.charAt(matched)) {
        matched++;
      } else if (!Subject.isBlank(c)) {
        return;
      }
      i++;
    }
    boolean spread = i - from > scheme.length();
    if (matched == scheme.length() && spread && s.scripts().isBetween(i, i + CODE_MAX)) {
      f.add(XSS, Findings.Strength.HIDDEN, nameStart, i);
    }
  }

  private static void scheme(Subject s, int start, int end, Findings f) {
    if (!Subject.isWord(s.at(start - 1)) && s.scripts().isBetween(end, end + CODE_MAX / 2)) {
      int tag = openTag(s, start);
      f.plain(XSS, tag >= 0 ? tag : start, tagEnd(s, end));
    }
  }

  private static void data(Subject s, int start, int end, Findings f) {
    if (Subject.isWord(s.at(start - 1))) {
      return;
    }
    int base64 = s.find(end, end + 40, "base64,");
    boolean page = s.has(start, "data:text/html") || s.has(start, "data:application/xhtml");
    boolean encoded = page && base64 >= 0 && s.wordEnd(base64 + 7) - base64 > 15;
    if (encoded
        || s.contains(end, end + 120, "<script", "<svg", "onload=")
        || (!page && s.at(start - 1) != '(' && s.scripts().isBetween(end, end + 80))) {
      f.plain(XSS, start, Math.min(s.length(), end + 80));
    }
  }

  private static void style(Subject s, int start, int end, Findings f) {
    boolean runs =
        s.has(start, "expression(")
            ? s.scripts().isBetween(end, end + 80) && s.contains(start - 64, start, ":")
            : s.contains(
                start, end + 20, "url(http", "url(\"http", "url('http", "url(//", "url(\"//");
    if (runs) {
      f.plain(XSS, start, Math.min(s.length(), end + 80));
    }
  }

  /** {@code ';alert(1)//} and its like: a string of a script is left, and a call follows. */
  private static void leavesString(Subject s, int start, int end, Findings f) {
    char c = s.at(start);
    boolean plain = c == '\'' || c == '"';
    boolean leaves = plain ? s.isBreak(start) : start <= 2 || Lead.before(s, start) == Lead.VALUE;
    if (!leaves || start > 64) {
      return;
    }
    int i = s.skipBlanks(end);
    int marks = 0;
    while (marks < 8 && ";-+*)]},^|&?".indexOf(s.at(i)) >= 0) {
      marks++;
      i = s.skipBlanks(i + 1);
    }
    boolean joined = marks > 0 || c == '*';
    if (joined && s.scripts().isBetween(i, i + 12) && !s.has(i, "import ")) {
      f.plain(XSS, start, Math.min(s.length(), i + CODE_MAX / 4));
    }
  }

  private static void interpolated(Subject s, int start, int end, Findings f) {
    if (s.scripts().isBetween(end, end + 2)) {
      f.plain(XSS, start, Math.min(s.length(), end + CODE_MAX / 4));
    }
  }

  /** A function made of text, as expressions of templates in a browser reach one. */
  private static void constructed(Subject s, int start, int end, Findings f) {
    char quote = s.at(s.skipBlanks(end));
    boolean text = quote == '\'' || quote == '"' || quote == '`';
    boolean reached = s.at(start - 1) == '.' || s.has(start, "constructor.constructor");
    boolean evaluated = s.has(start, "$eval(") && s.contains(start - 96, start, "{{");
    if ((text && ((reached && s.scripts().isBetween(end, end + 40)) || evaluated))
        || (text && s.has(s.skipBlanks(end) + 1, "return process"))) {
      f.plain(XSS, start, Math.min(s.length(), end + 64));
    }
  }

  /** A page, or a part of one, from elsewhere. */
  private static void foreign(Subject s, int start, int end, Findings f) {
    int close = tagEnd(s, end);
    if (s.has(start, "<base")) {
      if (s.contains(end, close, "href=//", "href=\"//", "href='//")) {
        f.plain(XSS, start, close);
      }
      return;
    }
    int to = s.has(start, "<style") ? Math.min(s.length(), close + TAG_MAX) : close;
    boolean loads =
        s.has(start, "<style")
            ? s.contains(
                close, to, "@import 'http:", "@import'http:", "@import url(http:", "@import '//")
            : s.contains(
                end,
                close,
                "src=\"http:",
                "src='http:",
                "src=http:",
                "src=//",
                "src=\"//",
                "data=\"http:",
                "data='http:",
                "data=http:");
    if (loads && !s.contains(end, to, LIBRARIES)) {
      f.bare(XSS, start, s.length());
    }
  }

  /** Cookies that an attribute carries away. */
  private static void carried(Subject s, int start, int end, Findings f) {
    int tag = openTag(s, start);
    if (tag >= 0 && s.contains(tag, start, "src=", "href=", "data=", "action=")) {
      f.plain(XSS, tag, tagEnd(s, end));
    }
  }
}
