package dev.aidb.policy;

import static dev.aidb.policy.AttackKind.SQL_INJECTION;

import java.util.Set;

/** The structures by which a value goes on as SQL. */
final class SqlSigns {
  private static final int NEAR = 96;
  private static final int BEFORE = 256;
  private static final int OPERAND_MAX = 64;

  private static final Set<String> FUNCTIONS =
      Set.of(
          "ascii",
          "benchmark",
          "cast",
          "char",
          "char_length",
          "chr",
          "coalesce",
          "concat",
          "convert",
          "count",
          "database",
          "elt",
          "exists",
          "exp",
          "extractvalue",
          "gtid_subset",
          "hex",
          "if",
          "ifnull",
          "isnull",
          "json_keys",
          "length",
          "like",
          "make_set",
          "md5",
          "mid",
          "not",
          "now",
          "ord",
          "pg_sleep",
          "rand",
          "receive_message",
          "row",
          "select",
          "sleep",
          "substr",
          "substring",
          "sysdate",
          "unhex",
          "updatexml",
          "user",
          "version");

  private static final Set<String> STACKED =
      Set.of(
          "alter",
          "backup",
          "copy",
          "create",
          "declare",
          "delete",
          "drop",
          "exec",
          "execute",
          "grant",
          "if",
          "insert",
          "merge",
          "reconfigure",
          "rename",
          "replace",
          "revoke",
          "select",
          "set",
          "shutdown",
          "truncate",
          "union",
          "update",
          "use",
          "waitfor");

  private static final Set<String> STATEMENTS =
      Set.of(
          "alter",
          "begin",
          "call",
          "copy",
          "create",
          "declare",
          "delete",
          "drop",
          "exec",
          "explain",
          "grant",
          "insert",
          "merge",
          "select",
          "set",
          "show",
          "truncate",
          "update",
          "use",
          "where",
          "with");

  /** What drop, create and alter are about. */
  private static final Set<String> OBJECTS =
      Set.of(
          "table",
          "database",
          "user",
          "view",
          "index",
          "schema",
          "login",
          "role",
          "function",
          "procedure",
          "trigger",
          "column",
          "or");

  /** Functions that tell about the server, or put more into a column. */
  private static final Set<String> TELLING =
      Set.of(
          "group_concat",
          "concat",
          "concat_ws",
          "char",
          "version",
          "user",
          "database",
          "load_file");

  private SqlSigns() {}

  static void register(Anchors.Builder anchors) {
    anchors
        .on(SqlSigns::condition, "or", "and", "||", "&&", "xor")
        .on(SqlSigns::tail, "--", "#", "/*")
        .on(SqlSigns::stacked, ";")
        .on(SqlSigns::union, "union")
        .on(SqlSigns::orderOrHaving, "order", "having", "group", "limit", "rlike")
        .on(SqlSigns::delay, "sleep(", "sleep (", "dbms_pipe", "waitfor")
        .on(
            SqlSigns::telling,
            "benchmark(",
            "extractvalue(",
            "updatexml(",
            "gtid_subset(",
            "utl_inaddr.",
            "utl_http.request",
            "ctxsys.",
            "xp_cmdshell",
            "xp_dirtree",
            "load_file(",
            "into outfile",
            "into dumpfile",
            "from program",
            "to program",
            "exec(char(",
            "exec(0x",
            "sp_configure")
        .on(SqlSigns::subquery, "(select")
        .on(
            SqlSigns::documents,
            "[$ne]",
            "[$gt]",
            "[$regex]",
            "[$nin]",
            "[$where]",
            "\"$gt",
            "\"$ne",
            "\"$regex",
            "\"$where",
            "this.password")
        .on(SqlSigns::returned, "return true", "return 1", "return this")
        .on(SqlSigns::joined, "unionselect", "unionallselect");
  }

  /** Words that a comment was taken out of are one. */
  private static void joined(Subject s, int start, int end, Findings f) {
    if (!Subject.isWord(s.at(start - 1)) && !Subject.isLetter(s.at(end))) {
      f.add(SQL_INJECTION, Findings.Strength.HIDDEN, start, end);
    }
  }

  // ---- a condition added to a value

