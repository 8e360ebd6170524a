import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** Turns the stanzas of {@code apt-cache dumpavail} on standard input into documents as NDJSON. */
final class CorpusDebian {
  /** The fields of a stanza that become metadata, with the names they get. */
  private static final Map<String, String> METADATA = new LinkedHashMap<>();

  static {
    METADATA.put("Section", "section");
    METADATA.put("Priority", "priority");
    METADATA.put("Architecture", "architecture");
    METADATA.put("Version", "version");
    METADATA.put("Maintainer", "maintainer");
    METADATA.put("Source", "source");
  }

  private CorpusDebian() {}

  public static void main(String[] arguments) throws IOException {
    int limit = Integer.MAX_VALUE;
    String project = "debian";
    String file = "";
    for (int i = 0; i < arguments.length; i++) {
      switch (arguments[i]) {
        case "--limit" -> limit = Integer.parseInt(arguments[++i]);
        case "--project" -> project = arguments[++i];
        default -> file = arguments[i];
      }
    }
    Map<String, Map<String, String>> packages = read();
    int left = limit;
    try (PrintStream out =
        file.isEmpty()
            ? new PrintStream(System.out, false, StandardCharsets.UTF_8)
            : new PrintStream(file, StandardCharsets.UTF_8)) {
      for (Map<String, String> stanza : packages.values()) {
        if (left-- <= 0 || out.checkError()) {
          break;
        }
        out.print(document(stanza, project));
        out.print('\n');
      }
    }
  }

  private static Map<String, Map<String, String>> read() throws IOException {
    Map<String, Map<String, String>> packages = new LinkedHashMap<>();
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    Map<String, String> stanza = new LinkedHashMap<>();
    String field = "";
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      if (line.isEmpty()) {
        keepNewest(packages, stanza);
        stanza = new LinkedHashMap<>();
        field = "";
      } else if (line.charAt(0) == ' ' || line.charAt(0) == '\t') {
        stanza.merge(field, continued(line), String::concat);
      } else {
        int colon = line.indexOf(':');
        if (colon > 0) {
          field = line.substring(0, colon);
          stanza.put(field, line.substring(colon + 1).strip());
        }
      }
    }
    keepNewest(packages, stanza);
    return packages;
  }

  /** A line of a single dot stands for an empty one; two blanks begin a verbatim line. */
  private static String continued(String line) {
    String text = line.substring(1);
    if (text.equals(".")) {
      return "\n";
    }
    return "\n" + text.stripTrailing();
  }

  private static void keepNewest(
      Map<String, Map<String, String>> packages, Map<String, String> stanza) {
    String name = stanza.get("Package");
    if (name == null || description(stanza).isEmpty()) {
      return;
    }
    Map<String, String> known = packages.get(name);
    if (known == null || compare(version(known), version(stanza)) < 0) {
      packages.put(name, stanza);
    }
  }

  private static String version(Map<String, String> stanza) {
    return stanza.getOrDefault("Version", "0");
  }

  private static String description(Map<String, String> stanza) {
    String english = stanza.getOrDefault("Description-en", "");
    return english.isEmpty() ? stanza.getOrDefault("Description", "") : english;
  }

  /** Debian policy 5.6.12: epochs, then upstream versions, then revisions. */
  private static int compare(String a, String b) {
    int epochs = Long.compare(epoch(a), epoch(b));
    if (epochs != 0) {
      return epochs;
    }
    String restA = a.substring(a.indexOf(':') + 1);
    String restB = b.substring(b.indexOf(':') + 1);
    int dashA = restA.lastIndexOf('-');
    int dashB = restB.lastIndexOf('-');
    int upstream =
        compareParts(
            dashA < 0 ? restA : restA.substring(0, dashA),
            dashB < 0 ? restB : restB.substring(0, dashB));
    return upstream != 0
        ? upstream
        : compareParts(
            dashA < 0 ? "" : restA.substring(dashA + 1),
            dashB < 0 ? "" : restB.substring(dashB + 1));
  }

  private static long epoch(String version) {
    int colon = version.indexOf(':');
    return colon < 0 ? 0 : Long.parseLong(version.substring(0, colon));
  }

  private static int compareParts(String a, String b) {
    int i = 0;
    int j = 0;
    while (i < a.length() || j < b.length()) {
      while ((i < a.length() && !digit(a, i)) || (j < b.length() && !digit(b, j))) {
        int order = Integer.compare(weight(a, i), weight(b, j));
        if (order != 0) {
          return order;
        }
        i++;
        j++;
      }
      int startA = i;
      int startB = j;
      while (i < a.length() && digit(a, i)) {
        i++;
      }
      while (j < b.length() && digit(b, j)) {
        j++;
      }
      int order =
          number(a.substring(startA, Math.max(startA, i)))
              .compareTo(number(b.substring(startB, Math.max(startB, j))));
      if (order != 0) {
        return order;
      }
    }
    return 0;
  }

  private static boolean digit(String text, int at) {
    return Character.isDigit(text.charAt(at));
  }

  private static java.math.BigInteger number(String digits) {
    return digits.isEmpty() ? java.math.BigInteger.ZERO : new java.math.BigInteger(digits);
  }

  /** A tilde sorts before the end, the end before letters, letters before anything else. */
  private static int weight(String text, int at) {
    if (at >= text.length() || digit(text, at)) {
      return 0;
    }
    char c = text.charAt(at);
    if (c == '~') {
      return -1;
    }
    return Character.isLetter(c) ? c : c + 256;
  }

  private static String document(Map<String, String> stanza, String project) {
    String name = stanza.get("Package");
    String description = description(stanza);
    int end = description.indexOf('\n');
    String summary = end < 0 ? description : description.substring(0, end);
    String title = name + ": " + summary;
    StringBuilder json = new StringBuilder(1024).append('{');
    field(json, "collection", "nixos_docs");
    field(json, "project", project);
    field(json, "path", name);
    field(json, "title", title.length() > 500 ? title.substring(0, 500) : title);
    field(json, "content", description);
    field(json, "content_type", "text/plain");
    String homepage = stanza.getOrDefault("Homepage", "");
    if (homepage.startsWith("http://") || homepage.startsWith("https://")) {
      field(json, "source_url", homepage);
    }
    comma(json).append("\"metadata\":{");
    METADATA.forEach(
        (from, to) -> {
          if (stanza.containsKey(from)) {
            field(json, to, stanza.get(from));
          }
        });
    number(json, "installed_size", stanza.get("Installed-Size"));
    number(json, "size", stanza.get("Size"));
    return json.append("}}").toString();
  }

  private static void number(StringBuilder json, String name, String value) {
    if (value != null && value.matches("\\d{1,15}")) {
      comma(json).append('"').append(name).append("\":").append(Long.parseLong(value));
    }
  }

  private static void field(StringBuilder json, String name, String value) {
    comma(json).append('"').append(name).append("\":\"");
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      switch (c) {
        case '"' -> json.append("\\\"");
        case '\\' -> json.append("\\\\");
        case '\n' -> json.append("\\n");
        default -> {
          if (c < 0x20) {
            json.append(String.format("\\u%04x", (int) c));
          } else {
            json.append(c);
          }
        }
      }
    }
    json.append('"');
  }

  private static StringBuilder comma(StringBuilder json) {
    return json.charAt(json.length() - 1) == '{' ? json : json.append(',');
  }
}
