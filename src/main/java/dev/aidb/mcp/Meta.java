package dev.aidb.mcp;

import dev.aidb.guard.RequestHead;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * Which revision a request speaks, and whether its headers say the same as its body, so that what
 * stands between client and server may trust them.
 */
final class Meta {
  static final String VERSION = "io.modelcontextprotocol/protocolVersion";
  static final String CAPABILITIES = "io.modelcontextprotocol/clientCapabilities";
  static final String SERVER = "io.modelcontextprotocol/serverInfo";

  private static final String VERSION_HEADER = "MCP-Protocol-Version";
  private static final String METHOD_HEADER = "Mcp-Method";
  private static final String NAME_HEADER = "Mcp-Name";
  private static final String ENCODED_START = "=?base64?";
  private static final String ENCODED_END = "?=";

  private Meta() {}

  /**
   * The revision of a request.
   *
   * @throws RpcError when it is none that is spoken, or the metadata isn't what it asks for
   */
  static Revision check(RequestHead head, Envelope.Request request) {
    Optional<String> header = single(head, VERSION_HEADER);
    Members meta = request.params().members("_meta").orElse(Members.none());
    if (!meta.has(VERSION)) {
      return withoutMeta(header, request);
    }
    String declared =
        meta.text(VERSION)
            .orElseThrow(() -> RpcError.missingMeta("_meta." + VERSION + " must be a text"));
    mustMatch(VERSION_HEADER, header, declared);
    Revision revision =
        Revision.of(declared).orElseThrow(() -> RpcError.unsupportedVersion(declared));
    if (revision.isStateless()) {
      if (meta.object(CAPABILITIES).isEmpty()) {
        throw RpcError.missingMeta("_meta." + CAPABILITIES + " is required, as an object");
      }
      checkNames(head, request);
    }
    return revision;
  }

  private static Revision withoutMeta(Optional<String> header, Envelope.Request request) {
    if (header.equals(Optional.of(Revision.STATELESS.date()))) {
      throw RpcError.missingMeta("_meta." + VERSION + " is required");
    }
    if (header.isEmpty() || request.method().equals(Protocol.INITIALIZE)) {
      return Revision
          .FIRST_WITH_HANDSHAKE; // what comes first negotiates, be the header what it may
    }
    return Revision.of(header.get()).orElseThrow(() -> RpcError.unsupportedVersion(header.get()));
  }

  private static void checkNames(RequestHead head, Envelope.Request request) {
    mustMatch(METHOD_HEADER, single(head, METHOD_HEADER), request.method());
    Optional<String> name =
        switch (request.method()) {
          case "tools/call", "prompts/get" -> request.params().text("name");
          case "resources/read" -> request.params().text("uri");
          default -> Optional.empty();
        };
    if (name.isPresent()) {
      mustMatch(NAME_HEADER, single(head, NAME_HEADER).map(Meta::decoded), name.get());
    }
  }

  private static void mustMatch(String name, Optional<String> header, String body) {
    if (header.isEmpty()) {
      throw RpcError.headerMismatch(name + " is missing");
    }
    if (!header.get().equals(body)) {
      throw RpcError.headerMismatch(name + " differs from the body");
    }
  }

  private static Optional<String> single(RequestHead head, String name) {
    List<String> values = head.headers(name.toLowerCase(java.util.Locale.ROOT));
    if (values.size() > 1) {
      throw RpcError.headerMismatch(name + " is given more than once");
    }
    Optional<String> value = values.stream().findFirst().map(String::strip);
    if (value.isPresent()
        && !value.get().chars().allMatch(c -> c >= ' ' && c <= '~' || c == '\t')) {
      throw RpcError.headerMismatch(name + " has characters that a header can't carry");
    }
    return value;
  }

  private static String decoded(String value) {
    boolean encoded =
        value.length() >= ENCODED_START.length() + ENCODED_END.length()
            && value.startsWith(ENCODED_START)
            && value.endsWith(ENCODED_END);
    if (!encoded) {
      return value;
    }
    String base64 = value.substring(ENCODED_START.length(), value.length() - ENCODED_END.length());
    try {
      byte[] bytes = Base64.getDecoder().decode(base64);
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (IllegalArgumentException | CharacterCodingException e) {
      throw RpcError.headerMismatch(NAME_HEADER + " is not Base64 of UTF-8");
    }
  }
}