  private static void condition(Subject s, int start, int end, Findings f) {
    boolean word = Subject.isLetter(s.at(start));
    if ((word && (Subject.isLetter(s.at(start - 1)) || Subject.isWord(s.at(end))))
        || (!word && (s.at(end) == s.at(start) || s.at(start - 1) == s.at(start)))) {
      return;
    }
    int back = s.skipBlanksBack(start);
    int brackets = back;
    while (brackets > back - 4 && s.at(brackets - 1) == ')') {
      brackets--;
    }
    char before = s.at(brackets - 1);
    boolean quote = s.isBreak(brackets - 1);
    boolean number = Subject.isDigit(before) && isFirstValue(s, brackets);
    boolean spaced = Subject.isBlank(s.at(end)) || !Subject.isLetter(s.at(end));
    if (!spaced) {
      return;
    }
    int right = comparison(s, end);
    int from = quote ? brackets - 1 : number ? 0 : start;
    if (right > 0) {
      boolean strings = isString(s, end);
      boolean disjunction = s.has(start, "or") || (s.has(start, "||") && quote);
      boolean closes = isTail(s, right);
      if (start == s.skipBlanks(0) && word) {
        f.bare(SQL_INJECTION, start, s.length());
      }
      if (quote
          || number
          || (strings && disjunction && word)
          || (closes && !startsStatement(s) && word)) {
        f.plain(SQL_INJECTION, from, right);
      }
    } else if ((quote || number) && isExpression(s, end, quote)) {
      f.plain(SQL_INJECTION, from, Math.min(s.length(), end + NEAR));
    }
  }

  /** Whether a number that ends here is all that the text holds before, or a parameter's value. */
  private static boolean isFirstValue(Subject s, int end) {
    int from = s.wordStart(end);
    if (from > 0 && (s.at(from - 1) == '.')) {
      from = s.wordStart(from - 1);
    }
    if (from > 0 && s.at(from - 1) == '-') {
      from--;
    }
    char before = s.at(from - 1);
    boolean digits = Subject.isDigit(s.at(from)) || s.at(from) == '-';
    return digits
        && (from == s.skipBlanks(0)
            || (before == '=' && !Subject.isBlank(s.at(from - 2)) && s.wordStart(from - 1) == 0));
  }

  /** The end of {@code literal operator literal}; 0 when there is none. */
  private static int comparison(Subject s, int at) {
    int left = operand(s, at);
    if (left < 0) {
      return 0;
    }
    int operator = operator(s, s.skipBlanks(left));
    if (operator < 0) {
      return 0;
    }
    return Math.max(0, operand(s, operator));
  }

  private static boolean isString(Subject s, int at) {
    int i = opened(s, at);
    return s.at(i) == '\'' || s.at(i) == '"';
  }

  private static int opened(Subject s, int at) {
    int i = s.skipBlanks(at);
    for (int n = 0; n < 6; n++) {
      char c = s.at(i);
      if (c == '(' || c == '-' || c == '~' || c == '!' || c == '+') {
        i = s.skipBlanks(i + 1);
      } else if (s.hasWord(i, "not")) {
        i = s.skipBlanks(i + 3);
      } else {
        return i;
      }
    }
    return i;
  }

  /** The end of a literal: a number, or arithmetic on numbers, or a string, closed or not. */
  private static int operand(Subject s, int at) {
    int i = opened(s, at);
    char c = s.at(i);
    if (c == '\'' || c == '"') {
      int to = i + 1;
      boolean named = s.at(to) == c || s.at(to) == Subject.END;
      while (to < i + OPERAND_MAX && s.at(to) != c && s.at(to) != Subject.END) {
        named |= Subject.isWord(s.at(to)) || s.at(to) == '%';
        to++;
      }
      if (!named) {
        return -1; // what stands between the elements of a list
      }
      if (s.at(to) == Subject.END) {
        return Math.min(s.length(), s.wordEnd(i + 1)); // the statement around it closes the string
      }
      if (s.at(to) != c) {
        return -1;
      }
      to++;
      while (s.at(to) == ')') {
        to++;
      }
      return concatenated(s, to);
    }
    if (!Subject.isDigit(c)) {
      return -1;
    }
    int to = s.wordEnd(i);
    if (!isNumber(s, i, to)) {
      return -1;
    }
    for (int n = 0; n < 4 && "+-*/%".indexOf(s.at(to)) >= 0 && Subject.isDigit(s.at(to + 1)); n++) {
      to = s.wordEnd(to + 1);
    }
    while (s.at(to) == ')') {
      to++;
    }
    return to;
  }

