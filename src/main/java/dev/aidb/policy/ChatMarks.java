package dev.aidb.policy;

import java.util.List;

/**
 * The marks by which chat templates tell who speaks. A text that holds them may want to be taken
 * for another speaker's; one that sets them as code explains them.
 */
final class ChatMarks {
  private static final List<String> MARKS =
      List.of(
          "<|im_start|>",
          "<|im_end|>",
          "<|system|>",
          "<|user|>",
          "<|assistant|>",
          "<|endoftext|>",
          "<|start_header_id|>",
          "<|end_header_id|>",
          "<|eot_id|>",
          "<|begin_of_text|>",
          "[inst]",
          "[/inst]",
          "<<sys>>",
          "<</sys>>",
          "<start_of_turn>",
          "<end_of_turn>",
          "<tool_call>",
          "<function_calls>",
          "<system-reminder>",
          "<system>you ",
          "\nhuman: ",
          "\n\nassistant: ");

  private static final int LINE_MAX = 400;

  private ChatMarks() {}

  /** Whether one stands in that text in lower case outside of code. */
  static boolean areIn(String plain) {
    for (String mark : MARKS) {
      for (int at = plain.indexOf(mark); at >= 0; at = plain.indexOf(mark, at + 1)) {
        if (!isCode(plain, at)) {
          return true;
        }
      }
    }
    return false;
  }

  /** Whether an odd number of backticks stands before it on its line. */
  private static boolean isCode(String plain, int at) {
    int ticks = 0;
    for (int i = at - 1; i >= 0 && i > at - LINE_MAX && plain.charAt(i) != '\n'; i--) {
      ticks += plain.charAt(i) == '`' ? 1 : 0;
    }
    return ticks % 2 == 1;
  }
}
