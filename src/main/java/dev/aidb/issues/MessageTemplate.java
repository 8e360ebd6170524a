package dev.aidb.issues;

import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Takes from an error's message what differs between errors that are alike: numbers, durations,
 * times, ids, addresses, paths, quoted values and the values of {@code key=value} become
 * placeholders such as {@code <num>}.
 *
 * <p>Total, and idempotent: a template is its own template. Of a message only the first {@value
 * #CHARACTERS_MAX} characters count, so that the time it takes is bounded. The patterns repeat
 * groups a bounded number of times, since each repetition takes from the stack; what may be long is
 * a class of characters. Thread-safe.
 */
final class MessageTemplate {
  static final int CHARACTERS_MAX = 2_000;

  /** No text was ever seen to need more than four; the bound is against the unforeseen. */
  private static final int ROUNDS_MAX = 32;

  private static final String UNIT =
      "(?:ns|us|µs|ms|msecs?|millis|milliseconds?|microseconds?|nanoseconds?|s|secs?|seconds?"
          + "|m|mins?|minutes?|h|hrs?|hours?|d|days?|weeks?)(?![\\w<])";
  private static final String SHORT_UNIT = "(?:h|ms|m|s|us|µs|ns|d)";
  private static final String MONTH =
      "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}";
  private static final String CLOCK =
      "\\d{1,2}:\\d{2}:\\d{2}(?:[.,]\\d{1,9})?(?:\\s?(?:z|utc|gmt|[+-]\\d{2}:?\\d{2})\\b)?";
  private static final String FREE = "(?<![\\w>.])";

  /** What Kubernetes makes names of: neither vowels nor digits that look like them. */
  private static final String POD = "[bcdfghjklmnpqrstvwxz2456789]";

  /** Keys whose value tells one error from another. */
  private static final String TELLING =
      "(?:level|lvl|severity|reason|error|err|msg|message|code|status|type|state|op|operation|cause"
          + "|exception|desc|phase|result|action|event)";

  /** Ends of names of hosts, where they can't be names of packages or files. */
  private static final String TOP =
      "(?:com|net|org|io|dev|local|localdomain|internal|lan|corp|cloud|svc|example|test|invalid|co|us"
          + "|de|eu|uk|fr|ai|intra|home|arpa)";

  private static final String FILE =
      "(?:sql|ya?ml|json|toml|conf|cfg|ini|log|txt|csv|tsv|xml|py|jsx?|tsx?|java|kt|go|rs|cc?|cpp|hh?|rb|php|cs|so"
          + "|dll|exe|jar|war|tmp|bin|dat|pdf|gz|tgz|tar|zip|zst|db|lock|pid|sock|pem|crt|cer|key|html?|css|md"
          + "|onnx|parquet|png|jpe?g|sh|service|deb|rpm|whl)";

  private record Rule(String placeholder, Pattern pattern) {}

  /** In the order in which they are tried at each place. */
  private static final List<Rule> RULES =
      List.of(
          rule("url", "\\b[a-z][a-z0-9+.-]{0,20}://[^\\s\"'<>`|]*[^\\s\"'<>`|.,;:)\\]}]"),
          rule("mail", "(?<![\\w.+>-])[\\w.+-]++@[\\w-]++\\.[\\w.-]*\\w"),
          rule(
              "id",
              "(?<![\\w>])[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?![\\w<])"),
          rule("id", "(?<![\\w>:])(?:[0-9a-f]{2}:){5}[0-9a-f]{2}(?![\\w<:])"),
          rule(
              "time",
              FREE
                  + "(?:\\d{4}[-/]\\d{2}[-/]\\d{2}(?:[t\\s_]{1,3}"
                  + CLOCK
                  + ")?|\\d{1,2}[/-]"
                  + MONTH
                  + "[/-]\\d{4}(?::"
                  + CLOCK
                  + ")?(?:\\s[+-]\\d{4})?|(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6},?\\s{1,2})?(?:\\d{1,2}\\s{1,2})?"
                  + MONTH
                  + "\\s{1,2}(?:\\d{4}|\\d{1,2}(?:,?\\s\\d{4})?)(?:,?\\s{1,2}"
                  + CLOCK
                  + ")?(?:\\s\\d{4})?|"
                  + CLOCK
                  + ")(?![\\w<])"),
          rule(
              "host",
              "(?<![\\w>.:])(?::::\\d{1,5}|\\d{1,3}(?:\\.\\d{1,3}){3}(?::\\d{1,5}|/\\d{1,2})?|\\[?(?:(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}"
                  + "|(?:[0-9a-f]{1,4}(?::[0-9a-f]{1,4}){0,6})?::(?:[0-9a-f]{1,4}(?::[0-9a-f]{1,4}){0,6})?)"
                  + "(?:%\\w{1,15})?(?:]:\\d{1,5}|])?)(?![\\w<]|:\\w)"),
          rule("(said)", "(?<=\\b" + TELLING + "\"?\\s?[=:]\\s?)\"[^\"\\n]*+\""),
          rule(
              "str",
              "\"[^\\n]*?(?<!\\\\)\"|(?<![\\w>)\\]])[bur]?'[^'\\n]*+'(?!\\w)|`[^`\\n]*+`|“[^”\\n]*+”"
                  + "|‘[^’\\n]*+’|«[^»\\n]*+»"),
          rule("val", "\\([\\w ,.\"]{1,200}\\)=\\([^)\\n]*+\\)"),
          rule(
              "(keyed)",
              "(?<![\\w>.-])(?!"
                  + TELLING
                  + "=)[a-z_][\\w.-]{0,60}=(?:\"[^\"\\n]*+\"|'[^'\\n]*+'|[^\\s,;)\\]}\"'<>=][^\\s,;)\\]}\"'<>]*+)"),
          rule(
              "path",
              "(?<![\\w>.])(?:~|\\.{1,2})?/[\\w.@+%=~,:/-]*[\\w@+%=~-]/?(?:\\?[^\\s\"'<>]*)?"
                  + "|(?<![\\w>])[a-z]:\\\\[^\\s\"'<>|*?]*[^\\s\"'<>|*?.,;:)]"
                  + "|(?<![\\w>])\\\\\\\\[\\w.$\\\\-]*[\\w$]"
                  + "|(?<![\\w/>.-])(?:node:)?\\w[\\w.-]*/[\\w./-]*\\w(?::[\\w.-]*\\w){0,2}"),
          rule(
              "host",
              "(?<=\\blookup )[\\w.-]+\\w|(?<![\\w.>@/-])(?:localhost(?::\\d{1,5})?"
                  + "|(?!(?:com|org|net|io|dev|java|javax|jakarta|sun|jdk|de|co)\\.)(?:(?:\\*|[a-z0-9](?:[a-z0-9-]{0,60}[a-z0-9])?)\\.){1,8}"
                  + TOP
                  + "\\.?(?::\\d{1,5})?|(?!(?:uid|gid|pid|tid|line|char|col|port|code|error|errno|status|id|size|total|count|offset|pos|len):)"
                  + "[a-z](?:[a-z0-9.-]{0,60}[a-z0-9]):\\d{4,5})(?![\\w<-]|:\\w)"),
          rule(
              "path",
              "(?<![\\w>./-])[\\w-]{1,80}\\.(?:[a-z]{1,4}:\\d{1,6}(?::\\d{1,5})?|"
                  + FILE
                  + ")(?![\\w<-]|\\.\\w)"),
          rule(
              "path",
              "(?<![\\w>/])(?:(?:sd|vd|xvd|hd)[a-z]{1,2}\\d{0,3}|nvme\\d{1,3}n\\d{1,3}(?:p\\d{1,3})?|dm-\\d{1,3}"
                  + "|/(?![\\w/<.]))(?![\\w<])"),
          rule("id", "(?<![\\w>])0x[0-9a-f]++"),
          rule(
              "dur",
              FREE
                  + "(?:[-+]?(?:\\d+(?:\\.\\d+)?"
                  + SHORT_UNIT
                  + "){2,8}(?![\\w<])|[-+]?\\d+(?:[.,]\\d+)?\\s{0,2}"
                  + UNIT
                  + "|pt(?:\\d+(?:\\.\\d+)?[hms]){1,3}(?![\\w<]))"),
          rule("num", FREE + "[-+]?\\d+(?:[.,]\\d+)?\\s{0,2}(?:bytes?|[kmgtp]i?b?|b)(?![\\w<])"),
          rule(
              "id",
              "(?<![\\w>-])[a-z](?:[a-z0-9-]{0,60}[a-z0-9])?-(?="
                  + POD
                  + "{0,9}\\d)"
                  + POD
                  + "{6,10}-"
                  + POD
                  + "{5}(?![\\w<-])"),
          rule(
              "id",
              "(?<![a-z0-9>])(?=[0-9a-f]*[a-f])(?=[0-9a-f]*\\d)[0-9a-f]{8,64}(?![a-z0-9<])"
                  + "|(?<![\\w>-])(?=[a-z_-]*\\d)[\\w-]{24,}(?![\\w<-])"
                  + "|(?<![a-z0-9>])(?=[a-z]+\\d+[a-z]|\\d+[a-z]+\\d)[a-z0-9]{5,}(?![a-z0-9<])"),
          rule("num", "(?:(?<![\\w>)])[-+])?\\d(?:[\\d.,_]*\\d)?%?"));

  /** A placeholder stays, whatever stands around it. */
  private static final String PLACEHOLDER = "<(?:url|mail|id|time|host|str|val|path|dur|num)>";

  private static final Pattern ANY = any();
  private static final Pattern ROW = Pattern.compile("(" + PLACEHOLDER + ")[\\s,;|]*+(?=\\1)");
  private static final Pattern COLOUR = Pattern.compile("\u001b\\[[0-9;]*[a-zA-Z]");
  private static final Pattern BLANK = Pattern.compile("[\\s\\p{Cntrl}\u00a0]+");

  /** What a line of a log begins with, and what the type of an error says already. */
  private static final Pattern LEAD =
      Pattern.compile(
          "^(?:<time>(?:[\\s,]*(?:utc|gmt|cest|cet|est|edt|pst|pdt|msk|jst|ist)\\b)?[\\s,:-]*"
              + "|\\[<num>]:?\\s*|<num>#<num>:\\s*"
              + "|[(\\[]?\\b(?:error|err|fatal|critical|crit|warning|warn|notice|info|panic)(?:[)\\]]:?|:)\\s*"
              + "|exception in thread <str>:?\\s*"
              + "|[a-z_$][\\w$.]*\\.[\\w$]*(?:error|exception):\\s(?=\\S+\\s\\S)"
              + "){1,50}+(?=.)");

  private static final Pattern END = Pattern.compile("[\\s.!:;,]+$");

  private MessageTemplate() {}

  private static Rule rule(String placeholder, String pattern) {
    return new Rule(placeholder, Pattern.compile(pattern));
  }

  private static Pattern any() {
    StringBuilder any = new StringBuilder(PLACEHOLDER);
    for (int i = 0; i < RULES.size(); i++) {
      any.append("|(?<r").append(i).append('>').append(RULES.get(i).pattern.pattern()).append(')');
    }
    return Pattern.compile(any.toString());
  }

  /** The template of a message; at most {@value #CHARACTERS_MAX} UTF-16 units. */
  static String of(String message) {
    String text = cut(message);
    for (int round = 0; round < ROUNDS_MAX; round++) {
      String next = cut(round(text));
      if (next.equals(text)) {
        return text;
      }
      text = next;
    }
    return text;
  }

  private static String cut(String text) {
    if (text.length() <= CHARACTERS_MAX) {
      return text;
    }
    int end = CHARACTERS_MAX;
    return text.substring(0, Character.isHighSurrogate(text.charAt(end - 1)) ? end - 1 : end);
  }

  /** Each round turns more characters into placeholders, or it is the last. */
  private static String round(String text) {
    String plain = COLOUR.matcher(text.toLowerCase(Locale.ROOT)).replaceAll("");
    String replaced = replaced(plain);
    String spaced = BLANK.matcher(replaced).replaceAll(" ").strip();
    String rows = ROW.matcher(spaced).replaceAll("");
    return END.matcher(LEAD.matcher(rows).replaceFirst("")).replaceFirst("");
  }

  private static String replaced(String text) {
    Matcher matcher = ANY.matcher(text);
    StringBuilder out = new StringBuilder(text.length());
    int end = 0;
    while (matcher.find()) {
      out.append(text, end, matcher.start());
      end = matcher.end();
      out.append(replacement(matcher));
    }
    return out.append(text, end, text.length()).toString();
  }

  private static String replacement(Matcher matcher) {
    String found = matcher.group();
    for (int i = 0; i < RULES.size(); i++) {
      if (matcher.start("r" + i) >= 0) {
        String placeholder = RULES.get(i).placeholder;
        return switch (placeholder) {
          case "(said)" -> replaced(found.substring(1, found.length() - 1));
          case "(keyed)" -> found.substring(0, found.indexOf('=') + 1) + "<val>";
          default -> "<" + placeholder + ">";
        };
      }
    }
    return found; // a placeholder
  }
}