  private static int concatenated(Subject s, int at) {
    int i = s.skipBlanks(at);
    boolean plus = s.at(i) == '+' || s.has(i, "||");
    if (plus && (s.at(i + 1) == '\'' || s.at(i + 2) == '\'')) {
      int from = s.find(i, i + 3, "'") + 1;
      int close = s.find(from, from + OPERAND_MAX, "'");
      return close < 0 ? at : close + 1;
    }
    return at;
  }

  private static boolean isNumber(Subject s, int from, int to) {
    boolean hex = s.has(from, "0x");
    for (int i = hex ? from + 2 : from; i < to; i++) {
      char c = s.at(i);
      if (!Subject.isDigit(c) && !(hex && c >= 'a' && c <= 'f')) {
        return false;
      }
    }
    return true;
  }

  private static int operator(Subject s, int at) {
    for (String symbol : new String[] {"<=>", "==", "<>", "!=", "<=", ">=", "=", "<", ">"}) {
      if (s.has(at, symbol)) {
        return at + symbol.length();
      }
    }
    int i = s.hasWord(at, "not") ? s.skipBlanks(at + 3) : at;
    for (String word : new String[] {"like", "in", "between", "rlike", "regexp", "is", "glob"}) {
      if (s.hasWord(i, word) || (s.has(i, word) && s.at(i + word.length()) == '\'')) {
        return i + word.length();
      }
    }
    return -1;
  }

  /** After a quote or number: a function, a subquery, a truth value, or what a comment cuts off. */
  private static boolean isExpression(Subject s, int at, boolean quote) {
    int i = opened(s, at);
    if (s.at(i) == '\'' || s.at(i) == '"') {
      return false;
    }
    int end = s.wordEnd(i);
    String word = s.word(i);
    int next = s.skipBlanks(end);
    if (s.at(next) == '(' && FUNCTIONS.contains(word)) {
      return true;
    }
    if ((word.equals("select") && s.at(i - 1) == '(') || word.equals("exists")) {
      return true;
    }
    if (s.at(end) == '.'
        && s.contains(end, end + 40, "(")
        && (word.equals("dbms_pipe") || word.startsWith("utl_") || word.equals("ctxsys"))) {
      return true;
    }
    boolean truth = word.equals("true") || word.equals("false") || isDigits(word);
    if (s.at(end) == '.') {
      next = s.skipBlanks(s.wordEnd(end + 1));
    }
    boolean comparison = operator(s, next) > 0;
    if (comparison && quote && s.hasAny(next, "like '%", "like \"%")) {
      return true;
    }
    if (truth) {
      return ((next >= s.length() || isTail(s, next)) && (quote || isTail(s, next)))
          || (comparison && isCalculated(s, s.skipBlanks(operator(s, next))));
    }
    return !word.isEmpty() && comparison && isTail(s, s.wordEnd(s.skipBlanks(operator(s, next))));
  }

  /** Whether a subquery or the call of a function starts here. */
  private static boolean isCalculated(Subject s, int at) {
    int i = opened(s, at);
    int name = s.wordEnd(i);
    while (s.at(name) == '.' && name < i + OPERAND_MAX) {
      name = s.wordEnd(name + 1);
    }
    return s.at(at) == '(' || (name > i && s.at(name) == '(');
  }

  private static boolean isDigits(String word) {
    for (int i = 0; i < word.length(); i++) {
      if (!Subject.isDigit(word.charAt(i))) {
        return false;
      }
    }
    return !word.isEmpty();
  }

  /** Whether what follows cuts the rest of a statement off. */
  private static boolean isTail(Subject s, int at) {
    int i = at;
    while (i < at + 8
        && (s.at(i) == ')'
            || s.at(i) == ';'
            || Subject.isBlank(s.at(i))
            || s.at(i) == '\''
            || s.at(i) == '"')) {
      i++;
    }
    if (s.hasWord(i, "limit")) {
      i = s.skipBlanks(s.wordEnd(s.skipBlanks(i + 5)));
    }
    boolean mark = s.has(i, "--") || s.at(i) == '#' || s.has(i, "/*") || s.at(i) == 0;
    return mark && s.length() - i <= 24;
  }

  // ---- a comment right behind a value

  private static void tail(Subject s, int start, int end, Findings f) {
    int back = s.skipBlanksBack(start);
    int i = back;
    while (i > back - 4 && (s.at(i - 1) == ')' || s.at(i - 1) == ';')) {
      i--;
    }
    boolean cutsNothing = s.at(back - 1) == ';' && s.has(start, "--") && startsStatement(s);
    if (cutsNothing && s.skipBlanks(end) >= s.length() && s.length() < NEAR) {
      f.bare(SQL_INJECTION, 0, s.length());
    }
    if (!s.isBreak(i - 1) || i > 48) {
      return;
    }
    int rest = end;
    while (rest < end + 8
        && (s.at(rest) == '-'
            || s.at(rest) == '+'
            || s.at(rest) == 0
            || Subject.isBlank(s.at(rest)))) {
      rest++;
    }
    if (i > 1 && !Subject.isWord(s.at(i - 2)) && s.at(i - 2) != ')') {
      return;
    }
    boolean plain = s.at(i - 1) == '\'' || Lead.before(s, i - 1) != Lead.STATEMENT;
    if (rest >= s.length() && plain && !s.contains(0, i - 1, " ", "(", "=")) {
      f.plain(SQL_INJECTION, i - 1, end);
    }
  }

  // ---- another statement behind a value

  private static void stacked(Subject s, int start, int end, Findings f) {
    int i = s.skipBlanks(end);
    String verb = s.word(i);
    if (verb.isEmpty() || !STACKED.contains(verb)) {
      return;
    }
    int object = s.skipBlanks(i + verb.length());
    if (!isStatement(s, verb, object, i + verb.length())) {
      return;
    }
    Lead lead = Lead.before(s, start);
    boolean cut = endsWithTail(s);
    boolean leaves =
        switch (lead) {
          case QUOTE, NOTHING, VALUE -> !startsStatement(s);
          case WORDS, STATEMENT -> cut && !startsStatement(s) && lead != Lead.STATEMENT;
        };
    if (leaves) {
      f.plain(SQL_INJECTION, Math.max(0, s.skipBlanksBack(start) - 1), s.wordEnd(object));
    }
  }

  private static boolean isStatement(Subject s, String verb, int object, int end) {
    String next = s.word(object);
    return switch (verb) {
      case "drop", "create", "alter" -> OBJECTS.contains(next);
      case "delete" -> next.equals("from");
      case "insert", "replace", "merge" -> next.equals("into");
      case "update" -> s.hasWord(s.skipBlanks(s.wordEnd(object)), "set");
      case "truncate" -> next.equals("table");
      case "exec", "execute" ->
          next.startsWith("xp_")
              || next.startsWith("sp_")
              || next.equals("master")
              || s.at(end) == '('
              || s.at(object) == '@'
              || s.at(object) == '(';
      case "if" -> s.at(object) == '(' && s.contains(object, object + NEAR, "waitfor", "sleep(");
      case "waitfor" -> next.equals("delay") || next.equals("time");
      case "declare", "set" -> s.at(object) == '@';
      case "copy" -> s.contains(object, object + NEAR, " from ", " to ");
      case "grant", "revoke" -> s.contains(object, object + NEAR, " on ", " to ", " from ");
      case "shutdown", "reconfigure" -> s.at(object) != '=' && s.at(object) != '(';
      case "select" ->
          !next.isEmpty()
              || s.at(object) == '*'
              || s.at(object) == '\''
              || s.at(object) == '('
              || s.at(object) == '@';
      case "union" -> next.equals("select") || next.equals("all");
      default -> false;
    };
  }

  private static boolean startsStatement(Subject s) {
    int i = s.skipBlanks(0);
    char after = s.at(s.wordEnd(i));
    boolean first = Subject.isBlank(after) || (after == ';' && s.hasWord(i, "begin"));
    return first && STATEMENTS.contains(s.word(i));
  }

  private static boolean endsWithTail(Subject s) {
    int end = s.skipBlanksBack(s.length());
    return s.has(end - 2, "--") || s.has(end - 1, "#") || s.has(end - 4, "-- -");
  }

  // ---- another result

  private static void union(Subject s, int start, int end, Findings f) {
    if (Subject.isLetter(s.at(start - 1)) || Subject.isLetter(s.at(end))) {
      return;
    }
    int i = gap(s, end);
    for (String word : new String[] {"all", "distinct", "distinctrow"}) {
      if (s.has(i, word)) {
        i = gap(s, i + word.length());
        break;
      }
    }
    if (!s.has(i, "select") || Subject.isLetter(s.at(i + 6))) {
      return;
    }
    int list = i + 6;
    int back = start;
    while (back > start - 12 && (Subject.isBlank(s.at(back - 1)) || s.at(back - 1) == ')')) {
      back--;
    }
    boolean quote = s.isBreak(back - 1);
    boolean value = Subject.isDigit(s.at(back - 1)) && !s.contains(back - BEFORE, back, "select");
    boolean strange = !startsStatement(s) && isStrangeList(s, gap(s, list));
    if (quote || value || strange) {
      f.plain(SQL_INJECTION, Math.max(0, back - 1), Math.min(s.length(), list + NEAR));
    }
  }

  private static int gap(Subject s, int at) {
    int i = s.skipBlanks(at);
    while (i < at + 12 && s.at(i) == '(') {
      i = s.skipBlanks(i + 1);
    }
    if (s.has(i, "--")) {
      int line = s.find(i, i + OPERAND_MAX, "\n");
      return line < 0 ? i : s.skipBlanks(line + 1);
    }
    return i;
  }

  /** Columns that only fill up, or that tell about the server. */
  private static boolean isStrangeList(Subject s, int at) {
    String first = s.word(at);
    int next = s.skipBlanks(at + first.length());
    boolean filler = first.equals("null") || isDigits(first) || first.startsWith("0x");
    return (filler && (s.at(next) == ',' || isTail(s, next)))
        || s.has(at, "@@")
        || (TELLING.contains(first) && s.at(next) == '(');
  }

  private static void orderOrHaving(Subject s, int start, int end, Findings f) {
    if (Subject.isLetter(s.at(start - 1))) {
      return;
    }
    int back = s.skipBlanksBack(start);
    while (s.at(back - 1) == ')') {
      back--;
    }
    boolean quote = s.isBreak(back - 1);
    boolean number = Subject.isDigit(s.at(back - 1)) && isFirstValue(s, back);
    int i = s.skipBlanks(end);
    if (back == 0 && (comparison(s, i) > 0 || s.has(i, "(select (case"))) {
      f.bare(SQL_INJECTION, 0, s.length());
    }
    if (!quote && !number) {
      return;
    }
    boolean having = s.has(start, "having") && comparison(s, i) > 0;
    boolean by = s.hasWord(i, "by");
    int column = s.skipBlanks(i + 2);
    int list = s.wordEnd(column);
    boolean order =
        by && Subject.isDigit(s.at(column)) && (isTail(s, list) || (number && list >= s.length()));
    boolean group = by && s.has(start, "group") && s.contains(column, column + NEAR, "having");
    boolean rlike = s.has(start, "rlike") && s.has(i, "(select");
    if (having || order || group || rlike) {
      f.plain(SQL_INJECTION, back - 1, Math.min(s.length(), i + NEAR));
    }
  }

  // ---- functions that wait, tell or run

  private static void delay(Subject s, int start, int end, Findings f) {
    if (s.has(start, "waitfor")) {
      Lead lead = Lead.before(s, start);
      boolean delay = s.has(s.skipBlanks(end), "delay '") || s.has(s.skipBlanks(end), "delay \"");
      if (delay && (lead == Lead.QUOTE || lead == Lead.VALUE)) {
        f.plain(SQL_INJECTION, start, Math.min(s.length(), end + 24));
      }
      return;
    }
    int from = s.has(start - 3, "pg_") ? start - 3 : start;
    boolean own = s.at(from - 1) != '.' && !Subject.isWord(s.at(from - 1));
    if (s.has(start, "sleep") && (!own || !Subject.isDigit(s.at(s.skipBlanks(end))))) {
      return;
    }
    if ((startsStatement(s) && !s.isOpen(from, '\'')) || s.at(from - 1) == '.') {
      return;
    }
    int back = s.skipBlanksBack(from);
    boolean glued =
        back > 0
            && "-+*/=|".indexOf(s.at(back - 1)) >= 0
            && isValueEnd(s, s.skipBlanksBack(s.at(back - 2) == '|' ? back - 2 : back - 1));
    boolean nested =
        s.contains(from - 24, from, "select(", "select ", "if(", "case ")
            && s.contains(from - BEFORE, from, "'", "and", "or", "xor", "(select");
    boolean joined =
        (s.hasWord(back - 3, "and") || s.hasWord(back - 2, "or"))
            && isValueEnd(s, s.skipBlanksBack(s.hasWord(back - 2, "or") ? back - 2 : back - 3));
    boolean pipe = s.has(start, "dbms_pipe") && s.has(end, ".receive_message(");
    boolean from1 =
        s.has(from, "pg_") && s.hasWord(back - 4, "from") && s.contains(from - BEFORE, from, "and");
    int close = s.find(end, end + 16, ")");
    boolean first = from == s.skipBlanks(0) && close > 0 && isTail(s, close + 1);
    if (glued || nested || joined || pipe || from1 || first) {
      f.plain(SQL_INJECTION, Math.max(0, back - 8), Math.min(s.length(), end + 8));
    }
  }

  private static boolean isValueEnd(Subject s, int end) {
    char c = s.at(end - 1);
    return c == '\'' || c == '"' || c == ')' || (Subject.isDigit(c) && !startsStatement(s));
  }

  private static void telling(Subject s, int start, int end, Findings f) {
    if (Subject.isWord(s.at(start - 1))) {
      return;
    }
    int to = Math.min(s.length(), end + NEAR);
    boolean told =
        switch (s.at(start)) {
          case 'b' -> isDigits(s.word(end)) && s.word(end).length() >= 5;
          case 'e' ->
              s.has(start, "exec(") || s.contains(end, to, "concat(", "0x7e", "(select", "char(");
          case 'u' ->
              s.has(start, "utl_")
                  ? s.contains(end, to, "(select", "http", "||")
                  : s.contains(end, to, "concat(", "0x7e", "(select", "char(");
          case 'g', 'c' -> s.contains(end, to, "concat(", "(select");
          case 'x' ->
              s.contains(start - 32, start, "exec") || s.contains(end, to, " '", "'/", "'\\");
          case 's' ->
              s.contains(start - 8, start, "exec") && s.contains(start - BEFORE, start, ";", "'");
          case 'l' -> s.contains(end, to, "/etc/", "concat(", "0x", "\\\\", "c:");
          case 'i' -> !startsStatement(s) && s.contains(end, end + 4, "'", "\"");
          case 'f', 't' ->
              s.contains(end, end + 4, "'")
                  && s.contains(start - BEFORE, start, "copy")
                  && !startsStatement(s);
          default -> false;
        };
    if (told) {
      f.plain(SQL_INJECTION, start, to);
    }
  }

  private static void subquery(Subject s, int start, int end, Findings f) {
    if (Subject.isLetter(s.at(end)) || startsStatement(s)) {
      return;
    }
    int back = s.skipBlanksBack(start);
    char operator = s.at(back - 1);
    boolean math = "-+*/|,=".indexOf(operator) >= 0;
    int value = s.skipBlanksBack(s.has(back - 2, "||") ? back - 2 : back - 1);
    boolean quote = math && s.isBreak(value - 1);
    boolean number = math && Subject.isDigit(s.at(value - 1)) && isFirstValue(s, value);
    boolean in = s.hasWord(back - 2, "in") && s.isBreak(s.skipBlanksBack(back - 2) - 1);
    boolean first =
        start == s.skipBlanks(0)
            && (endsWithTail(s) || s.contains(end, end + NEAR, "(select(", "sleep("));
    if (quote || number || in || first) {
      f.plain(SQL_INJECTION, Math.max(0, value - 1), Math.min(s.length(), end + NEAR));
    }
  }

  // ---- databases of documents

  private static void documents(Subject s, int start, int end, Findings f) {
    if (s.at(start) == '[') {
      if (s.at(end) == '=') {
        f.plain(SQL_INJECTION, s.wordStart(start), end + 1);
      }
      return;
    }
    if (s.at(start) == 't') {
      if (s.isBreak(s.skipBlanksBack(s.skipBlanksBack(start) - 2) - 1)) {
        f.plain(SQL_INJECTION, start, end);
      }
      return;
    }
    int value = s.skipBlanks(s.at(end) == '"' ? end + 1 : end);
    if (s.at(value) != ':') {
      return;
    }
    value = s.skipBlanks(value + 1);
    boolean anything =
        s.has(value, "\"\"")
            || s.has(value, "null")
            || s.has(start, "\"$regex")
            || s.has(start, "\"$where")
            || s.has(value, "1}");
    boolean first = s.at(s.skipBlanks(0)) == '{';
    if (anything && first) {
      f.bare(SQL_INJECTION, 0, s.length());
    }
  }

  /** A condition in JavaScript, as databases of documents take it, that is answered early. */
  private static void returned(Subject s, int start, int end, Findings f) {
    int semicolon = s.skipBlanksBack(start);
    if (s.at(semicolon - 1) == ';' && s.isBreak(s.skipBlanksBack(semicolon - 1) - 1)) {
      f.plain(SQL_INJECTION, start, end);
    }
  }
}
